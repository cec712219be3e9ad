"""What tests run and what faults they notice: docs/testing.md, made of its record docs/testing.json.

    make coverage                             lines and branches run, by module
    python tests/mutants.py --sample 400 --keep
    python tests/testing_figures.py           the page anew, from the record

The first two put their part into the record, with date and commit.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.verify.page import made

ROOT = Path(__file__).resolve().parent.parent
PAGE, RECORD = ROOT / "docs" / "testing.md", ROOT / "docs" / "testing.json"
Json = dict[str, Any]
LOW = 80
"""Per cent of a file below which it is named."""
COUNTS = ("num_statements", "missing_lines", "num_branches", "missing_branches")

HEAD = """# 测试覆盖了什么 · What the tests cover

两份记录：测试执行了哪些代码；内核里放进的小错误有多少被测试发现。执行过不等于检验过：每项测试检验什么，见它自己的说明。

Two records: which code the tests run, and how many of the small faults put into the kernels they notice. A
line that was run is not yet a line that was tested: what a test proves is said in the test.
"""

COVERAGE = """
## 执行过的代码 · Code that was run

`make coverage`，{said}；不含 `make test-long` 的测试。全部 **{share:.1f}%**。
由 numba 编译的内核在这里看不见，见下一节；另起的进程（命令行、网页服务器）只算一部分。
`make coverage`, {said}; without the tests of `make test-long`. **{share:.1f} %** in all, lines and branches
together. Compiled kernels are not seen here (they count as not run; the next section asks of those), and what
runs in processes of its own, such as commands and the page's workers, only in part.

| 部分 · part | 语句 · statements | 未执行 · not run | 分支 · branches | 未走 · not taken | % |
|---|---:|---:|---:|---:|---:|
"""

LEAST = """
### 最少的文件 · Files with least
{n} 个文件不足 {low}%；另有 {kernels} 个含编译内核，见下一节 · {n} files are below {low} %;
{kernels} more hold compiled kernels, of which the next section asks:

| 文件 · file | 语句 · statements | % |
|---|---:|---:|
"""

MUTANTS = """
## 放进内核的错误 · Faults put into kernels

`python tests/mutants.py --sample {n} --seed {seed} --keep`，{said}。
每次一个：改一个运算、比较、常数或条件；{n} 个里发现了 **{noticed}** 个。
One at a time, an operator, comparison, constant or condition of a compiled function is changed, and the tests
that hold these kernels to slow references are run. Of {n} faults drawn from {all} possible ones,
**{noticed}** were noticed. Tests are written for faults that a sample shows, so the same sample drawn again
flatters: a new seed says what is still missed (of the first 610, seeds 1 to 4 and 6, 59 were not noticed when
first drawn, 30 of which change nothing). 针对样本里漏掉的错误会补上测试，所以同一样本再抽会偏好看：
换一个种子才知道还漏什么（种子 1 至 4 和 6 的 610 个，头一回漏了 59 个，其中 30 个不改变任何结果）。

| 文件 · file | 试了 · tried | 发现 · noticed | 不改变任何结果 · change nothing |
|---|---:|---:|---:|
"""

SURVIVORS = """
### 没有发现的 · Not noticed
"""
APART = """
### 没有放错误的内核 · Kernels that get none
没有与慢参照逐项比较的测试，只由基线、与逐人模型（`benchmarks/mesa_form`）的逐字节比较和不变量守着；括号里是可放的错误数。
No test holds these to a slow reference part by part; baselines, the model with mesa agents
(`benchmarks/mesa_form`), equal to the byte, and invariants hold them. In brackets, the faults they could get.

"""
ALIKE = """
### 不改变任何结果的 · Those that change nothing
"""


def keep(part: str, found: Mapping[str, Any]) -> None:
    """Put one part into the record, and make the page anew."""
    record = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    record[part] = {**made(), **found}
    said = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    RECORD.write_text(said, encoding="utf-8")
    PAGE.write_text(page(record), encoding="utf-8")


def measured(report: Path) -> Json:
    """What coverage.py's own report in JSON says of each file."""
    said = json.loads(report.read_text(encoding="utf-8"))
    from mutants import kernel_files

    return {"kernels": kernel_files(), "files": {
        name.replace("\\", "/"): [file["summary"][count] for count in COUNTS]
        for name, file in sorted(said["files"].items())}}


def _share(counts: list[int]) -> float:
    """Per cent of statements and branches that were run."""
    statements, missing, branches, untaken = counts
    return 100.0 * (1.0 - (missing + untaken) / max(statements + branches, 1))


def _sum(all_counts: list[list[int]]) -> list[int]:
    return [sum(column) for column in zip(*all_counts, strict=True)]


def _said(part: Mapping[str, Any]) -> str:
    changed = "（有未提交的改动 · with changes not committed）" if part["git_dirty"] else ""
    return f"{part['date']}，`{str(part['git_commit'])[:12]}`{changed}，Python {part['python']}"


def _room(name: str) -> str:
    """The folder of a file, as the architecture page names rooms."""
    folder = name.rpartition("/")[0]
    return "/".join(folder.split("/")[:2])


def _coverage(part: Mapping[str, Any]) -> str:
    files: dict[str, list[int]] = part["files"]
    text = COVERAGE.format(said=_said(part), share=_share(_sum(list(files.values()))))
    rooms = sorted({_room(name) for name in files})
    for room in rooms:
        counts = _sum([counts for name, counts in files.items() if _room(name) == room])
        text += f"| `{room}` | {' | '.join(map(str, counts))} | {_share(counts):.1f} |\n"
    low = sorted((_share(counts), name) for name, counts in files.items() if _share(counts) < LOW)
    plain = [(share, name) for share, name in low if name not in part["kernels"]]
    text += LEAST.format(n=len(plain), low=LOW, kernels=len(low) - len(plain))
    return text + "".join(f"| `{name}` | {files[name][0]} | {share:.1f} |\n" for share, name in plain)


def _mutants(part: Mapping[str, Any]) -> str:
    faults = part["faults"]
    noticed = [fault for fault in faults if fault[2]]
    text = MUTANTS.format(
        n=len(faults), seed=part["seed"], said=_said(part), noticed=len(noticed), all=part["possible"])
    tried, found, alike = (
        Counter(fault[0] for fault in some) for some in (faults, noticed, [f for f in faults if f[3]]))
    text += "".join(
        f"| `{file}` | {tried[file]} | {found[file]} | {alike[file]} |\n" for file in sorted(tried))
    for title, some in (
            (SURVIVORS, [fault for fault in faults if not (fault[2] or fault[3])]),
            (ALIKE, [fault for fault in faults if fault[3]])):
        text += title if some else ""
        text += "".join(f"\n- `{fault[1]}`" + (f": {fault[3]}" if fault[3] else "") for fault in some)
        text += "\n" if some else ""
    return text + APART + ", ".join(f"`{file}` ({n})" for file, n in sorted(part["apart"].items())) + "\n"


def page(record: Mapping[str, Any]) -> str:
    """The whole page, from its record."""
    parts = (("coverage", _coverage), ("mutants", _mutants))
    return HEAD + "".join(make(record[name]) for name, make in parts if name in record)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        keep("coverage", measured(Path(sys.argv[1])))
    else:
        PAGE.write_text(page(json.loads(RECORD.read_text(encoding="utf-8"))), encoding="utf-8")
