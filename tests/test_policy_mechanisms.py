"""Each policy moves the hours, ties, queues, information or capacity it is said to move, under equal luck.

Where luck plays a part, a sign test over eight paired seeds asks that all eight move the same way: without
any effect that happens with probability 0.4 %. Every other test is of an identity, for
which one seed suffices, and says so. A test with another rule states its own rate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from policy_lab import Watched, watched

from sim.vocabulary import Activity, Channel, Kind, Regime

SEEDS = range(1, 9)
Pair = tuple[Watched, Watched]


def both(*policies: dict[str, Any], week: int, seed: int = 1, **changes: Any) -> tuple[Watched, Watched]:
    """The same community without and with the policies, run to the same week."""
    return watched(seed=seed, **changes).until(week), watched(*policies, seed=seed, **changes).until(week)


def paired(*policies: dict[str, Any], week: int, **changes: Any) -> list[Pair]:
    """:func:`both` on each of eight seeds."""
    return [both(*policies, week=week, seed=seed, **changes) for seed in SEEDS]


def all_seeds_move(pairs: list[Pair], measure: Callable[[Watched], float], sign: int) -> bool:
    """Whether a measure moves in the direction named in all of eight pairs: 0.4 % by chance alone."""
    return len(pairs) == len(SEEDS) and all(
        sign * (measure(with_it) - measure(without)) > 0 for without, with_it in pairs)


def total(kind: Kind, column: str) -> Callable[[Watched], float]:
    """Sum over the communities of what an institution holds."""
    return lambda model: float(getattr(model.state(kind), column).sum())


def event_ties(model: Watched) -> int:
    return int(model.ties.event_strength.sum())


def offers(model: Watched) -> np.ndarray:
    return np.concatenate([note.offers for note in model.notes])


# 邻里节


def test_a_festival_makes_acquaintances_that_fade_without_follow_up() -> None:
    pairs = paired({"kind": "neighbour_festival", "end": 8}, week=7, weeks=45)
    assert all_seeds_move(pairs, event_ties, +1)
    gains = [event_ties(with_it) - event_ties(without) for without, with_it in pairs]
    for gain, (without, with_it) in zip(gains, pairs, strict=True):
        assert event_ties(with_it.until(40)) - event_ties(without.until(40)) < gain / 2


@pytest.mark.parametrize(("regime", "launches"), [
    (Regime.ONE_CORE, Kind.CORE), (Regime.ADMINISTRATIVE, Kind.CORE),
    (Regime.FRAGMENTED, Kind.RESIDENTS_COMMITTEE), (Regime.SELF_GOVERNING, Kind.OWNERS_COMMITTEE),
])
def test_whoever_leads_launches_the_festival_and_gives_the_hours(regime: Regime, launches: Kind) -> None:
    """Identity: one seed suffices."""
    model = watched({"kind": "neighbour_festival", "season_week": 8}, regime=regime.key).until(1)
    held = offers(model)
    assert set(held["host"]) == {int(launches)}
    given = model.budget.attention_used if launches == Kind.CORE else model.budget.staff_used[:, launches]
    assert (given > 0).all()
    assert (launches == Kind.CORE) == bool(model.budget.attention_used.any())


def test_a_festival_costs_the_same_hours_whoever_leads() -> None:
    """Identity: one seed suffices."""
    totals = []
    for regime in Regime:
        model = watched({"kind": "neighbour_festival", "season_week": 8}, regime=regime.key).until(1)
        totals.append(model.budget.attention_used.sum() + model.budget.staff_used.sum())
    np.testing.assert_allclose(totals, totals[0])


def test_a_festival_that_can_be_paid_for_in_one_grid_happens_in_one_grid() -> None:
    """Identity: one seed suffices."""
    festival = {"kind": "neighbour_festival", "season_week": 8, "weekends": 1}
    cost = float(watched(festival).policies[0].request(watched(festival)).money.max())
    thousands = 0.15
    weekly = 1.5 * cost / thousands / 9  # nine weeks' income pays for one grid and a half
    model = watched(festival, budget={"weekly": weekly}).until(1)
    held = offers(model)
    assert [len(np.unique(held["lo"][held["community"] == c])) for c in (0, 1)] == [1, 1]


# 邻里公约


def test_a_covenant_takes_root_where_people_have_a_say_and_not_where_it_is_imposed() -> None:
    agreed = {"kind": "neighbour_covenant", "renewal_weeks": 6}
    pairs = paired(agreed, week=16)
    dictated = [
        (without, watched({**agreed, "voice": 0.0}, seed=seed).until(16))
        for seed, (without, _) in zip(SEEDS, pairs, strict=True)]

    def felt(model: Watched) -> float:
        return float(model.residents.autonomy.mean())

    for (without, with_say), (_, imposed) in zip(pairs, dictated, strict=True):
        assert without.commons.norm.max() == 0.0
        assert with_say.commons.norm.mean() > 0.01
        assert imposed.commons.norm.max() == 0.0
    assert all_seeds_move(pairs, felt, +1)
    assert all_seeds_move(dictated, felt, -1)


def test_a_covenant_outlasts_its_dialogue_and_decays() -> None:
    """Identity: one seed suffices."""
    model = watched({"kind": "neighbour_covenant", "renewal_weeks": 6, "end": 12}, weeks=60).until(12)
    at_end = model.commons.norm.copy()
    assert (at_end > 0).any()
    model.until(60)
    assert (model.commons.norm[at_end > 0] > 0).all()
    assert (model.commons.norm[at_end > 0] < at_end[at_end > 0]).all()


# 邻里互助队


def test_mutual_help_turns_residents_hours_into_care() -> None:
    pairs = paired({"kind": "mutual_help_teams"}, week=12)
    assert all_seeds_move(pairs, lambda model: float(model.residents.habit.mean()), +1)
    with_it = pairs[0][1]  # identity: one seed suffices
    social = int(Kind.SOCIAL_ORGANIZATION)
    weekly = [note.levers["staff_hours"] for note in with_it.notes if "staff_hours" in note.levers]
    assert sum(hours[:, social].sum() for hours in weekly) > 0
    rows = with_it.last_opportunities
    visits = rows[(rows["policy"] == 0) & (rows["online"] == 0)]
    with_it.step()
    share = with_it.policies[0].care_share
    given = with_it.notes[-1].levers["staff_hours"][:, social].sum()
    assert given == pytest.approx(share * (visits["attended"] * visits["hours"]).sum())


def test_members_next_door_spread_word_of_mutual_help() -> None:
    """Identity: one seed suffices."""
    model = watched({"kind": "mutual_help_teams", "teams": "silver"}).until(1)
    r = model.residents
    members = np.bincount(r.building, (r.membership > 0) & (r.present > 0), model.places.buildings)
    held = offers(model)
    per_building = dict(zip(r.building[held["lo"]].tolist(), held["notice"].tolist(), strict=True))
    few, many = int(np.argmin(members)), int(np.argmax(members))
    assert members[many] > members[few]
    assert per_building[many] > per_building[few]


# 楼门议事会


def test_councils_bring_silent_cases_into_the_open_for_line_hours() -> None:
    council = {"kind": "building_council", "weeks": 1}
    year: dict[str, Any] = {"world": {"potential_rate": 30.0}, "weeks": 52}

    def raised(model: Watched) -> int:
        return int(np.count_nonzero(model.run().cases["channel"] == Channel.NEIGHBOUR))

    # Few are raised even in a year, 0 to 40, so that one community in sixteen or so may go the other way:
    # at least 14 of 16 pairs rise, which chance alone does with probability 0.2 %.
    pairs = (both(council, week=0, seed=seed, **year) for seed in range(1, 17))
    assert sum(raised(with_it) > raised(without) for without, with_it in pairs) >= 14
    without, with_it = both(council, week=1, **year)  # identity: one seed suffices
    committee = [m.state(Kind.RESIDENTS_COMMITTEE).line_hours.sum() for m in (without, with_it)]
    assert committee[1] < committee[0]


def test_disclosure_makes_councils_better_known_and_more_real_for_more_hours() -> None:
    """Identity: one seed suffices."""
    closed, public = (watched({"kind": "building_council", "disclosure": d}).until(1) for d in (0.0, 1.0))
    for column in ("notice", "substance"):
        assert (offers(public)[column] > offers(closed)[column]).all()
    assert public.budget.staff_used.sum() > closed.budget.staff_used.sum()
    assert public.notes[-1].levers["facilitation"].any()


# 网格化党建


def test_building_groups_form_where_members_live_and_fade_when_organising_stops() -> None:
    for seed in SEEDS:
        model = watched({"kind": "grid_party_building", "end": 12}, seed=seed, weeks=40).until(12)
        r = model.residents
        members = np.bincount(r.building, r.membership > 0, model.places.buildings)
        group = model.part("group").strength.copy()
        assert group[members > 0].max() > 0.1
        assert not group[members == 0].any()
        model.until(40)
        after = model.part("group").strength
        assert 0 < after.sum() < 0.5 * group.sum()


def test_organising_takes_attention_paper_and_members_free_hours() -> None:
    """Identity: one seed suffices."""
    without, with_it = both({"kind": "grid_party_building"}, week=1)
    assert (with_it.state(Kind.CORE).case_hours < without.state(Kind.CORE).case_hours).all()
    assert (with_it.state(Kind.RESIDENTS_COMMITTEE).record_hours
            > without.state(Kind.RESIDENTS_COMMITTEE).record_hours).all()
    note = with_it.notes[-1]
    r, taken = with_it.residents, -note.levers["free_hours"]
    assert (taken <= r.free_hours + 1e-6).all()
    assert not taken[r.membership == 0].any()
    assert taken.sum() == pytest.approx(note.levers["organisation"].sum())
    assert (note.levers["patrol_hours"] > 0).all()
    assert (with_it.budget.staff_used[:, Kind.GRID_WORKER] > 0).all()


# 党建联盟


def test_an_alliance_speeds_attendance_clears_duties_and_keeps_partners_giving() -> None:
    pairs = paired({"kind": "party_alliance"}, week=12)
    for column in ("satisfaction", "desk_hours"):
        assert all_seeds_move(pairs, total(Kind.PARTNER_UNIT, column), +1)
    note = pairs[0][1].notes[-1]  # identity: one seed suffices
    assert (note.levers["attendance_delay"] < 0).all()
    assert (note.levers["clarity"] > 0).all()


def test_its_meetings_take_every_members_hours_and_lapse_when_partners_have_none() -> None:
    """Identity: one seed suffices."""
    alliance = {"kind": "party_alliance", "weeks": 1}
    model = watched(alliance).until(1)
    for kind in (Kind.PROPERTY, Kind.OWNERS_COMMITTEE, Kind.SOCIAL_ORGANIZATION, Kind.PARTNER_UNIT):
        assert (model.budget.staff_used[:, kind] > 0).all(), kind
    sour = watched(alliance, actors={"partner_unit": {"satisfaction": 0.0}}).until(4)
    assert not any(note.levers for note in sour.notes)


def test_a_rotating_chair_takes_preparation_off_the_core() -> None:
    """Identity: one seed suffices."""
    alliance = {"kind": "party_alliance", "weeks": 1}
    alone, rotating = (watched({**alliance, "rotation": share}).until(1).budget for share in (0.0, 1.0))
    assert rotating.attention_used.sum() < alone.attention_used.sum()
    assert rotating.staff_used.sum() > alone.staff_used.sum()
    np.testing.assert_allclose(rotating.attention_used.sum() + rotating.staff_used.sum(),
                               alone.attention_used.sum() + alone.staff_used.sum())


# 党员示范岗


def test_posts_make_members_visible_and_lend_their_hours_to_mediation() -> None:
    """Identity: one seed suffices."""
    without, with_it = both({"kind": "member_model_posts"}, week=1)
    note, r = with_it.notes[-1], with_it.residents
    members = np.bincount(r.building, r.membership > 0, with_it.places.buildings)
    assert note.levers["visible_members"].any()
    assert not note.levers["visible_members"][members == 0].any()
    taken = -note.levers["free_hours"]
    assert (taken >= 0).all()
    assert (taken <= r.free_hours + 1e-6).all()
    assert not taken[r.membership == 0].any()
    lent = note.levers["staff_hours"][:, Kind.MEDIATION].sum()
    assert 0 < lent <= taken.sum()
    more = with_it.state(Kind.MEDIATION).desk_hours - without.state(Kind.MEDIATION).desk_hours
    assert more.sum() == pytest.approx(lent)


def test_duty_is_for_members_and_tires_them() -> None:
    pairs = paired({"kind": "member_model_posts", "duty_weeks": 1, "duty_hours": 2.0}, week=12)
    assert set(offers(pairs[0][1])["activity"]) == {int(Activity.SHIFT)}  # identity: one seed suffices
    assert all_seeds_move(
        pairs, lambda model: float(model.residents.fatigue[model.residents.membership > 0].mean()), +1)


# 红色物业


def test_oversight_raises_the_companys_effort_and_its_desk() -> None:
    unwatched = {"core": {"oversight_share": 0.0}, "owners_committee": {"present": False}}
    pairs = paired({"kind": "red_property", "attention": 8.0}, week=16, actors=unwatched)
    for column in ("effort", "desk_hours"):
        assert all_seeds_move(pairs, total(Kind.PROPERTY, column), +1)
    without, with_it = pairs[0]  # identity: one seed suffices
    assert (with_it.state(Kind.PROPERTY).oversight > without.state(Kind.PROPERTY).oversight).all()
    assert (with_it.state(Kind.CORE).case_hours < without.state(Kind.CORE).case_hours).all()


def test_hours_at_the_companys_posts_are_paid_by_the_hour() -> None:
    """Identity: one seed suffices."""
    few, many = (watched({"kind": "red_property", "staff_hours": hours}).until(1) for hours in (6.0, 60.0))
    lent = [m.notes[-1].levers["staff_hours"][:, Kind.PROPERTY] for m in (few, many)]
    price = many.policies[0].post_price
    np.testing.assert_allclose(many.budget.spent_total - few.budget.spent_total, price * (lent[1] - lent[0]))


def test_without_a_company_red_property_pays_and_idles() -> None:
    """Identity: one seed suffices."""
    model = watched({"kind": "red_property"}, actors={"property": {"present": False}}).until(8)
    assert (model.budget.spent_total > 0).all()
    assert not any(note.levers for note in model.notes)


# 数字化


def test_a_platform_finds_cases_by_app_and_sensor_sooner_and_fills_paper() -> None:
    changes = {"world": {"potential_rate": 30.0}}
    pairs = paired({"kind": "digital_platform"}, week=1, **changes)
    without, with_it = pairs[0]  # identities: one seed suffices
    assert (with_it.state(Kind.RESIDENTS_COMMITTEE).record_hours
            > without.state(Kind.RESIDENTS_COMMITTEE).record_hours).all()
    assert all_seeds_move(pairs, lambda model: float(np.nanmean(model.run().series["time_to_find"])), -1)
    before, after = without.run(), with_it.run()
    by_machine = np.isin(after.cases["channel"], (Channel.APP, Channel.SENSOR))
    assert by_machine.any()
    assert not np.isin(before.cases["channel"], (Channel.APP, Channel.SENSOR)).any()


def test_a_platform_brings_more_reports_to_the_same_staff() -> None:
    changes = {"world": {"potential_rate": 30.0}}
    quiet = {"kind": "digital_platform", "sensors": 0.0, "dispatch": 0.0}
    assert all_seeds_move(
        paired(quiet, week=0, **changes),
        lambda model: float(model.run().series["recorded_disputes"].sum()), +1)


# 只留痕


def test_a_sham_takes_hours_and_bears_no_fruit() -> None:
    """Identity: one seed suffices."""
    without, with_it = both({"kind": "sham", "weeks": 1}, week=1)
    assert (with_it.state(Kind.RESIDENTS_COMMITTEE).line_hours
            < without.state(Kind.RESIDENTS_COMMITTEE).line_hours).all()
    assert (with_it.state(Kind.CORE).case_hours < without.state(Kind.CORE).case_hours).all()
    for _ in range(10):
        with_it.step()
        rows = with_it.last_opportunities
        assert not rows["fruitful"][rows["policy"] == 0].any()


def test_those_who_see_a_sham_come_to_nothing_lose_heart() -> None:
    no_cases = {"world": {"potential_rate": 0.0}}
    pairs = paired({"kind": "sham", "weeks": 1}, week=12, **no_cases)
    assert all_seeds_move(pairs, lambda model: float(model.residents.efficacy_own.mean()), -1)
    assert all_seeds_move(pairs, lambda model: float(model.residents.autonomy.mean()), -1)


def test_a_sham_leaves_no_acquaintances_of_its_own() -> None:
    """Identity: one seed suffices."""
    model = watched({"kind": "sham", "weeks": 1}).until(6)
    own = offers(model)
    assert len(own)
    assert not own["contacts"].any()
    assert not own["substance"].any()
