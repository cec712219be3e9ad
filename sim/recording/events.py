"""大事记: what a run's weeks will be remembered for, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.recording.names import Names
from sim.recording.recording import Recording
from sim.recording.stories import offer_name
from sim.vocabulary import Activity, Status

Event = dict[str, Any]
Text = Callable[[Names], str]

CASES_A_WEEK = 2
"""Cases that the feed tells of in one week; the page shows them all."""
MANY_HANDOFFS = 4
LONG_WEEKS = 12
"""Weeks after which the end of a case is worth telling."""

_SHOCKS = {
    "burst_main": ("水管爆裂", "burst main"), "epidemic_week": ("疫情", "epidemic"),
    "extreme_weather": ("极端天气", "extreme weather"), "custom": ("突发事件", "disturbance")}

_LEVELS = {
    "participation_52": (
        (0.3, 0.4, 0.5, 0.6, 0.7, 0.8), "年参与率首次达到{level}",
        "{level} of adults took part within a year, for the first time"),
    "stage_volunteer": (
        (0.01, 0.05, 0.1, 0.2), "志愿骨干首次达到成年人的{level}",
        "volunteers reach {level} of adults for the first time"),
    "core_load": ((0.9,), "社区党委负荷首次超过{level}", "the core's load passes {level} for the first time"),
    "staff_load": (
        (0.9,), "居委会负荷首次超过{level}",
        "the residents' committee's load passes {level} for the first time"),
}
"""Outcomes whose first passing of a level is an event."""
_BACKLOG_GROWTH = 1.5
_ALWAYS = (int(Activity.FESTIVAL), int(Activity.VOTE))
"""Gatherings told of every time; others the first time."""
_SILENT, _OPEN, _RESOLVED, _PAPER, _ESCALATED = (int(status) for status in Status)


def shock_words(kind: str) -> dict[str, str]:
    """Name of a kind of shock in both languages."""
    zh, en = _SHOCKS.get(kind, _SHOCKS["custom"])
    return {"zh": zh, "en": en}


def events(recording: Recording) -> list[Event]:
    """Everything worth telling, in the order of its weeks.

    Parameters
    ----------
    recording : Recording
        Complete but for its events.

    Returns
    -------
    list of dict
        ``week``, ``kind``, ``zh``, ``en``, and the rows it is about.
    """
    both = Names(recording, "zh"), Names(recording, "en")
    found = [
        {"week": week, "kind": kind, "zh": text(both[0]), "en": text(both[1]), **rows}
        for part in (_policies, _shocks, _levels, _backlog, _gatherings, _cases)
        for week, kind, text, rows in part(recording)]
    return sorted(found, key=lambda event: event["week"])


Told = Iterator[tuple[int, str, Text, dict[str, int]]]


def _policies(recording: Recording) -> Told:
    for row, policy in enumerate(recording.header["policies"]):
        start, end, idle = policy["start"], policy["end"], not policy["convened"]
        if policy["intensity"] <= 0 or start >= recording.weeks:
            continue

        def begins(n: Names, policy: Event = policy, idle: bool = idle) -> str:
            name = n.of(policy)
            if idle:
                return n.say(
                    f"“{name}”启动，但这种协调方式下没有能召集的一方：花钱而不见效",
                    f"“{name}” starts, but this regime lacks who could convene it: it costs and does nothing")
            return n.say(f"“{name}”启动", f"“{name}” starts")

        def ends(n: Names, policy: Event = policy) -> str:
            return n.say(f"“{n.of(policy)}”结束", f"“{n.of(policy)}” ends")

        yield start, "policy_idle" if idle else "policy_start", begins, {"policy": row}
        if end is not None and end < recording.weeks:
            yield end, "policy_end", ends, {"policy": row}


def _shocks(recording: Recording) -> Told:
    for shock in recording.header["shocks"]:

        def comes(n: Names, shock: Event = shock) -> str:
            weeks = shock["end"] - shock["week"]
            return n.say(
                f"{n.of(shock)}，持续{weeks}周", f"{n.of(shock)}, for {weeks} week{'s' if weeks > 1 else ''}")

        if shock["week"] < recording.weeks:
            yield shock["week"], "shock", comes, {}


def _levels(recording: Recording) -> Told:
    for key, (levels, zh, en) in _LEVELS.items():
        series = recording.outcomes[key]
        for level in levels:
            if not len(series) or series[0] >= level:
                continue
            over = np.flatnonzero(series >= level)

            def passes(n: Names, level: float = level, zh: str = zh, en: str = en) -> str:
                return n.say(zh, en).format(level=n.per_cent(level))

            if len(over):
                yield int(over[0]), "level", passes, {}


def _backlog(recording: Recording) -> Told:
    """Each time the backlog stands half as high again as when it was last told of, or than at first."""
    per = len(recording.array("resident_age")) / 1000.0
    series = recording.outcomes["backlog"] * per
    told = max(float(series[0]), 4.0)
    for week, now in enumerate(series.tolist()):
        if now < _BACKLOG_GROWTH * told:
            continue
        told = now

        def grows(n: Names, now: float = now) -> str:
            return n.say(
                f"未决件增至{now:.0f}件，为记录以来最多", f"{now:.0f} cases are open, more than ever before")

        yield week, "backlog", grows, {}


def _gatherings(recording: Recording) -> Told:
    """Gatherings that people came to, all places together; festivals and votes each time, others once."""
    what = ("week", "policy", "activity", "host")
    keys = np.stack([recording.array(f"offer_{name}").astype(np.int64) for name in what], axis=1)
    together, rows, of = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    sums = (
        np.bincount(of.reshape(-1), recording.array(f"offer_{name}"), len(together)).astype(np.int64).tolist()
        for name in ("heard", "attended", "fruitful"))
    places = np.bincount(of.reshape(-1), minlength=len(together)).tolist()
    seen: set[tuple[int, ...]] = set()
    for (week, *kind_of), row, heard, attended, fruitful, many in zip(
            together.tolist(), rows.tolist(), *sums, places, strict=True):
        gathering = tuple(kind_of)
        if not attended or (gathering in seen and gathering[1] not in _ALWAYS):
            continue
        first = gathering not in seen
        seen.add(gathering)

        def held(
            n: Names, row: int = row, heard: int = heard, attended: int = attended, fruitful: int = fruitful,
            many: int = many, first: bool = first,
        ) -> str:
            name = offer_name(recording, n, row)
            once = n.say("首次举办", ", for the first time") if first else ""
            where = n.say(f"（{many}处）", f" in {many} places") if many > 1 else ""
            came_of_it = n.say("，有成效", "; something came of it") if fruitful else ""
            return n.say(
                f"{name}{once}{where}：{heard}人听说，{attended}人到场{came_of_it}",
                f"{name}{once}{where}: {heard} heard of it, {attended} came{came_of_it}")

        kind = "vote" if gathering[1] == Activity.VOTE else "gathering"
        yield week, kind, held, {"policy": gathering[0]} if gathering[0] >= 0 else {}


def _cases(recording: Recording) -> Told:
    """The cases of each week that are most worth telling."""
    week, case, status, handoffs, relapses = (
        recording.array(f"change_{name}").astype(np.int64)
        for name in ("week", "case", "status", "handoffs", "relapses"))
    before = _before(case)
    known = before >= 0
    was, old_handoffs, old_relapses = (
        np.where(known, values[before], missing)
        for values, missing in ((status, _SILENT), (handoffs, 0), (relapses, 0)))
    age = week - recording.array("case_born_week")[case]
    was_found = ~np.isnan(recording.array("case_closed_clock"))[case]
    conditions = {  # the order of _WORDS: most worth telling first
        "case_escalated": (status == _ESCALATED) & (was != _ESCALATED),
        "case_relapsed": relapses > old_relapses,
        "case_handed_on": (old_handoffs < MANY_HANDOFFS) & (handoffs >= MANY_HANDOFFS) & (status == _OPEN),
        "case_resolved_late": (status == _RESOLVED) & (was != _RESOLVED) & (age >= LONG_WEEKS),
        "case_given_up": (status == _SILENT) & ((was == _OPEN) | (was == _ESCALATED)) & was_found,
        "case_raised": known & (was == _SILENT) & (status == _OPEN),
        "case_on_paper": (status == _PAPER) & (was != _PAPER)}
    rank = np.select(list(conditions.values()), range(len(conditions)), len(conditions))
    worth = np.flatnonzero((rank < len(conditions)) & (week >= 0))
    order = worth[np.lexsort((case[worth], -handoffs[worth], rank[worth], week[worth]))]
    place = np.arange(len(order)) - np.searchsorted(week[order], week[order])
    kinds, buildings = list(conditions), recording.array("case_building")
    for at in order[place < CASES_A_WEEK].tolist():
        of, kind = int(case[at]), kinds[rank[at]]
        yield int(week[at]), kind, _words(kind, of, int(handoffs[at]), int(age[at])), {
            "case": of, "building": int(buildings[of])}


def _before(case: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Row of each case's change before this one; −1 for its first."""
    before, order = np.full(len(case), -1), np.argsort(case, kind="stable")
    again = case[order[1:]] == case[order[:-1]]
    before[order[1:][again]] = order[:-1][again]
    return before


_WORDS = {
    "case_escalated": (
        "{case}，流转{times}次后上交街道", "{case}: goes up to the street after {times} {hand_offs}"),
    "case_relapsed": ("{case}，办结后又反弹", "{case}: comes back after it was closed"),
    "case_handed_on": ("{case}，已流转{times}次仍未解决", "{case}: handed on {times} times and still open"),
    "case_resolved_late": (
        "{case}，拖了{weeks}周，终于化解", "{case}: resolved at last, after {weeks} weeks"),
    "case_given_up": (
        "{case}，等了{weeks}周没有结果，当事人放弃", "{case}: given up after {weeks} weeks without a result"),
    "case_raised": (
        "{case}，此前沉默，在议事会上被提出", "{case}: silent until now, raised by a forum"),
    "case_on_paper": ("{case}，纸面上办结", "{case}: closed on paper"),
}


def _words(kind: str, case: int, handoffs: int, age: int) -> Text:
    """What is said of a case."""
    some = "hand-off" if handoffs == 1 else "hand-offs"
    return lambda n: n.say(*_WORDS[kind]).format(
        case=n.case(case), times=handoffs, hand_offs=some, weeks=age)
