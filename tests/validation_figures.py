"""Decide all fifteen patterns of the evidence page on the code as it stands; write docs/validation.md.

    cd tests && ../.venv/bin/python validation_figures.py

About two minutes on one core. ``docs/validation.json`` is the record: what every check was decided on, seed
by seed, with date, commit and versions; the page is made of nothing else (``test_validation_page.py``).
``--page`` makes it anew from the record, without a run.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np
from emergence_lab import Floats, community, runs, values
from pattern_lab import ALPHA, Check, Finding
from pattern_reasons import FAILS
from pattern_rules import VOICED, attendance, estate, near_contacts, plain, shifts, voiced_share
from pattern_table import PATTERNS, Pattern, finding
from scipy import stats

from sim.model import CommunityModel
from sim.verify.page import made

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE, RECORD = DOCS / "validation.md", DOCS / "validation.json"
Json = dict[str, Any]
AFTERWARDS = range(2001, 2007)


def show(x: Floats, digits: int = 3) -> str:
    """Mean ± standard deviation between seeds."""
    x = np.asarray(x, float)
    return f"{x.mean():+.{digits}f} ± {x.std(ddof=1):.{digits}f}"


def _figure(check: Check) -> str:
    side = {"above": ">", "below": "<", "apart": "beyond ±"}[check.side]
    digits = 4 if abs(check.sample.mean()) < 0.02 else 3
    p = f"{check.p:.3f}" if check.p >= 0.001 else "< 0.001"
    mark = "✓" if check.holds else "✗"
    figure = show(check.sample, digits)
    return f"{mark} {check.what}: {figure} {side} {check.bound:g} (n {len(check.sample)}, p {p})"


def _row(pattern: Pattern, found: Finding) -> str:
    rule = " ".join((pattern.look.__doc__ or "").split()).partition(": ")[2].rstrip(".")
    beside = [f"beside: {what} {show(sample)}" for what, sample in found.beside]
    verdict = pattern.holds_as if found.holds else "**不成立 · fails**"
    held = "是 · yes" if pattern.held_out else "否 · no"
    figures = "<br>".join([*map(_figure, found.checks), *beside])
    return f"| {pattern.number} | {pattern.zh} · {pattern.en} | {rule} | {figures} | {held} | {verdict} |"


def _reasons(failing: list[int]) -> str:
    if set(failing) != set(FAILS):
        raise SystemExit(f"failing {failing}, reasons given for {sorted(FAILS)}: mend pattern_reasons.py")
    return "\n".join(
        f"- **{n}** {FAILS[n].zh}\n" + fill(FAILS[n].en, 116, initial_indent="  ", subsequent_indent="  ")
        for n in failing)


def _contacts() -> Floats:
    """Rank correlation of taking part with contacts in the building, people met at events among them."""
    found = []
    for seed in AFTERWARDS:
        model = CommunityModel(community(), seed)
        model.run()
        r = model.residents
        adult = (r.age >= 18) & (r.present > 0)
        known = near_contacts(model) + (model.ties.event_strength > 0).sum(axis=1)
        took_part = r.last_any[adult] > model.week - 52
        found.append(float(stats.spearmanr(known[adult], took_part).statistic))
        model.free()
    return np.array(found)


def _response() -> str:
    """Complaints and what moves them, under good response minus under bad."""
    def handling(factor: float, skill: float) -> Any:
        return runs(community(warmup=52, actors={
            "core": {"staff_per_1000": factor, "skill": skill},
            "residents_committee": {"staff_per_1000": 2.0 * factor, "skill": skill},
            "grid_worker": {"skill": skill}, "property": {"skill": skill}, "street": {"skill": skill},
            "mediation": {"hours": 10.0 * factor, "skill": skill}}), AFTERWARDS)

    bad, good = handling(0.5, 0.3), handling(2.0, 0.7)
    voiced = [np.array([np.isin(r.cases["channel"], VOICED).sum() / 0.8 for r in x]) for x in (bad, good)]
    moved = {name: show(values(good, name) - values(bad, name)) for name in (
        "satisfaction", "real_resolution_rate", "efficacy", "trust_committee")}
    return (f"complaints {show(voiced[1] - voiced[0], 1)} on {voiced[0].mean():.0f} per 1,000 a year; "
            + ", ".join(f"`{name}` {figure}" for name, figure in moved.items()))


def _left(crowding: float, reward: float) -> Floats:
    """Attendance after the reward minus that without any, relative to the latter."""
    found = []
    for seed in AFTERWARDS:
        paid, never = (
            attendance(shifts(x, {"crowding_step": crowding}), seed)[0][30:56].mean() for x in (reward, 0.0))
        found.append(paid / never - 1.0)
    return np.array(found)


def _records() -> tuple[Floats, Floats]:
    """Recorded disputes per 1,000 a year in the commercial and the old estate."""
    commercial, old = (
        values(runs(estate(name), AFTERWARDS), "recorded_disputes")
        for name in ("commercial_estate", "old_estate"))
    return commercial, old


def _efficacy(mean: float) -> Floats:
    """Share voiced where people start with that efficacy."""
    started = community(population={"attitudes": {"efficacy": mean}})
    return np.array([voiced_share(r) for r in runs(started, AFTERWARDS)])


def afterwards() -> str:
    """What was looked at once the decisions had been taken; decides nothing."""
    commercial, old = _records()
    low, high = _efficacy(0.3), _efficacy(0.7)
    closed = [np.isfinite(r.cases["close_work"]).sum() / 260.0 for r in plain().results]
    bands = plain().results[0].group_names["age"]
    age = ", ".join(
        f"{band} {np.mean([r.groups['age'][-1][k] for r in plain().results]):.3f}"
        for k, band in enumerate(bands))
    crowd = "; ".join(
        f"step {step:g}, reward {reward:g}: {show(100 * _left(step, reward), 0)} %"
        for step, reward in ((0.03, 4.0), (0.1, 4.0), (0.3, 1.0)))
    return f"""- 1: taking part within 52 weeks by age: {age}.
