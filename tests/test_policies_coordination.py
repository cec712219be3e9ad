"""Policies of organisation and coordination: each moves what its card says, and can do the harm it names.

Identities (hours, levers, who is asked) need one seed. What also hangs on luck is tried on eight pairs of
runs that share their luck and must move the same way in all eight: were up and down equally likely, that
would happen in 1 of 256 cases (0.4 %).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from policy_lab import Watched, watched

from sim.vocabulary import Kind, Membership, Position, Stage, Tenure

pytestmark = pytest.mark.long

SEEDS = range(1, 9)
BUSY = {"world": {"potential_rate": 5.0}}
"""Frictions enough to keep desks busy, not so many that nothing can make them busier."""
Measure = Callable[[Watched], float]
Arm = dict[str, Any]


def both(*policies: Arm, week: int, seed: int = 1, **changes: Any) -> tuple[Watched, Watched]:
    """The same community without and with the policies, run to the same week."""
    return watched(seed=seed, **changes).until(week), watched(*policies, seed=seed, **changes).until(week)


def moves(measure: Measure, low: list[Arm], high: list[Arm], week: int = 16, **changes: Any) -> bool:
    """Whether a measure is greater with ``high`` than with ``low`` on every seed."""
    pairs = [
        [measure(watched(*arm, seed=seed, weeks=week, **changes).until(week)) for arm in (low, high)]
        for seed in SEEDS
    ]
    return all(one < two for one, two in pairs)


def lever(model: Watched, name: str, kind: Kind | None = None) -> np.ndarray:
    """What policies put on a lever in the last week."""
    values = model.notes[-1].levers[name]
    return values if kind is None else values[:, int(kind)]


def offers(model: Watched) -> np.ndarray:
    return np.concatenate([note.offers for note in model.notes])


def series(name: str, how: Callable[[np.ndarray], Any] = np.nanmean) -> Measure:
    """Mean, or another summary, of an outcome's weekly series so far."""
    return lambda model: float(how(model.recorder.series[name][..., : model.recorder.at]))


# 联合党组织

OFFICES = {
    "places": {"communities": 2, "grids": 2, "floors": 3, "dwellings_per_floor": 3, "unit_buildings": 2},
    "population": {"residents": 150, "daytime": 0.4}}
JOINT = {"kind": "joint_party_organisation"}


def daytime_active(model: Watched) -> float:
    r = model.residents
    return float(((r.daytime > 0) & (r.last_any >= model.scenario.warmup)).sum())


def test_a_joint_organisation_reaches_employees_in_their_own_building() -> None:
    model = watched(JOINT, **OFFICES).until(4)
    r, offices = model.residents, np.flatnonzero(model.places.building_units)
    for name in ("notice", "distance"):
        assert (lever(model, name) > 0).sum() == (r.daytime > 0).sum()
        assert (lever(model, name)[r.daytime > 0] > 0).all()
    lo, _ = model.places.resident_range("building")
    assert set(offers(model)["lo"]) == set(lo[offices])
    assert moves(daytime_active, [], [JOINT], **OFFICES)


def test_where_there_are_no_offices_it_calls_members_of_the_estate() -> None:
    held = offers(watched(JOINT).until(4))
    assert len(held)
    assert (held["open_to"] == 1).all()


def test_liaison_takes_units_hours_and_attention_and_noon_tables_tire_those_who_come() -> None:
    without, with_it = both(JOINT, week=1, **OFFICES)
    assert (with_it.state(Kind.PARTNER_UNIT).desk_hours < without.state(Kind.PARTNER_UNIT).desk_hours).all()
    assert (with_it.state(Kind.CORE).case_hours < without.state(Kind.CORE).case_hours).all()
    weekly = {**JOINT, "weeks": 1}
    assert moves(lambda m: float(m.residents.fatigue[m.residents.daytime > 0].sum()), [], [weekly], **OFFICES)


# 交叉任职

CROSS = {"kind": "cross_appointment"}


