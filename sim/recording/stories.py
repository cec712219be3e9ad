"""Stories: what there is to say of one resident, institution or case in one week, in plain words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import YiheError
from sim.recording import contents as c
from sim.recording.names import Names
from sim.vocabulary import Kind, Status

if TYPE_CHECKING:
    from sim.recording.recording import Recording

FOR, AGAINST = 3, 2
"""Summands named on each side."""
LEAST = 0.1
"""Logits below which a summand is not worth a word."""
_ADULT, _SCHOOL = 18, 6
_CASES = 5
_CORE = int(Kind.CORE)
_ENDINGS = (int(Status.RESOLVED), int(Status.PAPER))


def resident_story(recording: Recording, row: int, week: int, lang: str = "zh") -> str:
    """Who a resident is, and why they came or stayed at home in one week.

    Parameters
    ----------
    recording : Recording
    row : int
        Row of the resident.
    week : int
        Counted after the warm-up.
    lang : {"zh", "en"}

    Returns
    -------
    str
        One sentence a line.

    Raises
    ------
    YiheError
        If there is no such resident or week.
    """
    _there(recording, "resident_age", row, week)
    names = Names(recording, lang)
    flags = int(recording.array("resident_flags")[week, row])
    if not flags & c.LIVES_HERE:
        return names.say("这户目前没有人住。", "This home stands empty now.")
    lines = [_who(recording, names, row)]
    if flags & c.MOVED_IN:
        lines.append(names.say("本周新迁入。", "Moved in this week."))
    if recording.array("resident_age")[row] < _ADULT:
        lines.append(names.say("未成年人，不作参与的决定。", "A minor, who takes no such decisions."))
        return "\n".join(lines)
    lines.append(_standing(recording, names, row, week))
    decided = _decisions(recording, row, week)
    lines += [_decision(recording, names, d) for d in decided]
    if not flags & c.HEARD:
        lines.append(names.say("本周没有听说任何活动。", "Heard of nothing this week."))
    elif not len(decided):
        lines.append(names.say("本周听说了活动，没有来。", "Heard of something this week and did not come."))
    return "\n".join(lines)


def _who(recording: Recording, names: Names, row: int) -> str:
    building = int(recording.array("resident_building")[row])
    first = int(recording.array("building_first_dwelling")[building])
    door = int(recording.array("resident_dwelling")[row]) - first
    floor = door // max(int(recording.array("building_per_floor")[building]), 1) + 1
    age = int(recording.array("resident_age")[row])
    sex, position, tenure, membership = (
        names.word(many, recording.array(f"resident_{one}")[row]) for one, many in (
            ("sex", "sexes"), ("position", "positions"), ("tenure", "tenures"),
            ("membership", "memberships")))
    traits = [sex, position, tenure, membership]
    if age < _ADULT:  # owning, renting and party membership are their elders'
        traits = [sex, names.say("学龄前", "under school age") if age < _SCHOOL else position,
                  names.say(f"{tenure}家庭成员", f"of the {tenure}'s household")]
    home = names.building(building)
    return names.say(
        f"{age}岁，{'，'.join(traits)}，住{home}{floor}层。",
        f"Aged {age}, {', '.join(traits)}, on floor {floor} of {home}.")


def _standing(recording: Recording, names: Names, row: int, week: int) -> str:
    stage = names.word("stages", recording.array("resident_stage")[week, row])
    efficacy, trust = (
        names.per_cent(recording.array(f"resident_{name}")[week, row] / 255)
        for name in ("efficacy", "trust_core"))
    return names.say(
        f"参与阶梯：{stage}；效能感{efficacy}，对社区党委信任{trust}。",
        f"On the ladder: {stage}; efficacy {efficacy}, trust in the party committee {trust}.")


def _decisions(recording: Recording, row: int, week: int) -> list[int]:
    first = recording.array("decision_first")
    rows = np.arange(int(first[row]), int(first[row + 1]))
    return [int(d) for d in rows[recording.array("decision_week")[rows] == week]]


def _decision(recording: Recording, names: Names, d: int) -> str:
    """What was decided on one offer, and what spoke for and against."""
    what = offer_name(recording, names, int(recording.array("decision_offer")[d]))
    answer = names.word("answers", recording.array("decision_taken")[d])
    route = names.word("routes", recording.array("decision_route")[d])
    total = float(recording.array("decision_total")[d]) * float(recording.header["scales"]["decision_total"])
    chance = names.chance(0.5 + 0.5 * math.tanh(total / 2.0))  # the logistic function, safe at both ends
    text = names.say(
        f"{what}：{answer}。多半是从{route}得知，愿意来的可能性{chance}。",
        f"{what}: {answer}. Most likely heard through {route}; chance of being willing {chance}.")
    spoke_for, against = reasons(recording, d, names)
    if spoke_for:
        text += names.say(f"促成：{names.listed(spoke_for)}。", f" For: {names.listed(spoke_for)}.")
    if against:
        text += names.say(f"阻力：{names.listed(against)}。", f" Against: {names.listed(against)}.")
    return text


def reasons(recording: Recording, d: int, names: Names) -> tuple[list[str], list[str]]:
    """What spoke most for coming and most against, in words; the baseline is left out."""
    lang = names.say("zh", "en")
    words = recording.header["words"]["terms"]
    terms = recording.array("decision_terms")[:, d] * float(recording.header["scales"]["decision_terms"])
    order = sorted(
        (k for k, word in enumerate(words) if word["key"] != "intercept" and abs(terms[k]) >= LEAST),
        key=lambda k: (-abs(float(terms[k])), k))
    up = [str(words[k][f"for_{lang}"]) for k in order if terms[k] > 0][:FOR]
    return up, [str(words[k][f"against_{lang}"]) for k in order if terms[k] < 0][:AGAINST]


def offer_name(recording: Recording, names: Names, offer: int) -> str:
    """What an offer was: its activity, and the policy or institution behind it."""
    activity = names.word("activities", recording.array("offer_activity")[offer])
    policy = int(recording.array("offer_policy")[offer])
    if policy >= 0:
        behind = names.of(recording.header["policies"][policy])
    else:
        behind = names.word("kinds", recording.array("offer_host")[offer])
    if behind == activity:
        return activity
    return names.say(f"{activity}（{behind}）", f"{_upper(activity)} ({behind})")


def institution_story(recording: Recording, row: int, week: int, lang: str = "zh") -> str:
    """How loaded an institution is in one week, and what it has in hand.

    Parameters
    ----------
    recording, row, week, lang
        As for :func:`resident_story`.

    Raises
    ------
    YiheError
        If there is no such institution or week.
    """
    _there(recording, "institution_kind", row, week)
    names = Names(recording, lang)
    name = names.institution(row)
    if not recording.array("institution_present")[row]:
        return names.say(f"这里没有{name}。", f"There is no {name} here.")
    waiting, serving, done = (
        int(recording.array(f"institution_{each}")[week, row]) for each in ("waiting", "serving", "done"))
    load = names.per_cent(recording.array("institution_load")[week, row] / 255)
    scales = recording.header["scales"]
    hours = float(recording.array("institution_hours")[week, row]) * float(scales["institution_hours"])
    lines = [names.say(
        f"{name}：负荷{load}，排队{waiting}件，在办{serving}件，本周了结{done}件，用去{hours:.0f}小时。",
        f"{_upper(name)}: load {load}, {waiting} waiting, {serving} being worked on, {done} ended this week, "
        f"{hours:.0f} h worked.")]
    if int(recording.array("institution_kind")[row]) == _CORE:
        lines.append(_attention(recording, names, row, week))
    held = [case for case, holder in case_holders(recording, week).items() if holder == row]
    if held:
        shown = names.say("、", "; ").join(map(names.case, held[:_CASES]))
        more = names.say("等", " and others") if len(held) > _CASES else ""
        lines.append(names.say(f"手上的纠纷：{shown}{more}。", f"In its hands: {shown}{more}."))
    elif waiting + serving:
        lines.append(names.say(
            "手头没有纠纷，都是上级任务。", "No disputes here: all of it is tasks from above."))
    return "\n".join(lines)


def _attention(recording: Recording, names: Names, row: int, week: int) -> str:
    community = int(recording.array("institution_community")[row])
    scale = float(recording.header["scales"]["core_attention"])
    hours = recording.array("core_attention")[week, community] * scale
    parts = [
        names.say(f"{word}{spent:.0f}小时", f"{word} {spent:.0f} h")
        for word, spent in zip(
            (names.word("attention", k) for k in range(len(hours))), hours.tolist(), strict=True)
        if spent >= 0.5]
    if not parts:
        return names.say("本周没有可用的时间。", "It has no time this week.")
    return names.say(f"本周时间：{'，'.join(parts)}。", f"Its week: {', '.join(parts)}.")


def case_holders(recording: Recording, week: int) -> dict[int, int]:
    """Who has each case at the end of a week, by case; cases that nobody has are left out."""
    last = _last_changes(recording, week)
    holder = recording.array("change_holder")
    return {case: int(holder[at]) for case, at in last.items() if holder[at] >= 0}


def _last_changes(recording: Recording, week: int) -> dict[int, int]:
    """Row of the last change of each case up to a week."""
    until = int(np.searchsorted(recording.array("change_week").astype(np.int64), week, side="right"))
    return {case: at for at, case in enumerate(recording.array("change_case")[:until].tolist())}


def case_story(recording: Recording, row: int, week: int, lang: str = "zh") -> str:
    """Where a case has been until a week, hand by hand.

    Parameters
    ----------
    recording, row, week, lang
        As for :func:`resident_story`.

    Raises
    ------
    YiheError
        If there is no such case or week.
    """
    _there(recording, "case_category", row, week)
    names = Names(recording, lang)
    born = int(recording.array("case_born_week")[row])
    when = names.say(f"第{born}周" if born >= 0 else "记录开始之前",
                     f"in week {born}" if born >= 0 else "before the recording began")
    lines = [names.say(f"{names.case(row)}，{when}发生。", f"{_upper(names.case(row))}, arose {when}.")]
    changes = np.flatnonzero(
        (recording.array("change_case") == row) & (recording.array("change_week").astype(np.int64) <= week))
    if len(changes):
        lines.append(_path(recording, names, changes.tolist()))
        now = int(changes[-1])
        status = names.word("statuses", recording.array("change_status")[now])
        handoffs = int(recording.array("change_handoffs")[now])
        times = "1 hand-off" if handoffs == 1 else f"{handoffs} hand-offs"
        lines.append(names.say(f"现状：{status}；流转{handoffs}次。", f"Now {status}; {times}."))
        happy = float(recording.array("case_satisfaction")[row])
        if int(recording.array("change_status")[now]) in _ENDINGS and happy == happy:
            share = names.per_cent(happy)
            lines.append(names.say(f"当事人满意度{share}。", f"Satisfaction of its party {share}."))
    return "\n".join(lines)


def _path(recording: Recording, names: Names, changes: list[int]) -> str:
    """Hands it went through, as the ends of weeks show them."""
    hands = [int(recording.array("change_last")[at]) for at in changes]
    passed = [hand for k, hand in enumerate(hands) if hand >= 0 and (k == 0 or hand != hands[k - 1])]
    if not passed:
        return names.say("没有机构经手。", "No institution has had it in hand.")
    arrow = names.say("→", " → ").join(map(names.institution, passed))
    return names.say(f"经手：{arrow}。", f"Went through: {arrow}.")


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _there(recording: Recording, column: str, row: int, week: int) -> None:
    rows = len(recording.array(column))
    if 0 <= row < rows and 0 <= week < recording.weeks:
        return
    raise YiheError(
        f"记录里没有第 {row} 行或第 {week} 周：行应在 0 到 {rows - 1} 之间，"
        f"周应在 0 到 {recording.weeks - 1} 之间",
        f"the recording has no row {row} or week {week}: rows go from 0 to {rows - 1}, weeks from 0 to "
        f"{recording.weeks - 1}")
