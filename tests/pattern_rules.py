"""The fifteen patterns of the evidence page as rules on simulation output.

Rules, seeds and margins were written down on 2026-11-22 before any of these runs was looked at, and none was
changed afterwards; the seeds, from 1001 on, were used nowhere before.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from emergence_lab import Floats, community, degrees, paper_gap, permuted, runs, values
from pattern_lab import Check, Finding, arms, difference, seeds
from scipy import stats

from sim import load
from sim.model import CommunityModel
from sim.network.ties import Ties
from sim.results import RunResult
from sim.scenario.schema import Scenario
from sim.vocabulary import Activity, Channel, Layer, Tenure

SCENARIOS = Path(__file__).resolve().parent.parent / "scenarios"
VOICED = tuple(int(c) for c in (
    Channel.BUILDING_LEADER, Channel.GRID_WORKER, Channel.PROPERTY, Channel.RESIDENTS_COMMITTEE, Channel.APP))
"""Ways in which residents themselves speak up."""
FIRST = ("neighbour_festival", "mutual_help_teams", "grid_party_building")
SECOND = ("neighbour_covenant", "building_council", "party_alliance", "member_model_posts", "red_property",
          "digital_platform")


# Default parameters, one core, no policy: patterns 1, 2, 4, 5 and 8.


class Plain(NamedTuple):
    """Twenty baseline communities and what was read off their columns."""

    results: list[RunResult]
    neighbours: Floats
    """Rank correlation of contacts in the same building with taking part."""
    votes: Floats
    """Turnout of owners who are party members minus that of other owners."""


def near_contacts(model: CommunityModel) -> Floats:
    """Ties to other homes of the same building that were there from the start, (N,)."""
    ties: Ties = model.ties
    building = model.residents.building
    here = np.repeat(np.arange(len(building)), degrees(ties))
    near = (building[here] == building[ties.neighbour]) & (ties.layer != int(Layer.HOUSEHOLD))
    return np.bincount(here[near], minlength=len(building)).astype(float)


def _vote_gap(model: CommunityModel) -> float:
    """Turnout of members minus others in this week's owners' votes; NaN in a week without any."""
    r, rows = model.residents, model.last_opportunities
    votes = np.flatnonzero(rows["activity"] == Activity.VOTE)
    if not len(votes):
        return float("nan")
    voted = np.isin(model.chosen, votes).any(axis=1)
    owner = (r.tenure == Tenure.OWNER) & (r.age >= 18) & (r.present > 0)
    member = r.membership > 0
    return float(voted[owner & member].mean() - voted[owner & ~member].mean())


@lru_cache(maxsize=1)
def plain() -> Plain:
    """The baseline, 20 seeds."""
    results, correlations, gaps = [], [], []
    for seed in seeds(20):
        model = CommunityModel(community(), seed).warm_up()
        weekly = []
        while model.policy_week < model.scenario.weeks:
            model.step()
            weekly.append(_vote_gap(model))
        r = model.residents
        adult = (r.age >= 18) & (r.present > 0)
        took_part = r.last_any[adult] > model.week - 52
        correlations.append(float(stats.spearmanr(near_contacts(model)[adult], took_part).statistic))
        gaps.append(float(np.nanmean(weekly)))
        results.append(model.run())
        model.free()
    return Plain(results, np.array(correlations), np.array(gaps))


def group(result: RunResult, breakdown: str, name: str) -> float:
    """Participation of one group within 52 weeks."""
    return float(result.groups[breakdown][-1][result.group_names[breakdown].index(name)])


def _step(breakdown: str, high: str, low: str, results: Sequence[RunResult]) -> Floats:
    return np.array([group(r, breakdown, high) - group(r, breakdown, low) for r in results])


def rises_with_age() -> Finding:
    """1: the three age bands whose turnout the evidence page gives, in their order."""
    results = plain().results
    return Finding((
        Check("50–59 minus 18–29, share of adults", _step("age", "50–59", "18–29", results)),
        Check("70–79 minus 50–59", _step("age", "70–79", "50–59", results))))


def members_lead() -> Finding:
    """2: decided on taking part; the model has no election of the residents' committee."""
    return Finding((
        Check("members minus others, taking part within 52 weeks", values(plain().results, "member_gap")),),
        (("members minus others, turnout of owners' votes", plain().votes),))


