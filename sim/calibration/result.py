"""A whole calibration, start to end, and what it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from sim.calibration import abc_smc, claims, history_matching, predictive
from sim.calibration.bench import Bench, Evaluate
from sim.calibration.claims import Judge
from sim.calibration.parameters import points
from sim.calibration.region import whole
from sim.calibration.spec import Calibration
from sim.designs import extra
from sim.params import Label

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class CalibrationResult:
    """What a calibration found. Tables of parts that were not done, or had nothing to say, are empty.

    Parameters
    ----------
    waves : DataFrame
        Of history matching: :data:`sim.calibration.history_matching.WAVES`.
    emulators : DataFrame
        :data:`sim.calibration.history_matching.EMULATORS`.
    implausibility : DataFrame
        Over the whole prior: one column a parameter, then ``implausibility, cutoff, wave``.
    region : DataFrame
        Places history matching left, spread evenly: one column a parameter.
    generations : DataFrame
        Of ABC: :data:`sim.calibration.abc_smc.GENERATIONS`.
    posterior : DataFrame
        One column a parameter, then ``weight, generation, distance``.
    shrinkage : DataFrame
        :data:`sim.calibration.predictive.SHRINKAGE`.
    checks : DataFrame
        :data:`sim.calibration.predictive.CHECKS`.
    claims : DataFrame
        :data:`sim.calibration.claims.CLAIMS`.
    evaluations : DataFrame
        Every point run: ``stage, wave``, parameters, ``seed``, ``target:<id>``.
    culprits : tuple of str
        Targets that leave nothing; empty if something is left.
    sentences : tuple of Label
        How it went, in whole sentences.
    """

    waves: pd.DataFrame
    emulators: pd.DataFrame
    implausibility: pd.DataFrame
    region: pd.DataFrame
    generations: pd.DataFrame
    posterior: pd.DataFrame
    shrinkage: pd.DataFrame
    checks: pd.DataFrame
    claims: pd.DataFrame
    evaluations: pd.DataFrame
    culprits: tuple[str, ...]
    sentences: tuple[Label, ...]

    @property
    def nothing_left(self) -> bool:
        """Whether no parameters can give the targets."""
        return bool(self.culprits)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name."""
        return {
            f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("culprits", "sentences")
        }

    def __repr__(self) -> str:
        """How it went; never the tables."""
        told = "; ".join(sentence.en for sentence in self.sentences)
        return f"<CalibrationResult {told}>"


PLACES = 3_000
"""Places of the tables ``implausibility`` and ``region``."""


def calibrate(
    calibration: Calibration,
    evaluate: Evaluate,
    *,
    check: Evaluate | None = None,
    judge: Judge | None = None,
    weeks: int = 0,
) -> CalibrationResult:
    """History matching, ABC-SMC, and the checks.

    Parameters
    ----------
    calibration : Calibration
    evaluate : Evaluate
        Needs to give :attr:`Calibration.arms_to_fit` only.
    check : Evaluate, optional
        For the checks at the end, with the arms of held-out targets and claims too; ``evaluate`` if left out.
    judge : Judge, optional
        Of claims at each draw from the posterior.
    weeks : int
        Length of a run after its warm-up; needed with ``judge``.

    Returns
    -------
    CalibrationResult
    """
    pools = extra.calibrate("threadpoolctl")
    # Sums split over threads differ in the last bit; then the next wave would ask for other points
    with pools.threadpool_limits(1):
        return _calibrate(calibration, evaluate, check or evaluate, judge, weeks)


def _calibrate(
    calibration: Calibration, evaluate: Evaluate, check: Evaluate, judge: Judge | None, weeks: int
) -> CalibrationResult:
    bench = Bench(evaluate, calibration.parameters, calibration.fit, calibration.seed)
    region, matched = whole(len(calibration.parameters)), None
    if calibration.history_matching is not None:
        matched = history_matching.match(bench, calibration.history_matching, calibration.seed)
        region = matched.region
    if calibration.abc is None or (matched is not None and matched.nothing_left):
        return _result(calibration, [bench], matched, None)
    found = abc_smc.sample(bench, region, calibration.abc, calibration.seed)
    last = Bench(check, calibration.parameters, calibration.targets, calibration.seed)
    rows = predictive.resample(found.population.weight, calibration.predictive.draws, calibration.seed)
    simulated, runs = last.simulate_runs(
        found.population.unit[rows], calibration.predictive.replicates, "predictive", 0
    )
    checks = predictive.check(calibration.targets, simulated, calibration.seed)
    # A particle drawn twice is one set of parameters: its second set of seeds tells nothing of another
    told = min(found.population.ess, float(len(np.unique(rows))))
    judged = None if judge is None else claims.shares(runs, judge, weeks, told)
    return _result(calibration, [bench, last], matched, found, checks, judged)


def _result(
    calibration: Calibration,
    benches: Sequence[Bench],
    matched: history_matching.Matched | None,
    found: abc_smc.Sample | None,
    checks: pd.DataFrame | None = None,
    judged: pd.DataFrame | None = None,
) -> CalibrationResult:
    import pandas as pd

    def empty(columns: Sequence[str]) -> pd.DataFrame:
        return pd.DataFrame(columns=list(columns))

    names = [parameter.path for parameter in calibration.parameters]
    tables = {
        "waves": empty(history_matching.WAVES),
        "emulators": empty(history_matching.EMULATORS),
        "implausibility": empty([*names, "implausibility", "cutoff", "wave"]),
        "region": empty(names),
        "generations": empty(abc_smc.GENERATIONS),
        "posterior": empty([*names, "weight", "generation", "distance"]),
        "shrinkage": empty(predictive.SHRINKAGE),
        "checks": empty(predictive.CHECKS) if checks is None else checks,
        "claims": empty(claims.CLAIMS) if judged is None else judged,
        "evaluations": pd.concat([bench.evaluations() for bench in benches], ignore_index=True),
    }
    left = None if matched is None or matched.nothing_left else matched.region
    if matched is not None:
        tables |= {"waves": matched.waves, "emulators": matched.emulators}
        tables["implausibility"] = matched.implausibility(calibration.parameters, PLACES, calibration.seed)
    if left is not None:
        tables["region"] = points(calibration.parameters, left.spread(PLACES, calibration.seed))
    if found is not None:
        p = found.population
        tables |= {"generations": found.generations, "posterior": found.table(benches[0])}
        tables["shrinkage"] = predictive.shrinkage(calibration.parameters, p.unit, p.weight, left)
    return CalibrationResult(
        **tables,
        culprits=() if matched is None else matched.culprits,
        sentences=tuple(part.sentence for part in (matched, found) if part is not None),
    )
