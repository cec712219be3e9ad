"""Friedkin–Johnsen: opinions that settle between one's own experience and one's contacts'."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.model import CommunityModel
from sim.params import Label
from sim.processes import aftermath
from sim.processes.participation import Attendance
from sim.scenario.reading import load
from sim.verify.bars import exact
from sim.verify.base import Check, Floats, Outcome, Row, Size

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUSCEPTIBLE = (0.5, 0.8, 1.0)
ANCHOR = (1.0, 0.5, 0.0)
SETTLED = (0.875, 0.75, 0.75)
WEEKS = 120
"""Distance from the fixed point shrinks by 0.775 a week for the three, and by 1 − own weight elsewhere."""
ROUNDING = 2e-6
"""Opinions are 32-bit floats."""
OTHERS = 0.6
"""Weight of others' views in the whole community."""

SCENARIO: dict[str, Any] = {
    "yihe": 1, "name": "talk", "weeks": 1, "warmup": 0, "world": {"potential_rate": 0.0}}


def three() -> CommunityModel:
    """Three residents in a row, each tied to the next, from two tables."""
    with tempfile.TemporaryDirectory() as folder:
        people = ["id,age,efficacy", *(f"p{i},40,{u}" for i, u in enumerate(ANCHOR))]
        Path(folder, "people.csv").write_text("\n".join(people) + "\n", encoding="utf-8")
        Path(folder, "ties.csv").write_text("source,target\np0,p1\np1,p2\n", encoding="utf-8")
        files = {"population_file": "people.csv", "ties.file": "ties.csv"}
        model = CommunityModel(load(SCENARIO, files, folder=folder), 1)
    model.susceptibility[:] = SUSCEPTIBLE
    return model


def talk(model: CommunityModel, weeks: int) -> Floats:
    """Opinions week by week, from the start, shape (weeks + 1, N): part seven of a week, nothing to learn."""
    nobody = Attendance(np.zeros(1, np.int64), np.zeros(0, np.int32))
    seen = [model.residents.efficacy.astype(np.float64)]
    for _ in range(weeks):
        model.opportunities.clear()
        aftermath.learn_from_week(model, nobody)
        model.state_.week += 1
        seen.append(model.residents.efficacy.astype(np.float64))
    return np.array(seen)


def fixed_point(model: CommunityModel) -> Floats:
    """Where theory says that opinions settle: x = (I − ΛW)⁻¹ (I − Λ) u, by a linear solver."""
    from scipy import sparse
    from scipy.sparse.linalg import spsolve

    ties, n = model.ties, len(model.residents.key)
    matrix = sparse.csr_matrix(
        (ties.weight.astype(np.float64), ties.neighbour.astype(np.int64), ties.first), shape=(n, n))
    total = np.asarray(matrix.sum(axis=1)).ravel()
    susceptible = np.where(total > 0.0, model.susceptibility, 0.0)  # without contacts, own experience stays
    rows = sparse.diags(susceptible / np.maximum(total, 1.0)) @ matrix
    anchor = model.residents.efficacy_own.astype(np.float64)
    found: Floats = spsolve(sparse.csc_matrix(sparse.identity(n) - rows), (1.0 - susceptible) * anchor)
    return found


def run(size: Size) -> Outcome:
    """Three people whose fixed point is known, and a whole community against a linear solver."""
    seen = talk(three(), WEEKS)
    rows = list[Row]()
    for i, theory in enumerate(SETTLED):
        label = Label(zh=f"第 {i + 1} 人的看法", en=f"opinion of person {i + 1}")
        rows.append(exact(f"person_{i + 1}", label, theory, float(seen[-1, i]), ROUNDING))
    people = {"population.residents": size.of(400, 4000), "experience.talk": OTHERS}
    model = CommunityModel(load(SCENARIO, people), size.seed)
    end = fixed_point(model)
    whole = talk(model, WEEKS)[-1]
    label = Label(
        zh="整个社区：与线性方程组的解相差最多", en="whole community: farthest from the linear solver")
    rows.append(exact("community", label, 0.0, float(np.abs(whole - end).max()), ROUNDING))
    return Outcome(tuple(rows), {"course": seen, "theory": end, "community": whole})


def draw(outcome: Outcome, lang: str) -> Figure:
    """Opinions of the three week by week; everyone of a community against the solver."""
    from sim.report.words import say
    from sim.verify.drawing import SEEN, SEEN_TOO, THEORY, sheet

    figure = sheet(3.0, CHECK.label, CHECK.reduction, lang)
    left, right = figure.subplots(1, 2)
    shown = outcome.data["course"][:21]
    for i, (color, marker) in enumerate(zip((SEEN, SEEN_TOO, "#009E73"), "os^", strict=True)):
        left.plot(shown[:, i], marker, color=color, markersize=2.8, linestyle="-", linewidth=0.6,
                  label=outcome.rows[i].label.text(lang))
        left.axhline(SETTLED[i], color=THEORY, linewidth=0.7, linestyle=(0, (4, 2)))
    left.set_xlabel(say(lang, "周", "week"))
    left.set_ylabel(say(lang, "看法（虚线：理论）", "opinion (dashed: theory)"))
    left.set_xticks(range(0, 21, 5))
    left.legend(loc="lower right")
    right.plot([0, 1], [0, 1], color=THEORY, linewidth=0.7)
    right.plot(outcome.data["theory"], outcome.data["community"], "o", color=SEEN, markersize=1.4, alpha=0.6)
    right.set_xlabel(say(lang, "全社区，线性方程组的解", "whole community, linear solver"))
    right.set_ylabel(say(lang, "模拟", "simulated"))
    right.set_aspect("equal")
    near = outcome.data["theory"].min() - 0.03, outcome.data["theory"].max() + 0.03
    right.set_xlim(*near)
    right.set_ylim(*near)
    return figure


CHECK = Check(
    "friedkin_johnsen", Label(zh="弗里德金–约翰森：交谈", en="Friedkin–Johnsen: talk"), "Friedkin–Johnsen",
    Label(zh="W = [[0,1,0],[½,0,½],[0,1,0]]、Λ = diag(0.5, 0.8, 1)、u = (1, 0.5, 0) 时看法收敛到 (0.875, "
             "0.75, 0.75)。",
          en="With W = [[0,1,0],[½,0,½],[0,1,0]], Λ = diag(0.5, 0.8, 1) and u = (1, 0.5, 0) opinions settle "
             "at (0.875, 0.75, 0.75)."),
    Label(zh="一周的第七部分照常运行，但没有活动和案件，所以自身经验不变，只剩交谈。三人由居民表和关系表读"
             "入；情景里交谈权重只有一个数，三人各自的 Λ 直接写在模型的列上。全社区用合成人口和关系，权重 "
             "0.6。",
          en="Part seven of the week runs as always, without gatherings or cases: own experience stays, "
             "only talk is left. The three come from a table of residents and one of ties; a scenario has "
             "one weight of talk for all, so their Λ is written on the model's column. The community is "
             "synthetic, with a weight of 0.6."),
    ("sim.processes.aftermath.learn_from_week", "sim.processes.talk.friedkin_johnsen"), run, draw)
