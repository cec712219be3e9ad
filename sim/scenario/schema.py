"""What a scenario file may say: places, people, ties, institutions, policies, arms, claims under test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PrivateAttr,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError, ValidationError

from sim.actors.parameters import ActorParameters, BudgetParameters
from sim.network.parameters import TiesParameters
from sim.params import Label, Param, Parameters
from sim.policies import registry
from sim.policies.base import Policy
from sim.population.parameters import PlacesParameters, PopulationParameters
from sim.processes.parameters import (
    CaseParameters,
    ExperienceParameters,
    ParticipationParameters,
    Shock,
    WorldParameters,
)
from sim.scenario.bykind import ByKind, near
from sim.scenario.conditions import CONDITIONS, under
from sim.scenario.merge import expand, merge, tuples
from sim.scenario.targets import SLUG, AnyClaim, Claim
from sim.vocabulary import Regime

VERSION = 1
"""Version of the file format, written ``yihe: 1``."""

READING_WEEKS = 52
"""Length of a claim's window where the file names none."""

FIXED_IN_ARMS = (
    "yihe",
    "name",
    "title",
    "description",
    "source",
    "seed",
    "weeks",
    "warmup",
    "arms",
    "targets",
    "extends",
)
"""Keys an arm may not change: arms are compared over the same weeks and seeds."""


def _version(value: object) -> object:
    if type(value) is not int:
        raise PydanticCustomError("version", "version")
    return value


def _regime(value: object) -> Regime:
    if isinstance(value, Regime):
        return value
    for regime in Regime:
        if isinstance(value, str) and value in (regime.key, regime.zh, regime.en):
            return regime
    names = tuple(regime.key for regime in Regime)
    raise PydanticCustomError(
        "unknown_name",
        "unknown {name}",
        {"name": str(value), "near": near(str(value), names), "known": ", ".join(names)},
    )


RegimeName = Annotated[
    Regime,
    BeforeValidator(_regime),
    PlainSerializer(lambda regime: regime.key, return_type=str),
    WithJsonSchema({"enum": [name for regime in Regime for name in (regime.key, regime.zh)]}),
]
"""A regime, written by its key or its Chinese name."""



def _condition(value: object) -> object:
    if not isinstance(value, str) or value not in CONDITIONS:
        raise PydanticCustomError(
            "unknown_name", "unknown {name}",
            {"name": str(value), "near": near(str(value), tuple(CONDITIONS)), "known": ", ".join(CONDITIONS)})
    return value


ConditionName = Annotated[
    str, BeforeValidator(_condition), WithJsonSchema({"enum": list(CONDITIONS)})]
"""One of :data:`sim.scenario.conditions.CONDITIONS`."""

AnyPolicy = Annotated[Policy, ByKind("kind", Policy, registry.kinds, registry.policy_class)]
"""A policy of the class its ``kind`` names."""


class Arm(Parameters):
    """One way of doing things, as differences from the scenario it stands in."""

    model_config = ConfigDict(extra="allow")

    label: Label | None = Field(None, description="名称 · name")

    @property
    def overrides(self) -> dict[str, Any]:
        """What it changes, dotted keys and conditions written out."""
        own = expand(self.model_extra or {})
        return under(own.get("conditions"), own)


