"""The ``optimise:`` section of a study file: what is wanted, what it may cost, how long to search.

.. code-block:: yaml

    optimise:
      objective: {outcome: participation_52, direction: maximise}     # of: festival, or festival - baseline
      budget: {outcome: money_spent, at_most: 25000}
      trials: 200
      batch: 10
      replicates: 10
      finalists: 10
      final_replicates: 100
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Literal

from pydantic import Field, model_validator

from sim.designs.section import Section, wrong
from sim.errors import YiheError
from sim.scenario.bykind import near


class Read(Section):
    """An outcome, and what of it is read."""

    outcome: str = Field(min_length=1, description="结果指标 · outcome")
    of: str | None = Field(
        None, description="方案名，或按种子配对的差“甲 - 乙” · arm, or a contrast “a - b” paired by seed"
    )

    @property
    def name(self) -> str:
        """Column of result tables."""
        return self.outcome if self.of is None else f"{self.outcome} [{self.of}]"

    @property
    def arms(self) -> tuple[str, ...]:
        """Arms it is read from: none named, one, or the two of a contrast."""
        return () if self.of is None else tuple(part.strip() for part in self.of.split(" - "))


class Objective(Read):
    """An outcome to raise or to lower."""

    direction: Literal["maximise", "minimise"] = Field(description="方向 · direction")
    weight: float | None = Field(
        None, gt=0, allow_inf_nan=False, description="权重，每单位结果 · weight of one unit of the outcome"
    )

    @property
    def sign(self) -> int:
        """+1 if more is better, −1 if less is."""
        return 1 if self.direction == "maximise" else -1


class Budget(Read):
    """What the mean of an outcome may come to."""

    at_most: float = Field(allow_inf_nan=False, description="上限 · greatest mean allowed")


class Optimise(Section):
    """A search for the best package.

    One ``objective``; or several ``objectives``, added up if each has a weight and otherwise traded off on a
    Pareto front. A package is within a budget if the mean of its outcome over replicates is.
    """

    objective: Objective | None = Field(None, description="目标 · objective")
    objectives: tuple[Objective, ...] = Field((), description="多个目标 · several objectives")
    budget: Budget | None = Field(None, description="预算 · budget")
    budgets: tuple[Budget, ...] = Field((), description="多项预算 · several budgets")
    trials: int = Field(ge=1, le=100_000, description="试验的方案数 · packages tried")
    batch: int = Field(10, ge=1, le=1_000, description="每批同时试验数 · packages tried at once")
    replicates: int = Field(10, ge=2, le=10_000, description="搜索时每个方案的种子数 · seeds a package")
    finalists: int = Field(10, ge=2, le=200, description="复评的方案数 · packages judged again")
    final_replicates: int = Field(
        100,
        ge=20,
        le=100_000,
        description="复评所用的新种子数：一半选、一半评 · fresh seeds, half to choose and half to tell",
    )

    @model_validator(mode="after")
    def _sound(self) -> Optimise:
        for one, many in (("objective", "objectives"), ("budget", "budgets")):
            if getattr(self, one) is not None and getattr(self, many):
                raise wrong(f"{one} 与 {many} 只写一个", f"give {one} or {many}, not both", many)
        if not self.goals:
            raise wrong(
                "缺少目标：请写 objective", "there is nothing to reach: give an objective", "objective"
            )
        weighted = [goal.weight is not None for goal in self.goals]
        if any(weighted) and not all(weighted):
            raise wrong(
                "权重要么都写（加总），要么都不写（取帕累托前沿）",
                "give every objective a weight, to add them up, or none, for a Pareto front",
                "objectives",
                weighted.index(False),
                "weight",
            )
        for key, reads in (("objectives", self.goals), ("budgets", self.limits)):
            names = [read.name for read in reads]
            twice = next((i for i, name in enumerate(names) if name in names[:i]), None)
            if twice is not None:
                raise wrong(f"{names[twice]} 写了两次", f"{names[twice]} is there twice", key, twice)
        if len(self.goals) > 1 and not any(weighted) and len(self.goals) > 4:
            raise wrong(
                "帕累托前沿最多四个目标：再多几乎人人都在前沿上，请给权重或减少目标",
                "a Pareto front takes at most four objectives: with more, nearly everything is on it; give "
                "weights, or take fewer",
                "objectives",
            )
        return self

    @property
    def goals(self) -> tuple[Objective, ...]:
        """Every objective."""
        return self.objectives if self.objective is None else (self.objective,)

    @property
    def limits(self) -> tuple[Budget, ...]:
        """Every budget."""
        return self.budgets if self.budget is None else (self.budget,)

    @property
    def pareto(self) -> bool:
        """Whether objectives are traded off rather than added up."""
        return len(self.goals) > 1 and self.goals[0].weight is None

    def keyed(self) -> Iterator[tuple[str, Read]]:
        """Every objective and budget with its key path in the file."""
        for one, many in (("objective", "objectives"), ("budget", "budgets")):
            if getattr(self, one) is not None:
                yield f"optimise.{one}", getattr(self, one)
            yield from ((f"optimise.{many}[{i}]", read) for i, read in enumerate(getattr(self, many)))

    def check(self, outcomes: Collection[str], arms: Collection[str]) -> None:
        """Refuse outcomes and arms that the study does not have.

        Parameters
        ----------
        outcomes, arms : collection of str
            What there is.

        Raises
        ------
        YiheError
            With the key path and the nearest name.
        """
        for key, read in self.keyed():
            if read.outcome not in outcomes:
                raise _unknown(f"{key}.outcome", read.outcome, outcomes, "结果指标", "outcome")
            if read.of is None and len(arms) > 1:
                raise YiheError(
                    f"研究有几个方案，请用 of 指明：{'、'.join(arms)}，或两者之差“甲 - 乙”",
                    f"the study has several arms; say which with of: {', '.join(arms)}, or “a - b”",
                    key=f"{key}.of",
                )
            if len(read.arms) > 2:
                raise YiheError(
                    "of 应是一个方案名，或两者之差“甲 - 乙”",
                    "of is one arm, or a contrast “a - b”",
                    key=f"{key}.of",
                )
            for arm in read.arms:
                if arm not in arms:
                    raise _unknown(f"{key}.of", arm, arms, "方案", "arm")


def _unknown(key: str, name: str, known: Collection[str], zh: str, en: str) -> YiheError:
    guess = near(name, tuple(known))
    hint = (
        (f"是否想写 {guess}？", f"did you mean {guess}?")
        if guess
        else (f"现有：{'、'.join(known)}", f"there are: {', '.join(known)}")
    )
    return YiheError(
        f"没有名为 {name} 的{zh}，{hint[0]}", f"there is no {en} called {name}; {hint[1]}", key=key
    )
