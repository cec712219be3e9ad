"""What each institution does with its week: one place at a time, numbers in dictionaries.

``p`` holds the numbers of the kind, ``q`` those of all institutions. Functions take one place's state and
return the new one together with what its desk is given: hours, heads and skill.
"""

from __future__ import annotations

import math
from typing import Any

from reference.arithmetic import logistic
from reference.society import best_effort

WEEK, YEAR = 40.0, 52.0
State = dict[str, float]


def within(x: float, low: float = 0.0, high: float = 1.0) -> float:
    """``x`` kept between two bounds."""
    return max(low, min(high, x))


def trained(skill: float, usual: float, weeks: float, hours: float, heads: float, pace: float) -> float:
    """A step back to the usual, then what an hour of training a head adds to what is missing."""
    skill = skill + (usual - skill) / weeks
    return skill + within(pace * hours / max(heads, 1.0), high=1.0) * (1.0 - skill)


def whole_people(heads: float, hours: float) -> float:
    """Those employed, or as many as it takes to work the hours."""
    return max(heads, math.ceil(hours / WEEK))


def free_hours(own: float, given: float, used: float) -> float:
    """Own hours and those policies give, without those policies take."""
    return max(0.0, own + given - used)


def core(s: State, p: Any, q: Any, week: Any) -> tuple[State, State]:
    """Reports, then visits and oversight, then cases or line work.

    ``week``: ``factor``, ``used``, ``record``, ``cases`` (share into cases), ``training``, ``turnover``,
    ``load`` of its desk and ``line_load`` of the residents' committee's.
    """
    n = dict(s)
    n["manner"] = p["manner"] * (1.0 - p["manner_strain"] * week["line_load"])
    guiding = min(1.0, p["guiding"] + p["guiding_pressed"] * week["load"])
    n["style"] = s["style"] + p["style_pace"] * (guiding - s["style"])
    attention = max(0.0, s["staff_hours"] * week["factor"] - week["used"])
    n["report_hours"] = min(attention, s["staff_hours"] * p["report_share"] * week["record"])
    rest = attention - n["report_hours"]
    calm = 1.0 - week["load"] if week["cases"] > 0.0 else 1.0
    n["visit_hours"] = rest * p["visit_share"] * calm
    n["oversight_hours"] = rest * p["oversight_share"] * calm
    left = rest - n["visit_hours"] - n["oversight_hours"]
    n["case_hours"], n["lent_hours"] = left * week["cases"], left * (1.0 - week["cases"])
    gone = within(p["turnover"] + week["turnover"]) / YEAR
    skill = s["skill"] * (1.0 - gone) + s["skill"] * gone * p["beginner"]
    n["skill"] = trained(
        skill, p["skill"], q["skill_weeks"], week["training"], s["staff_hours"] / WEEK, q["training_pace"])
    return n, {"hours": n["case_hours"], "skill": n["skill"],
               "people": whole_people(s["people"], n["case_hours"])}


def committee(s: State, p: Any, q: Any, week: Any) -> tuple[State, State]:
    """Records first, the desk with the rest and with hours lent and handed down.

    ``week``: ``factor``, ``given``, ``used``, ``paper``, ``record``, ``lent``, ``training``,
    ``turnover``, ``load``.
    """
    n = dict(s)
    hours = free_hours(s["staff_hours"] * week["factor"], week["given"], week["used"])
    asked = s["staff_hours"] * p["record_share"] * week["record"] + week["paper"]
    n["record_hours"] = within(asked, 0.0, hours)
    n["line_hours"] = hours - n["record_hours"] + week["lent"] + s["handed_hours"]
    heads = s["staff_hours"] / WEEK
    gone = within(p["turnover"] * week["load"] + week["turnover"]) / YEAR
    slow = q["skill_weeks"] / max(1e-6, 1.0 - week["load"])  # the overloaded learn little
    skill = s["skill"] * (1.0 - gone) + s["skill"] * gone * p["beginner"]
    n["skill"] = trained(skill, p["skill"], slow, week["training"], heads, q["training_pace"])
    return n, {"hours": n["line_hours"], "skill": n["skill"], "people": whole_people(heads, n["line_hours"])}