def middle_class_lags() -> Finding:
    """4: the private-sector middle class lags, and less so once hours and health have changed hands."""
    gap = values(plain().results, "class_gap")
    swapped = values(permuted(community(), seeds(20)), "class_gap")
    return Finding((
        Check("private-sector middle class minus all", gap, "below"),
        Check("that minus the same with hours, health, stay, digital ability and membership permuted",
              gap - swapped, "below")))


def neighbours_predict() -> Finding:
    """5: contacts in the same building, other homes, as they were on arrival."""
    return Finding((Check("rank correlation with taking part within 52 weeks", plain().neighbours),))


def skewed_and_bursty() -> Finding:
    """8: skewness above 1 in a run; closures a working day dispersed beyond chance."""
    skews, dispersion = [], []
    for result in plain().results:
        rows = result.cases[np.isfinite(result.cases["close_work"])]
        skews.append(float(stats.skew(rows["close_work"])))
        closed = rows["born"] + rows["find_work"] + rows["close_work"]
        first = 26 * 5
        daily = np.bincount((closed / 8.0).astype(int), minlength=78 * 5)[first : 78 * 5]
        dispersion.append(float(daily.var(ddof=1) / daily.mean()))
    return Finding((
        Check("skewness of hours to close", np.array(skews), "above", 1.0),
        Check("variance over mean of closures a working day", np.array(dispersion), "above", 1.0)))


# Two types of estate: patterns 3 and 13.


def estate(name: str) -> Scenario:
    """A type of estate as its file has it, a year of warm-up and a year read."""
    return load(SCENARIOS / f"{name}.yaml").model_copy(update={"weeks": 52, "warmup": 52})


@lru_cache(maxsize=1)
def estates() -> tuple[list[RunResult], list[RunResult]]:
    """The commercial and the old estate."""
    found = arms({name: estate(name) for name in ("commercial_estate", "old_estate")}, 12)
    return found["commercial_estate"], found["old_estate"]


def owners_by_type() -> Finding:
    """3: owners lead renters in the commercial estate, and less or not at all in the old one."""
    commercial, old = (_step("tenure", "owner", "renter", results) for results in estates())
    return Finding((
        Check("owners minus renters, commercial estate", commercial),
        Check("that minus the same in the old estate", commercial - old)),
        (("owners minus renters, old estate", old),))


def voiced_share(result: RunResult) -> float:
    """Share voiced by residents among disputes that neither patrol nor sensor found first."""
    channel = result.cases["channel"]
    voiced = np.isin(channel, VOICED)
    found = np.isin(channel, (int(Channel.PATROL), int(Channel.SENSOR)))
    return float(voiced.sum() / (~found).sum())


def reporting_differs() -> Finding:
    """13: the two types differ by more than a tenth in the share voiced, whichever way."""
    commercial, old = (np.array([voiced_share(r) for r in results]) for results in estates())
    return Finding((
        Check("log ratio of shares voiced, commercial to old", np.log(commercial / old), "apart", 0.1),),
        (("share voiced, commercial estate", commercial), ("share voiced, old estate", old)))


# Handling: patterns 6, 7 and 9.


def response_raises_both() -> Finding:
    """6: twice the staff and better skill in handling, for two years; complaints voiced, and content."""
    usual = community(warmup=52)
    better = community(warmup=52, actors={
        "core": {"staff_per_1000": 2.0, "skill": 0.7},
        "residents_committee": {"staff_per_1000": 4.0, "skill": 0.7},
        "grid_worker": {"skill": 0.65}, "property": {"skill": 0.7}, "street": {"skill": 0.75},
        "mediation": {"staff": 2, "skill": 0.7}})
    found = arms({"usual": usual, "better": better}, 12)
    voiced = {name: np.array([np.isin(r.cases["channel"], VOICED).sum() / 0.8 for r in results])
              for name, results in found.items()}
    return Finding((
        Check("complaints voiced, per 1,000 a year: better minus usual", voiced["better"] - voiced["usual"]),
        Check("satisfaction: better minus usual",
              difference(found["better"], found["usual"], "satisfaction"))),
        (("really resolved, share: better minus usual",
          difference(found["better"], found["usual"], "real_resolution_rate")),))


