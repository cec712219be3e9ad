"""From a study's results, which are large, to its reference results, which are kept beside the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.responses import VERSUS, response
from sim.analysis.study import analyse
from sim.calibration.claims import shares
from sim.calibration.running import claims_of
from sim.evidence.conditions import conditions
from sim.evidence.sieve import Candidates, FloatArray, candidates, sieve
from sim.evidence.signs import signs
from sim.evidence.stored import MANIFEST, REFERENCE
from sim.rng import Streams
from sim.study.opened import Study, open_study
from sim.study.statistics import band, paired
from sim.study.sweep import resumable
from sim.study.verdicts import judge

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.setup import Setup

KEPT = (
    "format", "uncalibrated", "note", "name", "title", "study_key", "kind", "seed", "weeks", "control",
    "code_hash", "git_commit", "git_dirty", "python", "packages", "platform", "cpu", "command", "workers",
    "started", "finished", "runs_failed")
"""What is kept of a manifest."""

CALIBRATED = ("shrinkage", "checks", "claims", "generations", "waves", "posterior")
CLAIMS = "evidence_claims_"
"""Begins the names of studies that put draws of the posterior to another scenario's claims."""
CLAIMED = frozenset(("none", "festival"))
"""Arms that the claims of S1 on the festival compare."""
SAMPLED = 3
"""Runs that can be done again from the reference results alone."""


