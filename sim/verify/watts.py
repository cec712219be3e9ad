"""Watts (2002): one first mover sets off a global cascade only on graphs neither too thin nor too dense."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.network.builders import erdos_renyi
from sim.params import Label
from sim.rng import Streams
from sim.verify.bars import mean, never, share
from sim.verify.base import Check, Floats, Outcome, Row, Size
from sim.verify.crowd import Crowd

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PHI = 0.18
INSIDE = (1.5, 3.0, 5.0)
OUTSIDE = (0.8, 8.0)
GLOBAL = 0.2
"""Share of the graph from which a cascade is a global one."""
FINITE = 0.005
"""Chance of a global cascade that a finite graph is allowed outside the window."""
MOST = 60
"""Degrees beyond this are too rare to matter at the mean degrees used."""


def poisson(z: float) -> Floats:
    """Shares of degrees 0, 1, …, :data:`MOST` at mean degree ``z``."""
    return np.array([math.exp(-z + k * math.log(z) - math.lgamma(k + 1)) for k in range(MOST + 1)])


def needed(k: int) -> int:
    """Active contacts that someone with ``k`` contacts waits for; 1 makes her vulnerable."""
    return max(1, math.ceil(PHI * k - 1e-12))


def window() -> tuple[float, float]:
    """Mean degrees between which vulnerable people form a giant cluster: Σ k (k − 1) p_k = z over k ≤ 1/φ."""
    from scipy.optimize import brentq

    def excess(z: float) -> float:
        p = poisson(z)
        return float(sum(k * (k - 1) * p[k] for k in range(2, MOST) if needed(k) == 1)) - z

    return float(brentq(excess, 1.0, 2.0)), float(brentq(excess, 3.0, 9.0))


def triggers(z: float) -> float:
    """Chance that one first mover touches the giant vulnerable cluster of an infinite graph."""
    p, q = poisson(z), 0.0
    for _ in range(20_000):
        # an edge leads nowhere if who is there is not vulnerable, or if all her further edges lead nowhere
        new = 1.0 - sum(k * p[k] / z * (1.0 - q ** (k - 1)) for k in range(1, MOST) if needed(k) == 1)
        if abs(new - q) < 1e-14:
            break
        q = new
    return 1.0 - float(sum(p[k] * q**k for k in range(MOST + 1)))


def extent(z: float) -> float:
    """Share of an infinite graph that a global cascade takes: the tree recursion from a vanishing start."""
    from scipy.stats import binom

    p, r = poisson(z), 1e-6
    degree = np.arange(1, MOST + 1)
    wait = np.array([needed(int(k)) for k in degree])
    for _ in range(20_000):
        new = float(np.sum(degree * p[1:] / z * binom.sf(wait - 1, degree - 1, r)))
        if abs(new - r) < 1e-13:
            break
        r = new
    return float(np.sum(p[1:] * binom.sf(wait - 1, degree, r)))


def cascades(crowd: Crowd, z: float, trials: int, seed: int) -> Floats:
    """Shares of as many graphs, each of its own, that were taken in the end; the first row moves first."""
    crowd.thresholds(np.where(np.arange(crowd.n) == 0, -1.0, PHI - 1e-4))  # no k/d with d ≤ 60 lies between
    taken = np.empty(trials)
    for trial in range(trials):
        crowd.tie(erdos_renyi(crowd.n, z, Streams(seed + trial)))
        crowd.start(np.arange(crowd.n) == 0)
        taken[trial] = crowd.settle()[-1].mean()
    return taken


def run(size: Size) -> Outcome:
    """Cascades below, inside and above the window."""
    trials = size.of(50, 400)
    crowd = Crowd.of(size.of(1000, 3000), size.seed)
    taken = {
        z: cascades(crowd, z, trials, 1_000_000 * size.seed + 10_000 * at)
        for at, z in enumerate((*OUTSIDE, *INSIDE))}
    rows: list[Row] = []
    for z in sorted(taken):
        hits = taken[z] > GLOBAL
        if z in OUTSIDE:
            label = Label(
                zh=f"平均度 {z:g}（窗口外）：全局连锁的频率",
                en=f"mean degree {z:g}, outside: global cascades")
            rows.append(never(f"outside_{z:g}", label, int(hits.sum()), trials, FINITE))
            continue
        label = Label(zh=f"平均度 {z:g}：全局连锁的频率", en=f"mean degree {z:g}: global cascades")
        rows.append(share(f"inside_{z:g}", label, triggers(z), int(hits.sum()), trials))
        label = Label(zh=f"平均度 {z:g}：全局连锁的规模", en=f"mean degree {z:g}: share that one takes")
        rows.append(mean(f"extent_{z:g}", label, extent(z), taken[z][hits]))
    return Outcome(tuple(rows), {"window": window(), "taken": taken})


def draw(outcome: Outcome, lang: str) -> Figure:
    """Frequency and size of cascades along the mean degree."""
    from sim.report.style import percent_axis
    from sim.report.words import say
    from sim.verify.drawing import SEEN, SEEN_TOO, THEORY, key, points, sheet

    figure = sheet(3.3, CHECK.label, CHECK.reduction, lang)
    ax = figure.subplots()
    low, high = outcome.data["window"]
    ax.axvspan(low, high, color="#eef3f8", label=say(
        lang, f"理论窗口 {low:.2f}–{high:.2f}", f"theory's window {low:.2f}–{high:.2f}"))
    along = np.unique(np.concatenate([np.linspace(0.5, 8.5, 81), np.linspace(low, high, 60)]))
    ax.plot(along, [triggers(z) for z in along], color=THEORY, label=say(
        lang, "频率，理论", "frequency, theory"))
    inside = along[(along >= low) & (along <= high - 1e-3)]
    ax.plot(inside, [extent(z) for z in inside], color=THEORY, linestyle=(0, (4, 2)), label=say(
        lang, "规模，理论", "size, theory"))
    for start, color, marker, name in (
        (("inside_", "outside_"), SEEN, "o", say(lang, "频率，模拟", "frequency, simulated")),
        (("extent_",), SEEN_TOO, "s", say(lang, "规模，模拟", "size, simulated")),
    ):
        rows = [row for row in outcome.rows if row.key.startswith(start)]
        points(ax, [float(row.key.partition("_")[2]) for row in rows], rows, name, lang, color=color,
               marker=marker, ranges=color == SEEN)
    percent_axis(ax)
    ax.set_xlabel(say(lang, "平均度", "mean degree"))
    ax.set_ylabel(say(lang, "占图或占试次的比例（%）", "share of graph or trials (%)"))
    key(ax)
    return figure


CHECK = Check(
    "watts", Label(zh="沃茨：连锁窗口", en="Watts: cascade window"), "Watts 2002",
    Label(zh="门槛同为 0.18 时，只有平均度在 (1.02, 5.77) 之间，一个人才会引发全局连锁；窗口内的频率是先行者"
             "挨着巨型易感簇的概率。（证据页写 5.77，方程的根是 5.765。）",
          en="With thresholds of 0.18 for all, one person sets off a global cascade only at mean degrees in "
             "(1.02, 5.77); how often, is her chance of touching the giant vulnerable cluster. (5.77 is the "
             "evidence page's; the condition's root is 5.765.)"),
    Label(zh="同“两群人”一样只留他人影响；每次试验一张由构建器 erdos_renyi 生成的随机图，第 0 人总是参加。门"
             "槛规则是单调的，先行者不退出，所以可逆的每周决定与不可逆的采纳得到同一结果。规模超过两成算全局"
             "连锁；有限的图在窗口外容许每次 0.5 % 的机会。理论说的是无限大的图，窗口的边在有限的图上是模糊"
             "的，所以各行都离边有一段距离：只要下边在 (0.8, 1.5)、上边在 (5, 8) 之内就算相符。",
          en="Only the response to others is left, as for the two crowds; each trial has a random graph of "
             "its own from the builder erdos_renyi, and person 0 always comes. Thresholds are monotone and "
             "the first mover stays, so weekly decisions that could be taken back end where irreversible "
             "adoption does. Global: more than a fifth. Outside, a finite graph is allowed 0.5 % a trial. "
             "Theory is of infinite graphs and finite ones blur the window's edges, so rows keep away from "
             "them: any lower edge in (0.8, 1.5) and upper one in (5, 8) would agree."),
    ("sim.processes.engagement.participate", "sim.network.builders.erdos_renyi"), run, draw)
