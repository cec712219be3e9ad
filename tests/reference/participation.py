"""Who comes and what they learn, one resident and one offer at a time."""

from __future__ import annotations

from typing import Any

from reference.arithmetic import combine, logistic, uniform


def active_share(i: int, ties: dict[int, dict[int, float]], active: list[int]) -> float:
    """Weighted share of contacts who were active last week."""
    total = sum(ties[i].values())
    return sum(w for j, w in ties[i].items() if active[j]) / total if total else 0.0


def inclination(w: Any, p: dict[str, Any], o: Any, needed: float) -> float:
    """V = attitude + norm + control + incentive."""
    norm_share = p["share"]
    if p["motive"] == 2 and norm_share > 0.5:  # hump-shaped: withdraws as the crowd grows
        norm_share = 1.0 - norm_share
    attitude = (w.intercept + p["interest"] + w.attachment_weight * p["attachment"] * o["relevance"]
                + w.efficacy_weight * (p["efficacy"] - 0.5) * o["substance"])
    norm = (w.norm_weight * (p["norm_intercept"] + p["norm_slope"] * norm_share)
            + w.visible_member_weight * p["members"])
    control = (w.skill_weight * (p["skill"] - 0.3) + w.health_weight * (p["health"] - 0.8)
               + w.habit_weight * p["habit"] - w.fatigue_weight * p["fatigue"]
               - w.time_weight * needed / max(p["week_hours"], 0.25)
               - w.rung_weight * max(0, int(o["level"]) - p["stage"]))
    incentive = o["ease"] + w.reward_weight * o["reward"] + w.honour_weight * o["honour"] - p["crowding"]
    if o["level"] >= 2:
        attitude += w.autonomy_weight * (p["autonomy"] - 0.5) + w.voice_weight * (o["voice"] - 0.5)
    if o["online"]:
        control += w.digital_weight * (p["digital"] - 0.5)
    return float(attitude + norm + control + incentive)


def hearing(w: Any, p: dict[str, Any], o: Any) -> float:
    """Chance of hearing in at least one of the ways there are."""
    ways = [w.hear_by_tie] * p["met"] + [min(1.0, w.hear_by_visit * p["visits"])]
    if o["online"]:
        ways.append(min(1.0, (o["notice"] + p["app_access"]) * p["digital"]))
    else:
        ways.append(min(1.0, o["notice"] + p["notice"]))
        ways.append(min(1.0, p["app_access"] * p["digital"] * w.hear_app_offline))
    unheard = 1.0
    for chance in ways:
        unheard *= 1.0 - chance
    return 1.0 - unheard


def choices(
    people: list[dict[str, Any]], ties: dict[int, dict[int, float]], met: dict[int, list[int]],
    offers: list[Any], w: Any, keys: dict[str, int], hours_factor: float, active: list[int], most: int,
) -> list[list[int]]:
    """Offers each resident takes, best first; ``week_hours`` and ``spent`` are written into ``people``."""
    taken: list[list[int]] = []
    for i, p in enumerate(people):
        taken.append([])
        p["spent"] = 0.0
        p["week_hours"] = max(
            0.0, (1.0 + w.hours_spread * (2.0 * uniform(keys["hours"], p["key"]) - 1.0)) * p["free_hours"]
            * hours_factor + p["free_lever"])
        if not p["present"] or p["age"] < 18:
            continue
        p["share"] = active_share(i, ties, active)
        p["met"] = sum(active[j] for j in met[i])
        willing = []
        for j, o in enumerate(offers):
            closed = (o["open_to"] == 1 and not p["membership"]) or (o["open_to"] == 2 and p["tenure"] != 0)
            closed = closed or bool(o["audience"] and int(o["audience"]) not in p["audiences"])
            needed = float(o["hours"]) + (0.0 if o["online"] else p["way"])
            here = o["community"] == p["community"] and o["lo"] <= i < o["hi"]
            if not here or closed or needed > p["week_hours"]:
                continue
            who = combine(p["key"], int(o["key"]))
            value = inclination(w, p, o, needed)
            if uniform(keys["hear"], who) < hearing(w, p, o) and uniform(keys["will"], who) < logistic(value):
                willing.append((-value, int(o["key"]), j, needed))
        left = p["week_hours"]
        for _, _, j, needed in sorted(willing):
            if needed <= left and len(taken[i]) < most:
                left -= needed
                p["spent"] += needed
                taken[i].append(j)
    return taken


def seat(people: list[dict[str, Any]], taken: list[list[int]], offers: list[Any], key: int) -> None:
    """Send home those with the larger draws where seats are short; they get their hours back."""
    for j, o in enumerate(offers):
        came = [i for i in range(len(people)) if j in taken[i]]
        came.sort(key=lambda i: uniform(key, combine(people[i]["key"], int(o["key"]))))
        for i in came[int(o["seats"]):]:
            taken[i].remove(j)
            people[i]["spent"] -= float(o["hours"]) + (0.0 if o["online"] else people[i]["way"])


def learn(p: dict[str, Any], attended: list[Any], week: int, x: Any) -> None:
    """One resident's week: fading first, then what each thing attended leaves."""
    for name, kept in (("habit", x.habit_kept), ("skill", x.skill_kept), ("crowding", x.crowding_kept),
                       ("practice", x.practice_kept), ("fatigue", x.fatigue_kept)):
        p[name] *= kept
    p["stay"] += 1.0 / 52.0
    home = min(1.0, max(0.0, p["attachment_home"] + x.attachment_autonomy * (p["autonomy"] - 0.5)))
    p["attachment"] += x.attachment_rate * (home - p["attachment"])
    p["active"] = 0
    for o in attended:
        if o["activity"] == 5:  # an owners' vote is turnout, not taking part
            continue
        p["active"], p["last_any"] = 1, week
        if o["policy"] < 0 or not x.compared[o["policy"]]:
            p["last_other"] = week
            if o["level"] >= 2:
                p["last_public"] = week
        p["habit"] += x.habit_step * (1.0 - p["habit"])
        p["skill"] += x.skill_step * float(o["hours"]) * (1.0 - p["skill"])
        p["fatigue"] = min(1.0, p["fatigue"] + x.fatigue_step * float(o["hours"]))
        p["crowding"] += x.crowding_step * float(o["reward"])
        p["attachment"] += x.attachment_gain * (1.0 - p["attachment"])
        p["practice"] += float(o["level"] >= p["stage"])
    if p["practice"] >= x.practice_to_climb and p["stage"] < 3:
        p["stage"], p["practice"] = p["stage"] + 1, x.practice_to_climb * x.practice_after
    elif p["practice"] < x.practice_to_keep and p["stage"] > 0:
        p["stage"], p["practice"] = p["stage"] - 1, x.practice_to_climb * x.practice_after
