"""Policies of service: each moves what its card says, and its harm can be reached.

Runs of one seed share people, frictions and luck. Identities are shown on one seed; tendencies by a sign test
on eight seeds: all must move the same way, which chance alone does once in 256 (0.4 %).
"""

from __future__ import annotations

import numpy as np
import pytest
from participation_lab import NO_CASES, NO_SOCIAL, always, both, came_of_it, lever, memory, offers
from policy_lab import Watched, policy, watched

from sim.policies.targeted_services import TargetedServices
from sim.vocabulary import Activity, Kind, Membership, Position

# 精准服务

SERVICES = {"kind": "targeted_services"}
SURE = {"hit": 1.0, "false_alarm": 0.0, "guess_hit": 1.0, "guess_false": 0.0}


def listed(model: Watched, group: str) -> np.ndarray:
    return memory(model, **{group: "resident"})[group] > 0


def test_relevance_is_the_true_share_of_need_among_those_listed() -> None:
    for numbers, right in ((SURE, 1.0), ({"hit": 0.5, "false_alarm": 0.5, "guess_hit": 0.5,
                                          "guess_false": 0.5}, None)):
        model = watched({**SERVICES, **numbers, "for_young": False, "for_new_employment": False}).until(1)
        p, r = model.policies[0], model.residents
        assert isinstance(p, TargetedServices)
        on = listed(model, "old")
        for row in offers(model):
            here = on & (r.community == row["community"])
            model.state_.week -= 1
            share = p.true_need(model, "old")[here].mean()
            model.state_.week += 1
            assert row["relevance"] == pytest.approx(share)
            assert right is None or share == right


def test_asking_more_people_makes_services_more_relevant() -> None:
    blind = {**SERVICES, "survey_hours": 0.0, "online": 0.0}
    asked = {**SERVICES, "survey_hours": 150.0, "online": 0.5}
    always(lambda seed: float(offers(watched(asked, seed=seed).until(6))["relevance"].mean()
                              - offers(watched(blind, seed=seed).until(6))["relevance"].mean()))


def test_only_those_listed_come_and_only_parents_in_need_gain_hours() -> None:
    model, rows = came_of_it({**SERVICES, **SURE, "for_old": False, "for_new_employment": False}, 3)
    r, p = model.residents, model.policies[0]
    freed = model.notes[-1].levers["free_hours"] > 0
    assert freed.any()
    assert not freed[~listed(model, "young")].any()
    children = np.bincount(r.dwelling, r.age < 15, model.places.dwellings)
    assert (children[r.dwelling[freed]] > 0).all()
    assert rows["attended"].sum() <= 3 * listed(model, "young").sum()
    assert (rows["attended"] <= rows["seats"]).all()
    assert p.need_young < 1


def test_a_short_weekend_offer_draws_the_middle_class() -> None:
    no_others = {"for_old": False, "for_young": False, "for_new_employment": False}
    fits = {**SERVICES, **no_others, "for_middle_class": True, "social_hours": 20.0}

    def gain(seed: int) -> float:
        without, with_it = both(fits, 12, seed)
        r = with_it.residents
        middle = np.isin(r.position, (Position.STATE_MIDDLE, Position.PRIVATE_MIDDLE)) & (r.age >= 18)
        return float(np.sum(r.last_any[middle] >= 8) - np.sum(without.residents.last_any[middle] >= 8))

    always(gain)


def test_harm_with_blind_lists_the_hours_are_taken_and_most_of_those_served_have_no_need() -> None:
    blind = {**SERVICES, "survey_hours": 0.0, "online": 0.0, "guess_hit": 0.2, "guess_false": 0.5}
    without, with_it = both(blind, 6)
    assert offers(with_it)["relevance"].mean() < 0.4
    social = Kind.SOCIAL_ORGANIZATION
    assert (with_it.state(social).desk_hours < without.state(social).desk_hours).all()


# 党群服务中心

CENTRES = {"kind": "service_centres"}


def test_only_those_inside_the_circle_save_their_way_and_more_space_widens_it() -> None:
    small = watched({**CENTRES, "station_area": 250.0}).until(1)
    large = watched(CENTRES).until(1)
    saved = [model.notes[-1].levers["distance"] for model in (small, large)]
    inside = [model.policies[0].circle(model)[model.residents.building] for model in (small, large)]
    for hours, circle, model in zip(saved, inside, (small, large), strict=True):
        np.testing.assert_allclose(hours, model.policies[0].saved * circle)
    assert 0 < inside[0].sum() < inside[1].sum()
    assert not (inside[0] & ~inside[1]).any()


