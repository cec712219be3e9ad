"""Contracts that every registered policy keeps, whoever wrote it."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from policy_lab import WEEKS, arrays, kinds, policy, scenario, watched

from sim.ledger.levers import LEVERS
from sim.outcomes import OUTCOMES
from sim.params import ASSUMPTION, declared
from sim.policies import common
from sim.policies.registry import policy_class, policy_kinds
from sim.scenario.reading import dump, loads
from sim.vocabulary import Regime

IDLE = {"no_op"}
"""Policies that are meant to do nothing."""

every_kind = pytest.mark.parametrize("kind", kinds())


def one(kind: str, **numbers: Any) -> dict[str, Any]:
    return {"kind": kind, **numbers}


def home(kind: str) -> Regime:
    """A regime in which the policy finds its convenor."""
    convenors = policy_kinds()[kind].convenors
    return Regime.ONE_CORE if Regime.ONE_CORE in convenors else min(convenors)


@every_kind
def test_off_leaves_every_array_and_every_outcome_as_without_it(kind: str) -> None:
    without, off = watched(), watched(one(kind, intensity=1.0 if kind in IDLE else 0.0))
    result, result_off = without.run(), off.run()
    assert result.digest == result_off.digest
    mine = arrays(off)
    for name, column in arrays(without).items():
        np.testing.assert_array_equal(column, mine[name], err_msg=name)
    for name, series in result.series.items():
        np.testing.assert_array_equal(series, result_off.series[name], err_msg=name)
    assert result.cases.tobytes() == result_off.cases.tobytes()
    assert off.budget.spent_total.sum() == 0.0


@every_kind
def test_nothing_differs_before_it_starts(kind: str) -> None:
    regime = home(kind).key
    without, later = watched(regime=regime), watched(one(kind, start=4), regime=regime)
    for week in range(5):
        assert without.until(week).state_.digest() == later.until(week).state_.digest(), week
    if kind not in IDLE:
        assert without.until(WEEKS).state_.digest() != later.until(WEEKS).state_.digest()


@pytest.mark.parametrize("weekly", [1500.0, 20000.0])
def test_the_order_of_listing_changes_nothing(weekly: float) -> None:
    listed = [one(kind) for kind in kinds()]
    listed += [one(kind, id=f"{kind}_again", start=2) for kind in kinds()[::3]]
    digests = {
        watched(*order, budget={"weekly": weekly}).until(WEEKS).state_.digest()
        for order in (listed, listed[::-1], listed[3:] + listed[:3])
    }
    assert len(digests) == 1


@every_kind
def test_a_scenario_with_it_survives_yaml(kind: str) -> None:
    cls = policy_kinds()[kind]
    target = {"communities": (1,)}
    middle: dict[str, Any] = {"kind": kind, "id": "mine", "start": 1, "end": 9, "target": target}
    for number in declared(cls):
        value = (number.ge + number.le) / 2
        at = middle
        *above, name = number.path.split(".")
        for key in above:
            at = at[key]
        at[name] = int(value) if isinstance(number.default, int) else value
    for policies in ([one(kind)], [middle]):
        before = scenario(*policies)
        for full in (True, False):
            assert loads(dump(before, full=full)) == before
    assert scenario(middle).policies[0] == cls.model_validate(middle)


@every_kind
def test_every_number_has_unit_range_source_grade_and_two_names(kind: str) -> None:
    cls = policy_kinds()[kind]
    known = {number.path: number for number in declared(cls)}
    for name, field in cls.model_fields.items():
        if field.annotation in (int, float) and name != "start":
            assert name in known, f"{kind}.{name} is not declared with Param"
    for number in known.values():
        assert number.unit.strip()
        assert number.ge < number.le
        assert number.zh.strip()
        assert number.en.strip()
        assert number.evidence in "ABCD"
        assert (number.source == ASSUMPTION) == (number.evidence == "D"), number.path


@every_kind
def test_the_card_is_complete_in_both_languages(kind: str) -> None:
    card = policy_kinds()[kind].card
    for name in ("name", "mechanism", "cost", "claim", "harm"):
        label = getattr(card, name)
        assert re.search(r"[\u4e00-\u9fff]", label.zh), name
        assert re.search(r"[A-Za-z]{2}", label.en), name
        assert not re.search(r"[，。；：、]", label.en), name
    assert re.search(r"\bS[0-4]\b", card.source) or kind in IDLE


@every_kind
def test_it_acts_where_it_has_its_convenor(kind: str) -> None:
    if kind in IDLE:
        return
    for regime in policy_kinds()[kind].convenors:
        model = watched(one(kind), regime=regime.key).until(WEEKS)
        assert any(note.levers or len(note.offers) for note in model.notes), regime


@every_kind
def test_it_pays_and_idles_where_the_regime_lacks_its_convenor(kind: str) -> None:
    for regime in set(Regime) - policy_kinds()[kind].convenors:
        model = watched(one(kind), regime=regime.key).until(WEEKS)
        assert (model.budget.spent_total > 0).all(), regime
        for note in model.notes:
            assert not note.levers
            assert not len(note.offers)


@every_kind
def test_after_its_end_it_leaves_no_lever_and_no_offer(kind: str) -> None:
    end = 10
    model = watched(one(kind, end=end), regime=home(kind).key).until(WEEKS)
    acted = any(note.levers or len(note.offers) for note in model.notes if note.week < end)
    assert acted == (kind not in IDLE)
    for note in model.notes:
        if note.week >= end:
            assert not note.levers, note.week
            assert not len(note.offers), note.week


@every_kind
def test_it_leaves_communities_outside_its_target_alone(kind: str) -> None:
    model = watched(one(kind, target={"communities": (1,)}), regime=home(kind).key).until(WEEKS)
    places, residents = model.places, model.residents
    outside = {
        "resident": residents.community == 0, "building": places.building_community == 0,
        "grid": places.grid_community == 0, "community": np.array([True, False]),
    }
    outside["community_kind"] = outside["community"]
    for note in model.notes:
        assert (note.offers["community"] == 1).all()
        for name, values in note.levers.items():
            assert not values[outside[LEVERS[name].axis]].any(), name
    assert model.budget.spent_total[0] == 0.0


@every_kind
def test_half_of_it_costs_no_more_than_all_of_it(kind: str) -> None:
    regime = home(kind).key
    full = watched(one(kind), regime=regime).until(WEEKS).budget.spent_total.sum()
    half = watched(one(kind, intensity=0.5), regime=regime).until(WEEKS).budget.spent_total.sum()
    assert half <= full
    assert half > 0 or kind in IDLE


@every_kind
def test_it_does_nothing_it_cannot_pay_for(kind: str) -> None:
    cost = policy(kind).request(watched().until(0)).money
    model = watched(one(kind), regime=home(kind).key, budget={"weekly": 0.0}).until(WEEKS)
    assert model.budget.spent_total.sum() == 0.0
    if cost > 0:
        assert not any(note.levers or len(note.offers) for note in model.notes)


def test_every_kind_is_found_by_its_name() -> None:
    for kind, cls in policy_kinds().items():
        assert policy_class(kind) is cls
        assert policy(kind).id == kind


# Policies write levers and opportunities, never the state of the community.

SOURCES = sorted(
    {Path(inspect.getsourcefile(cls) or "") for cls in policy_kinds().values()}
    | {Path(common.__file__)}
)


def targets(tree: ast.AST) -> Iterator[ast.expr]:
    """Everything on the left of an assignment, and everything a call writes in place."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            yield from node.targets
        elif isinstance(node, (ast.AugAssign, ast.AnnAssign, ast.For, ast.NamedExpr)):
            yield node.target
        elif isinstance(node, ast.Delete):
            yield from node.targets
        elif isinstance(node, ast.Call):
            yield from _written_by(node)