def grid(s: State, p: Any, q: Any, week: Any) -> tuple[State, State]:
    """Patrol and desk of one grid; ``week`` counts hours of the whole community's ``grids``.

    Also ``leaves``: this week's draw.
    """
    n = dict(s)
    more = (week["given"] - week["paper"] - week["used"]) / week["grids"]
    hours = max(0.0, s["workers"] * WEEK * week["factor"] + more)
    n["patrol_hours"] = hours * p["patrol_share"] * (1.0 - p["busy_patrol"] * week["load"])
    n["desk_hours"] = hours - n["patrol_hours"]
    training = week["training"] / week["grids"]
    n["skill"] = trained(
        s["skill"], p["skill"], p["learning_weeks"], training, s["workers"], q["training_pace"])
    each = max(0.0, p["turnover"] + week["turnover"]) * (0.5 + week["load"]) / YEAR
    if week["leaves"] < each * s["workers"]:
        rest = (s["workers"] - 1.0) * n["skill"]
        n["skill"] = (rest + p["skill"] * p["beginner"]) / s["workers"]
    return n, {"hours": n["desk_hours"], "skill": n["skill"], "people": s["workers"]}


def social(s: State, p: Any, q: Any, week: Any) -> tuple[State, State]:
    """``week``: ``factor``, ``given``, ``used``, ``training``, ``record``, ``adults``, ``came`` (participants
    of its own projects last week) and whether ``renewal`` is due."""
    n = dict(s)
    n["attended"] = s["attended"] + week["came"]
    if week["renewal"]:
        reached = min(1.0, n["attended"] / (p["renewal_reach"] * max(1.0, week["adults"])))
        pull = week["record"] * 1.0 + (1.0 - week["record"]) * -reached
        n["dependence"] = within(s["dependence"] + p["renewal_step"] * pull)
        n["attended"] = 0.0
    hours = s["present"] * free_hours(p["staff"] * WEEK * week["factor"], week["given"], week["used"])
    n["report_hours"] = hours * n["dependence"] * p["report_hours"]
    n["desk_hours"] = hours - n["report_hours"]
    n["skill"] = trained(
        s["skill"], p["skill"], q["skill_weeks"], week["training"], p["staff"], q["training_pace"])
    return n, {"hours": n["desk_hours"], "skill": n["skill"],
               "people": whole_people(p["staff"], n["desk_hours"])}


def partner(s: State, p: Any, q: Any, week: Any) -> tuple[State, State]:
    """``week``: ``factor``, ``given``, ``used``, ``training``, ``exchange``, ``served`` and hours ``worked``
    at the desk last week."""
    n = dict(s)
    offered = s["number"] * p["hours"] * s["satisfaction"] * week["factor"]
    n["desk_hours"] = free_hours(offered, week["given"], week["used"])
    pulled = p["satisfaction"] - s["satisfaction"]
    strained = min(1.0, week["worked"] / max(1.0, s["number"] * p["hours"]))
    pleased = min(1.0, week["exchange"] + week["served"]) * (1.0 - s["satisfaction"])
    n["satisfaction"] = within(
        s["satisfaction"] + p["reversion"] * pulled - p["strain"] * strained + p["exchange_gain"] * pleased)
    n["skill"] = trained(
        s["skill"], p["skill"], q["skill_weeks"], week["training"], s["number"], q["training_pace"])
    return n, {"hours": n["desk_hours"], "skill": n["skill"],
               "people": whole_people(s["number"], n["desk_hours"])}


def mediation(s: State, p: Any, q: Any, week: Any) -> tuple[State, State]:
    """``week``: ``factor``, ``given``, ``used``, ``training``, ``load``."""
    n = dict(s)
    n["desk_hours"] = free_hours(p["staff"] * p["hours"] * week["factor"], week["given"], week["used"])
    share = p["idle_skill"] * (1.0 - week["load"]) + p["practised_skill"] * week["load"]
    usual = min(1.0, p["skill"] * share)
    n["skill"] = trained(
        s["skill"], usual, q["skill_weeks"], week["training"], p["staff"], q["training_pace"])
    return n, {"hours": n["desk_hours"], "skill": n["skill"],
               "people": whole_people(p["staff"], n["desk_hours"])}


