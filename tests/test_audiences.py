"""Whom offers are addressed to: a word has 32 bits, and a file that asks for more is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim import CommunityModel, YiheError, load
from sim.ledger.opportunities import Opportunities
from sim.policies.registry import BUILT_IN, policy_class
from sim.vocabulary import MOST_AUDIENCES

ADDRESSING = {"mobile_members", "targeted_services", "guiding_core", "last_resort", "building_leaders"}


def estate(policies: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "yihe": 1, "name": "addressed", "weeks": 60, "warmup": 2, "policies": policies,
        "places": {"grids": 1}, "population": {"residents": 200}, "budget": {"weekly": 1e5}}


def test_each_kind_says_how_many_audiences_it_names(monkeypatch: pytest.MonkeyPatch) -> None:
    declared = {kind: getattr(policy_class(kind), "audiences", 0) for kind in BUILT_IN}
    assert {kind for kind, number in declared.items() if number} == ADDRESSING
    named: dict[str, int] = {}
    audience = Opportunities.audience

    for kind in sorted(BUILT_IN):
        def watch(self: Opportunities, mask: np.ndarray, kind: str = kind) -> int:
            named[kind] = max(named.get(kind, 0), audience(self, mask))
            return self._audience_count

        monkeypatch.setattr(Opportunities, "audience", watch)
        CommunityModel(load(estate([{"kind": kind}])), 1).run()
    assert set(named) == ADDRESSING
    assert all(number <= declared[kind] for kind, number in named.items())


def test_more_audiences_than_a_week_holds_are_refused_where_the_last_one_stands() -> None:
    each = policy_class("targeted_services").audiences  # type: ignore[union-attr]
    fit = MOST_AUDIENCES // each
    many = [{"kind": "targeted_services", "id": f"services_{k}"} for k in range(fit + 1)]
    load(estate(many[:fit]))
    with pytest.raises(YiheError) as refused:
        load(estate(many))
    assert str(each * (fit + 1)) in str(refused.value)
    assert "policies" in str(refused.value.key)
    apart = [{**policy, "start": 2 * k, "end": 2 * k + 1} for k, policy in enumerate(many[: 8])]
    load(estate(apart))
