"""What worker processes do: a comparison as two recordings, series of some seeds, bands over many."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import default_language
from sim.params import Label
from sim.scenario.schema import Scenario
from sim.web.frames import Made
from sim.web.hundred import Series, verdicts

if TYPE_CHECKING:
    from sim.recording.courses import Courses
    from sim.state import State

KEPT = 6
"""Warm-ups a worker keeps."""

_kept: OrderedDict[tuple[str, int], State] = OrderedDict()

TINY: dict[str, Any] = {
    "yihe": 1, "name": "warm", "weeks": 9, "warmup": 1, "population": {"residents": 80},
    "places": {"grids": 2, "floors": 2, "dwellings_per_floor": 2},
    "policies": [{"kind": "neighbour_festival"}, {"kind": "member_model_posts"}],
}


def warm() -> None:
    """One tiny run from founding to recording: loads every kernel that runs need."""
    from sim.precompile import ready
    from sim.scenario.reading import load

    ready(default_language())
    tiny = load(TINY)
    for _ in compare({"a": tiny}, {"a": tiny.title}, 1, frozenset(), first=3):
        pass
    _kept.clear()
    _runs.cache_clear()
    seeds({"a": tiny}, (1, 2), frozenset())


def compare(
    arms: Mapping[str, Scenario], labels: Mapping[str, Label], seed: int, compared: frozenset[str],
    level: int = 1, first: int = 0,
) -> Iterator[Made]:
    """A recording of each arm, same seed, compressed at a level from 0 to 9.

    If ``first`` is above 0, one of so many weeks comes before each that holds them all.
    """
    from sim.recording import record_in_parts

    for side, arm in arms.items():
        label, warm = (side, labels[side]), _warmed(arm, seed)
        own_file = arm.population_path is not None or arm.ties_path is not None  # which may change
        for one in record_in_parts(
                arm, seed, compared=compared, arm=label, warm=warm, first=first,
                courses=None if own_file else _runs()):
            yield Made(side, one.weeks == arm.weeks, one.to_bytes(level))


@cache
def _runs() -> Courses:
    """Runs of late that this worker's next ones may go on from."""
    from sim.recording.courses import Courses

    return Courses()


def _warmed(scenario: Scenario, seed: int) -> State:
    """State at the end of the warm-up: the same whoever asks, copied for every run and never written to.

    Policies and shocks begin later, so moving them about on the page does not warm up again.
    """
    from sim.recording import warmed

    if scenario.population_path is not None:  # its file may change
        return warmed(scenario, seed)
    name = scenario.model_copy(update={"policies": (), "shocks": ()}).model_dump_json(), seed
    if name not in _kept:
        _kept[name] = warmed(scenario, seed)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    _kept.move_to_end(name)
    return _kept[name]


def seeds(
    arms: Mapping[str, Scenario], seeds: Sequence[int], compared: frozenset[str],
) -> dict[int, dict[str, Series]]:
    """Each arm's outcomes of some seeds: values over the default window, and weekly series."""
    from sim.ensemble import simulate_seeds

    return {
        seed: {
            name: Series(
                {key: run.value(key) for key in run.series},
                np.array([run.series[key] for key in run.series], np.float64), tuple(run.series))
            for name, run in runs.items()}
        for seed, runs in simulate_seeds(arms, seeds, compared).items()}


def policy(kind: str) -> dict[str, Any]:
    """Everything there is to say about a policy, trial results included."""
    from sim.explain.facts import facts
    from sim.explain.find import Named
    from sim.policies.registry import policy_kinds

    card = policy_kinds()[kind].card
    return facts(Named("policy", kind, card.name))


TASKS: dict[str, Callable[..., Any]] = {
    "compare": compare, "seeds": seeds, "verdicts": verdicts, "policy": policy}
