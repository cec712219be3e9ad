"""A recording: what is seen of a run is what the run did, and watching changes nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from recording_lab import FESTIVAL, Overheard, recorded, scenario

from sim import cli
from sim.model import CommunityModel
from sim.numerics import logistic
from sim.recording import Recording, read, record, record_arms, record_in_parts, warmed
from sim.recording import contents as c
from sim.recording.deciding import TERMS
from sim.scenario.schema import Scenario
from sim.simulation import simulate, simulate_arms
from sim.vocabulary import Kind, Status

ARMS = ("festival", "none", "festival_administrative")
IN_HAND = (Status.OPEN, Status.ESCALATED)


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.array_equal(one, other, equal_nan=one.dtype.kind == "f"))


def adults(recording: Recording) -> np.ndarray:
    """(W, N) who counts in outcomes: adults who live here."""
    here = (recording.array("resident_flags") & c.LIVES_HERE) > 0
    return here & (recording.array("resident_age") >= 18)


def share(recording: Recording, marked: np.ndarray) -> np.ndarray:
    grown = adults(recording)
    return (marked & grown).sum(axis=1) / grown.sum(axis=1)


# Watching changes nothing.


@pytest.mark.parametrize("first", [1, 11, 29])
def test_first_weeks_are_those_of_the_whole_run_and_leave_no_trace_in_it(first: int) -> None:
    """Every row of the first weeks' recording stands in the whole one, and none of those weeks is missing."""
    begun, whole = record_in_parts(scenario(), 1, first=first)
    assert whole.to_bytes() == recorded().to_bytes()
    begun = read(begun.to_bytes())
    assert (begun.weeks, begun.header["digest"], begun.header["events"]) == (first, "", [])
    weeks = {"offers": "offer_week", "decisions": "decision_week", "tie_changes": "tie_week",
             "case_changes": "change_week"}
    known = len(begun.array("case_category"))
    for name, declared in c.ARRAYS.items():
        some, every = begun.array(name), whole.array(name)
        axis = declared.shape.index("weeks") if "weeks" in declared.shape else None
        table = next((table for table in weeks if table in declared.shape), None)
        if axis is not None:
            every = every[:first] if axis == 0 else every[:, :first]
        elif table is not None:
            every = every[..., whole.array(weeks[table]) < first]
        elif name == "decision_first" or declared.shape == ("cases",):  # of cases, the last known changes
            every = every[:known] if name in ("case_category", "case_building", "case_party") else some
        assert same(some, every), name
    recovery = whole.header["outcomes"].index(next(
        outcome for outcome in whole.header["outcomes"] if outcome["key"] == "recovery_weeks"))
    assert np.isnan(begun.array("outcomes")[recovery]).all()


@pytest.mark.parametrize("first", [0, 30, 99])
def test_where_no_first_weeks_are_wanted_only_the_whole_run_comes(first: int) -> None:
    whole, = record_in_parts(scenario(), 1, first=first)
    assert whole.weeks == 30


@pytest.mark.parametrize("arm", ARMS)
def test_a_recorded_run_ends_exactly_as_an_unrecorded_one(arm: str) -> None:
    result, recording = simulate(scenario(arm), 1), recorded(arm)
    assert recording.header["digest"] == result.digest
    assert list(recording.outcomes) == list(result.series)
    for name, series in result.series.items():
        assert same(recording.outcomes[name], series), name


def test_shocks_and_plugged_levers_are_watched_too() -> None:
    shock = {"kind": "epidemic_week", "week": 3, "weeks": 2}
    tree = {**scenario().model_dump(by_alias=True), "shocks": [shock]}
    shocked = Scenario.model_validate(tree)
    recording = record(shocked, 3)
    assert recording.header["digest"] == simulate(shocked, 3).digest
    assert [(s["week"], s["end"], s["kind"]) for s in recording.header["shocks"]] == [(3, 5, "epidemic_week")]


def test_equal_runs_give_equal_bytes() -> None:
    assert record(scenario(), 1).to_bytes() == recorded().to_bytes()
    assert record(scenario(), 2).to_bytes() != recorded().to_bytes()


