"""The descriptions stay true: every name in ``docs/odd*.md`` and ``docs/coverage.md`` is there, none missing.

The pages are written by hand, because they say why. These tests read them as a re-implementer would, and fail
when a name was changed in the code and not on the page, or a number or a policy came that no page tells of.
"""

from __future__ import annotations

import inspect
import re
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from sim.ledger.cases import CASE, DESK
from sim.ledger.levers import LEVERS
from sim.ledger.opportunities import OPPORTUNITY
from sim.outcomes import OUTCOMES
from sim.params import declared
from sim.policies import registry
from sim.policies.base import ANY_REGIME, CONVENED, CORE_LED, Policy
from sim.population.columns import Places, Residents
from sim.processes.categories import CATEGORIES, Category
from sim.scenario.conditions import CONDITIONS
from sim.scenario.schema import Scenario
from sim.vocabulary import Activity, Kind, Position, Regime

HERE = Path(__file__).resolve().parent.parent
PAGES = ("odd.md", "coverage.md")
CONVENORS = {ANY_REGIME: "any", CORE_LED: "core leads", CONVENED: "core convenes"}


def page(name: str) -> str:
    return (HERE / "docs" / name).read_text(encoding="utf-8")


def ticked(text: str) -> list[str]:
    """Everything between single backticks, outside fenced blocks."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))


@cache
def paths() -> frozenset[str]:
    """Every path of a number in a scenario, every block above it, and the last part of each."""
    found: set[str] = set()
    for number in declared(Scenario):
        parts = number.path.split(".")
        found.update(".".join(parts[:n]) for n in range(1, len(parts) + 1))
        found.add(parts[-1])
    return frozenset(found | set(Scenario.model_fields))


@cache
def names() -> frozenset[str]:
    """Names that a page may use beside parameters: columns, levers, kinds, categories, outcomes …"""
    from sim.actors import committee, core, property, society
    from sim.ledger.commons import Commons
    from sim.processes.parameters import SHOCKS, Shock, WorldParameters

    found: set[str] = {"categories", *get_args(WorldParameters.model_fields["categories"].annotation)}
    found |= set(LEVERS) | set(OUTCOMES) | set(CONDITIONS) | set(registry.BUILT_IN) | set(SHOCKS)
    for dtype in (CASE, DESK, OPPORTUNITY):
        found.update(dtype.names or ())
    for module in (committee, core, property, society):
        for cls in vars(module).values():
            if inspect.isclass(cls) and cls.__name__.endswith("State"):
                found.update(getattr(cls, "_fields", ()))
    found.update(Residents._fields, Places._fields, Commons._fields)
    for terms in (Regime, Kind, Activity, Position):
        found.update(term.key for term in terms)
    found.update(c.key for c in CATEGORIES)
    found.update(Category.model_fields, Shock.model_fields)
    return frozenset(found)


@cache
def constants() -> frozenset[str]:
    """Functions, classes and constants at the top of a module."""
    found: set[str] = set()
    for file in (HERE / "sim").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        found.update(re.findall(r"^(?:def |class )?([A-Za-z_]\w+)(?=[ (:=])", text, flags=re.M))
        found.update(re.findall(r"^ {4}(?:def )?([a-z]\w+)(?=[(:])", text, flags=re.M))
    return frozenset(found)


def exists(token: str) -> bool:
    """Whether a name between backticks names something."""
    token = token.removesuffix(".*").removeprefix("yihe ")
    if token in names() or token in paths() or token in constants():
        return True
    if "/" in token or token.endswith((".py", ".md", ".yaml")):
        roots = (HERE, HERE / "sim", HERE / "sim" / "processes", HERE / "docs")
        return any((root / token).exists() for root in roots)
    if (HERE / "scenarios" / f"{token}.yaml").exists():
        return True
    head, _, rest = token.partition(".")
    if head in registry.BUILT_IN and rest:
        cls = registry.policy_class(head)
        return cls is not None and rest in cls.model_fields
    return all(part in constants() for part in token.split(".")) and "." in token


@pytest.mark.parametrize("name", PAGES)
def test_every_name_on_the_page_exists(name: str) -> None:
    """A policy, number, condition, scenario, lever, column, function or file in backticks is there."""
    gone = sorted({t for t in ticked(page(name)) if re.fullmatch(r"[A-Za-z_][\w./*]*", t) and not exists(t)})
    assert not gone, f"docs/{name} names what is not there: {gone}"


def test_every_name_in_an_equation_exists() -> None:
    """Identifiers with an underscore in the equations of the ODD page are the code's own."""
    blocks = "\n".join(re.findall(r"```(.*?)```", page("odd.md"), flags=re.S))
    used = set(re.findall(r"\b[a-z]+(?:_[a-z0-9]+)+\b", blocks))
    gone = sorted(t for t in used if not exists(t))
    assert not gone, f"equations name what is not there: {gone}"


