"""Granovetter (1978): two crowds that differ by one person, and the jump of normal thresholds."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from sim.network.ties import Ties, empty_event_slots, strengths
from sim.params import Label
from sim.verify.bars import exact
from sim.verify.base import Check, Floats, Outcome, Row, Size
from sim.verify.crowd import Crowd, astray, everyone

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PEOPLE = 100
MEAN = 0.25
SIGMAS = (0.122, 0.1225)
"""Standard deviations of thresholds, as shares of the crowd, on either side of the jump."""

CODE = ("sim.processes.engagement.participate",)
_PLAIN = Label(
    zh="决定的各项权重除他人影响外全为 0，活动不占时间、人人得知：V = 截距 + 斜率 × 上周参加者占比，斜率 2e8"
       "，故达到门槛即参加。逻辑函数在 ±16 外持平，每次决定仍有 1.1e-7 的可能走样，误报率的上界由此而来（单"
       "独一次走样多会自愈）。",
    en="Every weight of the decision is 0 but that of others; the event takes no time and all hear of it: V "
       "= intercept + slope × share of contacts who came last week, slope 2e8, so that a threshold reached "
       "decides. The logistic is flat beyond ±16: a decision goes astray with 1.1e-7, hence the bound on "
       "false alarms (one alone mostly heals).")


def crowds(size: Size) -> Outcome:
    """Thresholds 0, 1, …, 99; then the one "1" becomes a "2"."""
    crowd = Crowd.of(PEOPLE, size.seed)
    crowd.tie(everyone(PEOPLE))
    rows, weeks = [], {}
    for key, second, theory, spoils, label in (
        ("uniform", 1, 100, 2, Label(zh="门槛 0 至 99", en="thresholds 0 to 99")),
        ("one_changed", 2, 1, 1, Label(zh="“1”改成“2”", en="the \"1\" made a \"2\"")),
    ):
        thresholds = np.arange(PEOPLE)
        thresholds[1] = second
        crowd.start(0)
        crowd.thresholds((thresholds - 0.5) / (PEOPLE - 1))  # of the others, half a person below decides
        weeks[key] = [float(came.sum()) for came in crowd.settle()]
        rows.append(exact(key, label, theory, weeks[key][-1], 0.0, astray(PEOPLE, len(weeks[key]), spoils)))
    return Outcome(tuple(rows), weeks)


def _graded(fine: int) -> Floats:
    """People whom each of a graded crowd stands for: few where the tipping happens, many beyond."""
    return np.concatenate([np.full(8000 // fine, fine), np.full(361, 255)]).astype(np.float64)


def _weighted(people: Floats) -> Ties:
    """Ties of everybody with everybody else, each as strong as the number of people at its other end.

    Those who were active tell their contacts: the strength of a tie stands in the row of who tells.
    """
    n = len(people)
    others = np.tile(np.arange(n), (n, 1))[~np.eye(n, dtype=bool)].astype(np.uint32)
    heard, told = people[others].astype(np.uint8), np.repeat(people, n - 1).astype(np.uint8)
    first = np.arange(n + 1, dtype=np.int64) * (n - 1)
    return Ties(
        first, others, told, strengths(first, heard), np.zeros(len(others), np.uint8),
        *empty_event_slots(n))


def course(sigma: float, weeks: int = 5000) -> list[float]:
    """Shares of an infinite crowd that are in, week by week, until they settle: x' = Φ((x − mean) / σ)."""
    share, found = 0.0, list[float]()
    for _ in range(weeks):
        found.append(NormalDist(MEAN, sigma).cdf(share))
        if abs(found[-1] - share) < 1e-13:
            break
        share = found[-1]
    return found


def normal(size: Size) -> Outcome:
    """Normal thresholds with mean 25 of 100: σ 12.2 stays low, 12.25 takes nearly all."""
    people = _graded(size.of(8, 4))
    n, total = len(people), float(people.sum())
    crowd = Crowd.of(n, size.seed)
    crowd.tie(_weighted(people))
    middle = (np.cumsum(people) - 0.5 * people) / total
    rows: list[Row] = []
    weeks: dict[str, list[float]] = {}
    for sigma in SIGMAS:
        bell = NormalDist(MEAN, sigma)
        need = np.array([bell.inv_cdf(p) for p in middle.tolist()]) * total
        crowd.start(0)
        crowd.thresholds((need - 0.5) / (total - people))
        key = f"sigma_{sigma * 100:g}"
        weeks[key] = [float((came * people).sum()) / total for came in crowd.settle()]
        theory = course(sigma)[-1]
        # A crowd in steps stands still up to half a step before theory does, seen through the map's slope
        step = people[np.searchsorted(np.cumsum(people), theory * total * (1.0 - 1e-9))] / total
        tolerance = 0.5 * step / (1.0 - bell.pdf(theory))
        label = Label(zh=f"σ = {sigma * 100:g}：参加比例", en=f"σ = {sigma * 100:g}: share")
        rows.append(exact(key, label, theory, weeks[key][-1], tolerance, astray(n, len(weeks[key]), 2)))
    return Outcome(tuple(rows), weeks)