def test_half_the_money_opens_half_the_days() -> None:
    p = policy("service_centres")
    full, half = (watched(CENTRES, budget={"weekly": share * p.running * p.area(), "carry_weeks": 0}).until(1)
                  for share in (1.2, 0.6))
    days = [np.round(m.notes[-1].levers["distance"].max() / p.saved * p.days) for m in (full, half)]
    assert days == [p.days, p.days / 2]
    np.testing.assert_allclose(half.budget.spent_total, full.budget.spent_total / 2)


def test_nearer_rooms_bring_more_people_out() -> None:
    near = {**CENTRES, "enough": 10.0, "saved": 2.0, "notice": 0.1}
    far = {"participation": {"distance_hours": 2.0}}

    def gain(seed: int) -> float:
        total = [0.0, 0.0]
        for at, one in enumerate(({**near, "saved": 0.0}, near)):
            model = watched(one, seed=seed, **far)
            for _ in range(12):
                model.step()
                rows = model.last_opportunities
                total[at] += rows["attended"][(rows["policy"] < 0) & (rows["online"] == 0)].sum()
        return total[1] - total[0]

    always(gain)


def test_harm_a_centre_starves_a_festival_and_takes_line_hours() -> None:
    festival = {"kind": "neighbour_festival", "season_week": 8, "start": 0}
    poor = {"budget": {"weekly": 600.0}}
    alone = watched(festival, **poor).until(4)
    beside = watched(festival, {**CENTRES, "running": 4.0}, **poor).until(4)
    held = [int(np.sum(offers(m)["activity"] == Activity.FESTIVAL)) if len(offers(m)) else 0
            for m in (alone, beside)]
    assert held[0] > held[1]
    without, with_it = both(CENTRES, 1)
    committee = Kind.RESIDENTS_COMMITTEE
    assert (with_it.state(committee).line_hours < without.state(committee).line_hours).all()


# 民生微实事

MICRO = {"kind": "micro_projects"}


def test_wishes_within_the_money_are_seen_to_and_told() -> None:
    model, rows = came_of_it({**MICRO, "weeks": 1}, 8)
    assert lever(model, "staff_hours", Kind.PROPERTY).any()
    assert lever(model, "feedback").any()
    assert lever(model, "induced_demand").any()
    assert rows["attended"][rows["online"] > 0].sum() > 0
    p = model.policies[0]
    wished = p.wish_share * rows[rows["activity"] == Activity.MICRO_WISH]["attended"].sum()
    assert lever(model, "staff_hours", Kind.PROPERTY).sum() <= wished * p.cost_each / p.hour_price + 1e-9


def test_works_are_the_money_spent_at_the_price_of_an_hour() -> None:
    dear, cheap = (came_of_it({**MICRO, "weeks": 1, "hour_price": price}, 4)[0] for price in (150.0, 75.0))
    hours = [lever(model, "staff_hours", Kind.PROPERTY) for model in (dear, cheap)]
    assert hours[0].any()
    np.testing.assert_allclose(2.0 * hours[0], hours[1])
    np.testing.assert_allclose(dear.budget.spent_total, cheap.budget.spent_total)


def test_short_wishes_draw_more_people_than_no_offer() -> None:
    def gain(seed: int) -> float:
        without, with_it = both(MICRO, 8, seed)
        return float(np.sum(with_it.residents.last_any >= 8) - np.sum(without.residents.last_any >= 8))

    always(gain)


def test_harm_wishes_beyond_the_money_pile_up_and_cost_efficacy() -> None:
    many = {**MICRO, "wish_share": 0.5, "notice": 1.0, "weeks": 1}
    poor = {**many, "money": 1.0}
    model, rows = came_of_it(poor, 12)
    assert memory(model, pile="grid")["pile"].min() > 1.0
    wishes = rows[rows["activity"] == Activity.MICRO_WISH]
    assert wishes["substance"][-1] < 0.2 < wishes["substance"][0]

    ample = {**NO_CASES, "budget": {"weekly": 100000.0}}

    def gain(seed: int) -> float:
        rich = watched({**many, "money": 20000.0}, seed=seed, **ample).until(16)
        hollow = watched(poor, seed=seed, **ample).until(16)
        return float(rich.residents.efficacy_own.mean() - hollow.residents.efficacy_own.mean())

    always(gain)