class Scenario(Parameters):
    """One community or district, frozen: what a scenario file says."""

    schema_version: Annotated[Literal[1], BeforeValidator(_version)] = Field(
        alias="yihe", description="文件格式版本，写 1 · version of the file format: 1"
    )
    name: str = Field(
        pattern=SLUG, max_length=80, description="名称：小写字母、数字、_ 和 - · name: a–z, 0–9, _ and -"
    )
    title: Label
    description: Label = Label(zh="", en="")
    source: str = Field("", description="出处，如 S1 · source, such as S1")
    seed: int = Field(1, ge=0, lt=2**63, description="随机种子 · seed")
    weeks: int = Param(
        104, unit="weeks", ge=1, le=5200, label=("模拟周数（预热后）", "weeks simulated after the warm-up")
    )
    warmup: int = Param(
        104, unit="weeks", ge=0, le=1040, label=("预热周数（无政策）", "warm-up weeks, free of policies")
    )
    regime: RegimeName = Field(Regime.ONE_CORE, description="协调方式 · regime of coordination")
    conditions: tuple[ConditionName, ...] = Field(
        (), description="困境开关，各自改动一组数字 · conditions, each a handful of numbers changed together"
    )
    places: PlacesParameters = PlacesParameters()
    population: PopulationParameters = PopulationParameters()
    population_file: str | None = Field(
        None, min_length=1, description="居民 CSV，相对本文件 · residents as CSV, relative to this file"
    )
    ties: TiesParameters = TiesParameters()
    world: WorldParameters = WorldParameters()
    shocks: tuple[Shock, ...] = Field((), description="冲击时间线 · timeline of shocks")
    participation: ParticipationParameters = ParticipationParameters()
    cases: CaseParameters = CaseParameters()
    experience: ExperienceParameters = ExperienceParameters()
    actors: ActorParameters = ActorParameters()
    budget: BudgetParameters = BudgetParameters()
    policies: tuple[AnyPolicy, ...] = Field((), description="政策 · policies")
    arms: dict[str, Arm] = Field({}, description="对比方案 · arms to compare")
    targets: tuple[AnyClaim, ...] = Field((), description="待检验的主张 · claims under test")

    _file: Path | None = PrivateAttr(None)

    @model_validator(mode="before")
    @classmethod
    def _default_title(cls, data: object) -> object:
        if isinstance(data, dict) and "title" not in data and isinstance(data.get("name"), str):
            return {**data, "title": {"zh": data["name"], "en": data["name"]}}
        return data

    @model_validator(mode="before")
    @classmethod
    def _on_conditions(cls, data: object) -> object:
        return under(data.get("conditions"), data) if isinstance(data, dict) else data

    @model_validator(mode="after")
    def _fits_together(self) -> Scenario:
        from sim.scenario.checks import problems  # checks look into scenarios

        found = problems(self)
        if found:
            raise ValidationError.from_exception_data("Scenario", found)
        return self

    @property
    def file(self) -> Path | None:
        """File it was read from, if any."""
        return self._file

    @property
    def folder(self) -> Path:
        """Folder against which the files it names are found."""
        return self._file.parent if self._file is not None else Path()

    @property
    def population_path(self) -> Path | None:
        """Where ``population_file`` is."""
        return None if self.population_file is None else self.folder / self.population_file

    def people(self) -> int:
        """How many residents there will be, about: of the table if there is one."""
        if self.population_path is None:
            return self.population.residents * self.places.communities
        with self.population_path.open("rb") as file:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))

    @property
    def ties_path(self) -> Path | None:
        """Where ``ties.file`` is."""
        return None if self.ties.file is None else self.folder / self.ties.file

    def located_ties(self) -> TiesParameters:
        """``ties`` with its file found from the scenario's folder."""
        path = self.ties_path
        return self.ties if path is None else self.ties.model_copy(update={"file": str(path)})

    def tree(self) -> dict[str, Any]:
        """Everything it says, defaults included, as plain mappings, lists and scalars, keyed as in files."""
        return self.model_dump(mode="json", by_alias=True)

    def arm(self, name: str) -> Scenario:
        """The scenario of one arm, without arms and targets.

        Parameters
        ----------
        name : str
            One of ``arms``.

        Returns
        -------
        Scenario

        Raises
        ------
        KeyError
            If there is no such arm.
        pydantic.ValidationError
            If what the arm changes doesn't fit; never for a scenario that came from a file.
        """
        base = self.model_dump(by_alias=True, exclude={"arms", "targets"})
        resolved = Scenario.model_validate(tuples(merge(base, self.arms[name].overrides)), strict=True)
        resolved._file = self._file
        return resolved

    def arm_label(self, name: str) -> Label:
        """Name of an arm in both languages; its key if it has none."""
        return self.arms[name].label or Label(zh=name, en=name)

    def window(self, claim: Claim) -> tuple[int, int]:
        """Weeks over which a claim is read: first, and one past the last, counted after the warm-up."""
        if claim.window is None:
            return max(0, self.weeks - READING_WEEKS), self.weeks
        return claim.window.start, claim.window.end

    def __eq__(self, other: object) -> bool:
        """Equal if they say the same, wherever they were read from."""
        return isinstance(other, Scenario) and self.tree() == other.tree()

    def __hash__(self) -> int:
        return hash(json.dumps(self.tree(), sort_keys=True))


def with_file(scenario: Scenario, file: Path | None) -> Scenario:
    """Let a scenario remember its file."""
    scenario._file = file
    return scenario