def test_the_second_post_moves_the_secretarys_hours_at_a_loss() -> None:
    without, with_it = both(CROSS, week=1)
    policy = with_it.policies[0]
    size = 0.15
    core = without.state(Kind.CORE), with_it.state(Kind.CORE)
    desk = without.state(Kind.RESIDENTS_COMMITTEE), with_it.state(Kind.RESIDENTS_COMMITTEE)
    taken = with_it.budget.attention_used
    np.testing.assert_allclose(taken, (policy.director_hours + policy.liaison) * size, rtol=0.1)
    assert (core[1].case_hours < core[0].case_hours).all()
    given = lever(with_it, "staff_hours", Kind.RESIDENTS_COMMITTEE)
    assert (desk[1].line_hours > desk[0].line_hours).all()
    assert (given < taken).all()


def test_clear_duties_leave_actors_fewer_bad_experiences_with_each_other() -> None:
    def spared(model: Watched) -> float:
        return -float(model.commons.between_bad.sum())

    clear = {**CROSS, "clarity": 0.5, "director_hours": 0.0, "sooner": 0.0}
    assert moves(spared, [], [clear], week=40, world={"potential_rate": 15.0},
                 population={"residents": 400}, actors={"core": {"staff_per_1000": 4.0}})


def test_two_posts_overload_a_secretary_with_many_cases() -> None:
    eight = {**CROSS, "director_hours": 8.0}
    assert moves(series("time_waiting"), [], [eight], week=26, world={"potential_rate": 10.0})


def test_naming_instead_of_recommending_dominates_owners() -> None:
    recommended, named = (watched({**CROSS, "push": push}).until(1) for push in (0.0, 1.0))
    assert not lever(recommended, "owners_domination").any()
    assert (lever(named, "owners_domination") > 0).all()
    assert (lever(named, "owners_guidance") > 0).all()


# 大党委

BIG = {"kind": "big_party_committee"}
UNITS = {"actors": {"partner_unit": {"number": 12}}}


def test_seated_units_lend_hours_and_get_something_back() -> None:
    without, with_it = both(BIG, week=12, **UNITS)
    mine, theirs = with_it.state(Kind.PARTNER_UNIT), without.state(Kind.PARTNER_UNIT)
    assert (mine.satisfaction > theirs.satisfaction).all()
    assert (mine.desk_hours > theirs.desk_hours).all()


def test_units_lend_no_more_than_they_can_spare() -> None:
    for kind in ("big_party_committee", "party_alliance"):
        model = watched({"kind": kind, "partner_hours": 40.0}, **UNITS).until(1)
        p, unit = model.policies[0], model.actors.partner_unit
        most = p.spared * unit.hours * model.state(Kind.PARTNER_UNIT).number
        lent = lever(model, "staff_hours", Kind.PARTNER_UNIT)
        assert (lent > 0).all(), kind
        assert (lent <= most).all(), kind


def test_more_seats_take_more_attention_and_slow_attendance() -> None:
    few, many = (watched({**BIG, "seats": seats}, **UNITS).until(1) for seats in (3, 14))
    assert (lever(few, "attendance_delay") < 0).all()
    assert (lever(many, "attendance_delay") > 0).all()
    assert (many.budget.attention_used > few.budget.attention_used).all()
    slow = {**BIG, "seats": 14, "seat_delay": 3.0}
    quick = {**BIG, "seats": 14, "seat_delay": 0.0}
    roomy = {"partner_unit": {"number": 12}, "core": {"staff_per_1000": 5.0}}
    assert moves(series("time_to_close"), [quick], [slow], week=30, actors=roomy,
                 world={"potential_rate": 10.0})


def test_it_does_not_sit_where_units_can_spare_nothing() -> None:
    sour = watched({**BIG, "weeks": 1}, actors={"partner_unit": {"satisfaction": 0.0}}).until(4)
    assert not any(note.levers for note in sour.notes)


# 业委会党组织

GROUP = {"kind": "owners_committee_party"}
VOTES = {"vote": {"weeks": 4, "hours": 0.1, "notice": 0.1, "ease": 5.0, "contacts": 0}}