def test_harm_online_only_leaves_out_people_of_low_digital_ability() -> None:
    def gain(seed: int) -> float:
        who = []
        for only in (True, False):
            wishes = {**MICRO, "online_only": only, "project_weeks": 52, "weeks": 1}
            model = watched(wishes, seed=seed).until(10)
            r = model.residents
            low = (r.digital < 0.4) & (r.age >= 18)
            who.append(float(np.sum(r.last_any[low] >= 8)))
        return who[1] - who[0]

    always(gain)


# 空间换服务

SPACE = {"kind": "space_for_service"}


def test_rooms_lent_buy_service_and_put_residents_further_away() -> None:
    without, with_it = both(SPACE, 1)
    social = Kind.SOCIAL_ORGANIZATION
    assert (with_it.state(social).desk_hours > without.state(social).desk_hours).all()
    assert (with_it.notes[-1].levers["distance"] < 0).all()
    empty = watched(SPACE, **NO_SOCIAL).until(4)
    assert not lever(empty, "distance").any()
    assert (empty.budget.spent_total > 0).all()


def test_rooms_cost_rent_and_service_is_bounded_by_the_organisations_staff() -> None:
    few, many = (watched({**SPACE, "room_hours": hours}).until(1) for hours in (40.0, 400.0))
    p = few.policies[0]
    thousands = p.thousands(few)
    more = many.budget.spent_total - few.budget.spent_total
    np.testing.assert_allclose(more, p.rent * p.lent * 360.0 * thousands)
    generous = watched({**SPACE, "room_hours": 400.0, "returned": 4.0}).until(1)
    given = generous.notes[-1].levers["staff_hours"][:, Kind.SOCIAL_ORGANIZATION]
    np.testing.assert_allclose(given, p.service_share * 40.0 * few.actors.social_organization.staff)


def test_what_an_appeal_brings_is_the_gift_times_those_who_gave() -> None:
    model = watched({**SPACE, "appeal_weeks": 2})
    brought = 0.0
    for _ in range(8):
        rows = model.last_opportunities
        gave = rows[(rows["policy"] == 0) & (rows["online"] > 0)]["attended"].sum() if model.notes else 0
        model.step()
        income = model.notes[-1].levers.get("income", np.zeros(2)).sum()
        assert income == pytest.approx(model.policies[0].gift * gave)
        brought += income
    assert brought > 0


def test_harm_with_few_givers_appeals_cost_more_than_they_bring() -> None:
    unheard = {**SPACE, "appeal_notice": 0.05, "lent": 0.0}
    model = watched(unheard, weeks=40).until(40)
    p = model.policies[0]
    thousands = len(model.residents.key) / 1000.0
    assert lever(model, "income").sum() < p.appeal_money * 40 / p.appeal_weeks * thousands


def test_harm_lending_everything_keeps_residents_home() -> None:
    all_lent = {**SPACE, "lent": 1.0, "further": 2.0, "appeal_notice": 0.0, "project_weeks": 52}

    def gain(seed: int) -> float:
        total = [0.0, 0.0]
        for at, ones in enumerate(((), (all_lent,))):
            model = watched(*ones, seed=seed)
            for _ in range(12):
                model.step()
                rows = model.last_opportunities
                total[at] += rows["attended"][(rows["policy"] < 0) & (rows["online"] == 0)].sum()
        return total[0] - total[1]

    always(gain)


# 司法宣传

LAW = {"kind": "legal_publicity"}


def test_training_makes_people_who_know_the_law_and_lend_mediation_hours() -> None:
    without, with_it = both({**LAW, "session_weeks": 1, "notice": 1.0}, 8)
    knowing = memory(with_it, knowing="resident")["knowing"] > 0
    assert (np.bincount(with_it.residents.community, knowing) > 0).all()
    assert (with_it.residents.age[knowing] >= 18).all()
    team = Kind.MEDIATION
    assert (with_it.state(team).desk_hours > without.state(team).desk_hours).all()
    assert (lever(with_it, "clarity") > 0).all()


