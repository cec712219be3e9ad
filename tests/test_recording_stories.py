"""Stories and events of a recording: plain words, and each of them borne out by the numbers."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import numpy as np
import pytest
from recording_lab import SMALL, recorded, scenario

from sim.errors import YiheError
from sim.processes.queues import ACT, ALONE, APPROVE, AT_STREET, BOUNCE, DELIVER, GONE, ON_TASK, PREPARE
from sim.recording import Recording, record
from sim.recording import contents as c
from sim.recording.deciding import TERMS
from sim.recording.events import CASES_A_WEEK, MANY_HANDOFFS
from sim.recording.stories import AGAINST, FOR, LEAST
from sim.recording.words import words
from sim.scenario.schema import Scenario
from sim.vocabulary import Kind, Status

CHINESE = re.compile(r"[\u4e00-\u9fff]")
LETTERS = re.compile(r"[A-Za-z]{2,}")


def decisions(r: Recording, answer: int) -> list[tuple[int, int, int]]:
    """Row, resident and week of the decisions that ended in one way."""
    rows = np.flatnonzero(r.array("decision_taken") == answer)
    who, week = r.array("decision_resident")[rows], r.array("decision_week")[rows]
    return list(zip(rows.tolist(), who.tolist(), week.tolist(), strict=True))


def reasons(r: Recording, d: int, lang: str) -> tuple[list[str], list[str]]:
    """What should be named, worked out from the arrays."""
    scale, named = r.header["scales"]["decision_terms"], r.header["words"]["terms"]
    terms = {
        k: float(r.array("decision_terms")[k, d]) * scale
        for k in range(len(named)) if named[k]["key"] != "intercept"}
    up = [k for k in sorted(terms, key=lambda k: -terms[k]) if terms[k] >= LEAST - 1e-9][:FOR]
    down = [k for k in sorted(terms, key=lambda k: terms[k]) if terms[k] <= 1e-9 - LEAST][:AGAINST]
    return [named[k][f"for_{lang}"] for k in up], [named[k][f"against_{lang}"] for k in down]


# Words.


def test_every_code_has_a_word_of_its_own_in_both_languages() -> None:
    for name, entries in words().items():
        for entry in entries:
            for field, text in entry.items():
                assert text.strip() == text
                assert text
                if field.endswith("zh") and name != "ages":
                    assert CHINESE.search(text), (name, entry)
                if field.endswith("en"):
                    assert not CHINESE.search(text), (name, entry)
        for field in ("key", "zh", "en"):
            assert max(Counter(entry[field] for entry in entries).values()) == 1, (name, field)


def test_words_stand_at_the_place_of_their_code() -> None:
    lists = words()
    assert [word["key"] for word in lists["terms"]] == list(TERMS)
    assert [word["key"] for word in lists["kinds"]] == [kind.key for kind in Kind]
    assert [word["key"] for word in lists["statuses"]] == [status.key for status in Status]
    phases = {
        ACT: "with_actor", BOUNCE: "bounced", PREPARE: "preparing", DELIVER: "delivering", ALONE: "alone",
        AT_STREET: "at_street", ON_TASK: "task", GONE: "over", APPROVE: "approval"}
    assert [word["key"] for word in lists["case_stages"]] == [phases[k] for k in range(len(phases))]
    answers = {c.DECLINED: "declined", c.CAME: "came", c.COULD_NOT: "could_not"}
    assert [word["key"] for word in lists["answers"]] == [answers[k] for k in range(len(answers))]
    assert [word["key"] for word in lists["flags"]] == list(c.FLAGS)
    assert [word["key"] for word in lists["attention"]] == list(c.ATTENTION)


# Residents.


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_why_she_came_names_what_spoke_most_for_and_against_it(lang: str) -> None:
    r, separator = recorded(), {"zh": "；", "en": "; "}[lang]
    for d, who, week in decisions(r, c.CAME)[::40]:
        text = r.resident_story(who, week, lang)
        spoke_for, against = reasons(r, d, lang)
        assert separator.join(spoke_for) in text
        assert separator.join(against) in text
        assert {"zh": "来了", "en": "came"}[lang] in text
        assert bool(CHINESE.search(text)) == (lang == "zh")


def test_why_she_stayed_at_home_is_told_of_the_followed() -> None:
    r = recorded()
    declined = decisions(r, c.DECLINED)[::60]
    assert {who for _, who, _ in declined} <= set(r.header["followed"])
    for d, who, week in declined:
        _, against = reasons(r, d, "zh")
        assert against
        lines = [line for line in r.resident_story(who, week).splitlines() if "没有来" in line]
        assert any(f"阻力：{'；'.join(against)}。" in line for line in lines)


def test_children_empty_homes_and_those_who_heard_nothing_are_told_as_such() -> None:
    r = recorded(size=(*SMALL, ("experience.leave_intercept", 0.0)))  # many leave, so that homes stand empty
    flags, age = r.array("resident_flags"), r.array("resident_age")
    here, heard = (flags & c.LIVES_HERE) > 0, (flags & c.HEARD) > 0
    child = int(np.flatnonzero((age < 18) & here[5])[0])
    assert "未成年" in r.resident_story(child, 5)
    assert "minor" in r.resident_story(child, 5, "en")
    small = int(np.flatnonzero((age < 6) & here[5])[0])
    for who, zh, en in ((child, "家庭成员，住", "household, on"), (small, "学龄前", "under school age")):
        assert zh in r.resident_story(who, 5)
        assert en in r.resident_story(who, 5, "en")
    week, gone = (int(rows[0]) for rows in np.nonzero(~here))
    assert r.resident_story(gone, week) == "这户目前没有人住。"
    week, unaware = (int(rows[0]) for rows in np.nonzero(here & ~heard & (age >= 18)))
    assert "没有听说任何活动" in r.resident_story(unaware, week)
    week, new = (int(rows[0]) for rows in np.nonzero(here & ((flags & c.MOVED_IN) > 0)))
    assert "新迁入" in r.resident_story(new, week)


def test_the_home_of_a_story_is_where_the_dwelling_lies() -> None:
    r = recorded()
    floors = r.array("building_floors")
    for who in range(0, len(r.array("resident_age")), 11):
        if not r.array("resident_flags")[0, who] & c.LIVES_HERE:
            continue
        number, floor = map(int, re.search(r"住(\d+)号楼(\d+)层", r.resident_story(who, 0)).groups())  # type: ignore[union-attr]
        building = int(r.array("resident_building")[who])
        assert number == r.array("building_number")[building]
        assert 1 <= floor <= floors[building]


@pytest.mark.parametrize(("row", "week"), [(-1, 0), (10**6, 0), (0, -1), (0, 10**6)])
def test_who_or_when_is_not_there_is_one_clear_sentence(row: int, week: int) -> None:
    r = recorded()
    for story in (r.resident_story, r.institution_story, r.case_story):
        with pytest.raises(YiheError, match="之间"):
            story(row, week)


# Institutions and cases.


def test_an_institution_tells_its_load_its_week_and_what_it_has_in_hand() -> None:
    r = recorded()
    kinds = r.array("institution_kind")
    core = int(np.flatnonzero(kinds == Kind.CORE)[0])
    week = 20
    text = r.institution_story(core, week)
    assert f"负荷{r.array('institution_load')[week, core] / 255:.0%}" in text
    for k, hours in enumerate(r.array("core_attention")[week, 0] * r.header["scales"]["core_attention"]):
        assert (f"{words()['attention'][k]['zh']}{hours:.0f}小时" in text) == (hours >= 0.5)
    holder = r.array("change_holder")
    at = int(np.flatnonzero((r.array("change_week") == week) & (holder >= 0))[0])
    story = r.institution_story(int(holder[at]), week)
    category = words()["categories"][int(r.array("case_category")[r.array("change_case")[at]])]["zh"]
    assert category in story
    absent = np.flatnonzero(r.array("institution_present") == 0)
    for row in absent:
        assert r.institution_story(int(row), 0, "en").startswith("There is no")


def test_a_case_tells_through_whose_hands_it_went() -> None:
    r = recorded("none_fragmented")
    case = int(r.array("change_case")[np.argmax(r.array("change_handoffs"))])
    rows = np.flatnonzero(r.array("change_case") == case)
    hands = [int(hand) for hand in r.array("change_last")[rows] if hand >= 0]
    text = r.case_story(case, r.weeks - 1)
    for hand in hands:
        assert words()["kinds"][int(r.array("institution_kind")[hand])]["zh"] in text
    assert f"流转{r.array('change_handoffs')[rows[-1]]}次" in text
    before = r.case_story(case, 0)
    assert len(before) <= len(text)


# 大事记.


def told(r: Recording, kind: str) -> list[dict[str, Any]]:
    return [event for event in r.header["events"] if event["kind"] == kind]


def test_events_go_by_week_in_both_languages() -> None:
    events = recorded().header["events"]
    assert len(events) > 20
    weeks = [event["week"] for event in events]
    assert weeks == sorted(weeks)
    assert all(0 <= week < recorded().weeks for week in weeks)
    for event in events:
        assert CHINESE.search(event["zh"])
        assert LETTERS.search(event["en"])
        assert not CHINESE.search(event["en"])
        assert "{" not in event["zh"] + event["en"]


def test_policies_begin_and_end_when_the_timeline_says_and_idle_where_nobody_convenes() -> None:
    base = scenario("none").model_dump(by_alias=True)
    policies = [{"kind": "mutual_help_teams", "start": 4, "end": 9}, {"kind": "no_op", "intensity": 0.0}]
    r = record(Scenario.model_validate({**base, "weeks": 12, "policies": policies}), 1)
    named = [(each["id"], each["start"], each["end"]) for each in r.header["policies"]]
    assert named == [("mutual_help_teams", 4, 9), ("no_op", 0, None)]
    assert [(event["week"], event["policy"]) for event in told(r, "policy_start")] == [(4, 0)]
    assert [(event["week"], event["policy"]) for event in told(r, "policy_end")] == [(9, 0)]
    idle = recorded("festival_fragmented")
    lacking = [row for row, policy in enumerate(idle.header["policies"]) if not policy["convened"]]
    assert sorted(event["policy"] for event in told(idle, "policy_idle")) == lacking
    assert not told(recorded(), "policy_idle")


def test_a_level_is_told_of_in_the_week_in_which_it_is_first_passed() -> None:
    r = recorded()
    series = r.outcomes["participation_52"]
    for event in told(r, "level"):
        match = re.fullmatch(r"年参与率首次达到(\d+)%", event["zh"])
        if match:
            level = int(match[1]) / 100
            assert series[event["week"]] >= level
            assert (series[: event["week"]] < level).all()
    assert any("年参与率" in event["zh"] for event in told(r, "level"))


def test_gatherings_are_told_with_the_numbers_of_their_offers() -> None:
    r = recorded()
    gatherings = told(r, "gathering") + told(r, "vote")
    assert gatherings
    heard, attended, week = (r.array(f"offer_{name}") for name in ("heard", "attended", "week"))
    for event in gatherings:
        number = [int(n) for n in re.findall(r"(\d+)人", event["zh"])]
        mine = week == event["week"]
        if "policy" in event:
            mine &= r.array("offer_policy") == event["policy"]
        sums = {
            (int(heard[mine & (r.array("offer_activity") == a) & (r.array("offer_host") == h)].sum()),
             int(attended[mine & (r.array("offer_activity") == a) & (r.array("offer_host") == h)].sum()))
            for a in range(8) for h in range(10)}
        if "policy" in event:
            assert tuple(number) in sums
        assert number[0] >= number[1] > 0


@pytest.mark.parametrize("arm", ["none_fragmented", "festival"])
def test_cases_are_told_of_when_the_changes_say_so_and_few_a_week(arm: str) -> None:
    r = recorded(arm)
    case, week = r.array("change_case"), r.array("change_week")
    status, handoffs = r.array("change_status"), r.array("change_handoffs")
    events = [event for event in r.header["events"] if "case" in event]
    assert events
    assert max(Counter(event["week"] for event in events).values()) <= CASES_A_WEEK
    for event in events:
        now = int(np.flatnonzero((case == event["case"]) & (week == event["week"]))[0])
        assert event["building"] == r.array("case_building")[event["case"]]
        if event["kind"] == "case_escalated":
            assert status[now] == Status.ESCALATED
        elif event["kind"] == "case_on_paper":
            assert status[now] == Status.PAPER
        elif event["kind"] == "case_handed_on":
            assert handoffs[now] >= MANY_HANDOFFS
        elif event["kind"] == "case_given_up":
            assert status[now] == Status.SILENT
        elif event["kind"] == "case_raised":
            assert status[now] == Status.OPEN