def test_owners_told_at_the_door_vote_more_and_talk_between_votes() -> None:
    votes = {"actors": {"owners_committee": VOTES}}
    assert moves(lambda m: float(np.nanmean(m.state(Kind.OWNERS_COMMITTEE).turnout)), [], [GROUP],
                 week=10, **votes)
    model = watched(GROUP, **votes).until(4)
    told = model.residents.tenure == Tenure.OWNER
    notes = [note.levers["notice"] for note in model.notes if "notice" in note.levers]
    assert notes
    assert all(not values[~told].any() for values in notes)
    assert (offers(watched(GROUP).until(16))["open_to"] == 2).all()


def test_guidance_keeps_committees_from_capture() -> None:
    easy = {"actors": {"owners_committee": {"capture": 0.3, "legitimacy": 0.2}}}
    guided = {**GROUP, "guidance": 1.0, "vetting": 0.0}
    caught = []
    for arm in ([], [guided]):
        count = 0
        for seed in SEEDS:
            model = watched(*arm, seed=seed, weeks=40, **easy)
            before = model.state(Kind.OWNERS_COMMITTEE).captured.copy()
            while model.policy_week < 40:
                model.step()
                after = model.state(Kind.OWNERS_COMMITTEE).captured.copy()
                count += int((after > before).sum())
                before = after
        caught.append(count)
    assert caught[0] > 0
    assert caught[1] == 0


def test_vetting_takes_owners_say_in_their_votes() -> None:
    votes = {"actors": {"owners_committee": {**VOTES, "legitimacy": 0.8}}}

    def felt(model: Watched) -> float:
        r = model.residents
        return -float(r.autonomy[(r.tenure == Tenure.OWNER) & (r.age >= 18)].mean())

    free, vetted = ({**GROUP, "vetting": v, "talk_weeks": 104} for v in (0.0, 1.0))
    assert moves(felt, [free], [vetted], **votes)


def test_without_an_owners_committee_it_pays_and_idles() -> None:
    model = watched(GROUP, actors={"owners_committee": {"present": False}}).until(8)
    assert (model.budget.spent_total > 0).all()
    assert not any(note.levers or len(note.offers) for note in model.notes)


# 把关清单

GATE = {"kind": "gatekeeping_list"}


def test_matters_on_the_list_take_the_cores_hours_and_carry_its_weight() -> None:
    model = watched(GATE, **BUSY).until(4)
    for name in ("approval", "authority", "clarity"):
        assert (lever(model, name) > 0).all()
    bare = {"kind": "gatekeeping_list", "authority": 0.0, "clarity": 0.0, "attention": 0.0,
            "submission_hours": 0.0}
    full = {**bare, "scope": 1.0}
    assert moves(series("core_load"), [{**bare, "scope": 0.0}], [full], week=26, **BUSY)


def test_a_long_list_before_a_busy_core_makes_cases_wait() -> None:
    # The wait alone: no hours for sittings and submissions, nothing gained either.
    bare = {**GATE, "attention": 0.0, "submission_hours": 0.0, "authority": 0.0, "clarity": 0.0}
    assert moves(series("time_waiting"), [{**bare, "scope": 0.0}], [{**bare, "scope": 1.0}], week=52,
                 world={"potential_rate": 8.0})


# 引导者、观察者、增能者

GUIDE = {"kind": "guiding_core"}
ABLE = {"owners_committee": {"legitimacy": 0.9, "skill": 0.8, "hours": 12.0}}
UNABLE = {"owners_committee": {"legitimacy": 0.05, "skill": 0.0, "hours": 12.0}}


def test_a_guiding_core_lets_go_step_by_step_and_trains_who_takes_over() -> None:
    model = watched(GUIDE).until(1)
    first = lever(model, "delegation").copy()
    model.until(12)
    assert (lever(model, "delegation") > first).all()
    assert (lever(model, "facilitation") > 0).all()
    assert (lever(model, "training", Kind.OWNERS_COMMITTEE) > 0).all()
    assert (model.state(Kind.OWNERS_COMMITTEE).skill
            > watched().until(12).state(Kind.OWNERS_COMMITTEE).skill).all()