def test_law_week_takes_mediators_hours_and_knowledge_fades_without_refreshers() -> None:
    one_week = {"session_weeks": 104, "law_week_notice": 1.0, "most": 200.0, "becomes": 0.5}
    model = watched({**LAW, **one_week, "forgotten": 0.1}, weeks=40).until(5)
    assert (model.budget.staff_used[:, Kind.MEDIATION] > 0).all()
    model.until(6)
    known = memory(model, knowing="resident")["knowing"] > 0
    assert known.sum() > 3
    model.until(40)
    left = memory(model, knowing="resident")["knowing"] > 0
    assert left.sum() < known.sum()


def test_hours_lent_are_the_advisers_and_those_taken_from_who_knows_the_law() -> None:
    model = watched({**LAW, "session_weeks": 1, "notice": 1.0, "most": 50.0, "given": 5.0}).until(8)
    note, p, r = model.notes[-1], model.policies[0], model.residents
    taken = -note.levers["free_hours"]
    assert taken.any()
    assert (taken <= r.free_hours + 1e-6).all()
    taken = np.bincount(r.community, taken)
    lent = note.levers["staff_hours"][:, Kind.MEDIATION]
    np.testing.assert_allclose(lent, taken + p.adviser_hours * p.residents(model))
    no_team = watched({**LAW, "session_weeks": 1, "notice": 1.0},
                      actors={"mediation": {"present": False}}).until(8)
    assert not any("free_hours" in note.levers for note in no_team.notes)


def test_who_moves_away_takes_the_law_along() -> None:
    model = watched({**LAW, "session_weeks": 1, "notice": 1.0, "most": 50.0, "forgotten": 0.0}).until(8)
    knowing = memory(model, knowing="resident")["knowing"]
    who = np.flatnonzero(knowing > 0)
    assert len(who) > 1
    model.residents.stay[who[0]] = 0.0
    model.step()
    assert knowing[who[0]] == 0
    assert (knowing[who[1:]] > 0).any()


def test_harm_people_who_know_their_rights_bring_more_to_the_same_staff() -> None:
    claims = {**LAW, "session_weeks": 1, "notice": 1.0, "induced": 1.0, "most": 5.0}

    def gain(seed: int) -> float:
        before, after = (m.run() for m in both(claims, 0, seed, world={"potential_rate": 30.0}))
        return float(after.series["recorded_disputes"].sum() - before.series["recorded_disputes"].sum())

    always(gain)


# 流动党员

MOBILE = {"kind": "mobile_members"}
MANY = {"population": {"residents": 150, "membership": {"mobile": 0.9}}}


def test_checks_find_mobile_members_and_give_them_notice_faces_and_posts() -> None:
    model, rows = came_of_it({**MOBILE, "check_weeks": 1, "check_hours": 20.0}, 10, **MANY)
    known = memory(model, known="resident")["known"] > 0
    r = model.residents
    assert known.any()
    assert (r.membership[known] == Membership.MOBILE).all()
    note = model.notes[-1]
    assert note.levers["notice"][known].all()
    assert not note.levers["notice"][~known].any()
    assert (model.budget.staff_used[:, Kind.GRID_WORKER] > 0).all()
    posts = rows[rows["online"] > 0]
    assert posts["attended"].sum() > 0
    assert (posts["attended"] <= known.sum()).all()


def test_mobile_members_who_are_found_take_part_more() -> None:
    def gain(seed: int) -> float:
        without, with_it = both({**MOBILE, "check_weeks": 1, "check_hours": 20.0}, 16, seed, **MANY)
        mobile = with_it.residents.membership == Membership.MOBILE
        times = [float(m.residents.habit[mobile].sum()) for m in (without, with_it)]
        return times[1] - times[0]

    always(gain)


def test_harm_where_there_are_none_registers_and_checks_cost_hours_for_nothing() -> None:
    none = {"population": {"residents": 150, "membership": {"mobile": 0.0}}}
    only_mobile = {**MOBILE, "check_weeks": 1, "retired_weeks": 52}
    without, with_it = both(only_mobile, 4, **none)
    committee = Kind.RESIDENTS_COMMITTEE
    assert (with_it.state(committee).record_hours > without.state(committee).record_hours).all()
    grid = Kind.GRID_WORKER
    assert with_it.state(grid).desk_hours.sum() < without.state(grid).desk_hours.sum()
    assert not lever(with_it, "visible_members").any()
    assert not memory(with_it, known="resident")["known"].any()
