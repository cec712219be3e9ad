"""Plug-ins: what they add takes part, goes away with them, and is held to its contract."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest

from sim import cli, plugins
from sim.errors import YiheError
from sim.explain.mechanism import STEPS
from sim.outcomes import OUTCOMES
from sim.policies import registry
from sim.processes.categories import TASK
from sim.scenario.reading import load
from sim.simulation import simulate
from sim.study.compare import compare
from sim.study.contract import check_policy, forget
from sim.study.contract_own import EARLY, check_file
from sim.study.watched import watched

EXAMPLE = Path(__file__).parent.parent / "docs" / "examples" / "garden.py"

PLAIN = '''
from typing import ClassVar, Literal
from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import Card
from sim.policies.common import CommunityPolicy
from sim.vocabulary import Kind

L = Label(zh="试", en="a test")

class Try(CommunityPolicy):
    kind: Literal["test_try"] = "test_try"
    card: ClassVar[Card] = Card(name=L, mechanism=L, cost=L, claim=L, source="test", harm=L)
    money: float = Param(100.0, unit="yuan", ge=0, le=1000, label=("经费", "money"))
    share: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("比例", "share"))

    def request(self, view):
        return self.ask(view, self.money)

    def act(self, view, level):
        view.levers.add("dispatch", self.share * self.strength(view, level))
'''


@pytest.fixture(autouse=True)
def clean_house() -> Iterator[None]:
    """Whatever a test loads is taken out again."""
    yield
    for module in list(registry._others):
        registry._take_out(module)
    registry._plugged.clear()
    registry._plugins.clear()
    forget()


def written(folder: Path, text: str, name: str = "mine.py") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def faults(file: Path) -> dict[str, str]:
    return {v.check: v.fault.en for v in check_file(file) if v.fault is not None}


def test_the_example_keeps_its_contract() -> None:
    found = check_file(EXAMPLE)
    assert {v.subject for v in found} == {"policy", "outcome", "category", "institution"}
    assert [(v.name, v.check, v.fault.en) for v in found if v.fault is not None] == []


def test_without_the_plug_in_a_run_is_what_it_was() -> None:
    before = watched().run()
    registry.load_plugin(EXAMPLE)
    forget()
    with_it = watched().run()
    assert before.digest != with_it.digest
    registry._take_out(registry.module_of(EXAMPLE))
    forget()
    after = watched().run()
    assert before.digest == after.digest
    assert before.series.keys() == after.series.keys()


def test_what_it_adds_takes_part() -> None:
    registry.load_plugin(EXAMPLE)
    scenario = load(EXAMPLE.with_suffix(".yaml"), {"weeks": 12, "warmup": 4, "world.potential_rate": 20.0})
    result = simulate(scenario.arm("garden"), 1)
    assert 0 < result.value("strangers_share") <= 1
    code = result.categories.index("shade")
    share = np.mean(result.cases["category"] == code)
    assert share > 0.01
    assert not (result.cases["category"] == TASK).any()
    assert scenario.targets[0].outcome == "strangers_share"


def test_two_categories_share_out_what_is_left(tmp_path: Path) -> None:
    text = "from sim.plugins import category\nfrom sim.vocabulary import Kind\n"
    for key, share in (("test_b", 0.2), ("test_a", 0.3)):
        text += f'category("{key}", label=("试", "test"), geometry="household", actors=(Kind.STREET,), '
        text += f"share={share})\n"
    plain = watched().rules.category["share"]
    registry.load_plugin(written(tmp_path, text))
    forget()
    shares = watched().rules.category["share"]
    np.testing.assert_array_equal(shares[:TASK], 0.5 * plain[:TASK])
    assert shares[TASK - 1] == shares[TASK] == 0.5  # tasks from above are never drawn
    np.testing.assert_allclose(np.diff(shares[TASK:]), [0.3, 0.2])
    assert plugins.category_keys()[-2:] == ("test_a", "test_b")


def test_a_changed_file_replaces_what_it_added(tmp_path: Path) -> None:
    text = (
        'from sim.plugins import outcome\n\n@outcome("test_one", label=("一", "one"), unit="1")\n'
        "def one(model):\n    return 1.0\n")
    file = written(tmp_path, text)
    assert registry.load_plugin(file) == ()
    assert "test_one" in OUTCOMES
    registry.load_plugin(written(tmp_path, text.replace("test_one", "test_two")))
    assert "test_one" not in OUTCOMES
    assert "test_two" in OUTCOMES


BAD = {
    "an outcome of ours": (
        '@outcome("efficacy", label=("一", "one"), unit="1")\ndef f(model): return 1.0', "exists already"),
    "no unit": ('@outcome("test_x", label=("一", "one"), unit=" ")\ndef f(model): return 1.0', "no unit"),
    "no second name": ('@outcome("test_x", label=("一", ""), unit="1")\ndef f(model): return 1.0', "English"),
    "a name that is none": ('@outcome("X!", label=("一", "one"), unit="1")\ndef f(model): return 1.0', "a–z"),
    "a category of ours": (
        'category("noise", label=("一", "one"), geometry="building", actors=(Kind.CORE,), share=0.1)',
        "exists already"),
    "a share too large": (
        'category("test_x", label=("一", "one"), geometry="building", actors=(Kind.CORE,), share=0.95)',
        "0.9"),
    "a number out of range": (
        'category("test_x", label=("一", "one"), geometry="building", actors=(Kind.CORE,), share=0.1, gap=2)',
        "gap"),
    "nobody to act": (
        'category("test_x", label=("一", "one"), geometry="building", actors=(), share=0.1)', "1 to 4"),
    "an institution without a part": (
        "@institution\nclass X(OwnInstitution):\n    pass", "must name its part"),
    "nothing at all": ("x = 1", "defines no policy"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_wrong_plug_in_is_one_sentence_and_leaves_nothing(case: str, tmp_path: Path) -> None:
    line, words = BAD[case]
    text = (
        "from sim.plugins import OwnInstitution, category, institution, outcome\n"
        "from sim.vocabulary import Kind\n\n" + line + "\n")
    known = set(OUTCOMES)
    with pytest.raises(YiheError) as caught:
        registry.load_plugin(written(tmp_path, text))
    assert words in caught.value.en
    assert caught.value.file
    assert caught.value.zh != caught.value.en
    assert set(OUTCOMES) == known
    assert not plugins.own_categories()
    assert not plugins.own_institutions()


BROKEN = {
    "it writes a column": (
        'view.levers.add("dispatch"', 'view.residents.skill[:] = 0.9\n        view.levers.add("dispatch"',
        {"writes", "source"}),
    "it acts for nothing": ("return self.ask(view, self.money)", "return self.ask(view)", {"half"}),
    "it ignores its target": ("self.share * self.strength(view, level)", "self.share", {"target"}),
    "a number without Param": (
        "    def request", "    more: float = 1.0\n\n    def request", {"numbers"}),
    "a number in its code": ("self.share * self", "0.5 * self", {"bare"}),
    "a card in one language": ('zh="试"', 'zh="try"', {"card"}),
    "it breaks": (
        'view.levers.add("dispatch"', 'view.levers.add("no_such_lever"', {"acts", "end", "target", "half"}),
    "it decrees": (
        'view.levers.add("dispatch"', 'participation_52 = 0.7\n        view.levers.add("dispatch"',
        {"source"}),
    "it does nothing": (
        'view.levers.add("dispatch", self.share * self.strength(view, level))', "pass", {"acts"}),
}


@pytest.mark.parametrize("case", BROKEN)
def test_the_contract_finds_a_policy_that_breaks_it(case: str, tmp_path: Path) -> None:
    old, new, clauses = BROKEN[case]
    assert old in PLAIN
    kinds = registry.load_plugin(written(tmp_path, PLAIN.replace(old, new)))
    forget()
    found = {v.check for v in check_policy(kinds[0]) if not v.passed}
    assert clauses <= found


def test_a_plain_policy_breaks_no_clause(tmp_path: Path) -> None:
    assert faults(written(tmp_path, PLAIN)) == {}


READINGS = {
    "out of its range": ("return 2.0", "share of adults", "number"),
    "never a number": ("return float('nan')", "1", "number"),
    "it writes": ("model.residents.hours[:] += 1.0\n    return 1.0", "1", "reads"),
}


@pytest.mark.parametrize("case", READINGS)
def test_the_contract_finds_a_wrong_outcome(case: str, tmp_path: Path) -> None:
    body, unit, clause = READINGS[case]
    text = (
        f'from sim.plugins import outcome\n\n@outcome("test_x", label=("一", "one"), unit="{unit}")\n'
        f"def f(model):\n    {body}\n")
    assert clause in faults(written(tmp_path, text))


@pytest.mark.parametrize(("line", "clause"), [
    ("view.residents.habit[:] = 0.5", "own"),
    ('view.levers.add("staff_hours", 1.0, kind=Kind.CORE)', "own"),
    ("view.part(cls.part).size[:] = np.inf", "columns"),
])
def test_the_contract_finds_a_wrong_institution(line: str, clause: str, tmp_path: Path) -> None:
    text = f'''
from typing import NamedTuple
import numpy as np
from sim.params import Label
from sim.plugins import OwnInstitution, institution
from sim.vocabulary import Kind

class Columns(NamedTuple):
    size: np.ndarray

@institution
class Club(OwnInstitution, columns=Columns):
    kind, part, label = Kind.VOLUNTEERS, "test_club", Label(zh="社", en="club")

    @classmethod
    def found(cls, view):
        return Columns(np.ones(view.places.communities))

    @classmethod
    def decide(cls, view):
        {line}
'''
    assert clause in faults(written(tmp_path, text))


def test_levers_read_early_are_those_that_institutions_and_the_budget_read() -> None:
    late = {"desk_skill"}  # read when desks are manned, after all have decided
    assert {name for name, step in STEPS.items() if step.part <= 3} - late == EARLY


def yihe(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["yihe", *map(str, arguments)])
    monkeypatch.setenv("YIHE_LANG", "zh")
    with pytest.raises(SystemExit) as caught:
        cli.main()
    return int(caught.value.code or 0)


def test_the_command_says_pass_or_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    good = written(tmp_path, PLAIN)
    assert yihe(monkeypatch, "check-plugin", good) == 0
    out, err = capsys.readouterr()
    assert "通过  力度为 0 时逐位相同" in out
    assert not err
    free = PLAIN.replace("test_try", "test_bad").replace("view, self.money", "view")
    bad = written(tmp_path, free, "bad.py")
    assert yihe(monkeypatch, "check-plugin", bad, "--json", "--lang", "en") == 1
    out, err = capsys.readouterr()
    answer = json.loads(out)[0]
    assert not answer["ok"]
    assert any(check["check"] == "half" and check["fault"]["en"] for check in answer["checks"])
    assert yihe(monkeypatch, "check-plugin", tmp_path / "none.py") == 2
    assert "找不到插件文件" in capsys.readouterr().err


def test_a_package_names_a_plug_in_that_is_loaded_only_when_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = written(tmp_path, PLAIN, "test_packaged.py")
    entries = [EntryPoint("test_packaged", "test_packaged", plugins.GROUP),
               EntryPoint("test_lost", "no_such_module_here", plugins.GROUP)]
    monkeypatch.setattr(
        plugins, "entry_points", lambda group: [entry for entry in entries if entry.group == group])
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "test_try" not in registry.kinds()
    assert plugins.located("test_packaged").samefile(file)
    assert registry.load_plugin(plugins.located("test_packaged")) == ("test_try",)
    with pytest.raises(YiheError, match="no_such_module_here"):
        plugins.located("test_lost")
    assert plugins.located("else.py") == Path("else.py")


@pytest.mark.long
def test_workers_load_the_same_additions(tmp_path: Path) -> None:
    registry.load_plugin(EXAMPLE)
    forget()
    small = {"weeks": 3, "warmup": 1, "population.residents": 100}
    both = [
        compare(load(EXAMPLE.with_suffix(".yaml"), small), replicates=2, workers=workers).runs
        for workers in (1, 2)]
    assert both[0]["strangers_share"].notna().all()
    assert both[0].equals(both[1])