def test_it_practises_with_those_who_already_help_each_other() -> None:
    teams = {"kind": "mutual_help_teams"}
    model = watched(GUIDE, teams, weeks=40).until(40)
    practice = offers(model)
    practice = practice[practice["policy"] == 0]
    assert len(practice)
    assert (practice["audience"] > 0).all()
    # Where nobody has helped anybody yet there is nobody to practise with.
    idle = watched(GUIDE, participation={"intercept": -8.0}).until(12)
    assert not (idle.residents.stage >= Stage.MUTUAL_HELP).any()
    assert not len(offers(idle))


def test_handing_over_to_able_leads_relieves_the_core() -> None:
    over = {**GUIDE, "observe": 1.0, "pace": 1.0, "guide_attention": 0.0, "enable_attention": 0.0}
    load = series("core_load")
    assert moves(lambda m: -load(m), [], [over], week=26, actors=ABLE, **BUSY)


def test_letting_go_where_nobody_can_lead_is_giving_up() -> None:
    over = {**GUIDE, "observe": 1.0, "pace": 1.0, "guide": 0.0, "enable": 0.0, "guide_attention": 0.0,
            "enable_attention": 0.0}
    solved = series("real_resolution_rate")
    assert moves(lambda m: -solved(m), [], [over], week=40, actors=UNABLE,
                 population={"residents": 400}, **BUSY)


# 兜底责任

CATCH = {"kind": "last_resort"}


def test_the_core_takes_up_what_nobody_answers_for() -> None:
    bare = {**CATCH, "share": 1.0, "attention": 0.0, "leaning": 0.0}
    assert moves(series("core_load"), [{**bare, "share": 0.0}], [bare], week=26, **BUSY)


def test_it_looks_in_on_new_employment_groups_only() -> None:
    model = watched(CATCH).until(2)
    new = model.residents.position == Position.NEW_EMPLOYMENT
    seen = lever(model, "visits") > 0
    assert seen.any()
    assert not seen[~new].any()
    assert offers(model)["online"].all()
    assert (offers(model)["audience"] > 0).all()


def test_others_come_to_lean_on_it_and_a_small_core_is_swamped() -> None:
    model = watched(CATCH).until(1)
    first = lever(model, "clarity").copy()
    model.until(16)
    assert (lever(model, "clarity") < first).all()
    bare = {**CATCH, "attention": 0.0, "committee_hours": 0.0, "paper_hours": 0.0}
    assert moves(series("time_waiting"), [{**bare, "share": 0.0}], [{**bare, "share": 1.0}], week=26,
                 world={"potential_rate": 8.0}, population={"residents": 400})


# 三下

DOWN = {"kind": "devolution"}


def test_people_powers_and_money_come_down_from_the_street() -> None:
    without, with_it = both(DOWN, week=2)
    desk = without.state(Kind.RESIDENTS_COMMITTEE), with_it.state(Kind.RESIDENTS_COMMITTEE)
    assert (with_it.budget.staff_used[:, Kind.STREET] > 0).all()
    assert (lever(with_it, "authority") > 0).all()
    assert (lever(with_it, "staff_hours", Kind.RESIDENTS_COMMITTEE) > 0).all()
    assert (desk[1].record_hours > desk[0].record_hours).all()
    size = 0.15
    policy = with_it.policies[0]
    np.testing.assert_allclose(lever(with_it, "income"), policy.income * size, rtol=0.1)
    assert (with_it.budget.fund + with_it.budget.spent_total > without.budget.fund).all()


def test_the_street_is_left_with_fewer_hours() -> None:
    def street_rate(model: Watched) -> float:
        desks = model.cases.desks
        return float(desks["rate"][desks["kind"] == Kind.STREET].sum())

    without, with_it = both({**DOWN, "street_hours": 40.0}, week=2)
    assert street_rate(with_it) < street_rate(without)