def wait_is_convex() -> Finding:
    """7: four, seven and ten tasks from above a week per 1,000."""
    low, middle, high = (
        runs(community(world={"tasks_rate": rate}), seeds(10)) for rate in (4.0, 7.0, 10.0))
    wait = [values(r, "time_waiting") for r in (low, middle, high)]
    return Finding((
        Check("second difference of the wait, h", wait[2] - 2.0 * wait[1] + wait[0]),
        Check("participation at ten minus at four tasks",
              difference(high, low, "participation_52_other"), "below")))


def records_mislead() -> Finding:
    """9: weight of records in appraisal 0 and 0.9."""
    little, much = (runs(community(cases={"appraisal_record": w}), seeds(10)) for w in (0.0, 0.9))
    gap = [np.array([paper_gap(r) for r in results]) for results in (little, much)]
    return Finding((
        Check("gap of recorded over real resolution: weight 0.9 minus 0", gap[1] - gap[0]),
        Check("satisfaction: weight 0.9 minus 0", difference(much, little, "satisfaction"), "below")))


# Policies: patterns 10, 11, 12 and 15.


def attendance(scenario: Scenario, seed: int) -> tuple[Floats, RunResult]:
    """Attendance at policies' own offers, times a week per adult, and the run."""
    model = CommunityModel(scenario, seed).warm_up()
    came = []
    while model.policy_week < scenario.weeks:
        model.step()
        rows = model.last_opportunities
        came.append(rows["attended"][rows["policy"] >= 0].sum() / float(model.adults.sum()))
    result = model.run()
    model.free()
    return np.array(came), result


def shifts(reward: float, participation: dict[str, float] | None = None) -> Scenario:
    """Shifts rewarded for half a year, then offered without."""
    return community(weeks=56, participation=participation or {}, policies=[
        {"kind": "points_incentive", "id": "first", "end": 26, "reward": reward},
        {"kind": "points_incentive", "id": "then", "start": 26, "reward": 0.0}])


def rewards() -> Finding:
    """10: shifts offered throughout, with and without a material reward in the first half-year.

    The rewarded act are the programme's own shifts. Others do not rise: monthly participation elsewhere rises
    by less than a tenth of what all rises. Less is left: attendance in weeks 30–55, four weeks after the end.
    """
    act, elsewhere, left = [], [], []
    for seed in seeds(12):
        (came, rewarded), (usual, plainly) = (attendance(shifts(x), seed) for x in (1.0, 0.0))
        act.append(came[:26].mean() - usual[:26].mean())
        rise = {name: rewarded.value(name, 4, 26) - plainly.value(name, 4, 26)
                for name in ("participation_4", "participation_4_other")}
        elsewhere.append(rise["participation_4_other"] - 0.1 * rise["participation_4"])
        left.append(came[30:56].mean() - usual[30:56].mean())
    return Finding((
        Check("attendance at shifts while rewarded, times a week per adult", np.array(act)),
        Check("monthly participation elsewhere minus a tenth of all", np.array(elsewhere), "below"),
        Check("attendance after the reward has gone", np.array(left), "below")))