def distil(folder: Path, root: Path = REFERENCE) -> Path:
    """Keep the small tables of a finished study.

    Parameters
    ----------
    folder : Path
        A study's results.
    root : Path
        Folder of all reference results.

    Returns
    -------
    Path
        The study's own folder in it: ``manifest.json``, ``study.yaml``, ``scenario.yaml`` and CSV tables;
        ``sample.csv`` holds a few runs with the values of their factors.
    """
    setup, study = resumable(folder), open_study(folder)
    tables = tables_of(setup, study)
    out = root / study.name
    out.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        digits = None if name == "sample" else "%.6g"  # what is to be run again must be exact
        table.to_csv(out / f"{name}.csv", index=False, float_format=digits, lineterminator="\n")
    for name in ("study.yaml", "scenario.yaml"):
        (out / name).write_bytes((folder / name).read_bytes())
    kept = {key: study.manifest[key] for key in KEPT if key in study.manifest}
    kept |= {"points": len(study.design), "runs": len(study.runs), "factors": len(study.factors)}
    kept["seeds"] = _seeds(study)
    text = json.dumps(kept, ensure_ascii=False, indent=1)
    (out / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return out


def tables_of(setup: Setup, study: Study) -> dict[str, pd.DataFrame]:
    """What is kept of each kind of study."""
    if setup.file.calibrate is not None:
        from sim.study import summary

        known = summary.stored(study.folder, (*CALIBRATED, "evaluations"))
        draws = known.pop("evaluations")
        return {**known, "draws": draws[draws["stage"] == "predictive"].drop(columns=["stage", "wave"])}
    runs, design, outcomes = study.runs, study.design, setup.file.report.outcomes
    if any(arm.endswith("_one_core") for arm in study.arms):
        found = conditions(runs, design, outcomes)
    elif study.name.startswith(CLAIMS):
        found = {"claims": _claims(setup, study)}
    elif setup.file.design is not None and str(setup.file.design.method) == "latin_hypercube":
        found = _sieved(setup, study)
    else:
        known = analyse(setup, runs, design).tables
        found = {name: known[name] for name in ("morris", "sobol", "tornado") if name in known}
        if any(VERSUS in of for of in setup.contrasts):
            found["signs"] = _signs(setup, study)
        found["base"] = base_of(setup, study)
        if "contrasts" in known and str(setup.file.design.method if setup.file.design else "") == "table":
            found["structures"] = _structures(setup, study)
        if "tornado" in found:
            found["ends"] = ends(setup, study, found["tornado"])
    return {**found, "sample": _sample(study, outcomes)}


def _claims(setup: Setup, study: Study) -> pd.DataFrame:
    """In what share of the posterior's draws each claim of the scenario is reached."""
    claims = claims_of(setup)
    return shares(study.runs, lambda values: judge(claims, values), setup.base.weeks)


def _sieved(setup: Setup, study: Study) -> dict[str, pd.DataFrame]:
    import pandas as pd

    columns, rows = candidates(study.design), []
    for of in setup.contrasts:
        for outcome in setup.file.report.outcomes:
            values = response(study.runs, outcome, of, tuple(setup.arms)).values
            rows.append(sieve(values.mean(axis=1), columns).assign(of=of, outcome=outcome))
    listed = pd.DataFrame({"factor": list(study.factors)})
    return {
        "sieve": pd.concat(rows, ignore_index=True), "signs": _signs(setup, study), "factors": listed,
        **(_required(setup, study, columns) if CLAIMED.issubset(study.arms) else {})}


def _required(setup: Setup, study: Study, columns: Candidates) -> dict[str, pd.DataFrame]:
    """What the two claims of S1 on the festival come to over the sample, and what moves them."""
    import pandas as pd

    def mean(outcome: str, arm: str) -> FloatArray:
        return np.asarray(response(study.runs, outcome, arm, tuple(setup.arms)).values.mean(axis=1), float)

    disputes = mean("latent_neighbour_disputes", "none")
    change = mean("latent_neighbour_disputes", "festival") / np.where(disputes > 0, disputes, np.nan) - 1.0
    change = np.nan_to_num(change)
    after, before = mean("participation_52_other", "festival"), mean("participation_52_other", "none")
    reached = {
        "participation": (after, (before < 0.3) & (after > 0.7)),
        "neighbour_disputes": (change, change <= -0.4)}
    rows, moved = [], []
    for claim, (values, hit) in reached.items():
        low, median, high = np.quantile(values, (0.05, 0.5, 0.95))
        rows.append({"claim": claim, "points": len(values), "reached": int(hit.sum()), "low": low,
                     "median": median, "high": high, "best": values.max() if claim == "participation" else
                     values.min()})
        moved.append(sieve(values, columns).assign(claim=claim))
    return {"required": pd.DataFrame(rows), "required_factors": pd.concat(moved, ignore_index=True)}


def _signs(setup: Setup, study: Study) -> pd.DataFrame:
    arms = tuple(setup.arms)
    return signs([
        response(study.runs, outcome, of, arms)
        for of in setup.contrasts if " - " in of for outcome in setup.file.report.outcomes])


def base_of(setup: Setup, study: Study) -> pd.DataFrame:
    """Mean absolute difference between arms over all points: the effect of a switch of regime or package."""
    import pandas as pd

    rows = []
    for of in setup.contrasts:
        for outcome in setup.file.report.outcomes:
            values = response(study.runs, outcome, of, tuple(setup.arms)).values
            mean = values.mean(axis=1)
            rows.append({
                "of": of, "outcome": outcome, "mean": float(np.nanmean(mean)),
                "mean_absolute": float(np.nanmean(np.abs(mean))), "first": float(mean[0])})
    return pd.DataFrame(rows)


def _structures(setup: Setup, study: Study) -> pd.DataFrame:
    """Every contrast at every line of a table of structures, with its interval over seeds."""
    import pandas as pd

    rows = []
    for of in setup.contrasts:
        for outcome in setup.file.report.outcomes:
            if " - " not in of:
                continue
            one = response(study.runs, outcome, of, tuple(setup.arms))
            found = band(one.values.T)
            rows.append(pd.DataFrame({
                "of": of, "outcome": outcome, "point": one.points, "difference": found.mean, "low": found.low,
                "high": found.high}))
    return pd.concat(rows, ignore_index=True)


def ends(setup: Setup, study: Study, moves: pd.DataFrame) -> pd.DataFrame:
    """The contrasts themselves at every point of a one-at-a-time design, each by its own seeds.

    Returns
    -------
    DataFrame
        ``of, outcome, factor, value`` (empty at the base), ``point, level, low, high, p`` (against 0, not
        adjusted).
    """
    import pandas as pd

    moved = moves.drop_duplicates("point").set_index("point")[["factor", "value"]]
    rows = []
    for of in setup.contrasts:
        for outcome in setup.file.report.outcomes if VERSUS in of else ():
            one = response(study.runs, outcome, of, tuple(setup.arms))
            for point, values in zip(one.points.tolist(), one.values, strict=True):
                here = paired(values, np.zeros(len(values)), bounds=one.bounds)
                factor, value = moved.loc[point] if point in moved.index else (None, None)
                rows.append({
                    "of": of, "outcome": outcome, "factor": factor, "value": value, "point": point,
                    "level": here.difference, "low": here.low, "high": here.high, "p": here.p})
    return pd.DataFrame(rows)


def _sample(study: Study, outcomes: tuple[str, ...]) -> pd.DataFrame:
    """Some runs with the values of their factors, chosen by a keyed draw."""
    wide = study.wide()
    draw = Streams(1).uniform("reference sample", 0, np.arange(len(wide)))
    chosen = wide.iloc[np.argsort(draw, kind="stable")[:SAMPLED]]
    return chosen[["point", "arm", "seed", *study.factors, *outcomes]]


def _seeds(study: Study) -> int:
    return int(study.runs.groupby(["point", "arm"])["seed"].nunique().max()) if len(study.runs) else 0


def about(manifest: dict[str, Any]) -> str:
    """Name of a study in both languages."""
    title = manifest["title"]
    return f"{title['zh']} · {title['en']}"