def test_arms_recorded_together_are_those_recorded_alone() -> None:
    arms = {name: scenario(name) for name in ARMS}
    together = record_arms(arms, 1, frozenset({"neighbour_festival"}))
    plain = simulate_arms(arms, 1, frozenset({"neighbour_festival"}))
    for name in ARMS:
        assert together[name].header["digest"] == plain[name].digest
        assert together[name].header["followed"] == together["none"].header["followed"]
        for outcome, series in plain[name].series.items():
            assert same(together[name].outcomes[outcome], series)
    alone = record(arms["festival"], 1, compared=frozenset({"neighbour_festival"}))
    assert same(alone.array("decision_terms"), together["festival"].array("decision_terms"))


def test_a_warm_state_given_is_not_written_to() -> None:
    state = warmed(scenario(), 1)
    before = state.digest()
    assert record(scenario(), 1, warm=state).to_bytes() == recorded().to_bytes()
    assert state.digest() == before
    with pytest.raises(ValueError, match="warm-up ends in 12"):
        record(scenario(), 1, warm=CommunityModel(scenario(), 1).state_)


def test_two_arms_are_the_same_until_their_policies_part() -> None:
    """A policy that starts in week 10 leaves everything seen before as it is without it."""
    base = scenario("none").model_dump(by_alias=True)
    late = Scenario.model_validate({**base, "policies": [{"kind": "mutual_help_teams", "start": 10}]})
    with_it, without = record(late, 1), recorded("none")
    for name in ("resident_stage", "resident_flags", "resident_trust_core", "institution_load"):
        assert same(with_it.array(name)[:10], without.array(name)[:10]), name
    for key, series in with_it.outcomes.items():
        if key != "recovery_weeks":
            assert same(series[:10], without.outcomes[key][:10]), key
    assert not same(with_it.array("resident_flags")[10:], without.array("resident_flags")[10:])


# What is seen is what there was: outcomes can be counted again from the arrays.


@pytest.mark.parametrize("arm", ARMS)
def test_outcomes_of_participation_can_be_counted_from_the_residents(arm: str) -> None:
    r = recorded(arm)
    flags, stage = r.array("resident_flags"), r.array("resident_stage")
    took_part = (flags & c.TOOK_PART) > 0
    assert np.array_equal(share(r, took_part), r.outcomes["participation_week"])
    for rung, name in enumerate(("stage_mutual_help", "stage_public_affairs", "stage_volunteer"), start=1):
        assert np.array_equal(share(r, stage >= rung), r.outcomes[name])
    for name in ("trust_core", "efficacy"):
        grown = adults(r)
        mean = (r.array(f"resident_{name}") * grown).sum(axis=1) / grown.sum(axis=1) / 255
        assert np.abs(mean - r.outcomes[name]).max() < 0.5 / 255


@pytest.mark.parametrize("arm", ARMS)
def test_the_backlog_can_be_counted_from_the_changes_of_cases(arm: str) -> None:
    r = recorded(arm)
    week, case, status = (r.array(f"change_{name}").astype(int) for name in ("week", "case", "status"))
    now = np.full(len(r.array("case_category")), -1)
    per = 1000.0 / len(r.array("resident_age"))
    for at in range(-1, r.weeks):
        now[case[week == at]] = status[week == at]
        if at >= 0:
            assert np.isin(now, IN_HAND).sum() * per == pytest.approx(r.outcomes["backlog"][at])
    holder, in_hand = r.array("change_holder"), np.isin(status, IN_HAND)
    assert (holder[~in_hand] == -1).all()
    assert (holder[in_hand] >= 0).any()


@pytest.mark.parametrize("arm", ARMS)
def test_cases_that_end_do_so_in_somebodys_hands(arm: str) -> None:
    """Ends of a week, by desk: at least what the outcomes count, less what relapses in the same week."""
    r = recorded(arm)
    per = 1000.0 / len(r.array("resident_age"))
    done = r.array("institution_done").sum(axis=1) * per
    ended = sum(r.outcomes[name] for name in ("resolved", "closed_on_paper", "given_up"))
    again = r.outcomes["relapsed"] + 1e-9
    assert (np.abs(done - ended) <= again).all()
    assert done.sum() > 0