def test_duties_without_means_leave_residents_waiting() -> None:
    bare = {**DOWN, "authority": 0.0, "street_hours": 0.0, "income": 0.0, "services": 0.0, "duty_hours": 20.0,
            "paper_hours": 6.0}
    without, with_it = both(bare, week=2)
    desk = without.state(Kind.RESIDENTS_COMMITTEE), with_it.state(Kind.RESIDENTS_COMMITTEE)
    assert (desk[1].line_hours < desk[0].line_hours).all()
    assert moves(series("time_waiting"), [], [bare], week=26, population={"residents": 400},
                 actors={"residents_committee": {"staff_per_1000": 1.0}}, **BUSY)


# 应急三级联动

LINK = {"kind": "emergency_linkage"}
SHOCK = {"shocks": [{"kind": "epidemic_week", "week": 15, "weeks": 2}], "weeks": 30}


def hands(model: Watched) -> np.ndarray:
    grids = np.bincount(model.places.grid_community, model.state(Kind.GRID_WORKER).desk_hours)
    return model.state(Kind.RESIDENTS_COMMITTEE).line_hours + grids


def test_in_a_shock_more_hands_come_the_better_it_was_practised() -> None:
    without, with_it = both({**LINK, "drill_weeks": 4}, week=16, **SHOCK)
    paper = watched({**LINK, "drill_weeks": 104, "first": 0.3}, **SHOCK).until(16)
    assert (hands(with_it) > hands(without)).all()
    given = [lever(m, "staff_hours").sum() for m in (paper, with_it)]
    assert given[0] < given[1]
    assert (with_it.budget.staff_used[:, Kind.STREET] > 0).all()
    assert (lever(with_it, "dispatch") > 0).all()
    assert (lever(with_it, "tasks_cut") > 0).all()


def test_without_a_shock_drills_and_entries_only_take_hours() -> None:
    without, with_it = both(LINK, week=8)
    assert (hands(with_it) < hands(without)).all()
    assert all("staff_hours" not in note.levers for note in with_it.notes)
    assert (with_it.budget.spent_total > 0).all()


# 书记工作室

STUDIO = {"kind": "secretary_studio"}
MANY = {"places": {"communities": 8, "grids": 1, "floors": 3, "dwellings_per_floor": 3},
        "population": {"residents": 60}}


def led(model: Watched) -> np.ndarray:
    """Building leaders a building in each community, in the last week."""
    community = model.places.building_community
    return np.bincount(community, lever(model, "building_leader")) / np.bincount(community)


def test_practices_spread_from_the_showcase_and_lose_fit() -> None:
    model = watched({**STUDIO, "adaptation": 0.0}, weeks=60, **MANY).until(6)
    policy = model.policies[0]
    host = policy.showcase(model)
    early = led(model)
    assert host.sum() == 1
    assert early[host] > 0
    model.until(60)
    late = led(model)
    assert (late > 0).sum() > (early > 0).sum() > 0
    assert (late[~host] < late[host]).all()
    assert len(set(np.round(late[late > 0], 6))) > 2


def test_studying_local_conditions_keeps_more_fit_than_copying_the_star() -> None:
    def fit(model: Watched) -> float:
        return float(led(model).sum())

    copied, chosen = ({**STUDIO, "showcases": 3, "research": share, "adaptation": 0.0, "uptake": 1.0}
                      for share in (0.0, 1.0))
    assert moves(fit, [copied], [chosen], week=20, **MANY)


def test_showcases_pay_with_their_secretaries_hours() -> None:
    without, with_it = both(STUDIO, week=1, **MANY)
    host = with_it.policies[0].showcase(with_it)
    lost = without.state(Kind.CORE).case_hours - with_it.state(Kind.CORE).case_hours
    assert lost[host].min() > 2 * lost[~host].max() > 0


def test_copies_that_do_not_fit_take_the_same_hours_and_dishearten() -> None:
    misfit = {**STUDIO, "loss": 1.0, "research": 0.0, "adaptation": 0.0, "uptake": 1.0, "project_weeks": 1,
              "project_notice": 1.0, "pace": 0.3, "practices": "projects"}
    copies = {**misfit, "loss": 0.0, "misfit": 0.0}
    waste, use = (watched(arm, weeks=24, **MANY).until(24) for arm in (misfit, copies))
    paper = [m.notes[-1].levers["paper_hours"].sum() for m in (waste, use)]
    assert paper[0] == pytest.approx(paper[1])

    def discouraged(model: Watched) -> float:
        guests = ~watched(misfit, **MANY).policies[0].showcase(model)
        return -float(model.residents.efficacy_own[guests[model.residents.community]].mean())

    quiet = {**MANY, "population": {"residents": 120}, "world": {"potential_rate": 0.0}}
    assert moves(discouraged, [], [misfit], week=24, **quiet)