def volunteers(s: State, p: Any, people: list[Any], offers: list[Any], given: float, used: float
               ) -> tuple[State, State]:
    """One community's team: ``people`` with ``stage``, ``present`` and ``skill``; ``offers`` of last week
    with ``work``, ``attended`` and ``hours``."""
    n = dict(s)
    able = [one["skill"] for one in people if one["stage"] == 3 and one["present"]]
    n["members"], n["skill"] = float(len(able)), sum(able) / max(1, len(able))
    n["given_hours"] = sum(o["attended"] * o["hours"] for o in offers if o["work"] == 8)
    n["formed"] = float(len(able) >= (p["dissolve_at"] if s["formed"] else p["form_at"]))
    n["desk_hours"] = max(0.0, n["given_hours"] + given - used)
    return n, {"hours": n["desk_hours"], "skill": n["skill"], "people": math.ceil(n["desk_hours"] / WEEK)}


def street(s: State, p: Any, factor: float, load: float, lines: list[float], used: list[float]
           ) -> tuple[State, State, list[tuple[float, float]]]:
    """One street: ``lines`` are the loads of its committees, ``used`` its hours that policies took in each.

    Returns its state, its desk, and hours and authority handed down to each community.
    """
    n = dict(s, pressure=load)
    hours = s["staff_hours"] * factor
    left = hours
    for taken in used:
        left = max(0.0, left - taken)
    spare = min(left, p["hand_down_hours"] * hours * (1.0 - load))
    down = [spare * line / max(1e-9, sum(lines)) for line in lines]
    left = max(0.0, left - sum(down))
    return n, {"hours": left, "skill": s["skill"], "people": s["staff_hours"] / WEEK}, [
        (one, p["hand_down_authority"] * load) for one in down]


def owners(s: State, p: Any, q: Any, week: Any) -> tuple[State, State]:
    """``week``: ``factor``, ``given``, ``used``, ``training``."""
    n = dict(s)
    hours = free_hours(p["staff"] * p["hours"] * week["factor"], week["given"], week["used"])
    n["oversight_hours"] = 0.0 if s["captured"] else min(p["oversight_hours"], hours)
    n["desk_hours"] = hours - n["oversight_hours"]
    n["skill"] = trained(
        s["skill"], p["skill"], q["skill_weeks"], week["training"], p["staff"], q["training_pace"])
    return n, {"hours": n["desk_hours"], "skill": n["skill"],
               "people": whole_people(p["staff"], n["desk_hours"])}


def company(s: State, p: Any, q: Any, week: Any) -> tuple[State, State]:
    """Quality follows effort, effort staffs the desk. ``week``: ``factor``, ``given``, ``used``,
    ``training``."""
    n = dict(s)
    n["quality"] = (1.0 - p["service_pace"]) * s["quality"] + p["service_pace"] * s["effort"]
    own = s["staff_hours"] * s["effort"] * week["factor"]
    n["desk_hours"] = free_hours(own, week["given"], week["used"])
    heads = s["staff_hours"] / WEEK
    n["skill"] = trained(
        s["skill"], p["skill"], q["skill_weeks"], week["training"], heads, q["training_pace"])
    return n, {"hours": n["desk_hours"], "skill": n["skill"], "people": whole_people(heads, n["desk_hours"])}


def new_effort(effort: float, paying: float, watched: float, p: Any) -> tuple[float, float]:
    """A step towards the effort that pays best, and what it would bring."""
    penalty = p["penalty"] * watched / (watched + p["oversight_half"])
    best, profit = best_effort(
        paying, p["fee"], p["fixed_cost"], p["effort_cost"], penalty, p["pay_intercept"], p["pay_quality"],
        p["pay_neighbours"], p["expected_quality"])
    return effort + p["adjust"] * (best - effort), profit


def pays(draw: float, company_here: bool, quality: float, share: float, p: Any) -> bool:
    """Whether a household pays this month, its building having paid by ``share`` last month."""
    x = (p["pay_intercept"] + p["pay_quality"] * (quality - p["expected_quality"])
         + p["pay_neighbours"] * (2.0 * share - 1.0))
    return company_here and draw < logistic(x)


def desk_week(hours: float, people: float, owed: float, skill: float, lift: float) -> State:
    """Servers, rate, what is still owed, and skill of a desk this week."""
    servers = max(1, math.ceil(people - 1e-9)) if hours > 0.0 and people > 0.0 else 0
    rate = min(1.0, max(0.0, hours - owed) / (servers * WEEK)) if servers else 0.0
    return {
        "servers": servers, "rate": rate, "committed": max(0.0, owed - hours), "skill": within(skill + lift)}
