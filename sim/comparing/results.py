"""Two results of any kind compared: folders, recorded baselines, or a baseline and a scenario run afresh."""

from __future__ import annotations

from pathlib import Path

from sim.comparing.baseline import Form, Record, between_records, read, record
from sim.comparing.difference import Difference
from sim.comparing.folders import between_folders
from sim.errors import YiheError
from sim.study.work import Engine

_KINDS = {
    "folder": ("结果文件夹", "a results folder"),
    "baseline": ("基线", "a baseline"),
    "scenario": ("情景文件", "a scenario file"),
}


def compare_results(a: Path, b: Path, engine: Engine | None = None) -> Difference:
    """What differs between two results.

    Parameters
    ----------
    a, b : Path
        Two results folders; or two baselines; or a baseline and a scenario file, which is then run in the
        baseline's short form.
    engine : Engine, optional
        Stand-in for the model, for tests.

    Raises
    ------
    YiheError
        If one of them is neither, or the two cannot be compared.
    """
    kinds = [_kind(a), _kind(b)]
    if kinds == ["folder", "folder"]:
        return between_folders(a, b)
    if "folder" in kinds or "baseline" not in kinds:
        (zh_a, en_a), (zh_b, en_b) = (_KINDS[kind] for kind in kinds)
        raise YiheError(
            f"{zh_a}不能与{zh_b}（{b}）相比：请给两个结果文件夹，或两份基线，或一份基线和一个情景文件；"
            "情景文件可先用 yihe run 或 yihe compare 运行",
            f"{en_a} cannot be compared with {en_b} ({b}): give two results folders, or two baselines, or a "
            "baseline and a scenario file; yihe run or yihe compare makes a folder of a scenario file",
            file=a)
    recorded = {file: read(file) for file, kind in zip((a, b), kinds, strict=True) if kind == "baseline"}
    known = next(iter(recorded.values()))
    form = Form(known.seed, known.warmup, known.weeks)

    def taken(file: Path) -> Record:
        return recorded[file] if file in recorded else record(file, form=form, engine=engine)

    return between_records(taken(a), taken(b), (str(a), str(b)))


def _kind(path: Path) -> str:
    if not path.exists():
        raise YiheError("没有这个文件或文件夹：请检查路径", "there is no such file or folder: check the path",
                        file=path)
    if path.is_dir():
        return "folder"
    return "baseline" if path.suffix == ".json" else "scenario"
