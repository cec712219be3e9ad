"""Small faults put into the kernels one at a time: does a test notice each of them?

    python tests/mutants.py [--sample 80] [--seed 1] [FILE …]

A fault changes one operator, comparison, constant or condition of a compiled function. The package is copied,
the kernels run as plain Python there (structured arrays as records of wide numbers, so that ``case.status``
and ``1024 * case.relapses`` work without numba), and for each fault the tests that compare these kernels with
their slow references are run. A fault that no test notices is printed: either a test is missing, or the fault
changes nothing (``ALIKE`` says why for those known).
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
TESTS = {
    "sim/processes/participation.py": DECIDING,
    "sim/processes/screening.py": DECIDING,
    "sim/processes/willingness.py": DECIDING,
    "sim/processes/talk.py": DECIDING,
    "sim/processes/queues.py": QUEUEING,
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

ALIKE: dict[str, str] = {}
"""Faults that change no result, by their text, with the reason."""


class Fault(NamedTuple):
    """One change of one kernel."""

    file: str
    line: int
    before: str
    after: str
    source: str
    """The whole file with the fault in it."""

    @property
    def text(self) -> str:
        return f"{self.file}:{self.line}: {self.before}  →  {self.after}"


def faults(file: str, source: str) -> Iterator[Fault]:
    """Every fault of every kernel in a file."""
    tree = ast.parse(source)
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and {"kernel", "lean_kernel"} & {
                mark.id for mark in function.decorator_list if isinstance(mark, ast.Name)}:
            for node in _body(function):
                yield from _of(file, tree, node)


def _body(function: ast.FunctionDef) -> Iterator[ast.AST]:
    for statement in function.body:
        if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            yield from ast.walk(statement)


def _of(file: str, tree: ast.Module, node: ast.AST) -> Iterator[Fault]:
    """Faults of one node: it is changed in place, the file is written down, and it is put back."""
    for name, new in _changes(node):
        old, before = getattr(node, name), ast.unparse(node)
        setattr(node, name, new)
        yield Fault(file, getattr(node, "lineno", 0), before, ast.unparse(node), ast.unparse(tree) + "\n")
        setattr(node, name, old)


def _changes(node: ast.AST) -> Iterator[tuple[str, object]]:
    if isinstance(node, (ast.BinOp, ast.AugAssign, ast.BoolOp)) and type(node.op) in OPERATORS:
        yield "op", OPERATORS[type(node.op)]()
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in OPERATORS:
        yield "ops", [OPERATORS[type(node.ops[0])](), *node.ops[1:]]
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield "value", node.value + 1
    elif isinstance(node, (ast.If, ast.While, ast.IfExp)):
        yield "test", ast.UnaryOp(ast.Not(), copy.copy(node.test))


def chosen(wanted: list[str], sample: int, seed: int) -> list[Fault]:
    """A sample of all faults, the same for the same seed."""
    every = [fault for file in wanted for fault in faults(file, (ROOT / file).read_text(encoding="utf-8"))]
    every.sort(key=lambda fault: hashlib.sha256(f"{seed} {fault.text}".encode()).digest())
    return every[:sample]


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
    parser.add_argument("files", nargs="*", help="files that get faults; all of TESTS if none")
    asked = parser.parse_args()
    os.environ.update(NUMBA_DISABLE_JIT="1", PYTHONDONTWRITEBYTECODE="1")
    sys.dont_write_bytecode = True
    for name in ("numba", "mesa", "scipy.stats", "networkx", "pandas", "pydantic", "hypothesis", "pytest"):
        import_module(name)
    tried = chosen(asked.files or list(TESTS), asked.sample, asked.seed)
    survivors = 0
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
            (folder / fault.file).write_text(fault.source, encoding="utf-8")
            seen = fault.text in ALIKE or noticed(folder, TESTS[fault.file])
            (folder / fault.file).write_text(sound, encoding="utf-8")
            survivors += not seen
            if not seen:
                print(f"not noticed: {fault.text}", flush=True)
            elif number % 10 == 0:
                print(f"{number} of {len(tried)} tried, {survivors} not noticed", flush=True)
    print(f"{len(tried)} faults, {survivors} not noticed")
    return int(survivors > 0)


if __name__ == "__main__":
    sys.exit(main())
