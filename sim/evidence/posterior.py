"""How much a calibration's reference results are worth: particles, distinct draws, and what chance would "
"give."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.calibration.abc_smc import STOPS
from sim.calibration.claims import exact
from sim.calibration.particles import widening
from sim.evidence.stored import Reference
from sim.params import Label
from sim.scenario import yamlfile

UNIFORM_KURTOSIS = 1.8
LEVEL = 0.05


class Course(NamedTuple):
    """How ABC ended.

    Parameters
    ----------
    particles : int
        Of the last generation that was finished.
    effective : float
        Their effective number (Kong 1992).
    generations : int
        Finished after the prior's own.
    tolerance : float
        Of the last one, in standard deviations of the noise; infinite if only the prior's own was finished.
    wider : float
        By how much that tolerance widens the posterior, near enough, as a share.
    stop : Label
        Why it ended.
    """

    particles: int
    effective: float
    generations: int
    tolerance: float
    wider: float
    stop: Label


class Met(NamedTuple):
    """Distinct draws that meet every fitted target within so many errors."""

    hits: int
    of: int
    low: float
    high: float
    """Ends of the exact 95 % interval of the share."""
    expected: float
    """Share of an exact posterior that would, were targets independent and errors normal."""


def course(r: Reference) -> Course:
    """How ABC ended; the generation that too few proposals reached, if any, does not count."""
    table = r.table("generations")
    done = table[table["ess"].notna()].iloc[-1]
    tolerance = float(done["tolerance"])
    fitted = int((r.table("checks")["use"] == "fit").sum())
    return Course(
        len(r.table("posterior")), float(done["ess"]), int(done["generation"]), tolerance,
        widening(tolerance, fitted) - 1.0, STOPS[str(table["stop"].iloc[-1])])


def distinct(r: Reference) -> int:
    """Sets of parameters among the draws that differ."""
    return len(r.table("draws").drop_duplicates(list(r.table("shrinkage")["parameter"])))


def met(r: Reference, errors: float) -> Met:
    """Distinct draws all of whose fitted targets lie within so many errors of what they should be."""
    checks = r.table("checks")
    fitted = checks[checks["use"] == "fit"].set_index("target")
    means = r.table("draws").groupby(list(r.table("shrinkage")["parameter"]), sort=False).mean()
    hit = np.ones(len(means), bool)
    for target, row in fitted.iterrows():
        value = means[f"target:{target}"].to_numpy(float)
        off = np.maximum(row["observed_low"] - value, value - row["observed_high"])
        hit &= off <= errors * float(row["error"])
    low, high = exact(float(hit.mean()), len(hit))
    return Met(int(hit.sum()), len(hit), low, high, math.erf(errors / math.sqrt(2.0)) ** len(fitted))


class Unmoved(NamedTuple):
    """A fitted target that the draws move by less than its error: nothing can be fitted to it."""

    outcome: str
    low: float
    high: float
    """Of the distinct draws' means."""
    error: float


def unmoved(r: Reference) -> list[Unmoved]:
    """Fitted targets whose standard deviation over the distinct draws is below a third of their error."""
    checks, found = r.table("checks"), []
    means = r.table("draws").groupby(list(r.table("shrinkage")["parameter"]), sort=False).mean()
    for target, row in checks[checks["use"] == "fit"].set_index("target").iterrows():
        value = means[f"target:{target}"].to_numpy(float)
        if value.std(ddof=1) < float(row["error"]) / 3.0:
            found.append(Unmoved(str(row["outcome"]), value.min(), value.max(), float(row["error"])))
    return found


def seeds(r: Reference) -> tuple[int, int, int]:
    """Seeds of a point in history matching, of one in ABC, and of one in the checks at the end."""
    waves, generations = r.table("waves"), r.table("generations")
    study = r.folder / "study.yaml"
    tree, _ = yamlfile.parse(study.read_text(encoding="utf-8"), study.name)
    return (
        int(waves["runs"].sum() // waves["points"].sum()) if len(waves) else 0,
        int(generations["runs"].sum() // generations["proposed"].sum()),
        int(tree["calibrate"]["predictive"]["replicates"]))


def chance_shrinkage(effective: float, tests: int = 1) -> float:
    """Shrinkage that 95 % of samples of that size show no more than in any of so many parameters.

    Without any information, that is, and in either direction. The variance of a sample of n from a uniform
    prior has relative variance (κ − (n − 3)/(n − 1))/n with κ = 1.8; the quantile is the normal one at
    0.05/(2 × tests), after Bonferroni.
    """
    from scipy.special import ndtri

    n = max(effective, 2.0)
    return float(-ndtri(LEVEL / (2.0 * tests))) * math.sqrt((UNIFORM_KURTOSIS - (n - 3.0) / (n - 1.0)) / n)
