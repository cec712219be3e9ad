"""What a newcomer meets first: the public face, the constraints, the benchmarks, the words of the READMEs."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

import sim

ROOT = Path(__file__).parent.parent
PYTHONS = ("3.11", "3.12", "3.13")
READMES = ("README.md", "README.zh-CN.md")
HEAVY = ["numpy", "numba", "mesa", "pandas", "scipy", "pydantic", "matplotlib"]


def run(*arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert run("-c", f"import sim, sys; print([m for m in {HEAVY} if m in sys.modules])").strip() == "[]"


def test_help_and_version_load_no_model() -> None:
    help_only = "import sys, sim.cli\ntry: sim.cli.app(['--help'])\nexcept SystemExit: pass\n"
    loaded = run("-c", help_only + f"print([m for m in {HEAVY} if m in sys.modules])")
    assert loaded.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", sim.__all__)
def test_public_names_are_there(name: str) -> None:
    value = getattr(sim, name)
    assert name in dir(sim)
    if hasattr(value, "__name__"):
        assert value.__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing_here"):
        _ = sim.nothing_here  # type: ignore[attr-defined]


def test_type_checkers_see_the_same_names() -> None:
    text = Path(str(sim.__file__)).read_text(encoding="utf-8")
    block = text.partition("if TYPE_CHECKING:")[2].partition("\n_HOME")[0]
    seen = dict.fromkeys(sim._HOME, "")
    for module, names in re.findall(r"from (\S+) import ([^\n]+)", block):
        seen.update(dict.fromkeys(names.split(", "), module))
    assert seen == sim._HOME


def pins(python: str) -> dict[str, Version]:
    lines = (ROOT / "constraints" / f"{python}.txt").read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if line and not line.startswith("#")]
    found = [re.fullmatch(r"([a-z0-9-]+)==([0-9a-z.+!]+)", line) for line in lines]
    assert all(found), "constraints name exact versions and nothing else: no index, no path, no marker"
    return {match[1]: Version(match[2]) for match in found if match}


@pytest.mark.parametrize("python", PYTHONS)
def test_constraints_pin_every_requirement_within_its_bounds(python: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = pins(python)
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(name for extra in extras for name in extra)]
    for requirement in map(Requirement, wanted):
        name = requirement.name.lower().replace(".", "-").replace("_", "-")
        if name != project["name"]:
            assert name in pinned, f"constraints/{python}.txt lacks {name}"
            assert requirement.specifier.contains(pinned[name]), f"{name} {pinned[name]} is out of bounds"


def test_every_python_we_name_has_constraints() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    assert tuple(named) == PYTHONS
    assert {file.stem for file in (ROOT / "constraints").glob("*.txt")} == set(PYTHONS)


@pytest.mark.parametrize("name", READMES)
def test_links_in_the_readmes_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    missing = [link for link in links if link and not (ROOT / link).exists()]
    assert links
    assert not missing


@pytest.mark.parametrize("name", READMES)
def test_commands_in_the_readmes_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    known = set(re.findall(r"^  (\w+)  ", run("-m", "sim.cli", "--help"), re.MULTILINE))
    assert {"run", "compare", "validate"} <= known
    used = set(re.findall(r"^(?:\$ )?yihe ([a-z][\w-]*)", text, re.MULTILINE))
    assert used
    assert used <= known
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)\b", text)) <= targets


@pytest.mark.parametrize("name", READMES)
def test_scenarios_in_the_readmes_are_valid(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    shown = re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert shown
    for block in shown:
        scenario = sim.loads(block, file=ROOT / "shown.yaml")
        assert scenario.arms
        assert scenario.targets


def test_both_readmes_show_the_same_commands() -> None:
    def blocks(name: str) -> list[str]:
        text = (ROOT / name).read_text(encoding="utf-8")
        found = re.findall(r"^```(?:sh|bat|python)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        return [re.sub(r"[ ]*#.*| --lang \w+| DEMO_LANG=\w+", "", block) for block in found]

    assert blocks(READMES[0]) == blocks(READMES[1])
    assert blocks(READMES[0])