def test_loads_and_the_cores_week_are_those_of_the_run() -> None:
    r = recorded()
    core = np.flatnonzero(r.array("institution_kind") == Kind.CORE)
    load = r.array("institution_load")[:, core].mean(axis=1) / 255
    assert np.abs(load - r.outcomes["core_load"]).max() <= 0.5 / 255 + 1e-9
    hours = r.array("core_attention").sum(axis=2) * r.header["scales"]["core_attention"]
    model = CommunityModel(scenario(), 1)
    available = model.state(Kind.CORE).staff_hours
    assert np.abs(hours - available).max() < 6 * 0.05 + 1e-9  # six uses, each to a tenth of an hour


@pytest.mark.parametrize("arm", ["festival", "none"])
def test_ties_made_and_lost_add_up_to_those_of_the_run(arm: str) -> None:
    r = recorded(arm)
    model = CommunityModel(scenario(arm), 1)
    model.run()
    neighbour, strength = model.ties.event_neighbour, model.ties.event_strength
    one, slot = np.nonzero(strength)
    pairs = {(int(i), int(j)) for i, j in zip(one, neighbour[one, slot], strict=True) if i < j}
    there: set[tuple[int, int]] = set()
    for a, b, change in zip(*(r.array(f"tie_{name}").tolist() for name in ("a", "b", "change")), strict=True):
        assert a < b
        assert ((a, b) in there) == (change < 0)
        (there.add if change > 0 else there.remove)((a, b))
    assert there == pairs
    assert same(r.array("tie_neighbour").astype(np.uint32), model.ties.neighbour)


def test_every_offer_is_there_with_what_came_of_it() -> None:
    r, model = recorded(), CommunityModel(scenario(), 1).warm_up()
    for week in range(r.weeks):
        model.step()
        rows, mine = model.last_opportunities, np.flatnonzero(r.array("offer_week") == week)
        for name in ("activity", "host", "policy", "attended", "fruitful"):
            assert np.array_equal(r.array(f"offer_{name}")[mine], rows[name]), name
    assert (r.array("offer_attended") <= r.array("offer_heard")).all()
    held = np.flatnonzero(r.array("offer_institution") >= 0)
    kind = r.array("institution_kind")[r.array("offer_institution")[held]]
    assert np.array_equal(kind, r.array("offer_host")[held])
    assert len(held)


# Decisions: the model's own rule, worked out anew.


@pytest.mark.parametrize(("arm", "least"), [("festival", 100), ("none_self_governing", 8)])
def test_what_is_recomputed_decides_what_the_kernel_decided(arm: str, least: int) -> None:
    """Week by week: all who came were willing by the recomputed inclination and the kernel's own draw, and
    going down the willing by inclination and free hours gives exactly what the kernel chose."""
    model = Overheard(scenario(arm), 1)
    model.warm_up()
    decided = 0
    for _ in range(12):
        model.step()
        room, offers = model.room, model.opportunities.rows
        willing = [u < logistic(v) for u, v in zip(room.draw, room.total, strict=True)]
        assert np.array_equal(room.willing > 0, willing)
        full = set(np.flatnonzero(offers["attended"] == offers["seats"]).tolist())
        for i in range(len(model.residents.key)):
            chosen = [int(j) for j in model.chosen[i] if j >= 0]
            mine = model.choice(i)
            # Who was turned away at the door has one less
            assert [j for j in mine if j not in full] == [j for j in chosen if j not in full]
            assert set(chosen) <= set(mine)
            decided += len(mine)
        assert np.abs(room.terms.sum(axis=1) - room.total).max(initial=0.0) < 1e-12
    assert decided >= least