def _written_by(call: ast.Call) -> Iterator[ast.expr]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in ("at", "copyto", "put", "place", "putmask", "setattr") and call.args:
        yield ast.Subscript(call.args[0], ast.Slice())
    if name in ("fill", "sort", "partition", "itemset", "setfield") and isinstance(call.func, ast.Attribute):
        yield ast.Subscript(call.func.value, ast.Slice())
    for keyword in call.keywords:
        if keyword.arg == "out":
            yield ast.Subscript(keyword.value, ast.Slice())


def borrowed(tree: ast.AST) -> set[str]:
    """Names bound to something of someone else's: ``r = view.residents`` or ``skill = r.skill[:]``."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Attribute, ast.Subscript)):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
            for target in node.targets:
                if isinstance(target, ast.Tuple):
                    names |= {
                        name.id for name, value in zip(target.elts, node.value.elts, strict=False)
                        if isinstance(name, ast.Name) and isinstance(value, (ast.Attribute, ast.Subscript))
                    }
    return names


def offences(source: str) -> list[str]:
    """What a policy's source writes that is not its own."""
    tree = ast.parse(source)
    lent = borrowed(tree)
    found = []
    for target in targets(tree):
        for part in ast.walk(target):
            if isinstance(part, ast.Name) and part.id in OUTCOMES:
                found.append(f"{part.id}: an outcome on the left")
        inner: ast.expr = target
        while isinstance(inner, ast.Subscript):
            inner = inner.value
        if isinstance(inner, ast.Attribute):
            found.append(f"{ast.unparse(inner)}: not the policy's own")
        if isinstance(inner, ast.Name) and inner is not target and inner.id in lent:
            found.append(f"{inner.id}: borrowed from elsewhere")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_source_writes_nothing_but_its_own_variables(path: Path) -> None:
    assert offences(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("line", [
    "view.residents.skill[:] = 1", "r = view.residents\nr.trust_good[0] += 1", "self.state = 3",
    "habit = view.residents.habit\nhabit[:] = 1", "view.commons.norm *= 2", "efficacy = 0.7",
    "np.add.at(view.residents.fatigue, i, 1)", "view.residents.hours.fill(1.0)",
    "np.add(a, b, out=view.commons.norm)", "participation_52 += 0.1",
])
def test_that_reading_would_catch_a_policy_that_decrees(line: str) -> None:
    assert offences(line)
