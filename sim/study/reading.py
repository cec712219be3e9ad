"""Study files in: YAML, the ``quick:`` form, and every mistake in one sentence with its place."""

from __future__ import annotations

from pathlib import Path

from sim.designs.section import read
from sim.errors import YiheError
from sim.scenario import yamlfile
from sim.scenario.merge import merge
from sim.scenario.yamlfile import Origins
from sim.study.file import StudyFile

QUICK = "quick"


def read_study(file: Path, *, quick: bool = False) -> tuple[StudyFile, Origins]:
    """A study file, and where each of its keys stands.

    Parameters
    ----------
    file : Path
    quick : bool
        Put what stands under ``quick:`` on top.

    Raises
    ------
    YiheError
        The first mistake: file, key path, line and the mend.
    """
    tree, origins = yamlfile.parse(yamlfile.read_text(file), str(file))
    small = tree.pop(QUICK, {})
    if not isinstance(small, dict) or (quick and not small):
        raise YiheError(
            "quick 一节应写明快速形式改动的键，例如 quick: {replicates: 4}",
            "the quick section names what the quick form changes, such as quick: {replicates: 4}",
            file=file, key=QUICK)
    if quick:
        tree = merge(tree, small)
        origins = origins | {
            path[1:]: place for path, place in origins.items() if path[0] == QUICK and len(path) > 1}
    study: StudyFile = read(StudyFile, tree, key="", file=file, origins=origins)
    return study, origins