def test_the_terms_kept_add_up_to_the_inclination_and_every_participant_is_there() -> None:
    r = recorded()
    scales = r.header["scales"]
    terms = r.array("decision_terms").astype(float) * scales["decision_terms"]
    total = r.array("decision_total") * scales["decision_total"]
    assert terms.shape == (len(TERMS), len(total))
    assert np.abs(terms.sum(axis=0) - total).max() <= len(TERMS) * 0.025 + 0.005 + 1e-9
    taken, offer = r.array("decision_taken"), r.array("decision_offer")
    came = np.bincount(offer[taken == c.CAME], minlength=len(r.array("offer_week")))
    assert np.array_equal(came, r.array("offer_attended"))
    assert np.array_equal(r.array("offer_week")[offer], r.array("decision_week"))


def test_all_that_the_followed_heard_of_is_kept_and_of_others_only_why_they_came() -> None:
    r = recorded()
    who, week, taken = (r.array(f"decision_{name}") for name in ("resident", "week", "taken"))
    followed = np.isin(who, r.header["followed"])
    assert (taken[~followed] == c.CAME).all()
    assert {c.CAME, c.DECLINED} <= set(taken[followed].tolist())
    heard = (r.array("resident_flags")[:, r.header["followed"]] & c.HEARD) > 0
    kept = np.zeros_like(r.array("resident_flags"), bool)
    kept[week, who] = True
    assert np.array_equal(kept[:, r.header["followed"]], heard)
    assert (r.array("resident_age")[r.header["followed"]] >= 18).all()
    first = r.array("decision_first")
    assert all((who[first[i] : first[i + 1]] == i).all() for i in range(len(first) - 1))
    assert len(set(r.header["followed"])) == len(r.header["followed"]) == min(
        200, int((r.array("resident_age") >= 18).sum()))


# The command.


def test_yihe_run_writes_the_recording_of_the_run_it_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def yihe(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["yihe", *map(str, arguments)])
        monkeypatch.setenv("YIHE_LANG", "en")
        with pytest.raises(SystemExit) as caught:
            cli.main()
        out, err = capsys.readouterr()
        return int(caught.value.code or 0), out, err

    text = f"extends: {FESTIVAL.as_posix()}\nname: small\npopulation: {{residents: 120}}\n"
    text += "weeks: 8\nwarmup: 6\narms: {festival: {policies: [{kind: neighbour_festival}]}}\ntargets: []\n"
    (tmp_path / "small.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    run = "run", "small.yaml:festival", "--workers", 1, "--out", "out"
    code, out, err = yihe(*run, "--record", "a.rec", "--json")
    assert code == 0, err
    assert json.loads(out)["digests"]
    recording, runs = read(tmp_path / "a.rec"), pd.read_parquet(tmp_path / "out" / "runs.parquet")
    series = pd.read_parquet(tmp_path / "out" / "series")
    assert recording.header["digest"] == runs["digest"].item()
    assert recording.header["arm"]["key"] == "festival"
    assert len(series) == recording.weeks == 8
    for name, values in recording.outcomes.items():
        assert same(values, series[name].to_numpy()), name
    before = (tmp_path / "a.rec").read_bytes()
    assert yihe(*run, "--record", "a.rec")[1].endswith("recording: a.rec\n")
    assert (tmp_path / "a.rec").read_bytes() == before
    assert [file.name for file in tmp_path.iterdir() if "part" in file.name] == []
    for file, word in (("small.yaml", "not overwritten"), ("no/a.rec", "folder")):
        code, _, err = yihe(*run, "--record", file)
        assert code == 2
        assert word in err
        assert err.count("\n") == 1
    assert (tmp_path / "small.yaml").read_text(encoding="utf-8") == text


def test_a_district_of_several_communities_is_recorded() -> None:
    tree = {**scenario("none").model_dump(by_alias=True), "weeks": 4, "warmup": 2}
    tree["places"] = {**tree["places"], "communities": 3}
    district = Scenario.model_validate(tree)
    r = read(record(district, 1).to_bytes())
    assert r.header["digest"] == simulate(district, 1).digest
    assert set(r.array("institution_community").tolist()) == {-1, 0, 1, 2}
    assert r.institution_story(1, 0, "en").startswith("Community 2, community party committee")
