"""The best package under a budget, with what cannot be told from it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.pareto import front
from sim.designs.extra import calibrate
from sim.designs.factors import Factor
from sim.errors import YiheError
from sim.optimisation.finals import finalists, judge
from sim.optimisation.journal import Journal
from sim.optimisation.scores import score
from sim.optimisation.search import Evaluate, Progress, directions, point_of, search, table
from sim.optimisation.space import Point, Space
from sim.optimisation.spec import Optimise

if TYPE_CHECKING:
    import pandas as pd
    from optuna.trial import FrozenTrial


@dataclass(frozen=True, eq=False)
class Found:
    """What a search found.

    Parameters
    ----------
    best : dict or None
        The package chosen: a value of every factor; None for a Pareto front, or if no finalist keeps the
        budget.
    trials : DataFrame
        One row a trial: ``trial``, the factors, the mean of every objective and budget over the seeds of the
        search, ``affordable``, ``judged`` (enough runs gave values), ``n``, and ``front``: on the front of
        these means, of objective and budgets or of the objectives. These values took part in the search and
        are too good for the best of them: read levels from ``finalists``.
    finalists : DataFrame
        The best judged again on fresh seeds; columns in :func:`sim.optimisation.finals.judge`.
    equivalent : DataFrame
        The rows of ``finalists`` within budget that are not shown to be worse than the best.
    """

    best: Point | None
    trials: pd.DataFrame
    finalists: pd.DataFrame
    equivalent: pd.DataFrame


def optimise(
    spec: Optimise,
    factors: Mapping[str, Factor],
    evaluate: Evaluate,
    folder: Path,
    seed: int,
    progress: Progress | None = None,
    *,
    constraints: Sequence[str] = (),
    identity: str = "",
) -> Found:
    """Search for the best package, and judge the best again on fresh seeds.

    A search that was killed goes on where it stood and ends with the same tables as one that was not, as long
    as ``evaluate`` gives the same runs for the same points. More ``trials`` extend a search.

    Parameters
    ----------
    spec : Optimise
    factors : mapping of str to Factor
        What may be chosen: switches ``policies.<id>.on``, intensities, starts, anything by key path.
    evaluate : callable
        See :data:`sim.optimisation.search.Evaluate`.
    folder : Path
        Where the record of the search is kept.
    seed : int
        Of the search; luck of the runs comes from their own seeds.
    progress : callable, optional
        See :data:`sim.optimisation.search.Progress`.
    constraints : sequence of str
        Between factors; packages that break one are never tried.
    identity : str
        What is evaluated, such as the base scenario's content key; a record of something else is refused.

    Raises
    ------
    YiheError
        If the folder is in use, damaged, or holds another search, or no package could be judged.
    """
    space = Space(factors, constraints)
    told = progress or (lambda stage, done, total: None)
    with _quiet(), Journal(folder, directions(spec), _settings(spec, space, seed, identity)) as journal:
        search(spec, space, evaluate, journal, seed, told)
        trials = journal.trials()[: spec.trials]
    numbers = finalists(spec, trials)
    if not numbers:
        raise _nothing(folder)
    points = [point_of(trials[number], space) for number in numbers]
    seen = {seed for trial in trials for seed in trial.user_attrs["seeds"]}
    told("final", 0, len(points))
    runs = evaluate(table(points, space), spec.replicates + spec.final_replicates)
    if runs.empty:
        raise _nothing(folder)
    finals = judge(spec, numbers, points, score(spec, runs, len(points)), seen)
    told("final", len(points), len(points))
    best = None if finals.chosen is None else points[finals.chosen]
    return Found(
        best,
        _trials(spec, space, trials),
        finals.table,
        finals.table[finals.table["equal"]].reset_index(drop=True),
    )


def _nothing(folder: Path) -> YiheError:
    return YiheError(
        "没有一个方案跑出结果：请先看失败的运行（yihe resume 可重试）",
        "not one package gave values: look at the failed runs first (yihe resume tries them again)",
        file=folder,
    )


def _settings(spec: Optimise, space: Space, seed: int, identity: str) -> dict[str, Any]:
    """What a record must agree on; trials and finals are left out, so that they may change."""
    kept = spec.model_dump(mode="json", exclude={"trials", "finalists", "final_replicates"})
    factors = {name: factor.model_dump(mode="json") for name, factor in space.factors.items()}
    rules = [rule.text for rule in space.rules]
    return {**kept, "factors": factors, "constraints": rules, "seed": seed, "base": identity}


def _trials(spec: Optimise, space: Space, trials: Sequence[FrozenTrial]) -> pd.DataFrame:
    import pandas as pd
    from optuna.trial import TrialState

    names = [read.name for read in (*spec.goals, *spec.limits)]
    rows = []
    for trial in trials:
        about = trial.user_attrs
        rows.append(
            {
                "trial": trial.number,
                **point_of(trial, space),
                **{name: about[f"mean {name}"] for name in names},
                "affordable": all(e <= 0 for e in trial.system_attrs.get("constraints", ())),
                "judged": trial.state == TrialState.COMPLETE,
                "n": len(about["seeds"]),
            }
        )
    made = pd.DataFrame(rows)
    signs = [goal.sign for goal in spec.goals] + [-1] * (0 if spec.pareto else len(spec.limits))
    if len(spec.goals) > 1 and not spec.pareto:
        made.insert(len(space.factors) + 1, "sum", [t.value if t.values else float("nan") for t in trials])
        values = made[["sum", *names[len(spec.goals) :]]].to_numpy(float) * [1, *signs[len(spec.goals) :]]
    else:
        values = made[names[: len(signs)]].to_numpy(float) * signs
    judged = made["judged"].to_numpy()
    made["front"] = False
    made.loc[judged, "front"] = front(values[judged])
    return made


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Optuna's own news kept to warnings."""
    optuna = calibrate("optuna")
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)
