"""Tables of made-up studies, as analyses give them, for the tests of figures and report; no tests here."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sim.params import Label
from sim.report.studies.factors import factors_of
from sim.report.studies.material import StudyMaterial
from sim.report.studies.tables import COLUMNS

NAN = math.nan
PARTICIPATION, DISPUTES, COST = "participation_52_other", "latent_neighbour_disputes", "money_spent"
OF = "festival - baseline"
ARMS = {
    "baseline": Label(zh="基线", en="baseline"),
    "festival": Label(zh="邻里节", en="neighbour festival"),
    "projects": Label(zh="民生微实事与骨干培育", en="micro-projects with backbones"),
}
NUMBERS = (
    "ties.atomisation", "policies.neighbour_festival.intensity", "actors.residents_committee.meeting.hours",
    "participation.habit", "budget.weekly", "cases.own_experience", "actors.grid_worker.skill", "world.rate",
)
MANY = tuple(
    f"actors.{place}.{name}" for place, name in itertools.product(
        ("core.party_day", "residents_committee.activity", "grid_worker.patrol", "volunteers.shift"),
        ("weeks", "hours", "notice", "relevance", "mixing")))
MANIFEST = {
    "name": "neighbour-festival", "study_key": "0123456789abcdef", "code_hash": "c0de", "python": "3.11.7",
    "packages": {"numpy": "2.4"}, "command": "yihe sweep experiments/neighbour_festival.yaml", "cpu": "x",
}


def material(
    tables: dict[str, pd.DataFrame], factors: tuple[str, ...] = NUMBERS, **more: Any
) -> StudyMaterial:
    made = StudyMaterial(
        name="neighbour-festival", title=Label(zh="邻里节在何时有用", en="When a neighbour festival helps"),
        base="../scenarios/chaoyang_neighbour_festival.yaml", arms=ARMS, control="baseline", method="sobol",
        factors=factors_of([*factors, "regime"], ranges=dict.fromkeys(factors, (0.0, 1.0))), tables=tables,
        outcomes=(PARTICIPATION, DISPUTES), points=25, seeds=tuple(range(1, 13)), weeks=104,
        manifest=MANIFEST)
    return replace(made, **more)


# Tables as an analysis makes them: smooth effects, noise, one factor without influence, one value missing.


def design(factors: dict[str, list[Any]]) -> pd.DataFrame:
    rows = list(itertools.product(*factors.values()))
    table = pd.DataFrame(rows, columns=list(factors))
    return table.assign(point=range(len(table)))[["point", *factors]]


def runs(design: pd.DataFrame, seeds: int = 12) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    x = design.drop(columns="point").select_dtypes("number").to_numpy(float)
    x = x if x.shape[1] else np.zeros((len(design), 1))
    x = (x - x.min(axis=0)) / np.maximum(np.ptp(x, axis=0), 1e-9)
    frames = []
    for a, arm in enumerate(ARMS):
        for seed in range(1, seeds + 1):
            luck = rng.normal(0, 0.02)
            level = 0.25 + 0.08 * a * (1 - 1.3 * x[:, 0]) + 0.05 * x[:, -1] + luck
            frames.append(pd.DataFrame({
                "point": design["point"], "arm": arm, "seed": seed,
                PARTICIPATION: level + rng.normal(0, 0.01, len(design)),
                DISPUTES: 140 - 20 * a * x[:, 0] + 200 * luck + rng.normal(0, 4, len(design))}))
    table = pd.concat(frames, ignore_index=True)
    return table.sort_values(["point", "seed"], kind="stable", ignore_index=True)


GRID = design({"ties.atomisation": [0.0, 0.15, 0.3, 0.45, 0.6], "policies.neighbour_festival.intensity": [
    0.2, 0.4, 0.6, 0.8, 1.0]})
FACETED = design({**{name: sorted(set(GRID[name])) for name in GRID.columns[1:]}, "regime": [
    "fragmented", "administrative", "one_core", "self_governing"]})


def series(points: int = 6, seeds: int = 8, weeks: int = 52) -> pd.DataFrame:
    p, s, a, w = np.indices((points, seeds, len(ARMS), weeks)).reshape(4, -1)
    rng = np.random.default_rng(2)
    rise = 0.2 + 0.1 * (1 - np.exp(-w / 20)) * (1 + a) + 0.01 * p + 0.02 * np.sin(s)
    return pd.DataFrame({
        "point": p, "arm": np.array(list(ARMS))[a], "seed": s, "week": w,
        PARTICIPATION: rise + rng.normal(0, 0.005, len(p)),
        DISPUTES: 150 - 30 * rise + rng.normal(0, 5, len(p))})


def contrasts(outcomes: tuple[str, ...] = (PARTICIPATION, DISPUTES, "time_to_close", "trust_core", "autonomy")
              ) -> pd.DataFrame:
    rows = []
    for i, (arm, outcome) in enumerate(itertools.product(("festival", "projects"), outcomes)):
        size = {DISPUTES: 8.0, "time_to_close": 3.0}.get(outcome, 0.03)
        value = size * (1.4, -0.3, 0.9, -1.6, 0.1)[i % 5]
        p = 0.0004 if abs(value) > size else 0.4
        rows.append((f"{arm} - baseline", outcome, arm, "baseline", -1, value, value - 0.8 * size,
                     value + 0.8 * size, p, min(1.0, 5 * p), 12, value / size, "t"))
    return pd.DataFrame(rows, columns=list(COLUMNS["contrasts"]))


def influence(factors: tuple[str, ...] = NUMBERS) -> dict[str, pd.DataFrame]:
    """Morris, Sobol with pairs, PAWN and one-at-a-time of two outcomes."""
    rng = np.random.default_rng(3)
    strength = 0.6 ** np.arange(len(factors)) + 0.01
    scale = {PARTICIPATION: 0.12, DISPUTES: 40.0}
    found: dict[str, list[tuple[Any, ...]]] = {name: [] for name in (
        "morris", "sobol", "sobol_pairs", "pawn", "tornado")}
    for (of, outcome), (i, factor) in itertools.product(
            (("festival", DISPUTES), (OF, PARTICIPATION)), enumerate(factors)):
        head, s, size = (of, outcome, factor), strength[i], scale[outcome] * strength[i]
        found["morris"].append(
            (*head, -size * (-1) ** i, size, 0.8 * size, 1.2 * size, size * (0.2 + i % 3)))
        s1 = 0.55 * s / strength.sum() + rng.normal(0, 0.005)
        st = 0.9 * s / strength.sum() + 0.02
        found["sobol"].append((*head, s1, s1 - 0.05, s1 + 0.05, st, st - 0.06, st + 0.06))
        found["sobol_pairs"] += [
            (*head, other, 0.2 * s * strength[j], 0.2 * s * strength[j] - 0.03, 0.2 * s * strength[j] + 0.03)
            for j, other in enumerate(factors) if j > i]
        found["pawn"].append((*head, 0.1 + 0.4 * s, 0.05 + 0.4 * s, 0.15 + 0.4 * s, 0.12))
        moves = [(0.0, -0.9 * size), (0.6, 0.9 * size)] if i != 2 else [(0.0, 0.4 * size), (0.6, size)]
        found["tornado"] += [(*head, value, by, by - 0.3 * size, by + 0.3 * size) for value, by in moves]
    return {name: pd.DataFrame(rows, columns=list(COLUMNS[name])) for name, rows in found.items()}


def effects(policies: tuple[str, ...] = (
        "neighbour_festival", "micro_projects", "building_leaders", "points_incentive", "red_property")
            ) -> pd.DataFrame:
    keys = [f"policies.{name}" for name in policies]
    rows = [("festival", PARTICIPATION, key, 1, 0.06 * 0.5**i - 0.01 * i, 0.06 * 0.5**i - 0.01 * i - 0.012,
             0.06 * 0.5**i - 0.01 * i + 0.012, 0.01, 0.03 if i < 2 else 0.3,
             f"{keys[-1]} × {keys[-2]}" if i == 0 else "") for i, key in enumerate(keys)]
    rows += [("festival", PARTICIPATION, f"{a} × {b}", 2, 0.02 * math.sin(i), 0.02 * math.sin(i) - 0.008,
              0.02 * math.sin(i) + 0.008, 0.2, 0.9, "")
             for i, (a, b) in enumerate(itertools.combinations(keys, 2))]
    return pd.DataFrame(rows, columns=list(COLUMNS["effects"]))


def prim(points: int = 120) -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(4)
    sample = pd.DataFrame({"point": range(points), **{
        name: rng.random(points) * top for name, top in zip(NUMBERS[:4], (0.6, 1.0, 3.0, 1.0), strict=True)}})
    sample["regime"] = np.resize(["one_core", "self_governing"], points)
    inside = (sample[NUMBERS[0]] > 0.35) & (sample[NUMBERS[1]] < 0.5)
    head = OF, DISPUTES, 1
    boxes = [(*head, NUMBERS[0], 0.35, 0.6, "", 1e-6), (*head, NUMBERS[1], 0.0, 0.5, "", 2e-4),
             (*head, NUMBERS[2], 1.1, 1.6, "", 0.21),
             (*head, "regime", NAN, NAN, "one_core, self_governing", 0.03)]
    steps = np.arange(14)
    peeling = pd.DataFrame({
        "of": OF, "outcome": DISPUTES, "box": 1, "step": steps, "coverage": 1 - 0.05 * steps,
        "density": 0.22 + 0.055 * steps, "mass": 0.95**steps, "chosen": steps == 9})
    peeling = pd.concat([peeling, peeling.assign(box=2, density=0.1, chosen=False)], ignore_index=True)
    cases = pd.DataFrame({"of": OF, "outcome": DISPUTES, "point": sample["point"], "interest": inside})
    return {"design": sample, "prim_boxes": pd.DataFrame(boxes, columns=list(COLUMNS["prim_boxes"])),
            "prim_peeling": peeling, "prim_cases": cases}


def pareto(outcomes: tuple[str, ...] = (PARTICIPATION, DISPUTES, COST), points: int = 25) -> pd.DataFrame:
    rng = np.random.default_rng(6)
    n = points * len(ARMS)
    t = rng.random(n)
    values = {
        PARTICIPATION: 0.2 + 0.2 * t + 0.03 * rng.random(n), DISPUTES: 150 - 40 * t**2 + 20 * rng.random(n),
        COST: 20_000 * t**2 + 4000 * rng.random(n)}
    table = pd.DataFrame({"point": np.repeat(range(points), len(ARMS)), "arm": list(ARMS) * points})
    for outcome in outcomes:
        half = 0.04 * float(np.mean(values[outcome]))
        table = table.assign(**{outcome: values[outcome], f"{outcome}_low": values[outcome] - half,
                                f"{outcome}_high": values[outcome] + half})
    goods = np.column_stack([values[o] * (1 if o == PARTICIPATION else -1) for o in outcomes])
    as_good, better = goods[None] >= goods[:, None], goods[None] > goods[:, None]
    beaten = (as_good.all(axis=2) & better.any(axis=2)).sum(axis=1)
    share = np.clip(0.9 - 0.2 * beaten + 0.2 * rng.random(n), 0, 1)
    return table.assign(front=beaten == 0, front_share=share)


def posterior(factors: tuple[str, ...] = NUMBERS[:4], n: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    table = pd.DataFrame({name: rng.beta(2 + i, 5 - min(i, 3), n) for i, name in enumerate(factors)})
    if len(factors) > 1:
        table[factors[1]] = np.clip(0.8 * table[factors[0]] + 0.2 * table[factors[1]], 0, 1)
    return table.assign(weight=rng.random(n), generation=np.resize([3, 4, 4, 4], n), distance=rng.random(n))


def calibration() -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(8)
    space = pd.DataFrame({name: rng.random(3000) for name in NUMBERS[:4]})
    far = 9 * (space[NUMBERS[0]] - 0.4).abs() + 6 * (space[NUMBERS[1]] - space[NUMBERS[2]]).abs()
    level = ("baseline", "", "level")
    checks = pd.DataFrame([
        ("closing", "time_to_close", *level, "held_out", 25.0, 35.0, 52.0, 44.0, 61.0, False),
        ("participation", PARTICIPATION, *level, "fit", 0.30, 0.40, 0.338, 0.31, 0.37, True),
        ("disputes", DISPUTES, "festival", "baseline", "relative", "fit", -0.3, -0.1, -0.12, -0.2, 0.05,
         True),
        ("trust", "trust_core", *level, "held_out", 0.6, 0.6, 0.58, 0.55, 0.61, True),
        ("load", "staff_load", *level, "fit", 0.8, math.inf, 0.9, 0.7, 1.1, True),
        ("by_15_days", "closed_within_15_days", *level, "held_out", 0.7, 0.9, NAN, NAN, NAN, False),
    ], columns=list(COLUMNS["checks"]))
    waves = pd.DataFrame({"wave": [1, 2, 3], "points": [400, 400, 200], "share_left": [0.31, 0.044, 0.0021]})
    judged = {"participation-doubles": (0.55, 0.3, 0.05, 0.1), "disputes-halve": (0.0, 0.2, 0.8, 0.0)}
    claims = pd.DataFrame(
        [(claim, verdict, share, max(0.0, share - 0.1), min(1.0, share + 0.1))
         for claim, shares in judged.items()
         for verdict, share in zip(("reached", "weaker", "opposite", "undetermined"), shares, strict=True)],
        columns=list(COLUMNS["claims"]))
    shrinkage = pd.DataFrame({
        "parameter": NUMBERS[:4], "prior": ["uniform", "log_uniform", "uniform", "uniform"],
        "prior_low": [0.0, 0.01, 0.0, 0.0], "prior_high": [1.0, 1.0, 1.0, 2.0]})
    return {"posterior": posterior(), "shrinkage": shrinkage, "waves": waves, "checks": checks,
            "claims": claims, "implausibility": space.assign(implausibility=far, cutoff=3.0)}


def search() -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(9)
    festival, wishes, leaders = (
        f"policies.{name}" for name in ("neighbour_festival", "micro_projects", "building_leaders"))
    trials = pd.DataFrame({
        "trial": range(80), PARTICIPATION: 0.3 + 0.1 * (1 - np.exp(-np.arange(80) / 25))
        + rng.normal(0, 0.02, 80), COST: 20_000 * rng.random(80), "affordable": rng.random(80) > 0.15,
        "judged": True, "n": 3, "front": False})
    value = np.array([0.405, 0.41, 0.398, 0.37, 0.31])
    cost = np.array([8700.0, 9000.0, 4000.0, 13000.0, 0.0])
    apart = np.where(value == 0.41, 0.0, 0.015)
    finalists = pd.DataFrame({
        "trial": [61, 47, 12, 70, 0], f"{festival}.on": [True, True, False, True, False],
        f"{festival}.intensity": [0.6, 0.8, 0.2, 1.0, 0.2], f"{wishes}.on": [False, True, True, True, False],
        f"{leaders}.on": [True, False, False, True, False], "chosen": value == 0.41,
        "base": [False] * 4 + [True], PARTICIPATION: value, f"{PARTICIPATION}_low": value - 0.012,
        f"{PARTICIPATION}_high": value + 0.012, COST: cost, f"{COST}_low": 0.98 * cost,
        f"{COST}_high": 1.02 * cost, f"{COST}_within": ["yes", "yes", "yes", "no", "yes"], "n": 10,
        "difference": value - 0.41, "difference_low": value - 0.41 - apart,
        "difference_high": value - 0.41 + apart, "p": 0.5, "p_holm": 0.9,
        "equal": [True, False, True, False, False], "front": True, "front_share": [0.9, 1.0, 0.8, 0.2, 1.0]})
    return {"trials": trials, "finalists": finalists}


def stopping(points: int = 20) -> pd.DataFrame:
    rows = [(OF, PARTICIPATION, p, n, 0.05 * (1 + 0.6 * math.sin(p)) / math.sqrt(n), 0.008)
            for p in range(points) for n in range(20, 201, 10)]
    table = pd.DataFrame(rows, columns=list(COLUMNS["replicates"]))
    before = table.groupby("point")["half_width"].shift(1)
    return table[~(before <= table["goal"])].reset_index(drop=True)
