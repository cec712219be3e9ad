"""Contracts that every registered policy keeps, whoever wrote it."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from policy_lab import WEEKS, kinds, policy, watched

from sim.policies import arithmetic, base, common, fieldwork, partners
from sim.policies.registry import policy_class, policy_kinds
from sim.study.bare_numbers import ARITHMETIC, bare_numbers
from sim.study.clauses import Check
from sim.study.contract import CHECKS, IDLE, home
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
    | {Path(str(module.__file__)) for module in (arithmetic, base, common, fieldwork, partners)}
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


# Every number of a policy is declared.

CONSTANTS = {
    "YEAR": 52, "THOUSAND": 1000.0, "HOUR": 60.0, "ROUND_UP": 0.5,  # ways of counting and of rounding
    "HALF_LIFE": 0.7,  # the logarithm of 2
    "CENTRES": 5,  # a count of S0, and the range of the number that is set from it
    "TRACE": 0.001,  # marks what is known and fits nowhere
    "_NUMBERS": 8,  # keeps keys of offers apart
}
"""Numbers that policies name without declaring them: no choice of the model's, all of them."""


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_source_holds_no_undeclared_number(path: Path) -> None:
    assert bare_numbers(path.read_text(encoding="utf-8")) == []


def test_the_numbers_that_are_no_choice_are_few_and_known() -> None:
    """Every constant of a policy's file that arithmetic alone does not explain."""
    found: dict[str, Any] = {}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Constant):
                names = node.targets if isinstance(node, ast.Assign) else [node.target]
                found.update((ast.unparse(name), node.value.value) for name in names)
    found = {name: v for name, v in found.items() if isinstance(v, (int, float)) and v not in ARITHMETIC}
    assert found == CONSTANTS


@pytest.mark.parametrize("source", [
    "def act(self):\n    return 0.3 * self.strength",
    "def act(self, share=0.4): ...",
    "class A:\n    def act(self):\n        return lambda x: x + 3",
    "class A:\n    weights = (0.3, 0.7)\n    'Documented, and still a choice.'",
    "class A:\n    share: float = 0.3",
    "class A:\n    share: ClassVar[float] = 0.3",
    "SHARE = 0.3",
    "if True:\n    SHARE = 0.3",
    "FORMS = {'a': {'mixing': 0.6}}\n'''What each stage calls people to.'''",
    "def act(self): self.offer(view, places, contacts=2)",
    "def act(self): offer(view, host, 1.0, notice)",
    "def act(self): more = {'ease': -1.0}",
    "def act(self): view.levers.add('clarity', 1.0)",
])
def test_that_reading_would_catch_an_undeclared_number(source: str) -> None:
    assert bare_numbers(source)


@pytest.mark.parametrize("source", [
    "class A:\n    share: float = Param(0.3, unit='1', ge=0, le=5, label=('甲', 'a'))",
    "class A:\n    talk: Company = Company(mixing=0.5, contacts=2)",
    "class A:\n    talk: Company = Field(Company(mixing=0.5), description='a talk')",
    "YEAR = 52\n'''Weeks.'''",
    "_DUTY, _MEETING = 0, 1",
    "def act(self): return (a + b) / 2 - max(1.0 - x, 0.0) / max(y, 1e-9)",
    "def act(self): self.offer(view, places, notice, 1, online=1, contacts=0, voice=self.voice)",
    "def act(self): levers.add('clarity', self.clarity * strength)",
    "@outcome('x', unit='1')\ndef x(model): return 0.3",
    "category('x', share=0.05)",
])
def test_that_reading_lets_arithmetic_and_declared_numbers_pass(source: str) -> None:
    assert bare_numbers(source) == []


def test_institutions_of_a_plug_in_are_read_by_their_own_contract() -> None:
    source = "class Club:\n    def decide(view): return 0.3\n\ndef helper(): return 0.4"
    assert [number.text for number in bare_numbers(source)] == ["0.3", "0.4"]
    assert [number.text for number in bare_numbers(source, leave_out=frozenset({"Club"}))] == ["0.4"]
