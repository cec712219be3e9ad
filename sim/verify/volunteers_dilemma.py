"""The volunteer's dilemma (Diekmann 1985): who reports a nuisance that many share."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.model import CommunityModel
from sim.params import Label
from sim.processes import casework
from sim.processes.categories import CATEGORIES
from sim.processes.voices import volunteer_probability
from sim.scenario.reading import load
from sim.verify.bars import exact, share
from sim.verify.base import Check, Floats, Outcome, Row, Size
from sim.vocabulary import Channel

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COST = 0.5
"""Cost of reporting over its benefit."""
HOUSEHOLDS = (2, 10)
UNHEARD = (int(Channel.NONE), int(Channel.NEIGHBOUR))
"""Channels of a nuisance that nobody reported."""

SCENARIO: dict[str, Any] = {
    "yihe": 1, "name": "dilemma", "weeks": 1, "warmup": 0, "population_file": "people.csv",
    "ties": {"builder": "none"}, "world": {"potential_rate": 40.0},
    "cases": {"shared_cost": COST, "patrol_find": 0.0}}


def equilibrium(cost: float, n: int) -> float:
    """Chance that each acts in the symmetric mixed equilibrium, all indifferent: (1 − p)^(n − 1) = c/b."""
    return 1.0 - float(cost ** (1.0 / (n - 1)))


def unheard(cost: float, n: int) -> float:
    """Chance that nobody acts: (1 − p)^n."""
    return float(cost ** (n / (n - 1)))


def nuisances(n: int, dwellings: int, weeks: int, seed: int) -> tuple[int, int]:
    """Shared nuisances that nobody reported, and all there were; ten homes a building, one adult a home.

    Parameters
    ----------
    n : int
        Households that share one.
    dwellings, weeks, seed : int
    """
    lines = ["id,age,building,dwelling", *(f"p{i},40,b{i // 10},d{i}" for i in range(dwellings))]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "people.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        model = CommunityModel(load(SCENARIO, {"cases.shared_households": n}, folder=folder), seed)
    kinds = [i for i, category in enumerate(CATEGORIES) if category.shared]
    silent = all_ = 0
    for week in range(weeks):
        casework.find(model, 2.5)  # 40 frictions a week per 100 homes, times 2.5: one in every home
        table = model.cases.cases
        new = table[(table["used"] == 1) & (table["born_week"] == week) & np.isin(table["category"], kinds)]
        silent += int(np.isin(new["channel"], UNHEARD).sum())
        all_ += len(new)
        model.state_.week += 1
    return silent, all_


def run(size: Size) -> Outcome:
    """The equilibrium itself, and how many nuisances go unreported when households draw by it."""
    rows = list[Row]()
    for n in HOUSEHOLDS:
        label = Label(zh=f"{n} 户：各户举报的概率", en=f"{n} households: chance that each reports")
        rows.append(exact(f"act_{n}", label, equilibrium(COST, n), volunteer_probability(COST, n), 1e-12))
        silent, all_ = nuisances(n, size.of(4000, 8000), size.of(4, 30), size.seed)
        label = Label(zh=f"{n} 户：无人举报的比例", en=f"{n} households: share nobody reports")
        rows.append(share(f"unheard_{n}", label, unheard(COST, n), silent, all_))
    return Outcome(tuple(rows), {})


def draw(outcome: Outcome, lang: str) -> Figure:
    """Chances to act, and shares that go unreported, along the number of households."""
    from sim.report.words import say
    from sim.verify.drawing import SEEN, SEEN_TOO, THEORY, key, points, sheet

    figure = sheet(3.0, CHECK.label, CHECK.reduction, lang)
    ax = figure.subplots()
    along: Floats = np.arange(2.0, 13.0)
    ax.plot(along, [equilibrium(COST, int(n)) for n in along], color=THEORY, linewidth=0.9,
            label=say(lang, "理论：各户举报", "theory: each reports"))
    ax.plot(along, [unheard(COST, int(n)) for n in along], color=THEORY, linewidth=0.9, linestyle=(0, (4, 2)),
            label=say(lang, "理论：无人举报", "theory: nobody reports"))
    for start, color, marker, name in (
        ("act_", SEEN, "o", say(lang, "代码：各户举报", "code: each reports")),
        ("unheard_", SEEN_TOO, "s", say(lang, "模拟：无人举报", "simulated: nobody reports")),
    ):
        rows = [row for row in outcome.rows if row.key.startswith(start)]
        points(ax, HOUSEHOLDS, rows, name, lang, color=color, marker=marker, ranges=color == SEEN_TOO)
    ax.set_ylim(0.0, 0.75)
    ax.set_xlabel(say(lang, "共同受扰的户数", "households that share a nuisance"))
    ax.set_ylabel(say(lang, "概率", "probability"))
    key(ax)
    return figure


CHECK = Check(
    "volunteers_dilemma", Label(zh="志愿者困境：共同滋扰的举报", en="Volunteer's dilemma: shared nuisances"),
    "Diekmann 1985",
    Label(zh="成本为收益的一半时，两户各以 0.5 的概率举报，十户各以 0.0741；人越多，越可能无人举报："
             "(c/b)^(N/(N−1))。",
          en="With a cost of half the benefit, each of two households reports with 0.5, each of ten with "
             "0.0741; the more they are, the likelier nobody does: (c/b)^(N/(N−1))."),
    Label(zh="一周的第五部分照常运行；每户一名成年人，无空房、无巡查、无感知，只数许多户共有的类别。混合均衡"
             "是写在代码里的公式，不是居民学来的；这里检验公式，以及各户抽签互相独立、受扰户数无误。",
          en="Part five of the week runs as always, with one adult in every home, no vacancy, no patrol and "
             "no sensor; only categories that many share are counted. The mixed equilibrium is a formula in "
             "the code and not learnt by anybody: what is tested is the formula, that households draw "
             "apart, and that the right number shares."),
    ("sim.processes.voices.volunteer_probability", "sim.processes.casework.find"), run, draw)