def draw_crowds(outcome: Outcome, lang: str) -> Figure:
    """People who are in, week by week."""
    from sim.report.words import say
    from sim.verify.drawing import SEEN, SEEN_TOO, THEORY, key, sheet

    figure = sheet(2.9, TWO_CROWDS.label, TWO_CROWDS.reduction, lang)
    ax = figure.subplots()
    for row, color, marker in zip(outcome.rows, (SEEN, SEEN_TOO), ("o", "s"), strict=True):
        seen = outcome.data[row.key]
        seen = seen + [seen[-1]] * (PEOPLE + 1 - len(seen))
        weeks = range(1, len(seen) + 1)
        ax.plot(weeks, seen, marker, color=color, markersize=2.2, label=row.label.text(lang))
        ax.axhline(row.theory, color=THEORY, linewidth=0.7, linestyle=(0, (4, 2)))
    ax.set_xlabel(say(lang, "周", "week"))
    ax.set_ylabel(say(lang, "参加人数（虚线：理论终值）", "people in (dashed: theory's end)"))
    key(ax)
    return figure


def draw_normal(outcome: Outcome, lang: str) -> Figure:
    """Share of the crowd that is in, week by week, beside the map of an infinite crowd."""
    from sim.report.style import percent_axis
    from sim.report.words import say
    from sim.verify.drawing import SEEN, SEEN_TOO, THEORY, key, sheet

    figure = sheet(3.1, NORMAL.label, NORMAL.reduction, lang)
    ax = figure.subplots()
    span = max(len(seen) for seen in outcome.data.values())
    for sigma, row, color, marker in zip(SIGMAS, outcome.rows, (SEEN, SEEN_TOO), ("o", "s"), strict=True):
        seen, theory = outcome.data[row.key], course(sigma)
        theory = (theory + [theory[-1]] * span)[:span]
        ax.plot(range(1, span + 1), theory, color=THEORY, linewidth=0.9,
                label=say(lang, "理论（无限人群）", "theory (infinite crowd)") if color == SEEN else None)
        weeks = range(1, len(seen) + 1)
        ax.plot(weeks, seen, marker, color=color, markersize=2.8, label=row.label.text(lang))
    percent_axis(ax)
    ax.set_xlabel(say(lang, "周", "week"))
    ax.set_ylabel(say(lang, "参加比例（%）", "share in (%)"))
    key(ax)
    return figure


TWO_CROWDS = Check(
    "granovetter", Label(zh="格兰诺维特：两群人", en="Granovetter: two crowds"), "Granovetter 1978",
    Label(zh="门槛为 0…99 的一百人都会参加；只把其中的“1”改成“2”，就只有一人参加。",
          en="A hundred people with thresholds 0…99 all join; make the one “1” a “2”, and one joins."),
    _PLAIN, CODE, crowds, draw_crowds)

NORMAL = Check(
    "normal_thresholds", Label(zh="正态门槛的跃变", en="Jump of normal thresholds"), "Granovetter 1978",
    Label(zh="门槛均值 25、标准差 12.2 时只有 5.48 % 参加，12.25 时几乎全体参加（确定性映射）。",
          en="With mean 25, σ = 12.2 stops at 5.48 %, σ = 12.25 takes nearly all (deterministic map)."),
    Label(zh=_PLAIN.zh + "十万人由一千余人代表，关系强度即所代表的人数；每人取所代表那一段的中位门槛。容许误"
                         "差：半格除以（1 − 映射斜率）。",
          en=_PLAIN.en + " 100,000 people are seen through some thousand, ties as strong as the number of "
                         "people at their other end; each has the middle threshold of those she stands for. "
                         "Tolerance: half a step over 1 − slope of the map."),
    CODE, normal, draw_normal)
