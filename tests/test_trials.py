"""Trials of policies: settings declared beforehand, a rule with known answers, a complete record."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sim.outcomes import OUTCOMES
from sim.policies.registry import BUILT_IN
from sim.scenario.merge import tuples
from sim.scenario.schema import Scenario
from sim.study import trials

CONTROLS = {"no_op", "sham", "party_brand"}
"""They have no claim to agree with."""


def test_every_policy_but_the_controls_has_an_expectation() -> None:
    assert set(trials.EXPECTED) == set(BUILT_IN) - CONTROLS
    for expected in trials.EXPECTED.values():
        assert expected.outcome in OUTCOMES
        assert expected.sign in (-1, 1)


def test_twelve_settings_cross_type_load_and_means() -> None:
    settings = trials._settings()
    assert len(settings) == 12
    assert len({json.dumps(s.changes, sort_keys=True) for s in settings}) == 12
    assert len({s.label.en for s in settings}) == 12
    for setting in settings:
        Scenario.model_validate(tuples(setting.changes))


def _values(kind: str, shift: dict[str, float]) -> dict[tuple[int, str, str], list[float]]:
    noise = 0.001 * np.sin(np.arange(8.0))
    wanted = {*trials.HARMS, trials.EXPECTED[kind].outcome}
    return {
        (s, k, name): (0.5 + 0.01 * np.arange(8.0) + (noise + shift.get(name, 0.0) if k else 0.0)).tolist()
        for s in range(12) for k in ("", kind) for name in wanted}


@pytest.mark.parametrize(("shift", "agrees", "against", "harmed"), [
    (0.0, 0, 0, 0), (0.1, 12, 0, 0), (-0.1, 0, 12, 12)])
def test_the_verdict_on_made_up_effects(shift: float, agrees: int, against: int, harmed: int) -> None:
    kind = "neighbour_festival"  # expected to raise participation elsewhere, which is a harm if it falls
    found = trials._verdict(kind, _values(kind, {"participation_52_other": shift}), 12)
    assert (len(found["agrees"]), len(found["against"])) == (agrees, against)
    assert len({harm["setting"] for harm in found["harms"]}) == harmed


def test_harm_is_asked_for_more_strictly_than_agreement() -> None:
    assert trials.STRICT > trials.LEVEL
    kind = "neighbour_festival"
    values = _values(kind, {})
    for s in range(12):  # a difference of 1 ± 1 standard deviation: t = 2.8 with eight seeds
        spread = np.array([-1.2, -0.9, -0.5, -0.2, 0.2, 0.5, 0.9, 1.2])
        base = np.array(values[s, "", "latent_disputes"])
        values[s, kind, "latent_disputes"] = (base + 1 + spread).tolist()
    assert trials._verdict(kind, values, 12)["harms"] == []


def test_the_record_is_complete_and_by_these_rules() -> None:
    found = trials.stored()
    assert set(found["policies"]) == set(trials.EXPECTED)
    assert found["seeds"] == list(trials.SEEDS)
    assert found["harms"] == list(trials.HARMS)
    assert [s["en"] for s in found["settings"]] == [s.label.en for s in trials._settings()]
    for kind, one in found["policies"].items():
        assert (one["outcome"], one["sign"]) == trials.EXPECTED[kind], kind
        assert not one["commit"].endswith("changed"), kind
