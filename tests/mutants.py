"""Small faults put into the kernels one at a time: does a test notice each of them?

    python tests/mutants.py [--sample 80] [--seed 1] [--keep] [FILE …]

A fault changes one operator, comparison, constant or condition of a compiled function. The package is copied,
the kernels run as plain Python there (structured arrays as records of wide numbers, so that ``case.status``
and ``1024 * case.relapses`` work without numba), and for each fault the tests that compare these kernels with
their slow references are run. A fault that no test notices is printed: either a test is missing, or the fault
changes nothing (``ALIKE`` says why for those known). ``--keep`` puts what came of it on docs/testing.md.
"""

from __future__ import annotations

import argparse
import ast
import copy
import hashlib
import os
import resource
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
DECIDING = "test_reference.py -k deciding or friedkin or mutant"
QUEUEING = "test_reference_handling.py test_reference_coordination.py"
INSTITUTIONS = "test_reference_institutions.py"
LESSONS = "test_reference_lessons.py"
TESTS = {
    "sim/processes/participation.py": DECIDING,
    "sim/processes/screening.py": DECIDING,
    "sim/processes/willingness.py": DECIDING,
    "sim/processes/contacts.py": DECIDING,
    "sim/processes/learning.py": DECIDING,
    "sim/processes/talk.py":
        "test_reference.py test_reference_lessons.py -k friedkin or reputations or mutant",
    "sim/processes/acquaintance.py":
        "test_reference.py test_reference_slots.py -k meeting or friedkin or slots or mutant",
    "sim/network/slots.py": "test_reference_slots.py -k slots or word or mutant",
    "sim/processes/experience.py": LESSONS,
    "sim/processes/queues.py": QUEUEING,
    "sim/processes/handling.py": QUEUEING,
    "sim/processes/routing.py": QUEUEING,
    "sim/processes/office.py": QUEUEING,
    "sim/processes/staffing.py": INSTITUTIONS,
    "sim/processes/voices.py":
        "test_reference.py test_reference_lessons.py -k partners or volunteers or case or mutant",
    "sim/actors/committee.py": INSTITUTIONS,
    "sim/actors/core.py": INSTITUTIONS,
    "sim/actors/property.py": INSTITUTIONS,
    "sim/actors/skill.py": INSTITUTIONS,
    "sim/actors/society.py": INSTITUTIONS,
    "sim/ledger/sharing.py": "test_reference.py -k budget or mutant",
    "sim/ledger/spreading.py": "test_reference_places.py -k place or mutant",
    "sim/clock.py": "test_reference.py -k working or five or mutant",
    "sim/numerics.py": "test_reference.py -k exp or log or mutant",
    "sim/rng.py": "test_reference.py -k draws or keys or mutant",
}
"""Files that get faults, and the tests that should notice; those of ``test_mutants_found.py`` run for all."""

LONGEST = 120
"""Seconds of computing after which a fault has plainly been noticed: the tests no longer end."""

SAID = "said.txt"
"""What the tests of a copy last wrote."""

OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE,
    ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.And: ast.Or, ast.Or: ast.And,
}
"""Each operator and what takes its place."""

DRAWS = {"draw", "uniform"}
"""Functions that give a draw; whether it is below a chance or no greater is not told apart."""

