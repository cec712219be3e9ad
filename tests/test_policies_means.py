"""Policies on means, staff and management move the hours, skill, money, paper and information they name.

Identities need one seed. Where luck plays a part, a sign test over eight paired seeds asks that all eight
move the same way: without any effect that happens with probability 0.4 %.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from policy_lab import Watched, watched

from sim.vocabulary import Kind

pytestmark = pytest.mark.long

SEEDS = range(1, 9)
BUSY = {"world": {"potential_rate": 25.0}}
"""Many frictions for the same staff."""
RC, GRID, CORE = Kind.RESIDENTS_COMMITTEE, Kind.GRID_WORKER, Kind.CORE


def both(policy: dict[str, Any], week: int, seed: int = 1, **changes: Any) -> tuple[Watched, Watched]:
    """The same community without and with a policy, run to the same week."""
    changes = {"weeks": max(week, 16), **changes}
    return watched(seed=seed, **changes).until(week), watched(policy, seed=seed, **changes).until(week)


def all_seeds_move(
    measure: Callable[[Watched], float], policy: dict[str, Any], week: int, sign: int, **changes: Any
) -> bool:
    """Whether a measure moves in one direction in all of eight paired seeds: 0.4 % by chance alone."""
    pairs = (both(policy, week, seed, **changes) for seed in SEEDS)
    return all(sign * (measure(with_it) - measure(without)) > 0 for without, with_it in pairs)


def lever(model: Watched, name: str, week: int = -1) -> np.ndarray:
    """One lever as policies left it in one week."""
    return model.notes[week].levers[name]


def mean_of(outcome: str) -> Callable[[Watched], float]:
    """Mean of an outcome over the weeks run so far."""
    return lambda model: float(np.nanmean(model.recorder.series[outcome][: model.recorder.at]))


def efficacy(model: Watched) -> float:
    """Mean belief that things get solved, from own experience."""
    return float(model.residents.efficacy_own.mean())


def waiting(model: Watched) -> float:
    """Open cases per 1,000 residents."""
    return mean_of("backlog")(model)


# 人民调解专业化


def test_a_mixed_team_works_exactly_the_hours_that_are_lent_to_it() -> None:
    policy = {"kind": "professional_mediation"}
    without, with_it = both(policy, 1)
    given = -lever(with_it, "free_hours").sum()
    assert given > 0
    paid = 3.0 + 2.0 + 1.0 - 1.0  # lawyer, cadres and grid workers, less the hours in training
    more = with_it.state(Kind.MEDIATION).desk_hours - without.state(Kind.MEDIATION).desk_hours
    thousands = len(with_it.residents.key) / 1000.0
    assert more.sum() == pytest.approx(paid * thousands + given)
    assert (with_it.budget.staff_used[:, RC] > 0).all()


def test_training_and_the_lawyer_raise_the_mediators_skill() -> None:
    without, with_it = both({"kind": "professional_mediation", "training_hours": 5.0}, 40)
    assert (with_it.state(Kind.MEDIATION).skill > without.state(Kind.MEDIATION).skill).all()
    desks = [m.cases.desks["skill"][m.cases.desk_of[Kind.MEDIATION]] for m in (without, with_it)]
    assert (desks[1] >= desks[0] + 0.1 - 1e-9).all()


def test_a_larger_team_is_less_pressed() -> None:
    one = {"actors": {"mediation": {"hours": 2.0}}, **BUSY}

    def pressed(model: Watched) -> float:
        return float(model.cases.desks["load"][model.cases.desk_of[Kind.MEDIATION]].sum())

    lawyer = {"kind": "professional_mediation", "lawyer_hours": 20.0, "training_hours": 0.0, "formality": 0.0}
    assert all_seeds_move(pressed, lawyer, 24, -1, **one)


def test_over_legalised_mediation_makes_people_wait_and_leaves_them_less_say() -> None:
    stiff = {"kind": "professional_mediation", "formality": 1.0, "mediated": 1.0, "procedure_delay": 60.0,
             "file_hours": 15.0}
    assert all_seeds_move(waiting, stiff, 24, +1, **BUSY)
    assert (lever(watched(stiff).until(1), "facilitation") < 0).all()


# 多元投入


def flow(model: Watched) -> list[float]:
    """What all sources brought in, week by week."""
    return [float(note.levers["income"].sum()) for note in model.notes if "income" in note.levers]


@pytest.mark.parametrize("source", ["venture", "sponsorship", "self_funding"])
def test_money_follows_effort_late_and_joins_the_fund(source: str) -> None:
    without, with_it = both({"kind": "community_funding", "source": source}, 52)
    weekly = flow(with_it)
    assert weekly[0] < 0.2 * max(weekly)
    assert with_it.budget.income_total.sum() > without.budget.income_total.sum()


def test_purchased_hours_reach_the_social_organisation_less_its_reports() -> None:
    policy = {"kind": "community_funding", "purchase_hours": 10.0, "purchase_reports": 0.4}
    without, with_it = both(policy, 1)
    mine, theirs = (m.state(Kind.SOCIAL_ORGANIZATION) for m in (with_it, without))
    more = (mine.desk_hours + mine.report_hours - theirs.desk_hours - theirs.report_hours).sum()
    assert more == pytest.approx(6.0 * len(with_it.residents.key) / 1000.0)


def test_own_earnings_cost_hours_and_money_before_they_yield() -> None:
    policy = {"kind": "community_funding", "source": "self_funding"}
    without, with_it = both(policy, 8)
    assert (with_it.state(RC).line_hours < without.state(RC).line_hours).all()
    assert sum(flow(with_it)) < with_it.budget.spent_total.sum()
    assert (lever(with_it, "distance") <= 0).all()


def test_a_funder_is_paid_in_reports_and_a_sponsor_in_goodwill() -> None:
    for source, kind, column in (
        ("venture", RC, "record_hours"), ("sponsorship", Kind.PARTNER_UNIT, "satisfaction"),
    ):
        asking = {"kind": "community_funding", "source": source, "sponsor_asks": 1.0}
        without, with_it = both(asking, 40)
        change = getattr(with_it.state(kind), column) - getattr(without.state(kind), column)
        assert (change > 0).all() if source == "venture" else (change < 0).all(), source


def test_sour_partners_sponsor_nothing() -> None:
    policy = {"kind": "community_funding", "source": "sponsorship"}
    sour = watched(policy, actors={"partner_unit": {"satisfaction": 0.0}}).until(12)
    assert not any(flow(sour))
    assert (sour.budget.spent_total > 0).all()


# 减负与准入


def test_a_gate_keeps_tasks_out_and_gives_hours_back() -> None:
    heavy = {"world": {"tasks_rate": 12.0}}
    gate = {"kind": "burden_reduction", "cut": 0.6, "task_hours": 72.0, "to_street": 0.0, "comes_back": 0.1}
    assert all_seeds_move(mean_of("staff_load"), gate, 30, -1, **heavy)
    without, with_it = both(gate, 1)
    assert (with_it.state(RC).record_hours < without.state(RC).record_hours).all()


def test_what_comes_back_unrecorded_takes_line_hours_and_the_streets_share_its_desk() -> None:
    policy = {"kind": "burden_reduction", "cut": 0.5, "comes_back": 0.5, "to_street": 0.5}
    with_it = watched(policy).until(1)
    thousands = len(with_it.residents.key) / 1000.0
    back = lever(with_it, "staff_hours")[:, RC].sum()
    assert back == pytest.approx(-0.5 * 0.5 * 24.0 * thousands)
    assert with_it.budget.staff_used[:, Kind.STREET].sum() == pytest.approx(0.5 * 0.5 * 24.0 * thousands)


def test_a_small_street_that_takes_the_tasks_on_leaves_escalated_cases_lying() -> None:
    small = {"actors": {"street": {"staff_per_community": 0.12}}, "cases": {"escalate": 1.0}, **BUSY}
    gate = {"kind": "burden_reduction", "cut": 0.9, "to_street": 1.0, "comes_back": 1.0, "record_cut": 0.0}

    def street_load(model: Watched) -> float:
        return float(model.cases.desks["load"][model.cases.desk_of[Kind.STREET][0]])

    assert all_seeds_move(street_load, gate, 20, +1, **small)
    without, with_it = both(gate, 1, **small)
    assert (with_it.state(RC).line_hours < without.state(RC).line_hours).all()


# 队伍建设


def test_training_and_mentoring_raise_skill_for_hours_at_the_desk() -> None:
    policy = {"kind": "cadre_team", "rotation": 0.0, "training_hours": 4.0}
    without, with_it = both(policy, 52)
    assert (with_it.state(RC).skill > without.state(RC).skill).all()
    assert (with_it.state(RC).line_hours < without.state(RC).line_hours).all()
    assert (with_it.state(CORE).case_hours < without.state(CORE).case_hours).all()


def test_pay_keeps_people() -> None:
    kept, lost = (watched({
        "kind": "cadre_team", "pay_rise": pay, "rotation": 0.0, "training_hours": 0.0, "mentor_hours": 0.0},
        weeks=52, **BUSY).until(52) for pay in (0.3, 0.0))
    assert (lever(kept, "turnover") < 0).all()
    assert (kept.state(RC).skill >= lost.state(RC).skill).all()
    assert kept.state(RC).skill.sum() > lost.state(RC).skill.sum()
    assert kept.budget.spent_total.sum() > lost.budget.spent_total.sum()


def test_fast_rotation_loses_what_people_knew() -> None:
    policy = {"kind": "cadre_team", "rotation": 1.0, "training_hours": 0.0, "mentor_hours": 0.0,
              "breadth": 0.0, "pay_rise": 0.0}
    without, with_it = both(policy, 40, **BUSY)
    assert (with_it.state(RC).skill < without.state(RC).skill).all()
    assert (lever(with_it, "attendance_delay") > 0).all()


def test_a_head_who_leaves_is_missed_until_the_bench_fills_the_post() -> None:
    def missing(bench: float) -> int:
        team = {"kind": "cadre_team", "head_leaves": 1.0, "bench": bench}
        model = watched(team, weeks=104).until(104)
        return sum(int((note.levers["authority"] == 0).sum()) for note in model.notes)

    assert missing(1.0) == 0
    assert missing(0.0) > missing(0.7) > 0


# 反馈闭环


def test_replies_take_hours_by_attendance() -> None:
    quiet, asked = (watched({"kind": "feedback_loop", "reply_minutes": m}).until(12) for m in (0.0, 30.0))
    came = asked.last_opportunities["attended"].sum()
    asked.step()
    quiet.step()
    more = asked.budget.staff_used[:, RC] - quiet.budget.staff_used[:, RC]
    assert more == pytest.approx(0.6 * 0.5 * came / 2)


def test_feedback_lifts_efficacy_where_things_get_settled() -> None:
    able = {"experience": {"fruit_intercept": 6.0}, "world": {"potential_rate": 0.0}}
    assert all_seeds_move(efficacy, {"kind": "feedback_loop"}, 24, +1, **able)


def test_feedback_on_failure_lowers_efficacy() -> None:
    poor = {"experience": {"fruit_intercept": -6.0}, "world": {"potential_rate": 0.0}}
    assert all_seeds_move(efficacy, {"kind": "feedback_loop"}, 24, -1, **poor)


# 考核改革


def test_a_paid_survey_takes_weight_off_records_once_cadres_believe_it() -> None:
    without, with_it = both({"kind": "appraisal_reform", "lag_weeks": 4.0}, 20)
    assert (with_it.record_weight < without.record_weight).all()
    assert (with_it.state(RC).record_hours < without.state(RC).record_hours).all()
    first, last = (abs(lever(with_it, "record_weight", week).sum()) for week in (8, -1))
    assert 0 < first < last


def test_an_unpaid_survey_is_one_more_form() -> None:
    ticked = {"kind": "appraisal_reform", "survey_money": 0.0, "lag_weeks": 4.0, "tick_weight": 0.5}
    without, with_it = both(ticked, 20)
    assert (with_it.record_weight > without.record_weight).all()
    assert (with_it.state(RC).record_hours > without.state(RC).record_hours).all()
    assert all_seeds_move(lambda m: m.recorder.series["closed_on_paper"].sum(), ticked, 40, +1, **BUSY)


# 监督问责


def test_named_duties_let_fewer_cases_bounce() -> None:
    policy = {"kind": "oversight_accountability", "clarity": 0.4}
    assert all_seeds_move(mean_of("handoffs"), policy, 40, -1, regime="fragmented", **BUSY)


def test_accountability_is_answered_with_paper_and_the_experienced_leave() -> None:
    policy = {"kind": "oversight_accountability", "pressure": 0.5, "record_gain": 0.4}
    without, with_it = both(policy, 40, **BUSY)
    for kind in (RC, GRID):
        assert (lever(with_it, "paper_hours")[:, kind] > 0).all()
    assert (with_it.state(RC).record_hours > without.state(RC).record_hours).all()
    assert (with_it.state(RC).skill < without.state(RC).skill).all()
    assert all_seeds_move(lambda m: m.recorder.series["closed_on_paper"].sum(), policy, 40, +1, **BUSY)


# 干部作风


def fairness(model: Watched) -> float:
    """Mean felt fairness of what has been handled."""
    cases = model.cases.cases
    return float(cases["fairness"][(cases["used"] > 0) & (cases["fairness"] > 0)].mean())


def test_better_manner_is_learnt_slowly_and_felt() -> None:
    policy = {"kind": "cadre_manner", "manner": 0.4, "lag_weeks": 6.0}
    with_it = watched(policy, weeks=30).until(30)
    taught = [float(note.levers["manner"].mean()) for note in with_it.notes if "manner" in note.levers]
    assert 0 < taught[0] < 0.3 * taught[-1]
    assert all_seeds_move(fairness, policy, 30, +1, **BUSY)


def test_listening_lengthens_the_queue_and_pressed_line_staff_are_curt_again() -> None:
    patient = {"kind": "cadre_manner", "listening_hours": 40.0, "lag_weeks": 4.0}
    assert all_seeds_move(waiting, patient, 40, +1, weeks=40, **BUSY)
    assert all_seeds_move(lambda m: m.state(CORE).manner.sum(), patient, 24, -1, **BUSY)


# 企业一站式服务


def test_units_that_are_served_are_content_and_lend_more() -> None:
    without, with_it = both({"kind": "unit_services", "served": 1.0}, 40)
    mine, theirs = (m.state(Kind.PARTNER_UNIT) for m in (with_it, without))
    assert (mine.satisfaction > theirs.satisfaction).all()
    assert (mine.desk_hours > theirs.desk_hours).all()


def test_what_units_are_given_is_paid_for_each_of_them() -> None:
    given = {
        "party_alliance": ("exchange",), "big_party_committee": ("exchange", "services"),
        "joint_party_organisation": ("exchange", "services"), "devolution": ("services",),
        "unit_services": ("served",)}
    few, many = ({"actors": {"partner_unit": {"number": n}}} for n in (1, 4))
    for kind, names in given.items():
        for name in names:
            spent = [watched({"kind": kind, name: much}, **units).until(1).budget.spent_total
                     for much in (0.0, 0.5, 1.0) for units in (few, many)]
            none_few, none_many, half_few, _, all_few, all_many = spent
            np.testing.assert_allclose(all_few - none_few, 2.0 * (half_few - none_few), err_msg=kind)
            np.testing.assert_allclose(all_many - none_many, 4.0 * (all_few - none_few), err_msg=kind)
            assert (all_few > none_few).all(), kind


def test_many_units_at_the_counter_keep_residents_waiting() -> None:
    many = {"actors": {"partner_unit": {"number": 12}}, **BUSY}
    policy = {"kind": "unit_services", "served": 1.0}
    without, with_it = both(policy, 1, **many)
    assert (with_it.state(RC).line_hours < without.state(RC).line_hours).all()
    assert all_seeds_move(waiting, policy, 24, +1, **many)


def test_a_counter_without_units_is_paid_for_nothing() -> None:
    model = watched({"kind": "unit_services"}, actors={"partner_unit": {"number": 0}}).until(8)
    assert (model.budget.spent_total > 0).all()
    assert not any(note.levers for note in model.notes)


# 党建品牌（形式主义对照）


def test_a_brand_sets_no_lever_but_paper_and_offers_next_to_nothing() -> None:
    model = watched({"kind": "party_brand", "weeks": 1}).until(12)
    assert {name for note in model.notes for name in note.levers} == {"paper_hours"}
    offers = np.concatenate([note.offers for note in model.notes])
    assert offers["substance"].max() <= 0.2
    assert not offers["contacts"].any()
    assert not offers["norm"].any()
    assert not offers["forum"].any()


def test_those_who_come_to_see_a_brand_lose_heart_and_the_line_loses_hours() -> None:
    brand = {"kind": "party_brand", "weeks": 1}
    without, with_it = both(brand, 1)
    assert (with_it.state(RC).line_hours < without.state(RC).line_hours).all()
    assert (with_it.state(CORE).case_hours < without.state(CORE).case_hours).all()
    idle = {"world": {"potential_rate": 0.0}}
    assert all_seeds_move(efficacy, brand, 24, -1, **idle)


# 专职网格员


def test_added_posts_patrol_handle_and_organise() -> None:
    policy = {"kind": "grid_staffing", "posts": 2.0}
    without, with_it = both(policy, 1)
    mine, theirs = with_it.state(GRID), without.state(GRID)
    assert (mine.patrol_hours > theirs.patrol_hours).all()
    assert (mine.desk_hours > theirs.desk_hours).all()
    hours = lever(with_it, "staff_hours")[:, GRID].sum() + lever(with_it, "organisation").sum()
    assert hours == pytest.approx(2.0 * 40.0 * len(with_it.residents.key) / 1000.0)


def test_more_eyes_find_more_and_the_desks_behind_them_fill_up() -> None:
    eyes = {"kind": "grid_staffing", "posts": 6.0, "member_share": 0.0}
    assert all_seeds_move(mean_of("recorded_disputes"), eyes, 24, +1, **BUSY)
    assert all_seeds_move(waiting, eyes, 24, +1, **BUSY)


def test_posts_that_eat_the_fund_stop_another_policy() -> None:
    other = {"kind": "party_brand", "money": 500.0}
    poor = {"weekly": 700.0, "carry_weeks": 0}
    alone = watched(other, budget=poor).until(12)
    beside = watched(other, {"kind": "grid_staffing"}, budget=poor).until(12)
    held = [sum("paper_hours" in n.levers and bool(n.levers["paper_hours"][:, RC].any()) for n in m.notes)
            for m in (alone, beside)]
    assert held[1] < held[0]


def test_posts_paid_below_the_going_rate_lose_people_sooner() -> None:
    cheap, fair = (watched({"kind": "grid_staffing", "pay": pay}).until(1) for pay in (650.0, 1300.0))
    assert (lever(cheap, "turnover") > lever(fair, "turnover")).all()
