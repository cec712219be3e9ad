"""Policies of participation: each moves what its card says, and its harm can be reached.

Runs of one seed share people, frictions and luck. Identities are shown on one seed; tendencies by a sign test
on eight seeds: all must move the same way, which chance alone does once in 256 (0.4 %).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from participation_lab import (
    NO_CASES,
    NO_PARTNERS,
    NO_SOCIAL,
    always,
    both,
    came_of_it,
    lever,
    memory,
    offers,
)
from policy_lab import Watched, policy, watched

from sim.policies.red_microcirculation import STAGES
from sim.vocabulary import Activity, Kind, Stage

# 项目化运作

PROJECT = {"kind": "project_operation", "theme": "mediation"}


def test_a_projects_hours_count_at_its_desk_only_in_a_fruitful_week() -> None:
    model = watched(PROJECT)
    seen = set()
    for _ in range(14):
        model.step()
        rows = model.last_opportunities
        rows = rows[rows["policy"] == 0].copy()
        model.step()
        given = model.notes[-1].levers.get("staff_hours", np.zeros((2, len(Kind))))[:, Kind.MEDIATION]
        due = model.policies[0].useful * np.bincount(
            rows["community"], rows["attended"] * rows["hours"] * (rows["fruitful"] > 0), 2)
        np.testing.assert_allclose(given, due)
        seen |= {bool(x) for x in due > 0}
        if model.policy_week >= 15:
            break
    assert seen == {True, False}


def test_projects_ask_evaluation_papers_at_their_end() -> None:
    model = watched(PROJECT, weeks=20).until(8)
    paper = np.array([note.levers["paper_hours"][:, Kind.RESIDENTS_COMMITTEE] for note in model.notes])
    p = model.policies[0]
    ratio = (p.paper_hours + p.evaluation_hours) / p.paper_hours
    np.testing.assert_allclose(paper.max(0) / paper.min(0), ratio)


def test_harm_a_project_nobody_hears_of_costs_attention_and_papers_and_relieves_no_desk() -> None:
    unheard = {**PROJECT, "member_notice": 0.0, "notice": 0.0}
    lonely = {"participation": {"hear_by_tie": 0.0, "hear_by_visit": 0.0}}
    assert not lever(watched(unheard, **lonely).until(8), "staff_hours", Kind.MEDIATION).any()
    without, with_it = both(unheard, 1, **lonely)
    assert (with_it.state(Kind.CORE).case_hours < without.state(Kind.CORE).case_hours).all()
    committee = Kind.RESIDENTS_COMMITTEE
    assert (with_it.state(committee).record_hours > without.state(committee).record_hours).all()
    assert (with_it.state(committee).line_hours < without.state(committee).line_hours).all()


# 议事技术

TECHNIQUES = {"kind": "deliberation_techniques", "weeks": 1}
UNTRAINED = {**TECHNIQUES, "training_hours": 0.0}


def test_facilitators_are_bought_in_or_trained() -> None:
    professional = watched(UNTRAINED).until(2)
    untrained = watched(UNTRAINED, **NO_SOCIAL).until(2)
    own = {**TECHNIQUES, "training_hours": 3.0, "facilitator_hours": 1.0}
    trained = watched(own, **NO_SOCIAL).until(8)
    assert (lever(professional, "facilitation") > 0).all()
    assert not lever(untrained, "facilitation").any()
    assert (lever(trained, "facilitation") > 0).all()
    assert (lever(trained, "training", Kind.RESIDENTS_COMMITTEE) > 0).all()
    learnt = memory(trained, trained="community")["trained"]
    weekly = [note.levers["facilitation"].mean() for note in trained.notes]
    assert weekly[-1] > weekly[0]
    assert (learnt < 1).all()


def test_a_needs_survey_brings_later_topics_closer_to_needs() -> None:
    model, rows = came_of_it({**TECHNIQUES, "notice": 1.0}, 16)
    surveys = rows[(rows["activity"] == Activity.PROJECT) & (rows["fruitful"] > 0)]
    assert len(surveys)
    assert rows["relevance"].max() > model.policies[0].relevance + 0.2
    assert rows["relevance"].min() == np.float32(model.policies[0].relevance)


def test_evaluation_by_residents_takes_weight_off_records_and_tells_results() -> None:
    model, rows = came_of_it({**TECHNIQUES, "technique": "evaluation", "notice": 1.0}, 12)
    judged = rows["fruitful"].sum() > 0
    assert judged
    assert (lever(model, "record_weight") <= 0).all()
    assert (lever(model, "record_weight") < 0).any()
    np.testing.assert_allclose(
        lever(model, "feedback") / lever(model, "record_weight"),
        -model.policies[0].told / model.policies[0].relief)


def test_evaluation_leaves_staff_less_paper() -> None:
    judged = {**TECHNIQUES, "technique": "evaluation", "notice": 1.0, "relief": 1.0}
    paper = {"cases": {"appraisal_record": 0.8}}

    def gain(seed: int) -> float:
        without, with_it = both(judged, 12, seed, **paper)
        return float(np.sum(without.state(Kind.RESIDENTS_COMMITTEE).record_hours
                            - with_it.state(Kind.RESIDENTS_COMMITTEE).record_hours))

    always(gain)


def test_professional_facilitators_make_more_of_a_session() -> None:
    strong = {**UNTRAINED, "notice": 1.0, "facilitation": 0.6}

    def gain(seed: int) -> float:
        skilled = came_of_it(strong, 24, seed, actors={"social_organization": {"skill": 1.0}})[1]
        clumsy = came_of_it(strong, 24, seed, **NO_SOCIAL)[1]
        share = [float(np.mean(rows["fruitful"][rows["attended"] > 0])) for rows in (skilled, clumsy)]
        return share[0] - share[1]

    always(gain)


def test_harm_untrained_hosts_take_line_hours_and_cost_efficacy() -> None:
    without, with_it = both(UNTRAINED, 1, **NO_SOCIAL)
    committee = Kind.RESIDENTS_COMMITTEE
    assert (with_it.state(committee).line_hours < without.state(committee).line_hours).all()
    unskilled = {**NO_CASES, **NO_SOCIAL, "experience": {"fruit_skill": 6.0, "fruit_intercept": -3.0}}

    def gain(seed: int) -> float:
        plain, clumsy = both({**UNTRAINED, "notice": 1.0}, 24, seed, weeks=24, **unskilled)
        return float(plain.residents.efficacy_own.mean() - clumsy.residents.efficacy_own.mean())

    always(gain)


# 楼长制

APPOINTED = {"kind": "building_leaders"}
DISCOVERED = {**APPOINTED, "mode": "discovered"}


def leaders(model: Watched) -> dict[str, np.ndarray]:
    return memory(model, who="building", since="building", standing="building")


def test_the_appointed_are_there_at_once_and_the_discovered_come_slowly_but_are_heard() -> None:
    at_once, slowly = (watched(one, weeks=40).until(1) for one in (APPOINTED, DISCOVERED))
    lived = np.bincount(at_once.residents.building, at_once.residents.age >= 18) > 0
    assert (leaders(at_once)["who"][lived] > 0).all()
    assert np.sum(leaders(slowly)["who"] > 0) < lived.sum() / 2
    slowly.until(40)
    kept, r = leaders(slowly), slowly.residents
    sits = kept["who"] > 0
    assert sits.any()
    assert kept["standing"][sits].min() > leaders(at_once)["standing"].max()
    who = kept["who"][sits].astype(int) - 1
    np.testing.assert_array_equal(r.building[who], np.flatnonzero(sits))
    meetings = offers(slowly)
    meetings = meetings[meetings["activity"] == Activity.MEETING]
    assert meetings["voice"].min() > 0.5


def test_only_the_leader_is_called_to_duty_and_the_building_gains_a_contact() -> None:
    model, rows = came_of_it(APPOINTED, 12)
    duty = rows[rows["activity"] == Activity.SHIFT]
    assert duty["attended"].sum() > 0
    assert duty["attended"].max() == 1
    assert (lever(model, "building_leader") > 0).any()


def test_leaders_are_someone_to_turn_to() -> None:
    trusted = {**APPOINTED, "appointed_standing": 1.0}
    changes = {"world": {"potential_rate": 40.0}, "cases": {"report_leader": 4.0}}

    def gain(seed: int) -> float:
        without, with_it = (m.run() for m in both(trusted, 0, seed, **changes))
        return float(without.series["silent_disputes"].sum() - with_it.series["silent_disputes"].sum())

    always(gain)


def test_long_duty_tires_leaders_and_posts_fall_empty() -> None:
    def gain(seed: int) -> float:
        terms = []
        for hours in (0.5, 6.0):
            model = watched({**APPOINTED, "duty_hours": hours}, seed=seed, weeks=30).until(30)
            terms.append(float(np.mean(30 + 8 - leaders(model)["since"])))
        return terms[0] - terms[1]

    always(gain)


def test_harm_leaders_without_standing_leave_no_say_and_paid_duty_crowds_out_motive() -> None:
    imposed = {**APPOINTED, "appointed_standing": 0.0, "meeting_weeks": 1, "reward": 1.0}

    def gain(seed: int) -> float:
        without, with_it = both(imposed, 16, seed)
        return float(without.residents.autonomy.mean() - with_it.residents.autonomy.mean())

    always(gain)
    assert watched(imposed).until(16).residents.crowding.any()


def test_harm_where_nobody_has_shown_anything_nobody_is_discovered_and_the_hours_are_lost() -> None:
    model = watched({**DISCOVERED, "shown_habit": 1.0}).until(10)
    assert not leaders(model)["who"].any()
    assert (model.budget.staff_used[:, Kind.RESIDENTS_COMMITTEE] > 0).all()
    assert (model.budget.spent_total > 0).all()


# 积分激励

POINTS = {"kind": "points_incentive"}


def test_material_points_draw_more_than_honour_and_only_they_crowd_out_motive() -> None:
    strong = {"participation": {"reward_weight": 2.0}}

    def gain(seed: int) -> float:
        taken = [came_of_it({**POINTS, "incentive": way, "seats": 400.0, "fund": 2000.0}, 8, seed, **strong)
                 for way in ("material", "honorary")]
        assert taken[0][0].residents.crowding.any()
        assert not taken[1][0].residents.crowding.any()
        return float(taken[0][1]["attended"].sum() - taken[1][1]["attended"].sum())

    always(gain)


def test_points_lose_value_when_more_are_issued_than_the_fund_redeems() -> None:
    rich, poor = (came_of_it({**POINTS, "fund": fund, "notice": 1.0, "seats": 400.0}, 12)[1]["reward"]
                  for fund in (4000.0, 20.0))
    assert (rich == rich[0]).all()
    assert poor[-1] < 0.5 * poor[0]


@pytest.mark.parametrize(("step", "habit"), [(0.3, {"habit_step": 0.0, "skill_step": 0.0}), (0.1, {})])
def test_harm_where_crowding_out_is_strong_people_come_less_once_points_have_stopped(
    step: float, habit: dict[str, float]
) -> None:
    paid = {**POINTS, "end": 24, "reward": 4.0, "notice": 1.0, "seats": 1000.0, "fund": 10000.0}
    crowd = {"participation": {"crowding_step": step, "reward_weight": 1.0, **habit}}

    def gain(seed: int) -> float:
        total = [0.0, 0.0]
        for at, ones in enumerate(((), (paid,))):
            model = watched(*ones, seed=seed, weeks=48, **crowd).until(28)
            while model.policy_week < 48:
                model.step()
                total[at] += model.last_opportunities["attended"].sum()
        return total[0] - total[1]

    always(gain)


# 红色微循环

LOOP = {"kind": "red_microcirculation"}


def steps(
    one: dict[str, Any], weeks: int, seed: int = 1, most: int = 100, **changes: Any
) -> tuple[np.ndarray, Watched]:
    """Stage and turn in every week as one count of steps, (weeks, C)."""
    model = watched(one, seed=seed, weeks=most, **changes)
    trail = []
    while model.policy_week < weeks:
        model.step()
        kept = memory(model, stage="community", turn="community")
        trail.append(kept["turn"] * len(STAGES) + kept["stage"])
    return np.array(trail), model


def test_the_loop_runs_through_its_six_stages_and_again_one_rung_higher() -> None:
    trail, model = steps(LOOP, 100)
    assert set(np.diff(trail, axis=0).ravel()) == {0.0, 1.0}
    assert (trail[-1] >= 2 * len(STAGES)).all()
    own = offers(model)
    first = {c: [int(own["level"][own["community"] == c][0]), int(own["level"][own["community"] == c][-1])]
             for c in (0, 1)}
    for start, end in first.values():
        assert start == Stage.MUTUAL_HELP
        assert end > Stage.MUTUAL_HELP
    assert lever(model, "exchange").all()
    assert own["norm"].any()
    assert own["honour"].any()


@pytest.mark.long
def test_the_spiral_leaves_more_people_on_higher_rungs() -> None:
    def gain(seed: int) -> float:
        without, with_it = both(LOOP, 80, seed, weeks=80)
        higher = [int(np.sum(m.residents.stage >= Stage.PUBLIC_AFFAIRS)) for m in (without, with_it)]
        return float(higher[1] - higher[0])

    always(gain)


@pytest.mark.parametrize("stage", range(len(STAGES)), ids=STAGES)
def test_a_broken_stage_stops_the_loop_there_and_it_goes_on_costing(stage: int) -> None:
    trail, model = steps({**LOOP, "broken": STAGES[stage]}, 60)
    assert trail.max() <= stage
    assert (trail[-1] == stage).all()
    assert (model.budget.spent > 0).all()
    assert model.notes[-1].levers["paper_hours"][:, Kind.RESIDENTS_COMMITTEE].all()


@pytest.mark.parametrize(("stage", "numbers", "changes"), [
    ("backbones", {"shown_habit": 1.0}, {}),
    ("projects", {"backbones": 0.5},
     {"experience": {"fruit_intercept": -6.0, "fruit_skill": 0.0, "fruit_size": 0.0}}),
    ("resources", {}, {"actors": NO_PARTNERS}),
    ("teams", {"team": 200.0, "team_shifts": 52}, {}),
])
def test_the_loop_breaks_of_itself_where_a_condition_is_not_met(
    stage: str, numbers: dict[str, Any], changes: dict[str, Any]
) -> None:
    trail, _ = steps({**LOOP, **numbers}, 40, **changes)
    whole, _ = steps(LOOP, 40)
    assert trail.max() <= STAGES.index(stage)
    assert (trail[-1] == STAGES.index(stage)).any()
    assert whole.max() > STAGES.index(stage)


def test_a_stage_mended_lets_the_loop_go_on() -> None:
    broken = {**LOOP, "id": "loop", "broken": "projects"}
    stuck, model = steps(broken, 30)
    assert (stuck[-1] == 1).all()
    mended = policy("red_microcirculation", id="loop")
    model.policies = (mended,)
    kept = memory(model, stage="community", turn="community")
    for _ in range(30):
        model.step()
    assert (kept["stage"] + 6 * kept["turn"] > 1).all()


def test_discovered_backbones_have_shown_themselves_and_appointed_are_quick_but_little_heard() -> None:
    found, named = (watched({**LOOP, "choice": way}, weeks=20) for way in ("discovered", "appointed"))
    named.until(3)
    found.until(1)
    assert (memory(named, stage="community")["stage"] >= 1).all()
    assert not memory(found, stage="community")["stage"].any()
    found.until(12)
    who = memory(found, backbone="resident")["backbone"] > 0
    assert who.any()
    assert (found.residents.stage[who] >= Stage.MUTUAL_HELP).all()
    assert not (memory(named, backbone="resident")["backbone"] > 0)[named.residents.membership == 0].any()
    assert offers(named)["voice"].max() < offers(found)["voice"].max()


@pytest.mark.parametrize("choice", ["discovered", "appointed"])
def test_who_moves_is_no_longer_a_backbone(choice: str) -> None:
    model = watched({**LOOP, "choice": choice, "broken": "projects"}, weeks=40).until(24)
    kept = memory(model, backbone="resident", since="resident")
    assert (memory(model, stage="community")["stage"] > 0).all(), "backbones are no longer sought"
    who = np.flatnonzero(kept["backbone"])
    assert (kept["since"][who] > 0).all()
    model.residents.stay[who[0]] = 0.0
    others = kept["since"].copy()
    model.step()
    assert not kept["backbone"][who[0]]
    assert not kept["since"][who[0]]
    stays = np.flatnonzero(kept["backbone"])
    assert (others[stays] > 0).all()
    np.testing.assert_array_equal(kept["since"][stays], others[stays])


def test_harm_a_stuck_loop_takes_attention_and_line_hours_for_nothing() -> None:
    without, with_it = both({**LOOP, "broken": "projects"}, 30, weeks=30)
    committee = Kind.RESIDENTS_COMMITTEE
    assert (with_it.state(Kind.CORE).case_hours < without.state(Kind.CORE).case_hours).all()
    assert (with_it.state(committee).line_hours < without.state(committee).line_hours).all()
    assert not len(with_it.notes[-1].offers)


def test_what_partner_units_are_given_is_paid_for_in_the_stage_of_resources() -> None:
    """Identity: one seed suffices."""
    bills = {}
    for price in (0.0, 30.0):
        model = watched({**LOOP, "exchange_price": price}).until(1)
        for stage in (0, STAGES.index("resources")):
            memory(model, stage="community")["stage"][:] = stage
            asked = model.policies[0].request(model)
            bills[price, stage] = asked.money * asked.units
    at = STAGES.index("resources")
    units = model.state(Kind.PARTNER_UNIT).number
    np.testing.assert_allclose(bills[30.0, at] - bills[0.0, at], 30.0 * model.policies[0].exchange * units)
    np.testing.assert_array_equal(bills[30.0, 0], bills[0.0, 0])


# 赋能链

CHAIN = {"kind": "empowerment_chain"}
TEAM = {
    "actors": {"volunteers": {"form_at": 1, "dissolve_at": 0}}, "participation": {"practice_to_climb": 1.0}}
"""A volunteer team stands early: climbing takes one time a rung."""
LINKS = {"workers": "community", "teams": "community", "residents": "community"}


def test_what_is_taught_passes_down_with_a_lag_and_a_loss() -> None:
    early = memory(watched(CHAIN, weeks=60, **TEAM).until(2), **LINKS)
    late = memory(watched(CHAIN, weeks=60, **TEAM).until(60), **LINKS)
    assert (early["workers"] > 0).all()
    assert not early["residents"].any()
    formed = late["teams"] > 0.3
    assert formed.any()
    assert (late["workers"] > late["teams"])[formed].all()
    assert (late["teams"] > late["residents"])[formed].all()
    assert late["residents"][formed].max() > 0.05


@pytest.mark.parametrize(("link", "numbers", "changes"), [
    ("workers", {}, NO_SOCIAL),
    ("workers", {"learning_hours": 0.0}, TEAM),
    ("teams", {"teaching_hours": 0.0}, TEAM),
    ("teams", {}, {"actors": {"volunteers": {"form_at": 200}}}),
    ("residents", {"team_hours": 0.0}, TEAM),
])
def test_a_link_without_hours_leaves_all_below_without(
    link: str, numbers: dict[str, Any], changes: dict[str, Any]
) -> None:
    model = watched({**CHAIN, **numbers}, weeks=40, **changes).until(40)
    kept = memory(model, **LINKS)
    names = list(LINKS)
    for name in names[names.index(link):]:
        assert not kept[name].any(), name
    for name in names[: names.index(link)]:
        assert kept[name].any(), name
    assert (model.budget.spent_total > 0).all()


def test_the_chain_lifts_skill_at_the_desks() -> None:
    def gain(seed: int) -> float:
        model = watched(CHAIN, seed=seed, weeks=30, **TEAM).until(30)
        lifts = model.notes[-1].levers["desk_skill"]
        return float(lifts[:, Kind.RESIDENTS_COMMITTEE].min())

    always(gain)


def test_harm_line_hours_are_gone_long_before_anything_reaches_residents() -> None:
    without, with_it = both(CHAIN, 4)
    committee = Kind.RESIDENTS_COMMITTEE
    assert (with_it.state(committee).line_hours < without.state(committee).line_hours).all()
    assert not memory(with_it, **LINKS)["residents"].any()
    assert not any("facilitation" in note.levers for note in with_it.notes)


def test_workers_who_have_learnt_bring_a_team_together() -> None:
    model = watched(CHAIN, weeks=30, actors={"volunteers": {"form_at": 200}}).until(30)
    own = offers(model)
    assert set(own["activity"]) == {int(Activity.PROJECT)}
    assert (own["level"] == Stage.PUBLIC_AFFAIRS).all()
    untaught = watched(CHAIN, weeks=30, **NO_SOCIAL).until(30)
    assert not len(offers(untaught))