ALIKE: dict[str, str] = {
    "sim/processes/experience.py:194:65: c[i].key > c[j].key  →  c[i].key >= c[j].key":
        "no two cases have the same key",
    "sim/processes/experience.py:188:51: 11  →  12": "other gaps, the same order",
    "sim/processes/experience.py:246:15: lo > 0  →  lo >= 0":
        "before the first stands the last, in another home",
    "sim/processes/queues.py:42:53: cases[a].key < cases[b].key  →  cases[a].key <= cases[b].key":
        "no two cases have the same key",
    "sim/processes/participation.py:272:16: n_near > 0  →  n_near >= 0":
        "with no offer near nobody hears of one",
    "sim/processes/experience.py:333:12: offers[j].forum > 0.0  →  offers[j].forum >= 0.0":
        "with no chance no draw is below it",
    "sim/processes/queues.py:72:12: child + 1 < n  →  child + 1 <= n":
        "beyond the end lies the event that is being moved, and where it belongs it stays",
    "sim/processes/experience.py:210:18: np.int64(1) << _CORE  →  np.int64(1) >> _CORE":
        "the core is kind 0",
    "sim/numerics.py:26:20: 14  →  15":
        "a term below the last bit; a bit that moved would show in the baselines",
    "sim/processes/queues.py:70:12: child >= n  →  child > n":
        "beyond the end lies the event that is being moved, which is not before itself",
    "sim/numerics.py:43:11: x > 2.0  →  x >= 2.0": "two is halved one step later",
    "sim/processes/queues.py:132:8: c[i].first_service < 0.0  →  c[i].first_service <= 0.0":
        "nothing reads when the first service began",
    "sim/numerics.py:29:24: 0  →  1": "of the power 0 no factor is taken",
    "sim/numerics.py:43:15: 2.0  →  3.0":
        "as exact by the next step; a bit that moved would show in the baselines",
    "sim/processes/experience.py:141:17: 0.0  →  1.0": "how satisfied one is who was never heard is not read",
    "sim/processes/experience.py:135:17: c[i].found >= 0.0  →  c[i].found > 0.0":
        "nothing is found before the first week has begun",
    "sim/processes/handling.py:204:62: c[i].helper >= 0  →  c[i].helper > 0":
        "row 0 is a core's desk, and a core is nobody's helper",
    "sim/processes/participation.py:263:33: end - start  →  end + start": "more room than is needed",
    "sim/processes/participation.py:323:12: n <= offers[j].seats  →  n < offers[j].seats":
        "where as many come as there are seats, nobody is turned away by the draws either",
    "sim/processes/acquaintance.py:170:12: strength[i, k] > 0  →  strength[i, k] >= 0":
        "an empty place is emptied",
    "sim/processes/routing.py:96:12: lead >= 0  →  lead > 0":
        "row 0 is a core's desk, and a core never leads residents",
    "sim/processes/participation.py:346:25: 1  →  2": "one offer was dropped, so one place is left to clear",
    "sim/processes/participation.py:124:22: bits >> np.uint64(min(q, LAST_BIT)) & np.uint64(1)  →  "
    "bits >> np.uint64(min(q, LAST_BIT)) | np.uint64(1)":
        "who was screened out weighs the offer and declines it",
    "sim/processes/screening.py:304:12: n > 0  →  n >= 0": "a block is prepared that no offer is near",
    "sim/processes/acquaintance.py:100:37: 0  →  1": "what is looked up early is not read",
    "sim/processes/experience.py:347:55: c[i].found >= 0.0  →  c[i].found > 0.0":
        "nothing is found before the first week has begun",
    "sim/rng.py:73:50: 1  →  2": "NumPy takes any negative number for the length that is left",
    "sim/actors/property.py:78:49: draws[d] < logistic(x)  →  draws[d] <= logistic(x)":
        "no draw equals a chance",
    "sim/actors/property.py:260:35: desk < 0  →  desk <= 0": "row 0 is a core's desk",
    "sim/numerics.py:25:9: 1.0  →  2.0":
        "a term below the last bit; a bit that moved would show in the baselines",
    "sim/processes/handling.py:204:77: 0  →  1": "row 0 is a core's desk, and a core is nobody's helper",
    "sim/actors/skill.py:28:8: hours > 0.0  →  hours >= 0.0": "no hours teach nothing",
    "sim/actors/property.py:54:25: 0.0  →  1.0": "the first effort tried takes its place",
    "sim/processes/handling.py:110:102: 0  →  1":
        "desks of streets come after those of communities: never in row 0",
}
"""Faults that change no result, by their text, with the reason."""


class Fault(NamedTuple):
    """One change of one kernel."""

    file: str
    line: int
    column: int
    before: str
    after: str

    @property
    def text(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.before}  →  {self.after}"