def festivals_fade() -> Finding:
    """11: ties and participation elsewhere, right after half a year of festivals and 40 weeks later."""
    scenario: dict[str, Any] = {"weeks": 78, "warmup": 52, "residents": 600}
    found = arms({
        "none": community(**scenario),
        "festival": community(**scenario, policies=[{"kind": "neighbour_festival", "end": 26}])}, 8)

    def effect(outcome: str, first: int) -> Floats:
        return np.array([a.series[outcome][first:first + 8].mean() - b.series[outcome][first:first + 8].mean()
                         for a, b in zip(found["festival"], found["none"], strict=True)])

    early, late = effect("event_ties", 14), effect("event_ties", 54)
    return Finding((
        Check("ties a resident in weeks 14–21", early),
        Check("those of weeks 54–61 minus a fifth of these", late - 0.2 * early, "below"),
        Check("monthly participation elsewhere: weeks 54–61 minus 10–17",
              effect("participation_4_other", 54) - effect("participation_4_other", 10), "below")))


def stacked_policies() -> Finding:
    """12: the platform at half and at twice the usual staff; nine policies on little and much money."""
    worth = []
    for factor in (0.5, 2.0):
        staff = {"actors": {
            "core": {"staff_per_1000": factor}, "residents_committee": {"staff_per_1000": 2.0 * factor},
            "property": {"staff_per_1000": 4.0 * factor}, "mediation": {"hours": 10.0 * factor}}}
        both = arms({"without": community(**staff),
                     "with": community(**staff, policies=[{"kind": "digital_platform"}])}, 10)
        worth.append(difference(both["with"], both["without"], "satisfaction"))

    def stack(kinds: tuple[str, ...], weekly: float) -> Scenario:
        listed = [{"kind": kind} for kind in kinds]
        return community(residents=600, budget={"weekly": weekly}, policies=listed)

    packages = {"none": (), "first": FIRST, "second": SECOND, "all": FIRST + SECOND}
    little = arms({name: stack(kinds, 300.0) for name, kinds in packages.items()}, 8)
    took = {name: values(results, "participation_52_other") for name, results in little.items()}
    much = arms({"none": stack((), 5000.0), "all": stack(FIRST + SECOND, 5000.0)}, 14)
    return Finding((
        Check("platform's effect on satisfaction: with twice minus with half the staff", worth[1] - worth[0]),
        Check("participation elsewhere: nine policies minus three and six apart, small budget",
              took["all"] - took["first"] - took["second"] + took["none"], "below"),
        Check("satisfaction under nine policies minus none, ample budget",
              difference(much["all"], much["none"], "satisfaction"), "below")),
        (("platform's effect on satisfaction with half the staff", worth[0]),
         ("platform's effect on satisfaction with twice the staff", worth[1])))


def two_equilibria() -> Finding:
    """14: good and bad starts of effort and payment: apart in the second year, and not closing in."""
    def after(level: float) -> list[RunResult]:
        firm = {"initial_effort": level, "initial_paying": level}
        return runs(community(weeks=104, warmup=0, actors={"property": firm}), seeds(5))

    good, bad = after(1.0), after(0.0)
    checks = []
    for outcome in ("fee_payment", "property_effort"):
        late = difference(good, bad, outcome)
        early = np.array([a.value(outcome, 26, 78) - b.value(outcome, 26, 78)
                          for a, b in zip(good, bad, strict=True)])
        checks += [Check(f"{outcome}: good minus bad start, second year", late, "above", 0.1),
                   Check(f"{outcome}: that minus weeks 26–77", late - early, "above", -0.1)]
    return Finding(tuple(checks))


def lost_autonomy() -> Finding:
    """15: a committee captured from the start against one never captured; votes vetted wholly or not."""
    def committee(capture: float) -> Scenario:
        return community(weeks=104, actors={"owners_committee": {"capture": capture, "recovery": 0.0}})

    def party(vetting: float) -> Scenario:
        return community(weeks=104, policies=[{"kind": "owners_committee_party", "vetting": vetting}])

    captured = arms({"captured": committee(1.0), "free": committee(0.0)}, 8)
    dominated = arms({"dominated": party(1.0), "guided": party(0.0)}, 8)
    return Finding((
        Check("felt autonomy: captured minus free", difference(*captured.values(), "autonomy"), "below"),
        Check("felt autonomy: dominated minus guided", difference(*dominated.values(), "autonomy"), "below")))