# 区直帮扶

HELP = {"kind": "district_support", "share": 0.5}


def test_help_goes_to_the_heaviest_load_and_works_when_staff_know_the_place() -> None:
    model = watched(HELP, **BUSY).until(0)
    load = model.cases.desks["load"][model.cases.desk_of[Kind.RESIDENTS_COMMITTEE]]
    model.until(1)
    helped = lever(model, "income") > 0
    assert helped.tolist() == (np.arange(2) == np.argmax(load)).tolist()
    first = lever(model, "staff_hours", Kind.RESIDENTS_COMMITTEE)[helped]
    model.until(10)
    assert lever(model, "staff_hours", Kind.RESIDENTS_COMMITTEE)[helped] > 1.5 * first
    without = watched(**BUSY).until(10).state(Kind.RESIDENTS_COMMITTEE).line_hours
    assert (model.state(Kind.RESIDENTS_COMMITTEE).line_hours > without)[helped].all()


@pytest.mark.parametrize("kind", ["district_support", "devolution"])
def test_money_from_outside_brings_records_of_its_own(kind: str) -> None:
    small, large = (watched({"kind": kind, "income": yuan}).until(1) for yuan in (300.0, 3000.0))
    p = small.policies[0]
    more = lever(large, "paper_hours", Kind.RESIDENTS_COMMITTEE) - lever(
        small, "paper_hours", Kind.RESIDENTS_COMMITTEE)
    more_yuan = lever(large, "income") - lever(small, "income")
    assert more.any()
    np.testing.assert_allclose(more, p.income_paper * more_yuan / 1000.0)


def test_reception_grows_with_the_hours_lent() -> None:
    few, many = (watched({**HELP, "share": 1.0, "lent_hours": hours}).until(1) for hours in (10.0, 40.0))
    used = [m.budget.staff_used[:, Kind.RESIDENTS_COMMITTEE] for m in (few, many)]
    np.testing.assert_allclose(used[1], 4.0 * used[0])


def test_short_visits_cost_more_line_hours_than_they_bring() -> None:
    short = {**HELP, "share": 1.0, "learning": 26.0}
    without, with_it = both(short, week=2)
    assert (with_it.state(Kind.RESIDENTS_COMMITTEE).line_hours
            < without.state(Kind.RESIDENTS_COMMITTEE).line_hours).all()


def test_those_who_lean_on_lent_staff_are_less_able_than_before() -> None:
    model = watched({**HELP, "lean_pace": 0.1, "term": 12}, weeks=30, **BUSY)
    skill = []
    while model.policy_week < 30:
        model.step()
        skill.append(model.notes[-1].levers["desk_skill"][:, Kind.RESIDENTS_COMMITTEE].copy())
    assert min(s.min() for s in skill) < -0.02
    helped = np.array([note.levers["income"] > 0 for note in model.notes])
    left = [(week, c) for week in range(1, len(helped)) for c in (0, 1)
            if helped[week - 1, c] and not helped[week, c]]
    for week, c in left:
        assert skill[week][c] < 0, "the help has ended and what was unlearnt is not yet regained"


def test_membership_codes_used_by_offers_are_those_of_the_decision() -> None:
    from sim import vocabulary
    from sim.policies import joint_party_organisation, owners_committee_party
    from sim.processes import participation

    assert joint_party_organisation.MEMBERS_ONLY == vocabulary.MEMBERS_ONLY == participation.MEMBERS_ONLY
    assert owners_committee_party.OWNERS_ONLY == vocabulary.OWNERS_ONLY == participation.OWNERS_ONLY
    assert Membership.NONE == 0
