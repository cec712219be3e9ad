"""Contracts that every registered policy keeps, whoever wrote it."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from policy_lab import WEEKS, kinds, policy, watched

from sim.policies import common, fieldwork
from sim.policies.registry import policy_class, policy_kinds
from sim.study.contract import CHECKS, IDLE, Check, home
from sim.study.decree import offences

every_kind = pytest.mark.parametrize("kind", kinds())
every_clause = pytest.mark.parametrize(
    "check", [check for check in CHECKS if check.name != "order"], ids=lambda check: check.name)


def one(kind: str, **numbers: Any) -> dict[str, Any]:
    return {"kind": kind, **numbers}


@every_kind
@every_clause
def test_it_keeps_the_contract(kind: str, check: Check) -> None:
    fault = check.test(kind)
    assert fault is None, fault.en


@pytest.mark.parametrize("weekly", [1500.0, 20000.0])
def test_the_order_of_listing_changes_nothing(weekly: float) -> None:
    """The clause ``order`` for all policies at once: cheaper, and it lets every one meet every other."""
    listed = [one(kind) for kind in kinds()]
    listed += [one(kind, id=f"{kind}_again", start=2) for kind in kinds()[::3]]
    digests = {
        watched(*order, budget={"weekly": weekly}).until(WEEKS).state_.digest()
        for order in (listed, listed[::-1], listed[3:] + listed[:3])
    }
    assert len(digests) == 1


@every_kind
def test_our_own_cards_name_one_of_the_sources(kind: str) -> None:
    assert re.search(r"\bS[0-4]\b", policy_kinds()[kind].card.source) or kind in IDLE


@every_kind
def test_it_acts_before_its_end(kind: str) -> None:
    model = watched(one(kind, end=10), regime=home(kind).key).until(WEEKS)
    acted = any(note.levers or len(note.offers) for note in model.notes if note.week < 10)
    assert acted == (kind not in IDLE)


def test_every_kind_is_found_by_its_name() -> None:
    for kind, cls in policy_kinds().items():
        assert policy_class(kind) is cls
        assert policy(kind).id == kind


# Policies write levers and opportunities, never the state of the community.

SOURCES = sorted(
    {Path(inspect.getsourcefile(cls) or "") for cls in policy_kinds().values()}
    | {Path(common.__file__), Path(fieldwork.__file__)}
)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_source_writes_nothing_but_its_own_variables(path: Path) -> None:
    assert offences(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("line", [
    "view.residents.skill[:] = 1", "r = view.residents\nr.trust_good[0] += 1", "self.state = 3",
    "habit = view.residents.habit\nhabit[:] = 1", "view.commons.norm *= 2", "efficacy = 0.7",
    "np.add.at(view.residents.fatigue, i, 1)", "view.residents.hours.fill(1.0)",
    "np.add(a, b, out=view.commons.norm)", "participation_52 += 0.1",
    "a, view.residents.skill[0] = 1, 2", "r: Residents = view.residents\nr.skill[0] = 1",
    "with f() as view.week: pass",
])
def test_that_reading_would_catch_a_policy_that_decrees(line: str) -> None:
    assert offences(line)
