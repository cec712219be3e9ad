"""From a study's folder to everything that is made of it: analysed tables, figures, a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from sim.analysis.study import POOLED, analyse, pooled_runs
from sim.calibration.running import calibration_of
from sim.designs.names import ARM
from sim.params import Label
from sim.report.studies.factors import Factor, factors_of
from sim.report.studies.material import StudyMaterial
from sim.report.studies.packages import told
from sim.report.words import ILLUSTRATIVE
from sim.study import summary
from sim.study.file import contrast_arms
from sim.study.opened import Study, open_study
from sim.study.setup import Setup
from sim.study.store import write_text
from sim.study.sweep import kind_of, resumable

if TYPE_CHECKING:
    import pandas as pd

KINDS = {
    "calibrate": ("matching", "posterior", "checks", "claims"), "optimise": ("optimisation", "pareto")}
"""Figures of studies whose points were chosen as they went: pooling those points would mislead."""

POOLED_LABEL = Label(zh="各点自己的方案", en="the arm of each point")

FIGURES, REPORT, PAGE = "figures", "report.md", "report.html"


class Made(NamedTuple):
    """What a report consists of."""

    material: StudyMaterial
    report: Path
    figures: tuple[Path, ...]
    page: Path
    """The same as one HTML file."""


def write_report(folder: Path, lang: str) -> Made:
    """Analyse a study; write ``summary/``, ``figures/``, ``report.md`` and ``report.html`` into its folder.

    Parameters
    ----------
    folder : Path
    lang : {"zh", "en"}

    Raises
    ------
    YiheError
        If the folder holds no study, or cannot be written.
    """
    from sim.report.html.reports import PICTURES, study_page
    from sim.report.studies.drawing import write_study_figures
    from sim.report.studies.report import report_markdown

    setup, study = resumable(folder), open_study(folder)
    analysis = analyse(setup, study.runs, study.design)
    tables = {**summary.stored(folder, ALGORITHMS), **analysis.tables}
    summary.keep(folder, tables)
    material = material_of(setup, study, tables)
    written = write_study_figures(material, folder / FIGURES, lang, KINDS.get(kind_of(setup)))
    not_made = {one: _not_made(analysis.notes, one) for one in ("zh", "en")}
    text = report_markdown(material, written, lang) + not_made[lang]
    lacking = unfinished(material)
    if lacking is not None:
        title, _, rest = text.partition("\n\n")
        text = f"{title}\n\n**{lacking.text(lang)}**\n\n{rest}"
    write_text(folder / REPORT, text)
    notices = [] if lacking is None else [lacking]
    kinds = [one for one in PICTURES if one in KINDS.get(kind_of(setup), PICTURES)]
    with TemporaryDirectory(prefix="yihe-") as aside:
        others = write_study_figures(material, Path(aside), "en" if lang == "zh" else "zh", kinds)
        write_text(folder / PAGE, study_page(material, written, lang, notices, not_made, others))
    files = tuple(file for figure in written for file in figure.files)
    return Made(material, folder / REPORT, files, folder / PAGE)


def _not_made(notes: Sequence[Label], lang: str) -> str:
    """Analyses that these runs could not give, and why."""
    if not notes:
        return ""
    title = "## 没有做的分析" if lang == "zh" else "## Analyses that could not be made"
    return "\n".join(["", title, "", *(f"- {note.text(lang)}" for note in notes), ""])


def unfinished(material: StudyMaterial) -> Label | None:
    """One sentence that a study is not finished, and how many runs it lacks; None of one that is."""
    manifest = material.manifest
    if "finished" not in manifest or manifest["finished"] is not None:
        return None
    runs, total = material.table("runs"), manifest.get("runs")
    missing = 0 if runs is None or total is None else int(total) - len(runs)
    if missing <= 0:  # what an algorithm or a rule for seeds will still ask for is not known beforehand
        return Label(
            zh="研究尚未完成：以下只用了已完成的运行，请用 yihe resume 接着做",
            en="This study is not finished: what follows uses the runs done so far; go on with yihe resume")
    return Label(
        zh=f"研究尚未完成：{total} 次运行中缺 {missing} 次，以下只用了已完成的运行，请用 yihe resume 接着做",
        en=f"This study is not finished: of {total} runs {missing} are missing, and what follows uses the "
           "others; go on with yihe resume")


def findings(material: StudyMaterial, lang: str) -> Iterator[str]:
    """What can be said, section by section, for a terminal."""
    from sim.report.studies.report import SECTIONS

    yield f"{material.title.text(lang)} · {ILLUSTRATIVE.text(lang)}"
    lacking = unfinished(material)
    if lacking is not None:
        yield lacking.text(lang)
    for _, zh, en, says in SECTIONS:
        said = [sentence for say in says for sentence in say(material, lang)]
        if said:
            yield ""
            yield zh if lang == "zh" else en
            yield from (f"  {sentence.replace('**', '')}" for sentence in said)


ALGORITHMS = (
    "waves", "emulators", "implausibility", "region", "generations", "posterior", "shrinkage", "checks",
    "claims", "evaluations", "trials", "finalists", "equivalent")
"""Tables that only an algorithm can make."""


def material_of(setup: Setup, study: Study, tables: Mapping[str, pd.DataFrame]) -> StudyMaterial:
    """A study in the shape its figures and report read."""
    from sim.report.studies.replicates import half_widths

    file, stop = setup.file, setup.file.replicates.stop
    runs, design, pooled = study.runs, study.design, ARM in setup.table.factors
    found = {**tables, **told(setup, tables), "design": design,
             "runs": pooled_runs(runs) if pooled else runs}
    if "series" in setup.rules.keep.tables:
        found["series"] = pooled_runs(study.series) if pooled else study.series
    if stop is not None:
        arm, against = contrast_arms(stop.contrast)
        rule = file.replicates
        at = [*range(rule.min, rule.max, rule.batch), rule.max]
        found["replicates"] = half_widths(runs, f"{arm} - {against}", stop.outcome, at, stop.half_width)
    asked = {} if file.design is None else {"runs": setup.table.total}
    return StudyMaterial(
        name=file.study, title=file.named, base=setup.base.name,
        arms={POOLED: POOLED_LABEL} if pooled else dict(setup.labels),
        control=None if pooled else setup.control, method=study.manifest.get("kind", ""),
        factors=_factors(setup), tables=found,
        outcomes=tuple(name for name in file.report.outcomes if name in runs), points=len(design),
        failed=int(study.manifest.get("runs_failed", 0)), seeds=tuple(sorted(runs["seed"].unique().tolist())),
        weeks=setup.base.weeks, goal={} if stop is None else stop.model_dump(),
        manifest={**asked, **study.manifest})


def _factors(setup: Setup) -> dict[str, Factor]:
    """Every factor with the range this study draws it from."""
    kinds = {policy.id: policy.kind for arm in setup.arms.values() for policy in arm.policies}
    if setup.file.calibrate is not None:
        parameters = calibration_of(setup).parameters
        return factors_of([one.path for one in parameters], kinds, {
            one.path: (one.low, one.high) for one in parameters})
    declared = getattr(setup.file.design, "factors", {})
    ranges = {
        name: (factor.low, factor.high) for name, factor in declared.items()
        if getattr(factor, "low", None) is not None}
    found = factors_of(setup.table.factors, kinds, ranges)
    if ARM in found:
        found[ARM] = replace(found[ARM], values=dict(setup.labels))
    return found
