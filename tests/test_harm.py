"""Settings declared for harm: one for every policy, within declared ranges, with a result that fits it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from sim.explain.facts import policy_facts
from sim.explain.trial import told, trial_facts
from sim.outcomes import OUTCOMES
from sim.policies.registry import BUILT_IN, policy_class
from sim.scenario.merge import expand, tuples
from sim.scenario.schema import Scenario
from sim.study import harm
from sim.study.harm_settings import DECLARED, FIRST, Harm
from sim.study.trials import SEEDS, _settings

HARMLESS = {"no_op"}
"""Its card says that it does nothing."""
ALL = list(harm.declarations())


def test_every_policy_but_the_placebo_has_a_declaration_and_at_most_two() -> None:
    assert set(DECLARED) == set(BUILT_IN) - HARMLESS
    assert set(FIRST) <= set(DECLARED)
    assert all(FIRST[kind] != DECLARED[kind] for kind in FIRST)
    assert len(ALL) == len(DECLARED) + len(FIRST)


@pytest.mark.parametrize("declared", ALL, ids=lambda one: f"{one.kind}-{one.number}")
def test_declarations_lie_within_declared_ranges_and_name_what_can_get_worse(
    declared: harm.Declaration,
) -> None:
    """A scenario refuses unknown keys and numbers out of range, so making it is the check."""
    with_it, without = (Scenario.model_validate(tuples(harm.scenario(declared, on))) for on in (True, False))
    assert [p.kind for p in with_it.policies] == [declared.kind]
    assert with_it.model_copy(update={"policies": ()}) == without
    own = {name for name in declared.harm.policy if name not in type(with_it.policies[0]).model_fields}
    assert not own
    assert OUTCOMES[declared.harm.outcome].better in ("more", "less")
    assert 0 <= declared.harm.since < with_it.weeks
    assert declared.harm.label.zh
    assert declared.harm.label.en


def test_a_declaration_changes_nothing_but_what_it_names() -> None:
    """Everything else is the first of the twelve settings."""
    for declared in ALL:
        made, base = harm.scenario(declared, False), _settings()[0].changes
        changed = expand(declared.harm.changes)
        for key in {*made, *base} - {*changed, "policies"}:
            assert made[key] == base[key], (declared.kind, key)


def test_second_declarations_get_seeds_of_their_own_and_none_are_those_of_the_twelve() -> None:
    first, second = map(set, harm.SEEDS)
    assert not first & second
    assert not (first | second) & set(SEEDS)
    assert len(first) == len(second) == 16


@pytest.mark.parametrize(("shift", "verdict"), [(0.2, "harm"), (-0.2, "better"), (0.0, "unclear")])
@pytest.mark.parametrize(("outcome", "sign"), [("time_waiting", 1), ("autonomy", -1)])
def test_the_verdict_on_made_up_effects(shift: float, verdict: str, outcome: str, sign: int) -> None:
    made_up = harm.Declaration("no_op", 1, Harm(outcome, DECLARED["sham"].label, {}, {}, 0))
    without = 0.5 + 0.01 * np.arange(16.0)
    with_it = without + sign * shift + 0.01 * np.sin(np.arange(16.0))
    found = harm.result(made_up, with_it.tolist(), without.tolist())
    assert found["verdict"] == verdict
    assert found["worse"] == sign


def test_the_record_is_complete_and_fits_the_declarations() -> None:
    """Whoever changes a declaration must run it again; a change of the model's code is not asked about."""
    found = harm.stored()
    assert set(found) == set(DECLARED)
    written: dict[str, Any] = json.loads(json.dumps({
        kind: [harm.stated(one) for one in harm.declarations((kind,))] for kind in DECLARED}))
    for kind, ones in found.items():
        assert [{key: one[key] for key in written[kind][0]} for one in ones] == written[kind], kind
        for one in ones:
            assert one["seeds"] == list(harm.SEEDS[one["declaration"] - 1])
            assert one["low"] <= one["difference"] <= one["high"], kind


def test_only_what_showed_no_harm_was_declared_anew() -> None:
    for kind in FIRST:
        assert harm.stored()[kind][0]["verdict"] != "harm", kind


@pytest.mark.parametrize("kind", sorted(BUILT_IN))
def test_cards_show_the_declared_setting_whatever_was_found(kind: str) -> None:
    cls = policy_class(kind)
    assert cls is not None
    trial = trial_facts(kind)
    if kind in HARMLESS:
        assert trial is None
        return
    assert trial is not None
    one = harm.stored()[kind][-1]
    verdict = {"harm": "harm found", "unclear": "no harm found", "better": "it gets better"}[one["verdict"]]
    lines = told(policy_facts(cls), "en")
    shown = [line for line in lines if one["label"]["en"] in line]
    assert len(shown) == 1
    assert verdict in shown[0]
    assert ("second declaration" in shown[0]) == (kind in FIRST)
    for key in (*one["changes"], *one["policy"]):
        assert key in shown[0], key
    assert len(told(policy_facts(cls), "zh")) == len(lines)


def test_one_small_declaration_runs_the_same_again() -> None:
    """Two arms of one seed share their warm-up and luck: run twice they give the same numbers."""
    declared = next(harm.declarations(("neighbour_covenant",)))
    job = (declared, harm.SEEDS[0][0])
    assert harm._one(job) == harm._one(job)
