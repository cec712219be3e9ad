"""Conditional cooperation (Fischbacher, Gächter and Fehr 2001): shares of types, contributions that decay."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sim.model import CommunityModel
from sim.params import Label
from sim.scenario.reading import load
from sim.verify.bars import mean, share
from sim.verify.base import Check, Floats, Outcome, Row, Size
from sim.verify.crowd import SCENARIO, Crowd, everyone
from sim.vocabulary import Motive

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROUNDS = 10
SHOWN = (1, 2, 10)
"""Rounds that have a row."""


def course(crowd: Crowd, rounds: int) -> Floats:
    """Expected share that contributes in each round if all did before the first: p' = σ(a + b·h(others)).

    Everyone sees everyone else; h is the share seen, for hump-shaped people 1 − share beyond one half.
    """
    r = crowd.model.residents
    intercept, slope = r.norm_intercept.astype(np.float64), r.norm_slope.astype(np.float64)
    hump = r.motive == Motive.HUMP_SHAPED
    chance, found = np.ones(crowd.n), np.empty(rounds)
    for at in range(rounds):
        seen = (chance.sum() - chance) / (crowd.n - 1)
        seen = np.where(hump & (seen > 0.5), 1.0 - seen, seen)
        chance = 1.0 / (1.0 + np.exp(-intercept - slope * seen))
        found[at] = chance.mean()
    return found


def play(crowd: Crowd, groups: int) -> Floats:
    """Shares that contributed, shape (groups, ROUNDS); before each group's first round all did."""
    seen = np.empty((groups, ROUNDS))
    for group in range(groups):
        crowd.start(1)
        for at in range(ROUNDS):
            seen[group, at] = crowd.week().mean()
    return seen


def run(size: Size) -> Outcome:
    """Types among synthetic residents; ten rounds of contributing."""
    many = {"population.residents": 20_000, "places.communities": size.of(1, 10)}
    people = CommunityModel(load(SCENARIO, many), size.seed).residents
    crowd = Crowd(CommunityModel(load(SCENARIO, {"population.residents": size.of(600, 1500)}), size.seed))
    crowd.tie(everyone(crowd.n))
    declared = crowd.model.scenario.population.motives
    shares = {
        Motive.CONDITIONAL: declared.conditional, Motive.FREE_RIDER: declared.free_rider,
        Motive.HUMP_SHAPED: declared.hump_shaped,
        Motive.ALTRUIST: 1.0 - declared.conditional - declared.free_rider - declared.hump_shaped}
    rows = list[Row]()
    for motive, theory in shares.items():
        label = Label(zh=f"{motive.zh}的比例", en=f"share: {motive.en}")
        hits = int((people.motive == motive).sum())
        row = share(f"type_{motive.key}", label, theory, hits, len(people.motive))
        rows.append(replace(row, own=motive == Motive.ALTRUIST))  # what the published shares leave
    seen, theory_ = play(crowd, size.of(40, 200)), course(crowd, ROUNDS)
    for number in SHOWN:
        label = Label(zh=f"第 {number} 轮出力的比例", en=f"round {number}: share that contributes")
        row = mean(f"round_{number}", label, float(theory_[number - 1]), seen[:, number - 1])
        rows.append(replace(row, own=True))
    label = Label(zh="从第 1 轮到第 10 轮的回落", en="decay from round 1 to round 10")
    row = mean("decay", label, float(theory_[0] - theory_[-1]), seen[:, 0] - seen[:, -1])
    rows.append(replace(row, own=True))
    return Outcome(tuple(rows), {"seen": seen, "theory": theory_})


def draw(outcome: Outcome, lang: str) -> Figure:
    """Shares of types; contributions round by round."""
    from sim.report.style import percent_axis
    from sim.report.words import say
    from sim.verify.drawing import SEEN, THEORY, intervals, key, points, sheet

    figure = sheet(3.1, CHECK.label, CHECK.reduction, lang)
    left, right = figure.subplots(1, 2)
    types = [row for row in outcome.rows if row.key.startswith("type_")]
    intervals(left, types, [motive.label(lang) for motive in Motive if any(
        row.key == f"type_{motive.key}" for row in types)], lang)
    percent_axis(left, "x")
    left.set_xlabel(say(lang, "占居民的比例（%）", "share of residents (%)"))
    rounds = np.arange(ROUNDS + 1)
    for course_, style, color, name in (
        (outcome.data["theory"], "-", THEORY, say(lang, "理论", "theory")),
        (outcome.data["seen"].mean(axis=0), "o", SEEN, say(lang, "模拟", "simulated")),
    ):  # before the first round all came
        right.plot(rounds, [1.0, *course_], style, color=color, linewidth=0.9, markersize=4, label=name)
    told = [row for row in outcome.rows if row.key.startswith("round_")]
    points(right, SHOWN, told, "", lang)
    right.set_ylim(0.0, 1.04)
    percent_axis(right)
    right.set_xlabel(say(lang, "轮", "round"))
    right.set_ylabel(say(lang, "出力的比例（%）", "share that contributes (%)"))
    key(right)
    return figure


CHECK = Check(
    "conditional_cooperation",
    Label(zh="条件合作：类型与回落", en="Conditional cooperation: types and decay"),
    "Fischbacher, Gächter and Fehr 2001",
    Label(zh="条件合作者、搭便车者、驼峰型占 50 %、30 %、14 %；起初人人出力，因有搭便车者而且响应不足一比"
             "一，出力逐轮回落到不动点。",
          en="Conditional cooperators, free riders and hump-shaped people are 50, 30 and 14 %; where all "
             "contribute at first, contributions decay round by round to a fixed point, for some ride free "
             "and others answer less than one for one."),
    Label(zh="类型取自合成人口。出力的多少化为来不来：同“两群人”一样只留他人影响，截距与斜率用声明的默认值（"
             "D 级假设），人人看得见上周所有人，起初都来。理论是同一响应的期望递推，独立算出；轮次间的收益、"
             "四人小组与信念不在模型里。",
          en="Types are those of a synthetic population. How much one gives becomes whether one comes: as "
             "for the two crowds only the response to others is left, with the declared default intercepts "
             "and slopes (grade D), all see all of last week, and all came before the first. Theory is the "
             "recursion of expectations, worked out apart; payoffs, groups of four and beliefs are not in "
             "the model."),
    ("sim.population.synthesis.synthesize", "sim.processes.engagement.participate"), run, draw)
