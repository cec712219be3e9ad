"""A district in parts gives what it gives in one piece: every outcome, case and array, to the bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import YiheError
from sim.model import CommunityModel
from sim.policies.registry import policy_kinds
from sim.population.parameters import PlacesParameters
from sim.population.section import sections
from sim.population.synthesis import make_places
from sim.results import RunResult
from sim.scenario.reading import load
from sim.scenario.schema import Scenario
from sim.sharding import AbortedError, PartModel, Table, simulate_in_parts
from sim.simulation import simulate
from sim.study import parted
from sim.study.parted import Meeting, Parted, Seat
from sim.vocabulary import Regime

SCENARIOS = Path(__file__).parent.parent / "scenarios"
KINDS = sorted(policy_kinds())
STUDIO = {"kind": "secretary_studio", "weeks": 2, "uptake": 0.9}


def district(policies: list[Any] | None = None, **more: Any) -> Scenario:
    """Seven communities in five streets, one of them without any, of one or two grids."""
    return load({
        "yihe": 1, "name": "district", "weeks": 16, "warmup": 6, "policies": policies or [],
        "places": {"communities": 7, "streets": 5, "grids_total": 12, "floors": 3, "dwellings_per_floor": 3,
                   "unit_buildings": 1},
        "population": {"residents": 150}, **more})


def equal(one: RunResult, other: RunResult) -> None:
    for name, series in one.series.items():
        np.testing.assert_array_equal(series, other.series[name], err_msg=name)
    for name, table in one.groups.items():
        np.testing.assert_array_equal(table, other.groups[name], err_msg=name)
        np.testing.assert_array_equal(one.group_sizes[name], other.group_sizes[name], err_msg=name)
    assert one.group_names == other.group_names
    assert one.cases.tobytes() == other.cases.tobytes()
    assert one.digest == other.digest


@pytest.mark.parametrize(("grids", "communities", "streets", "parts"), [
    (12, 3, 3, 2), (12, 3, 3, 3), (60, 14, 5, 4)])
def test_cuts_of_the_district_of_573_grids(grids: int, communities: int, streets: int, parts: int) -> None:
    """With all its policies, some of them for some grids only."""
    whole = load(SCENARIOS / "district_12_grids.yaml", [
        ("places.grids_total", grids), ("places.communities", communities), ("places.streets", streets),
        ("population.residents", 150 * grids // communities), ("weeks", 12), ("warmup", 12)])
    scenario = whole.arm("red_network")
    equal(simulate(scenario, 1), simulate_in_parts(scenario, 1, parts))


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_whatever_policies_it_has(data: st.DataObject) -> None:
    kinds = data.draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=len(KINDS), unique=True))
    where = st.sampled_from([{}, {"communities": [0, 2, 5]}, {"grids": [1, 3, 8, 11]}, {"share": 0.5}])
    policies = [
        {"kind": kind, "start": data.draw(st.integers(0, 4)), "end": data.draw(st.integers(8, 16)),
         "intensity": data.draw(st.sampled_from([0.5, 1.0])), "target": data.draw(where)} for kind in kinds]
    scenario = district(
        policies, regime=data.draw(st.sampled_from([r.key for r in Regime])),
        budget={"weekly": data.draw(st.sampled_from([100.0, 1_000.0, 20_000.0]))},
        shocks=[{"week": 5, "weeks": 4, "staff_factor": 0.3}])
    seed = data.draw(st.integers(0, 1_000))
    equal(simulate(scenario, seed), simulate_in_parts(scenario, seed, data.draw(st.integers(2, 6))))


@pytest.mark.parametrize("regime", ["one_core", "self_governing"])
def test_all_policies_at_once(regime: str) -> None:
    scenario = district(
        [{"kind": kind, "start": 1, "end": 13} for kind in KINDS], regime=regime, budget={"weekly": 3_000.0})
    equal(simulate(scenario, 3), simulate_in_parts(scenario, 3, 4))


@pytest.mark.parametrize("kind", ["neighbour_festival", "building_council", "sham", "guiding_core"])
def test_volunteers_lead_their_own_community_only(kind: str) -> None:
    scenario = district(
        [{"kind": kind}], regime="self_governing", weeks=30,
        actors={"owners_committee": {"present": False}, "volunteers": {"form_at": 1}},
        participation={"practice_to_climb": 1.5})
    equal(simulate(scenario, 2), simulate_in_parts(scenario, 2, 3))


def test_what_secretaries_learn_crosses_borders() -> None:
    """One showcase teaches communities of other parts; cut off from them, nobody else would know anything."""
    scenario = district([STUDIO], budget={"weekly": 50_000.0})
    whole = CommunityModel(scenario, 2)
    whole.run()
    knows = whole.state_.memories["secretary_studio"]["leaders_fit"] > 0
    parts = sections(scenario.places, 3)
    assert sum(bool(knows[part.own].any()) for part in parts) == len(parts) == 3
    equal(simulate(scenario, 2), simulate_in_parts(scenario, 2, 3))


@given(
    communities=st.integers(1, 40), streets=st.integers(1, 30), parts=st.integers(1, 50),
    grids=st.integers(0, 100))
def test_parts_are_whole_streets_and_hold_everything_once(
    communities: int, streets: int, parts: int, grids: int,
) -> None:
    places = PlacesParameters(
        communities=communities, streets=streets, grids_total=grids and communities + grids)
    found = sections(places, parts)
    assert [0, *(part.last for part in found)] == [*(part.first for part in found), communities]
    assert len(found) <= parts
    street = np.arange(communities) * streets // communities
    assert all(street[part.first] != street[part.first - 1] for part in found[1:])
    assert all(part.communities == communities for part in found)
    assert found[0].first_grid == 0
    if len(set(street.tolist())) >= parts == communities:
        assert len(found) == parts


def test_a_part_has_the_ids_of_the_whole() -> None:
    scenario = district()
    whole = CommunityModel(scenario, 1)
    levels = ("dwelling", "building", "grid", "community")
    found: dict[str, list[int]] = {level: [] for level in ("resident", *levels)}
    for section in sections(scenario.places, 3):
        part = PartModel(scenario, 1, section, None, None)
        found["resident"] += part.residents.key.tolist()
        for level in levels:
            found[level] += getattr(part.places, f"{level}_key").tolist()
        assert part.section == section
        assert part.places.community_street[0] == 0
    assert found.pop("resident") == whole.residents.key.tolist()
    for level, keys in found.items():
        assert keys == getattr(whole.places, f"{level}_key").tolist()
    assert make_places(np.zeros(2, np.int64), np.array([1, 2]), 1, 4, 2, 0, 1, 5).grids == 3


@pytest.mark.parametrize(("more", "key"), [
    ({"places": {"communities": 4, "streets": 1}}, "places.streets"),
    ({"ties": {"builder": "watts_strogatz"}}, "ties.builder"),
])
def test_what_cannot_be_cut_is_refused(more: dict[str, Any], key: str) -> None:
    scenario = load({"yihe": 1, "name": "one", "weeks": 4, "warmup": 2, "population": {"residents": 60},
                     "places": {"communities": 4, "streets": 4}, **more})
    with pytest.raises(YiheError) as refused:
        simulate_in_parts(scenario, 1, 2)
    assert refused.value.key == key


def test_a_part_that_fails_ends_all_and_is_what_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: PartModel) -> None:
        if self.section.first > 0 and self.week == 8:
            raise ZeroDivisionError("here")
        CommunityModel.step(self)

    monkeypatch.setattr(PartModel, "step", fail)
    with pytest.raises(ZeroDivisionError, match="here"):
        simulate_in_parts(district([{"kind": "building_council"}]), 1, 3)


def test_nobody_waits_at_a_table_that_was_left() -> None:
    table = Table(2)
    table.leave()
    with pytest.raises(AbortedError):
        table.seat(0).gather(np.zeros(1))


# On Dask workers.


@pytest.fixture(scope="module")
def client() -> Any:
    """Workers of this process: threads, so that nothing has to start."""
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=3, threads_per_worker=1, processes=False, dashboard_address=None) as cluster,
        distributed.Client(cluster) as found,
    ):
        yield found


def test_on_dask_workers_too(client: Any) -> None:
    scenario = district([STUDIO, {"kind": "building_council"}, {"kind": "district_support"}])
    found = Parted(client, 3)({"a": scenario}, 2, frozenset({"building_council"}))["a"]
    equal(simulate(scenario, 2, compared=frozenset({"building_council"})), found)


def test_more_parts_than_workers_are_refused(client: Any) -> None:
    with pytest.raises(YiheError) as refused:
        Parted(client, 4)({"a": district()}, 1, frozenset())
    assert refused.value.key == "--parts"


def test_a_meeting_that_is_left_lets_everybody_go(client: Any) -> None:
    meeting = client.submit(Meeting, 2, actor=True, pure=False).result()
    waiting = meeting.gather(1, 0, np.zeros(1))
    meeting.leave().result()
    assert waiting.result() is None
    with pytest.raises(AbortedError):
        Seat(meeting, 1).gather(np.zeros(1))


def test_a_part_whose_worker_died_is_said_in_a_sentence() -> None:
    from distributed import KilledWorker

    class Ended:
        def __init__(self, error: BaseException | None) -> None:
            self.error = error

        def exception(self) -> BaseException | None:
            return self.error

        def result(self) -> str:
            return "part"

    assert parted._results([Ended(None), Ended(None)]) == ["part", "part"]
    with pytest.raises(YiheError, match="工作进程没了") as died:
        parted._results([Ended(AbortedError()), Ended(KilledWorker("_do", None, 0))])
    assert died.value.key == "--parts"
