"""What people make of cases and gatherings: one case, one party, one contact at a time.

People are dictionaries with ``good`` and ``bad`` (pseudo-counts by kind of institution); ``known`` lists each
person's lasting contacts, ``met`` those from events. ``x`` holds the numbers of experience.
"""

from __future__ import annotations

from typing import Any

from reference.arithmetic import combine, logistic, uniform

CORE, COMMITTEE, STREET = 0, 1, 9
Person = dict[str, Any]


def moved(value: float, goal: float, share: float) -> float:
    """Part of the way from one value to another."""
    return (1.0 - share) * value + share * goal


class Talk:
    """A community that draws conclusions.

    Parameters
    ----------
    people : list of Person
    known, met : lists of contacts, one list a person
    x : numbers of experience
    """

    def __init__(self, people: list[Person], known: list[list[int]], met: list[list[int]], x: Any) -> None:
        self.people, self.known, self.met, self.x = people, known, met, x
        self.left: dict[int, int] = {}

    # Cases that ended.

    def hear(self, cases: list[dict[str, Any]], feedback: list[float], key: int) -> None:
        """Conclusions from every case that ended, the earliest born first."""
        for case in sorted(cases, key=lambda c: (c["born"], c["key"])):
            if case["parties"] and not case["task"]:
                self.one(case, feedback[case["community"]], key)

    def one(self, case: dict[str, Any], feedback: float, key: int) -> None:
        """The parties, those who are blamed or thanked, the witnesses; then whether the sufferer leaves."""
        x, first = self.x, case["parties"][0]
        heard, solved = case["found"] >= 0.0, case["status"] == "resolved"
        wait = max(0.0, case["closed"] - case["opened"]) if heard else 0.0
        patience = x.wait_half / (x.wait_half + wait)
        content = 0.0
        if heard:
            content = patience * (x.outcome_weight * solved + (1.0 - x.outcome_weight) * case["fairness"])
            case["satisfaction"] = content
        share = x.efficacy_step * (patience if solved else 1.0) * (1.0 if heard else x.silent_efficacy)
        for party in case["parties"]:
            person = self.people[party]
            person["efficacy_own"] = moved(person["efficacy_own"], float(solved), share)
            if heard:
                person["autonomy"] = moved(person["autonomy"], self.voice(case), x.autonomy_step)
        if not heard:
            self.judge(first, "bad", COMMITTEE, x.bad_step * x.silent_blame)
        else:
            column, step = ("good", x.good_step) if content > x.content else ("bad", x.bad_step)
            for kind, weight in self.handlers(case):
                self.judge(first, column, kind, step * weight)
            told = min(1.0, x.witness_step * (1.0 + x.feedback_witness * feedback))
            for other in (*self.known[first], *self.met[first]):
                witness = self.people[other]
                witness["efficacy_own"] = moved(witness["efficacy_own"], float(solved), told)
        if not solved and not self.people[first]["daytime"]:
            self.perhaps_leave(first, case["key"], key)

    def voice(self, case: dict[str, Any]) -> float:
        """Say that a party felt it had."""
        if case["by_core"]:
            return 0.0
        return float(case["fairness"]) if case["meetings"] else float(self.x.file_voice)

    def handlers(self, case: dict[str, Any]) -> list[tuple[int, float]]:
        """Whom the outcome is put down to, and with what weight."""
        whole = {CORE} if case["by_core"] else set()
        whole |= {STREET} if case["up"] else set()
        whole |= set() if case["convenor"] is None else {case["convenor"]}
        parts = case["acted"] - whole
        if not whole and not parts:
            return [(case["last_kind"], 1.0)]
        return [(kind, 1.0) for kind in whole] + [(kind, 1.0 / len(parts)) for kind in parts]

    def judge(self, i: int, column: str, kind: int, weight: float) -> None:
        """An experience of one's own, hearsay for everyone one knows."""
        self.people[i][column][kind] += weight
        for other in (*self.known[i], *self.met[i]):
            self.people[other][column][kind] += weight * self.x.hearsay_step

    def perhaps_leave(self, i: int, case: int, key: int) -> None:
        """Someone let down may move out, with everyone at home."""
        x, person = self.x, self.people[i]
        good, bad = person["good"][COMMITTEE], person["bad"][COMMITTEE]
        v = x.leave_intercept + x.leave_trust * (0.5 - good / (good + bad)) - person["attachment"]
        v += x.leave_renter * (person["tenure"] == 1)
        if uniform(key, combine(person["key"], case)) >= logistic(v):
            return
        for other in self.people:
            if other["dwelling"] == person["dwelling"]:
                self.left[other["community"]] = self.left.get(other["community"], 0) + other["present"]
                other["present"] = other["active"] = 0

    # Gatherings.

    def reap(self, offers: list[dict[str, Any]], norm: list[float], adults: list[float], key: int,
             facilitation: list[float], feedback: list[float]) -> None:
        """What came of each gathering; ``came`` lists who was there."""
        x = self.x
        for offer in offers:
            came = [self.people[i] for i in offer["came"]]
            if not came:
                continue
            skill = sum(person["skill"] for person in came)
            able = min(1.0, skill / len(came) + facilitation[offer["community"]])
            v = x.fruit_intercept + x.fruit_skill * able + x.fruit_size * min(1.0, len(came) / x.fruit_full)
            fruit = uniform(key, offer["key"]) < offer["substance"] * logistic(v)
            offer.update(attended=len(came), skill_sum=skill, fruitful=fruit)
            told = min(1.0, max(0.0, feedback[offer["community"]]))
            weight = told + (1.0 - told) * x.gathering_step
            for person in came:
                person["efficacy_own"] = moved(person["efficacy_own"], float(fruit), x.efficacy_step * weight)
                step = x.autonomy_step * x.gathering_step
                person["autonomy"] = moved(person["autonomy"], offer["voice"], step)
                home = person["building"]
                if fruit:
                    share = offer["norm"] * offer["voice"] / max(1.0, adults[home])
                    norm[home] = min(1.0, moved(norm[home], 1.0, share))


def raised(cases: list[dict[str, Any]], offers: list[dict[str, Any]], key: int, since: int) -> set[int]:
    """Keys of silent cases that a fruitful forum brings into the open: never found, not too long ago."""
    found = set()
    for case in cases:
        silent = case["status"] == "silent" and case["found"] < 0.0 and case["parties"]
        for offer in offers if silent and case["ended_week"] >= since else ():
            here = offer["fruitful"] and offer["lo"] <= case["parties"][0] < offer["hi"]
            if here and uniform(combine(key, offer["key"]), case["key"]) < offer["forum"]:
                found.add(case["key"])
    return found
