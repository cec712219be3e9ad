"""Page and record of a verification: ``verification.md``, ``verification.json`` and a figure a check."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sim.errors import YiheError
from sim.params import Label
from sim.verify.bars import ALPHA, POWER
from sim.verify.base import Size
from sim.verify.registry import NOT_EXPRESSIBLE, Done
from sim.verify.words import COLUMNS, HEADS, cells, tally

PAGE, RECORD, FIGURES = "verification.md", "verification.json", "img/verification"
DPI = 140
"""Of a page's figures: about 1,000 pixels across."""

_MADE = "<!-- 由 yihe verify-model 生成，请勿手改 · made by yihe verify-model; do not edit -->"
_COMMAND = "yihe verify-model --out docs"
_PURPOSE = Label(
    zh="每一行用生产代码重现一个精确结果：左边是由公式另行算出的理论，右边是模型代码跑出来的数。它说明代码"
       "做了所说的事，不说明社区就是这样（那是 [validation.md](validation.md) 的事）。",
    en="Each row reproduces an exact result by production code: theory, worked out apart from a formula, "
       "beside what the model's code gives. It shows that the code does what it says, not that communities "
       "are like that (which is the matter of [validation.md](validation.md)).")


def record(done: Sequence[Done], size: Size, about: Mapping[str, Any]) -> dict[str, Any]:
    """Everything found, as plain values."""
    return {
        "format": 1, "quick": size.quick, "seed": size.seed, "alpha": ALPHA, "power": POWER,
        "passed": all(one.outcome.passed for one in done), "tally": tally(done, size).model_dump(), **about,
        "checks": [{
            "name": one.check.name, "label": one.check.label.model_dump(), "source": one.check.source,
            "says": one.check.says.model_dump(), "reduction": one.check.reduction.model_dump(),
            "code": list(one.check.code), "passed": one.outcome.passed, "seconds": round(one.seconds, 2),
            "rows": [{
                "key": row.key, "label": row.label.model_dump(), "theory": row.theory,
                "own": row.own, "simulated": row.simulated, "deviation": row.deviation, "low": row.low,
                "high": row.high, "false_alarm": row.alpha, "finds": row.found, "passed": row.passed,
            } for row in one.outcome.rows],
        } for one in done],
        "not_expressible": {name: why.model_dump() for name, why in NOT_EXPRESSIBLE.items()}}


def made() -> dict[str, Any]:
    """Date, commit, versions and machine."""
    from sim.study.manifest import made_by

    return {"date": datetime.date.today().isoformat(), **made_by()}


def markdown(done: Sequence[Done], size: Size, about: Mapping[str, Any]) -> str:
    """The page, in both languages."""
    return "\n\n".join(_parts(done, size, about)) + "\n"


def _parts(done: Sequence[Done], size: Size, about: Mapping[str, Any]) -> Iterator[str]:
    told = tally(done, size)
    form = " --quick" if size.quick else ""
    commit = str(about["git_commit"] or "—")[:12]
    changed = "（有未提交的改动 · with changes not committed）" if about["git_dirty"] else ""
    yield "# 核验：代码与精确结果 · Verification against exact results"
    yield _MADE
    yield f"{_PURPOSE.zh}\n\n{_PURPOSE.en}"
    yield (f"日期 · date {about['date']}，提交 · commit `{commit}`{changed}，yihe "
           f"{about['packages']['yihe']}，Python {about['python']}。重做 · to do it again: `{_COMMAND}{form}"
           "`")
    yield f"**{told.zh}。 {told.en}.**"
    yield f"{COLUMNS.zh}\n\n{COLUMNS.en}"
    yield "\n".join(_table(done))
    yield "## 模型表达不了的 · Not expressible"
    yield "\n".join(f"- `{name}`: {why.zh}  \n  {why.en}" for name, why in NOT_EXPRESSIBLE.items())
    for one in done:
        check = one.check
        yield f"## {check.label.zh} · {check.label.en}"
        yield f"`{check.name}` · {check.source}"
        yield "\n".join((
            f"- **理论 · theory**: {check.says.zh}  \n  {check.says.en}",
            f"- **设置 · set-up**: {check.reduction.zh}  \n  {check.reduction.en}",
            "- **所驱动的代码 · code driven**: " + ", ".join(f"`{name}`" for name in check.code)))
        yield f"![{check.label.zh} · {check.label.en}]({FIGURES}/{check.name}.png)"


def _table(done: Sequence[Done]) -> Iterator[str]:
    yield "| 检验 · check | " + " | ".join(f"{head.zh} · {head.en}" for head in HEADS) + " |"
    yield "|---|---|" + "---:|" * (len(HEADS) - 2) + "---|"
    for one in done:
        for row in one.outcome.rows:
            both = [*zip(cells(row, "zh"), cells(row, "en"), strict=True)]
            said = [zh if zh == en else f"{zh} · {en}" for zh, en in both]
            yield f"| {one.check.label.zh} · {one.check.label.en} | " + " | ".join(said) + " |"


def figures(done: Sequence[Done], folder: Path, lang: str) -> list[Path]:
    """Draw a figure a check into a folder that exists.

    Parameters
    ----------
    done : sequence of Done
    folder : Path
    lang : {"zh", "en"}
    """
    from sim.report.embed import settle
    from sim.report.style import look

    written = []
    for one in done:
        file = folder / f"{one.check.name}.png"
        with look():
            figure = one.check.draw(one.outcome, lang)
            settle(figure)
            figure.savefig(file, dpi=DPI, metadata={"Software": "yihe", "Title": one.check.name})
        written.append(file)
    return written


def prepare(folder: Path) -> None:
    """Make the folders, and see that figures can be drawn, before minutes are spent.

    Raises
    ------
    YiheError
        If either is impossible.
    """
    from sim.study.store import writing

    if find_spec("matplotlib") is None:
        raise YiheError(
            '作图所需的包没有安装：请运行 pip install "yihe[report]"',
            'the package for figures is not installed: run pip install "yihe[report]"')
    with writing(folder):
        (folder / FIGURES).mkdir(parents=True, exist_ok=True)


def write(done: Sequence[Done], size: Size, folder: Path, lang: str) -> Path:
    """Write page, record and figures into a folder; returns the page.

    Parameters
    ----------
    done : sequence of Done
    size : Size
    folder : Path
        As :func:`prepare` leaves it; files of these names are replaced.
    lang : {"zh", "en"}
        Language of the figures; the page has both.
    """
    from sim.study.store import write_text

    about = made()
    figures(done, folder / FIGURES, lang)
    write_text(folder / RECORD, json.dumps(record(done, size, about), ensure_ascii=False, indent=1) + "\n")
    write_text(folder / PAGE, markdown(done, size, about))
    return folder / PAGE
