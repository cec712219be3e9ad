"""However a run is worked, its bytes are the same: by one thread or several, for some rows or all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim import CommunityModel, load, simulate, threads
from sim.network.kernels import stay_within
from sim.processes import contacts
from sim.processes.willingness import active_share

ROOT = Path(__file__).resolve().parent.parent
FESTIVAL = ROOT / "scenarios" / "chaoyang_neighbour_festival.yaml"
DISTRICT = ROOT / "scenarios" / "district_12_grids.yaml"

@pytest.mark.parametrize(("count", "builder"), [("2", "community"), ("3", "community"), ("2", "erdos_renyi")])
def test_threads_change_no_byte(monkeypatch: pytest.MonkeyPatch, count: str, builder: str) -> None:
    """A district of several communities, with and without threads; every span ends inside a community."""
    scenario = load(DISTRICT, {"ties.builder": builder})
    scenario = scenario.arm(list(scenario.arms)[-1]).model_copy(update={"warmup": 4, "weeks": 14})
    monkeypatch.setenv(threads.VARIABLE, "1")
    alone = simulate(scenario, 5)
    monkeypatch.setenv(threads.VARIABLE, count)
    monkeypatch.setattr(threads, "LARGE", 1)
    together = simulate(scenario, 5)
    assert together.digest == alone.digest
    for name, series in alone.series.items():
        np.testing.assert_array_equal(series, together.series[name], err_msg=name)


def test_only_ties_within_communities_let_these_be_told_side_by_side() -> None:
    """Ties of our own builder stay within; random ones, and a single one that crosses, do not."""
    apart = {}
    for builder in ("community", "erdos_renyi", "none"):
        small = {"ties.builder": builder, "population.residents": 40, "warmup": 0}
        model = CommunityModel(load(DISTRICT, small), 3)
        apart[builder] = contacts.communities_apart(model)
        r, ties = model.residents, model.ties
        r.active[::3] = 1
        alone = contacts.active_contacts(ties, r.active)
        if apart[builder]:
            found = contacts.active_contacts(ties, r.active, r.community)
            assert all((a == b).all() for a, b in zip(alone, found, strict=True))
        model.free()
    assert apart == {"community": True, "erdos_renyi": False, "none": True}
    neighbour, first = np.array([1, 0, 3, 2], np.uint32), np.arange(5)
    assert stay_within(first, neighbour, np.array([0, 0, 1, 1], np.int32))
    assert not stay_within(first, neighbour, np.array([0, 0, 0, 1], np.int32))


def test_spans_cover_everyone_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "LARGE", 1)
    for count in ("1", "2", "5", "8"):
        monkeypatch.setenv(threads.VARIABLE, count)
        for n in (1, 7, 1000):
            seen = np.zeros(n, int)

            def visit(span: tuple[int, int], seen: np.ndarray = seen) -> None:
                seen[span[0]:span[1]] += 1

            threads.in_spans(n, visit)
            assert (seen == 1).all()


def test_a_fault_in_a_thread_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "LARGE", 1)
    monkeypatch.setenv(threads.VARIABLE, "2")

    def fail(span: tuple[int, int]) -> None:
        if span[0] > 0:
            raise ArithmeticError("second span")

    with pytest.raises(ArithmeticError, match="second span"):
        threads.in_spans(10, fail)
    with pytest.raises(ZeroDivisionError):
        threads.side_by_side(10, lambda: 1, lambda: 1 // 0)


def test_contacts_who_were_active_are_those_that_each_resident_would_find() -> None:
    """Told by the active few, against everyone's own look at all their contacts, to the bit."""
    scenario = load(FESTIVAL, {"population.residents": 300, "warmup": 0, "weeks": 12}).arm("festival")
    model = CommunityModel(scenario, 2)
    for _ in range(12):
        model.step()
    r, ties = model.residents, model.ties
    assert 0 < r.active.sum() < len(r.active)
    assert (ties.event_strength > 0).any()
    columns = ties.first, ties.neighbour, ties.weight, ties.event_neighbour, ties.event_strength
    rows = np.arange(len(r.active))
    together = contacts._TOGETHER
    last = len(rows) - 2 * together
    for active in (r.active, rows >= 0, rows < together, rows >= last, rows == 7, rows < 0):
        told_by = active.astype(np.uint8)
        found = contacts.active_contacts(ties, told_by)
        own = [active_share(i, *columns, told_by) for i in rows]
        told = [contacts.share_of(i, ties.strength, ties.event_strength, found.strength) for i in rows]
        assert told == [share for share, _ in own]
        assert found.number.tolist() == [number for _, number in own]
        assert (sum(told) > 0) == active.any()
    model.free()


def test_draws_of_some_are_those_of_all() -> None:
    scenario = load(FESTIVAL, {"population.residents": 300, "warmup": 0}).arm("festival")
    model = CommunityModel(scenario, 2)
    rows = np.array([3, 0, 120, 299])
    np.testing.assert_array_equal(model.draw("x", rows=rows), model.draw("x")[rows])
    model.free()
