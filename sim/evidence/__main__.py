"""Evidence from the command line: ``python -m sim.evidence``; ``make evidence`` calls it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from sim.errors import YiheError, default_language
from sim.evidence import calibration_page, findings_page, sensitivity_page
from sim.evidence.stored import REFERENCE, ROOT

PAGES = {
    "findings.md": findings_page.page, "sensitivity.md": sensitivity_page.page,
    "calibration.md": calibration_page.page}
"""Pages of ``docs/`` and what makes them of the reference results."""

USAGE = """\
python -m sim.evidence run STUDY.yaml DIR   做研究，不先逐个试因子 · a study, factors not tried first
python -m sim.evidence keep DIR…            把结果浓缩进 results/reference · keep small tables of results
python -m sim.evidence stages               写出各步的研究文件 · write the study files of the steps
python -m sim.evidence pages                重画图、重写 docs/ · draw figures and write the pages anew
python -m sim.evidence check                只看 docs/ 是否过时 · only say whether pages are stale"""


def stale(root: Path = REFERENCE, docs: Path = ROOT / "docs") -> list[str]:
    """Pages that are not what the reference results make."""
    return [
        name for name, page in PAGES.items()
        if not (docs / name).is_file() or (docs / name).read_text(encoding="utf-8") != page(root)]


def run(study: Path, folder: Path) -> None:
    """Do a study in its quick form without first trying whether each of its factors is read.

    For samples of hundreds of factors: one that nothing reads then simply has no influence.
    """
    from sim.study import manifest
    from sim.study.progress import progress_of
    from sim.study.setup import prepare
    from sim.study.sweep import How, opened, sweep

    setup = prepare(study, quick=True, yes=True)
    how = How(command=f"python -m sim.evidence run {study} {folder}")
    with progress_of(default_language(), False) as progress:
        if setup.file.calibrate is not None:
            from sim.calibration.running import run_calibration

            run_calibration(setup, folder, replace(how, progress=progress))
            return
        with opened(setup, folder, how):
            pass
        manifest.note(folder, read=list(setup.table.factors), unprobed=True)
        sweep(setup, folder, replace(how, progress=progress))


def main(asked: list[str]) -> int:
    """Do what was asked for; the exit code."""
    what, rest = (asked[0], asked[1:]) if asked else ("", [])
    if what == "run" and len(rest) == 2:
        run(Path(rest[0]), Path(rest[1]))
    elif what == "keep" and rest:
        from sim.evidence.distil import distil

        for folder in rest:
            print(distil(Path(folder)))
    elif what == "stages" and not rest:
        from sim.evidence.stages import write

        print("\n".join(str(file) for file in write()))
    elif what == "pages" and not rest:
        from sim.evidence.drawing import draw

        draw()
        for name, page in PAGES.items():
            (ROOT / "docs" / name).write_text(page(REFERENCE), encoding="utf-8")
    elif what == "check" and not rest:
        found = stale()
        print("\n".join(f"docs/{name}: 已过时 · stale" for name in found) or "ok")
        return 1 if found else 0
    else:
        print(USAGE, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    try:
        raise SystemExit(main(sys.argv[1:]))
    except YiheError as error:
        print(error.sentence(default_language()), file=sys.stderr)
        raise SystemExit(2) from None
