"""How the things a study speaks of are called: outcomes with units, terms, targets, packages, files."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from sim.outcomes import OUTCOMES
from sim.report.findings import table_unit
from sim.report.studies.factors import plain
from sim.report.studies.material import BETWEEN, StudyMaterial, is_contrast
from sim.report.studies.tables import records
from sim.report.words import is_share, say, short_name

TIMES = " × "
"""Between the two factors of an interaction."""

Row = dict[str, Any]


def slug(*parts: str) -> str:
    """File name out of some words: ``festival - baseline`` becomes ``festival-vs-baseline``."""
    text = "-".join(part.replace(BETWEEN, "-vs-") for part in parts if part)
    return re.sub(r"[^\w.-]+", "_", text).strip("_.-") or "figure"


def about(m: StudyMaterial, of: str, outcome: str, lang: str) -> str:
    """An outcome of an arm or contrast."""
    return " · ".join(text for text in (short_name(outcome, lang), m.of(of, lang)) if text)


def heading(m: StudyMaterial, what: str, of: str, outcome: str, lang: str) -> str:
    """Title of a figure about one outcome of one arm or contrast."""
    text = about(m, of, outcome, lang)
    return f"{what}{say(lang, '：', ': ')}{text}" if text else what


# Units.


def level_unit(outcome: str, lang: str) -> str:
    """Unit of an outcome as axes show it: shares in per cent."""
    if is_share(outcome) and not outcome.endswith("_gap"):
        return "%"
    return table_unit(outcome, lang)


def weekly_unit(outcome: str, lang: str) -> str:
    """Unit of an outcome's weekly series: what is summed to a year is counted a week at a time there."""
    unit = level_unit(outcome, lang)
    if outcome in OUTCOMES and OUTCOMES[outcome].summary == "sum_per_year":
        return unit.replace("/年", "/周") if lang == "zh" else unit.replace("a year", "a week")
    return unit


def unit_of(of: str, outcome: str, lang: str) -> str:
    """Unit of a level or, for a contrast, of a difference."""
    return table_unit(outcome, lang) if is_contrast(of) else level_unit(outcome, lang)


def bracketed(text: str, unit: str, lang: str) -> str:
    """A name with its unit."""
    if not unit:
        return text
    return f"{text}（{unit}）" if lang == "zh" else f"{text} ({unit})"


def scaled(outcome: str) -> float:
    """What values of an outcome are multiplied by to be shown: 100 for shares."""
    return 100.0 if is_share(outcome) else 1.0


def stars(p: float) -> str:
    """Stars of an adjusted p: below 0.05, 0.01, 0.001."""
    return "" if math.isnan(p) else "*" * sum(p < limit for limit in (0.05, 0.01, 0.001))


# Terms of a factorial design.


def term_name(m: StudyMaterial, term: str, lang: str) -> str:
    """Name of a main effect or of an interaction; a minus before an alias of opposite sign is kept."""
    sign = "−" if term.startswith("−") else ""
    return sign + TIMES.join(m.factor(part).name(lang) for part in term.removeprefix("−").split(TIMES))


def aliased(rows: pd.DataFrame) -> dict[str, list[str]]:
    """Terms that cannot be told from others in this design, with those others."""
    found = {str(row["term"]): str(row["aliases"] or "").split(",") for row in records(rows)}
    listed = {term: [one.strip() for one in some if one.strip()] for term, some in found.items()}
    return {term: some for term, some in listed.items() if some}


# Targets of a calibration.


def held_out(row: Row) -> bool:
    """Whether a target had no part in the calibration."""
    return bool(row["use"] == "held_out")


def target_name(m: StudyMaterial, row: Row, lang: str) -> str:
    """What a target is about: outcome, statistic, and arm unless it is the only one."""
    outcome, target = str(row["outcome"]), str(row["target"])
    name = short_name(outcome, lang) if outcome in OUTCOMES else target
    arm = m.arm(str(row["arm"]), lang)
    if row["statistic"] != "level":
        arm = m.of(f"{row['arm']}{BETWEEN}{row['against']}", lang)
    elif len(m.arms) < 2:
        return name
    return f"{name}{say(lang, '，', ', ')}{arm}"


def unit_and_scale(row: Row, lang: str) -> tuple[str, float]:
    """Unit of a target's values, and what they are multiplied by to be shown."""
    outcome = str(row["outcome"])
    if row["statistic"] == "relative":
        return "%", 100.0
    if outcome not in OUTCOMES:
        return "", 1.0
    unit = table_unit if row["statistic"] == "difference" else level_unit
    return unit(outcome, lang), scaled(outcome)


def range_text(low: float, high: float, scale: float = 1.0) -> str:
    """A range in few characters; a single number where its ends are equal."""
    if low == high:
        return plain(scale * low)
    if math.isinf(low):
        return f"≤ {plain(scale * high)}"
    if math.isinf(high):
        return f"≥ {plain(scale * low)}"
    return f"{plain(scale * low)}{' … ' if low < 0 else '–'}{plain(scale * high)}"


# Packages of policies.


def package_name(m: StudyMaterial, package: Mapping[str, Any], lang: str) -> str:
    """A package in words: policies that are on with their settings in brackets, then all other factors.

    Parameters
    ----------
    m : StudyMaterial
    package : mapping
        Value of each factor; settings of a policy that is off are left out.
    lang : {"zh", "en"}
    """
    switched = {key.removesuffix(".on"): bool(value) for key, value in package.items() if key.endswith(".on")}
    parts: dict[str, list[str]] = {policy: [] for policy, on in switched.items() if on}
    others = []
    for key, value in package.items():
        policy = next((one for one in switched if key.startswith(f"{one}.")), None)
        factor = m.factor(key)
        if policy is None:
            others.append(f"{factor.name(lang)} {factor.value(value, lang)}")
        elif switched[policy] and not key.endswith(".on"):
            # Its name begins with the policy's, which is said already
            own = re.split("：|: ", factor.name(lang))[-1]
            parts[policy].append(f"{own} {factor.value(value, lang)}")
    named = [
        bracketed(m.factor(f"{policy}.on").name(lang), say(lang, "，", ", ").join(own), lang)
        for policy, own in parts.items()]
    return say(lang, "、", "; ").join([*named, *others]) or say(lang, "（无政策）", "(no policy)")


class Goal(NamedTuple):
    """An objective or budget of an optimisation, by the column it has in its tables."""

    column: str
    outcome: str
    of: str


def goal(column: str) -> Goal:
    """What a column ``outcome`` or ``outcome [of]`` is about."""
    outcome, bracket, of = column.partition(" [")
    return Goal(column, outcome, of.rstrip("]") if bracket else "")


def goals(finalists: pd.DataFrame) -> tuple[list[Goal], list[Goal]]:
    """Objectives and budgets of an optimisation."""
    names = [str(name)[: -len("_low")] for name in finalists.columns if str(name).endswith("_low")]
    names = [name for name in names if name != "difference"]
    limits = {str(name)[: -len("_within")] for name in finalists.columns if str(name).endswith("_within")}
    found = [goal(name) for name in names]
    budgets = [one for one in found if one.column in limits]
    return [one for one in found if one not in budgets], budgets


def packages(finalists: pd.DataFrame) -> list[dict[str, Any]]:
    """The package of each finalist: a value of every factor."""
    names = [str(name) for name in finalists.columns]
    factors = names[names.index("trial") + 1 : names.index("chosen")]
    return [{key: row[key] for key in factors} for row in records(finalists)]
