"""The four regimes as ``yihe explain`` tells them: what is said is what runs do."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sim.actors.core import CASE_SHARE
from sim.explain.facts import facts
from sim.explain.find import find, parameters
from sim.explain.regimes import WAYS
from sim.explain.text import explained
from sim.model import CommunityModel
from sim.policies.common import hosts
from sim.policies.registry import policy_kinds
from sim.processes.categories import CATEGORIES
from sim.reference import regimes_page
from sim.scenario.reading import load
from sim.vocabulary import Kind, Regime, Status

PACKAGE = Path(__file__).parent.parent / "sim"
NEVER = -6.0
"""Intercept at which hardly any actor accepts a file."""
SEVERAL = np.array([len(category.actors) > 1 for category in CATEGORIES])


@cache
def half_a_year(regime: Regime, accept: float) -> tuple[CommunityModel, np.ndarray]:
    """600 residents and their log of cases; nothing goes up to the street, is closed on paper or left to
    residents."""
    scenario = load({
        "yihe": 1, "name": "regimes", "weeks": 26, "warmup": 0, "regime": regime.key,
        "population": {"residents": 600},
        "cases": {"accept_intercept": accept, "escalate": 0.0, "appraisal_record": 0.0},
        "actors": {"core": {"guiding_pressed": 0.0}}})
    model = CommunityModel(scenario, 1)
    return model, model.run().cases


def of_several(regime: Regime, accept: float) -> np.ndarray:
    """Logged cases of a category of several actors that reached a desk."""
    cases = half_a_year(regime, accept)[1]
    return cases[SEVERAL[cases["category"]] & (cases["recorded"] > 0)]


def test_every_regime_is_told_with_declared_numbers_that_its_files_read() -> None:
    assert list(WAYS) == list(Regime)
    known = parameters()
    for regime, way in WAYS.items():
        assert way.voice in known
        assert len(way.stages) >= 4, regime.key
        for stage in way.stages:
            source = (PACKAGE / stage.file).read_text(encoding="utf-8")
            for path in stage.numbers:
                assert path in known, path
                assert re.search(rf"\b{path.rpartition('.')[2]}\b", source), (path, stage.file)


@pytest.mark.parametrize("regime", list(Regime), ids=lambda regime: regime.key)
def test_meetings_are_held_where_and_by_whom_it_is_said(regime: Regime) -> None:
    model, way = half_a_year(regime, 0.0)[0], WAYS[regime]
    assert bool(of_several(regime, 0.0)["meetings"].any()) == bool(way.conveners)
    cases, desks = model.cases.cases, model.cases.desks
    met = cases["convenor"][(cases["used"] > 0) & (cases["meetings"] > 0)]
    assert {Kind(kind) for kind in desks["kind"][met[met >= 0]].tolist()} <= set(way.conveners)


def test_where_nobody_accepts_only_what_is_said_to_be_bound_gets_done() -> None:
    """A known answer: bouncing decides all under fragmented, nothing once the core convenes or does it."""
    solved = {}
    for regime in Regime:
        for accept in (0.0, NEVER):
            status = of_several(regime, accept)["status"]
            solved[regime, accept] = int(np.sum(status == Status.RESOLVED))
    assert solved[Regime.FRAGMENTED, NEVER] == 0 < solved[Regime.FRAGMENTED, 0.0]
    for regime in (Regime.ADMINISTRATIVE, Regime.ONE_CORE):
        assert solved[regime, NEVER] == solved[regime, 0.0] > 0
    assert 0 < solved[Regime.SELF_GOVERNING, NEVER] < solved[Regime.SELF_GOVERNING, 0.0]


@pytest.mark.parametrize("regime", list(Regime), ids=lambda regime: regime.key)
def test_attention_and_leading_hours_are_the_codes_own(regime: Regime) -> None:
    told, model = facts(find(regime.key)), half_a_year(regime, 0.0)[0]
    assert told["core_share_for_cases"] == CASE_SHARE[regime]
    core = model.state(Kind.CORE)
    assert bool(core.case_hours.any()) == (CASE_SHARE[regime] > 0)
    assert bool(core.lent_hours.any()) == (CASE_SHARE[regime] < 1)
    assert [kind.key for kind, _ in hosts(model)] == [told["leads"][0]["key"]]


def test_policies_that_idle_are_those_without_a_convenor() -> None:
    for regime in Regime:
        idle = facts(find(regime.key))["idle"]
        assert idle == [kind for kind, cls in policy_kinds().items() if regime not in cls.convenors]
    assert "big_party_committee" in facts(find("administrative"))["idle"]
    assert facts(find("one_core"))["idle"] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_text_shows_the_way_and_the_other_three(lang: str) -> None:
    page = regimes_page()
    for regime in Regime:
        text = explained(facts(find(regime.key)), lang)
        assert text.count("  ↓ ") == len(WAYS[regime].stages)
        assert all(other.key in text for other in Regime)
        assert {"zh": "未经校准", "en": "uncalibrated"}[lang] in text
        if lang == "en":
            assert not re.search("[\u4e00-\u9fff，。；：、（）]", text)
        assert text in page