def test_no_number_of_a_scenario_is_left_out_of_the_description() -> None:
    """The ODD page names every number a scenario can set: with its block, or a whole small block as ``*``."""
    text = page("odd.md")
    words = set(re.findall(r"[A-Za-z_]\w*", text))
    blocks = set(re.findall(r"`([\w.]+)\.\*`", text))
    large = {"world", "participation", "cases", "experience", "ties", "budget",
             *(f"actors.{kind.key}" for kind in Kind)}
    left = []
    for number in declared(Scenario):
        block, _, leaf = number.path.rpartition(".")
        whole = block in blocks - large
        named = leaf in words and (block in blocks or block in ("", "places", "population", "actors"))
        if not (whole or named or number.path in text):
            left.append(number.path)
    assert not left, f"docs/odd.md does not tell of {left}"


def test_every_policy_of_ours_is_traced_to_a_passage() -> None:
    """Every built-in kind stands in coverage.md, and in the table of odd.md."""
    for name in PAGES:
        missing = sorted(set(registry.BUILT_IN) - {token.partition(".")[0] for token in ticked(page(name))})
        assert not missing, f"docs/{name} does not name {missing}"


def rows() -> dict[str, list[str]]:
    """Cells of the ODD page's table of policies, by kind."""
    found = {}
    for line in page("odd.md").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 4 and cells[0].strip("`") in registry.BUILT_IN:
            found[cells[0].strip("`")] = cells
    return found


@pytest.mark.parametrize("kind", sorted(registry.BUILT_IN))
def test_the_table_of_policies_says_what_the_files_do(kind: str) -> None:
    """Convenors and levers in the table are those of the policy's own class and file."""
    assert kind in rows(), f"no row for {kind}"
    cls = registry.policy_class(kind)
    assert cls is not None
    _, convenors, levers, _ = rows()[kind]
    assert convenors == CONVENORS[cls.convenors]
    source = inspect.getsource(cls)
    written = set(re.findall(r'levers\.add(?:_to_each)?\(\s*"(\w+)"', source))
    assert set(re.findall(r"`(\w+)`", levers)) == written


def sections() -> dict[str, str]:
    """The sections of the appendix on policies, by kind."""
    parts = re.split(r"^### ", page("odd_policies.md"), flags=re.M)[1:]
    return {part.split("`")[1]: part for part in parts}


@pytest.mark.parametrize("kind", sorted(registry.BUILT_IN))
def test_the_appendix_tells_every_number_of_a_policy(kind: str) -> None:
    """The section of a policy names all its own numbers and levers, and no other name of that form."""
    cls = registry.policy_class(kind)
    assert cls is not None
    assert kind in sections(), f"docs/odd_policies.md has no section on {kind}"
    text = sections()[kind].partition("\n")[0].replace(f"`{kind}`", "") + sections()[kind].partition("\n")[2]
    general = {number.path for number in declared(Policy)}
    inner = {number.path.rpartition(".")[2] for number in declared(cls) if number.path not in general}
    own = inner | set(cls.model_fields) - set(Policy.model_fields)
    levers = set(re.findall(r'levers\.add(?:_to_each)?\(\s*"(\w+)"', inspect.getsource(cls)))
    words = set(re.findall(r"[a-z_]+", text))
    assert own <= words, f"left out: {sorted(own - words)}"
    assert levers <= words, f"levers left out: {sorted(levers - words)}"
    named = {word for word in words if "_" in word}
    assert named <= own | set(LEVERS), f"not there: {sorted(named - own - set(LEVERS))}"


def test_every_condition_and_every_scenario_is_traced() -> None:
    """Each condition, and each scenario in ``scenarios/``, stands in coverage.md."""
    there = set(ticked(page("coverage.md")))
    files = {file.stem for file in (HERE / "scenarios").glob("*.yaml")}
    missing = sorted((set(CONDITIONS) | files) - there)
    assert not missing, f"docs/coverage.md does not name {missing}"


@pytest.mark.parametrize("name", [*PAGES, "odd_policies.md"])
def test_every_link_leads_somewhere(name: str) -> None:
    """Pages that a description links to are there."""
    links = re.findall(r"\]\(([^)#]+)\)", page(name))
    assert not [link for link in links if not (HERE / "docs" / link).exists()]


def test_the_pages_quote_only_what_the_sources_say() -> None:
    """A quotation in coverage.md is short: facts and a few words, never a sentence of the sources."""
    for quoted in re.findall(r"「([^」]+)」", page("coverage.md")):
        assert len(quoted) <= 40, quoted
