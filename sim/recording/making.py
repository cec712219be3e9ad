"""Record runs: one, or several arms that share their warm-up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.model import CommunityModel
from sim.outcomes import OUTCOMES
from sim.params import Label
from sim.recording.contents import ARRAYS, FORMAT, SCALES, Declared
from sim.recording.courses import Courses
from sim.recording.events import events, shock_words
from sim.recording.recording import Recording
from sim.recording.watching import WatchedModel
from sim.recording.words import words
from sim.report.words import unit_name
from sim.scenario.naming import sources_hash
from sim.scenario.schema import Scenario
from sim.state import State
from sim.vocabulary import Kind

Array = npt.NDArray[Any]


def record(
    scenario: Scenario, seed: int | None = None, *, compared: frozenset[str] | None = None,
    arm: tuple[str, Label] | None = None, warm: State | None = None,
) -> Recording:
    """Run one scenario and write down what there is to see.

    Parameters
    ----------
    scenario : Scenario
        Resolved, as ``scenario.arm(name)`` gives it: its arms are not looked at.
    seed : int, optional
        The scenario's own if left out.
    compared : frozenset of str, optional
        As in :class:`sim.model.CommunityModel`.
    arm : (str, Label), optional
        Key and name of the arm; those of the scenario if left out.
    warm : State, optional
        State at the end of the warm-up of a run with the same seed and everything the same but policies and
        shocks, as :func:`warmed` gives it; it is copied, never written to.

    Returns
    -------
    Recording
        Its outcomes are those of :func:`sim.simulation.simulate`, number by number.

    Raises
    ------
    YiheError
        If there are too many residents and weeks to be recorded.
    ValueError
        If ``warm`` stands in another week than the end of the warm-up.
    """
    whole, = record_in_parts(scenario, seed, compared=compared, arm=arm, warm=warm)
    return whole


def record_in_parts(
    scenario: Scenario, seed: int | None = None, *, compared: frozenset[str] | None = None,
    arm: tuple[str, Label] | None = None, warm: State | None = None, first: int = 0,
    courses: Courses | None = None,
) -> Iterator[Recording]:
    """As :func:`record`; but whoever cannot wait for the end gets the first weeks before it.

    Parameters
    ----------
    scenario, seed, compared, arm, warm
        As in :func:`record`.
    first : int
        Weeks of the recording that comes first, at least; there is none if this is 0, or all weeks and more.
    courses : Courses, optional
        Earlier runs, from whose weeks this one goes on where it can, and which is to keep this one. Not for
        scenarios with files of their own, which may change.

    Yields
    ------
    Recording
        That of the first weeks: every weekly array as far as it goes, nothing of what came later, without
        events and digest. Then the whole one, as :func:`record` gives it.
    """
    if warm is not None and warm.week != scenario.warmup:
        raise ValueError(f"the state given stands in week {warm.week}, the warm-up ends in {scenario.warmup}")
    seed = scenario.seed if seed is None else seed
    course = None if courses is None else courses.begin(scenario, seed, _all(scenario, compared))
    if course is not None and course.marks:
        model = course.marks[-1].resumed(scenario, seed, compared)
    else:
        model = WatchedModel(scenario, seed, compared=compared, state=warm)
    try:
        named = arm or (scenario.name, scenario.title)
        parted = 0 < first < scenario.weeks
        while model.policy_week < scenario.weeks:
            model.step()
            if course is not None:
                course.note(model)
            if parted and first <= model.policy_week < scenario.weeks:
                parted = False
                yield _gather(model, named)
        result = model.run()
        recording = _gather(model, named, result.digest)
        recording.header["events"] = events(recording)
        yield recording
    finally:
        model.free()


def _all(scenario: Scenario, compared: frozenset[str] | None) -> frozenset[str]:
    """Policies whose own events are left out: all of them if it is not said which."""
    return frozenset(policy.id for policy in scenario.policies) if compared is None else compared


def warmed(scenario: Scenario, seed: int | None = None) -> State:
    """State of a scenario at the end of its warm-up, to be given to :func:`record` as often as wanted."""
    model = CommunityModel(scenario, seed)
    try:
        return model.warm_up().state_
    finally:
        model.free()


def record_arms(
    arms: Mapping[str, Scenario], seed: int, compared: frozenset[str] | None = None,
    labels: Mapping[str, Label] | None = None,
) -> dict[str, Recording]:
    """Record several arms of one seed; arms that agree on everything but policies share their warm-up.

    Parameters
    ----------
    arms : mapping of name to Scenario
        Resolved.
    seed : int
    compared : frozenset of str, optional
    labels : mapping of name to Label, optional
        Names of the arms in both languages; their keys if left out.

    Returns
    -------
    dict of name to Recording
        Exactly what :func:`record` gives for each arm alone.
    """
    warm: dict[str, State] = {}
    recordings: dict[str, Recording] = {}
    for name, scenario in arms.items():
        same = scenario.model_copy(update={"policies": ()}).model_dump_json()
        if same not in warm:
            warm[same] = warmed(scenario, seed)
        label = (labels or {}).get(name) or Label(zh=name, en=name)
        recordings[name] = record(
            scenario, seed, compared=compared, arm=(name, label), warm=warm[same])
    return recordings


def _gather(model: WatchedModel, arm: tuple[str, Label], digest: str = "") -> Recording:
    """Everything so far in its place, in the smallest kind of number that holds it; no events yet."""
    notes, weeks, series = model.notes, model.policy_week, model.recorder.series
    assert notes is not None
    found = _fixed(model) | notes.arrays(model, weeks)
    found["outcomes"] = np.array([series[name][:weeks] for name in series], float)
    arrays = {name: _settled(declared, found[name]) for name, declared in ARRAYS.items()}
    key, label = arm
    s = model.scenario
    header: dict[str, Any] = {
        "format": FORMAT, "version": _version(), "code": sources_hash(), "uncalibrated": True,
        "scenario": {"name": s.name, "zh": s.title.zh, "en": s.title.en},
        "arm": {"key": key, "zh": label.zh, "en": label.en}, "regime": model.regime.key,
        "seed": model.run_seed, "weeks": weeks, "warmup": s.warmup, "digest": digest,
        "policies": [
            {"id": p.id, "kind": p.kind, "zh": p.card.name.zh, "en": p.card.name.en, "start": p.start,
             "end": p.end, "intensity": p.intensity, "convened": model.regime in p.convenors}
            for p in model.policies],
        "shocks": [
            {"week": each.week, "end": each.week + each.weeks, "kind": each.kind, **shock_words(each.kind)}
            for each in s.shocks],
        "words": words(),
        "outcomes": [
            {"key": name, "zh": OUTCOMES[name].label.zh, "en": OUTCOMES[name].label.en,
             "unit_zh": unit_name(name, "zh"), "unit_en": unit_name(name, "en"),
             "better": OUTCOMES[name].better, "group": OUTCOMES[name].of, "summary": OUTCOMES[name].summary}
            for name in series],
        "followed": notes.followed.tolist(), "scales": dict(SCALES), "events": []}
    return Recording(header, arrays)


@cache
def _version() -> str:
    """Version of the package; looking it up takes as long as a very small run."""
    return version("yihe")


def _settled(declared: Declared, values: Array) -> Array:
    """In the first of the declared kinds of number that holds all values."""
    if len(declared.dtypes) == 1:
        return np.ascontiguousarray(values, declared.dtypes[0])
    low, high = (int(values.min()), int(values.max())) if values.size else (0, 0)
    fitting = (
        dtype for dtype in declared.dtypes if np.iinfo(dtype).min <= low and high <= np.iinfo(dtype).max)
    return np.ascontiguousarray(values, next(fitting))


def _fixed(model: CommunityModel) -> dict[str, Array]:
    """Places, residents, fixed ties and institutions."""
    p, r, ties, desks = model.places, model.residents, model.ties, model.cases.desks
    homes = np.diff(p.building_first_dwelling)
    floors = np.maximum(p.building_floors, 1)
    first = p.grid_first_building[p.community_first_grid[p.building_community]]
    kind = desks["kind"]
    grid = np.full(len(desks), -1)
    grid[kind == int(Kind.GRID_WORKER)] = np.arange(p.grids)
    there = np.zeros(len(desks), np.uint8)
    rows = np.concatenate([model.cases.desk_of.reshape(-1), model.cases.desk_of_grid])
    there[rows[rows >= 0]] = 1
    return {
        "grid_community": p.grid_community, "building_grid": p.building_grid,
        "building_community": p.building_community,
        "building_number": np.arange(p.buildings) - first + 1, "building_floors": p.building_floors,
        "building_per_floor": -(-homes // floors), "building_units": p.building_units,
        "building_first_dwelling": p.building_first_dwelling,
        "resident_building": r.building, "resident_dwelling": r.dwelling, "resident_age": r.age,
        "resident_sex": r.sex, "resident_position": r.position, "resident_tenure": r.tenure,
        "resident_membership": r.membership, "resident_motive": r.motive,
        "resident_degree": np.diff(ties.first), "tie_first": ties.first, "tie_neighbour": ties.neighbour,
        "tie_layer": ties.layer, "institution_kind": kind, "institution_community": desks["community"],
        "institution_grid": grid, "institution_present": there}
