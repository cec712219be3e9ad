"""The house keeps its order: imports run downward only, and policies, processes and actors never meet.

Imports for type checkers and inside functions count as well: they say what a file must know about.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "sim"

ROOMS = """
    vocabulary errors params sums jit compiled
    rng numerics clock threads
    population.parameters network.parameters processes.parameters processes.categories actors.parameters
    population network population.agents
    ledger view
    policies actors processes
    outcomes plugins scenario results census recorder observed measures
    state streets founding mesa_side model simulation sharding ensemble
    designs
    study
    analysis calibration optimisation
    report
    explain
    recording
    comparing
    verify
    evidence
    precompile reference
    web
    cli_options cli_usage cli_study cli_explain cli_query cli_diff cli_sweep cli_serve cli_verify cli
"""
"""Every room from the ground up; a room may import itself and what stands before it. ``x.y`` is one file of
room ``x`` with a place of its own: declared numbers, which everybody may know, and residents as agents, who
know their ties."""

ORDER = ROOMS.split()

STRANGERS = {"policies", "actors", "processes"}
"""They meet in columns, ties and the ledger only."""

Import = tuple[int, str]
"""Line, and dotted name within ``sim``: ``""`` is the package itself."""


def name_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {name_of(file): file for file in sorted(ROOT.rglob("*.py"))}


def imports(source: str, known: set[str]) -> Iterator[Import]:
    """Modules of ``sim`` that a source imports, wherever in the file."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports within sim are absolute"
            below = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name.removeprefix("sim.") in known else str(node.module) for name in below]
        else:
            continue
        for name in names:
            if name == "sim" or name.startswith("sim."):
                yield node.lineno, name.removeprefix("sim").lstrip(".")


def room(module: str) -> str:
    """The longest entry of ORDER that a module belongs to."""
    found = [entry for entry in ORDER if module == entry or module.startswith(entry + ".")]
    assert found, f"sim/{module.replace('.', '/')}: which room is it? name it in ORDER"
    return max(found, key=len)


def fault(importer: str, imported: str) -> str | None:
    """Why one module may not import another; None if it may."""
    if imported == "":
        return None  # ``import sim`` asks for its folder, and loads nothing
    here, there = room(importer), room(imported)
    if ORDER.index(there) > ORDER.index(here):
        return f"{importer} imports {imported}: upward"
    if here != there and {here, there} <= STRANGERS:
        return f"{importer} imports {imported}: policies, actors and processes never import each other"
    return None


@pytest.mark.parametrize("module", [name for name in FILES if name])  # the public face stands above all rooms
def test_imports_run_downward(module: str) -> None:
    source = FILES[module].read_text(encoding="utf-8")
    faults = [
        f"{FILES[module].relative_to(ROOT.parent)}:{line}: {why}"
        for line, imported in imports(source, set(FILES)) if (why := fault(module, imported))
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("importer", "source"), [
    ("rng", "from sim.model import CommunityModel"),
    ("ledger.cases", "def f():\n    import sim.study.plan"),
    ("view", "if TYPE_CHECKING:\n    from sim.model import CommunityModel"),
    ("policies.base", "from sim.processes import queues"),
    ("processes.queues", "from sim.actors.base import Institution"),
    ("vocabulary", "from sim import errors, params"),
])
def test_the_reader_finds_an_upward_import(importer: str, source: str) -> None:
    assert [fault(importer, imported) for _, imported in imports(source, set(FILES))].count(None) == 0


def test_every_room_is_there() -> None:
    assert {room(module) for module in FILES if module} == set(ORDER)


@pytest.mark.parametrize("module", FILES)
def test_files_stay_small(module: str) -> None:
    lines = FILES[module].read_text(encoding="utf-8").count("\n")
    assert lines < 400, f"{FILES[module].relative_to(ROOT.parent)} has {lines} lines: split it"