def faults(file: str) -> Iterator[tuple[Fault, ast.Module]]:
    """Every fault of every kernel in a file, and the file with it: until the next is asked for."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and {"kernel", "lean_kernel"} & {
                mark.id for mark in function.decorator_list if isinstance(mark, ast.Name)}:
            for node in _body(function):
                yield from _of(file, tree, node)


def _body(function: ast.FunctionDef) -> Iterator[ast.AST]:
    for statement in function.body:
        if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            yield from ast.walk(statement)


def _of(file: str, tree: ast.Module, node: ast.AST) -> Iterator[tuple[Fault, ast.Module]]:
    """Faults of one node: it is changed in place, the file is written down, and it is put back."""
    for name, new in _changes(node):
        old, before = getattr(node, name), _said(node)
        setattr(node, name, new)
        line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", -1) + 1
        yield Fault(file, line, column, before, _said(node)), tree
        setattr(node, name, old)


def _said(node: ast.AST) -> str:
    """The code of a node on one line: of a statement its condition."""
    if isinstance(node, (ast.If, ast.While)):
        return f"{type(node).__name__.lower()} {ast.unparse(node.test)}"
    return ast.unparse(node)


def _changes(node: ast.AST) -> Iterator[tuple[str, object]]:
    if isinstance(node, (ast.BinOp, ast.AugAssign, ast.BoolOp)) and type(node.op) in OPERATORS:
        yield "op", OPERATORS[type(node.op)]()
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in OPERATORS and not _draws(node):
        yield "ops", [OPERATORS[type(node.ops[0])](), *node.ops[1:]]
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        if node.value + 1 != node.value:  # not so for very large ones
            yield "value", node.value + 1
    elif isinstance(node, (ast.If, ast.While, ast.IfExp)):
        yield "test", ast.UnaryOp(ast.Not(), copy.copy(node.test))


def _draws(node: ast.Compare) -> bool:
    """Whether a draw is compared with a chance, which it equals once in 2^53 draws."""
    left = node.left
    return isinstance(left, ast.Call) and isinstance(left.func, ast.Name) and left.func.id in DRAWS


def kernel_files() -> list[str]:
    """Every file of the model that has kernels; what only watches a run is none."""
    return sorted(
        file.relative_to(ROOT).as_posix() for file in (ROOT / "sim").rglob("*.py")
        if "recording" not in file.parts and any(
            line in ("@kernel", "@lean_kernel") for line in file.read_text(encoding="utf-8").splitlines()))


def every_fault(files: list[str]) -> list[Fault]:
    """All faults of some files."""
    return [fault for file in files for fault, _ in faults(file)]


def faulty(fault: Fault) -> str:
    """The whole file with a fault in it."""
    return next(ast.unparse(tree) + "\n" for found, tree in faults(fault.file) if found == fault)


def chosen(every: list[Fault], sample: int, seed: int) -> list[Fault]:
    """A sample of all faults, the same for the same seed."""
    def rank(fault: Fault) -> bytes:
        return hashlib.sha256(f"{seed} {fault.text}".encode()).digest()

    return sorted(every, key=rank)[:sample]


# --- the copy ---


WIDE = '''"""Structured types that plain Python reads as numba does: fields as attributes, wide numbers."""

import numpy as np


def wide_record(*said, **more):
    dtype = np.dtype(*said, **more)
    if dtype.names is None:
        return dtype
    fields = []
    for name in dtype.names:
        base, shape = dtype[name].base, dtype[name].shape
        wide = base.kind if base.kind in "iuf" and base.itemsize < 8 else ""
        fields.append((name, {"i": "i8", "u": "i8", "f": "f8"}.get(wide, base), shape))
    return np.dtype((np.record, np.dtype(fields)))
'''


def copied(folder: Path) -> None:
    """The package and its reference tests, ready to run without a compiler."""
    ignore = shutil.ignore_patterns("__pycache__", "web", "report", "recording")
    shutil.copytree(ROOT / "sim", folder / "sim", ignore=ignore)
    (folder / "tests").mkdir()
    for file in [*ROOT.glob("tests/test_reference*.py"), *ROOT.glob("tests/test_mutants*.py")]:
        shutil.copy(file, folder / "tests")
    for name in ("tests/reference", "benchmarks"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    (folder / "sim" / "wide.py").write_text(WIDE, encoding="utf-8")
    for file in (folder / "sim").rglob("*.py"):
        source = file.read_text(encoding="utf-8")
        if "np.dtype(" in source and file.name != "wide.py":
            source = source.replace("np.dtype(", "wide_record(").replace(
                "import numpy as np\n", "import numpy as np\nfrom sim.wide import wide_record\n", 1)
            file.write_text(source, encoding="utf-8")


def noticed(folder: Path, tests: str) -> bool:
    """Whether a test of a copy fails, in a process of its own that has the libraries loaded already."""
    child = os.fork()
    if not child:
        _run(folder, tests)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0


def _run(folder: Path, tests: str) -> None:
    """Run the tests quietly; never returns."""
    code = 1
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
        said = os.open(folder / SAID, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(said, 1)
        os.dup2(said, 2)
        os.chdir(folder / "tests")
        sys.path[:0] = [str(folder), str(folder / "tests"), str(folder / "benchmarks")]
        import pytest

        files, _, words = tests.partition(" -k ")
        found = sorted(file.name for file in Path().glob("test_mutants*.py"))
        code = int(pytest.main([
            *found, *files.split(), "-k", words, "-x", "-q", "-c", os.devnull, "--rootdir", str(folder), "-p",
            "no:cacheprovider", "-p", "no:xdist", "-W", "ignore"]))
    finally:
        os._exit(code)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=80, help="faults tried")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="write the result to docs/testing.md")
    parser.add_argument("files", nargs="*", help="files that get faults; all of TESTS if none")
    asked = parser.parse_args()
    # Nothing is compiled, but each fault would get a folder for it, and drive the real one out
    os.environ.update(
        NUMBA_DISABLE_JIT="1", NUMBA_CACHE_DIR=tempfile.gettempdir(), PYTHONDONTWRITEBYTECODE="1")
    sys.dont_write_bytecode = True
    for name in ("numba", "mesa", "scipy.stats", "networkx", "pandas", "pydantic", "hypothesis", "pytest"):
        import_module(name)
    every = every_fault(asked.files or list(TESTS))
    tried = chosen(every, asked.sample, asked.seed)
    survivors, told = 0, []
    with tempfile.TemporaryDirectory(prefix="yihe-mutants-") as made:
        folder = Path(made)
        copied(folder)
        for tests in sorted({TESTS[fault.file] for fault in tried}):
            if noticed(folder, tests):
                print(f"without any fault a test fails already: {tests}", flush=True)
                print((folder / SAID).read_text(encoding="utf-8", errors="replace")[-3000:])
                return 2
        for number, fault in enumerate(tried, 1):
            sound = (folder / fault.file).read_text(encoding="utf-8")
            (folder / fault.file).write_text(faulty(fault), encoding="utf-8")
            seen = fault.text not in ALIKE and noticed(folder, TESTS[fault.file])
            (folder / fault.file).write_text(sound, encoding="utf-8")
            told.append([fault.file, fault.text, seen, ALIKE.get(fault.text, "")])
            if not seen and fault.text not in ALIKE:
                survivors += 1
                print(f"not noticed: {fault.text}", flush=True)
            elif number % 10 == 0:
                print(f"{number} of {len(tried)} tried, {survivors} not noticed", flush=True)
    print(f"{len(tried)} faults, {survivors} not noticed")
    if asked.keep:
        sys.path.insert(0, str(ROOT))
        import_module("testing_figures").keep(
            "mutants", {
                "seed": asked.seed, "possible": len(every), "faults": told,
                "apart": {file: len(every_fault([file])) for file in kernel_files() if file not in TESTS}})
    return int(survivors > 0)


if __name__ == "__main__":
    sys.exit(main())