- 5: rank correlation with people met at events counted among neighbours: {show(_contacts())}.
- 6: from half the staff and skill 0.3 to twice the staff and skill 0.7: {_response()}.
- 8: {np.mean(closed):.2f} closures a working day in a community of 800.
- 10: attendance after the reward has gone, against never: {crowd}.
- 13: recorded disputes per 1,000 a year: {commercial.mean():.0f} in the commercial estate, {old.mean():.0f}
  in the old one; share voiced where efficacy starts at 0.3: {low.mean():.3f}, at 0.7: {high.mean():.3f}."""


HEAD = """# Validation: fifteen patterns · 检验：十五个特征

示意性，未经校准 · illustrative, uncalibrated.
判据、余量和种子在第一次看结果之前写定，此后未改；不成立的照列，附原因。没有任何参数为此调整。

Each pattern of the evidence page is decided on simulation output. Rules, margins and seeds (1001 and on,
used nowhere before) were written down before the first look; since then only their wording was changed
(`tests/pattern_rules.py`). What is new is the seeds: for 1, 2, 4, 5, 7, 8, 9, 11, 12 and 14 findings on
seeds 1–20 were known. Every check is a one-sided t test over seeds, paired where arms are compared, at
{alpha:g}; a pattern holds if all its checks do: at most {false:.2f} false passes are to be expected among
{n}. Nothing was tuned to these results. Measured {today} at commit {commit} by

    cd tests && ../.venv/bin/python validation_figures.py

and kept seed by seed in [validation.json](validation.json), of which this page is made.

**{n} 个全部检验：{hold} 个成立，{fail} 个不成立 · all {n} tested: {hold} hold, {fail} fail.**
A pattern that holds shows its sign or shape at default parameters, not its size. Unless said: 800
residents, 26 weeks of warm-up, 52 weeks read, `one_core`, no policy. Pattern 2 holds for taking part
only: in the one vote that the model has, owners' votes, members do not lead (the evidence is on voting).
Figures are mean ± standard deviation between seeds; ✓ and ✗ mark single checks, figures *beside* decide
nothing. Patterns 2, 6, 8 and 14 may be used for calibration, the others are held out.

| | 特征 · pattern | 如何检验 · how tested | 结果 · result | 留出 · held out | 判定 · verdict |
|---|---|---|---|---|---|
"""
AFTER = """## Looked at afterwards · 事后所见
仅为理解原因，不作判定。
To understand the failures, on seeds 2001–2006 or the runs above; decides nothing."""
TAIL = """
## Tests · 测试
`tests/test_patterns.py` keeps these decisions: failing patterns are strict expected failures, so that a
change which makes one hold is noticed, and parts of them that hold must go on holding.
`tests/test_emergence.py` tests 1, 2, 4, 5, 7, 8, 9, 11, 12 and 14 in narrower or other forms on seeds
1–20, which had been explored before: there 1 means people of 60 and over against 18–59, 5 counts all
lasting ties, household and party ties among them, and 8 is skewness alone.
"""


def noted(found: Finding) -> Json:
    """What one pattern was decided on, as plain values."""
    return {
        "holds": found.holds,
        "checks": [
            {"what": one.what, "sample": np.asarray(one.sample, float).tolist(), "side": one.side,
             "bound": one.bound} for one in found.checks],
        "beside": [[what, np.asarray(sample, float).tolist()] for what, sample in found.beside]}


def read(record: Mapping[str, Any], number: int) -> Finding:
    """What a record says of one pattern."""
    said = record["patterns"][str(number)]
    return Finding(
        tuple(
            Check(one["what"], np.array(one["sample"]), one["side"], one["bound"]) for one in said["checks"]),
        tuple((what, np.array(sample)) for what, sample in said["beside"]))


def measured() -> Json:
    """The record, decided now."""
    return {
        **made(), "patterns": {str(pattern.number): noted(finding(pattern.number)) for pattern in PATTERNS},
        "afterwards": afterwards()}


def page(record: Mapping[str, Any]) -> str:
    """The whole page, from its record."""
    found = {pattern.number: read(record, pattern.number) for pattern in PATTERNS}
    failing = [number for number, f in found.items() if not f.holds]
    n = len(PATTERNS)
    changed = "（有未提交的改动 · with changes not committed）" if record["git_dirty"] else ""
    head = HEAD.format(
        alpha=ALPHA, n=n, false=n * ALPHA, today=record["date"],
        commit=f"`{str(record['git_commit'])[:12]}`{changed}", hold=n - len(failing), fail=len(failing))
    rows = "\n".join(_row(pattern, found[pattern.number]) for pattern in PATTERNS)
    why = f"\n\n## Why some fail · 为何不成立\n{_reasons(failing)}\n"
    after = f"\n{AFTER}\n\n{record['afterwards']}\n"
    return head + rows + why + after + TAIL


if __name__ == "__main__":
    if "--page" not in sys.argv[1:]:
        said = json.dumps(measured(), ensure_ascii=False, indent=1) + "\n"
        RECORD.write_text(said, encoding="utf-8")
    PAGE.write_text(page(json.loads(RECORD.read_text(encoding="utf-8"))), encoding="utf-8")
