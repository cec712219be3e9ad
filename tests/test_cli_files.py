"""The command line on files: bad input is one sentence with file, key path and mend, exit 2."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sim import cli
from sim.policies import registry
from sim.scenario.reasons import reason

HEAD = "yihe: 1\nname: a\n"
TEA = '''
from typing import Literal
from sim.policies.base import Policy

class Tea(Policy):
    """A test policy."""
    kind: Literal["test_tea"] = "test_tea"
'''


class Yihe:
    """The command, run inside this process in a folder of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def __call__(self, *arguments: object) -> tuple[int, str, str]:
        """Exit code, stdout and stderr."""
        self.monkeypatch.setattr(sys, "argv", ["yihe", *map(str, arguments)])
        self.monkeypatch.setenv("YIHE_LANG", "zh")
        with pytest.raises(SystemExit) as caught:
            cli.main()
        out, err = self.capsys.readouterr()
        return int(caught.value.code or 0), out, err


@pytest.fixture
def yihe(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Yihe:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(registry, "_plugged", {})
    monkeypatch.setattr(registry, "_plugins", {})
    return Yihe(monkeypatch, capsys)


TARGET = "{id: t, label: {zh: 主张, en: claim}, source: S1, outcome: efficacy, treatment: x, control: y, %s}"
ARMS = "arms: {x: {}, y: {regime: fragmented}}\n"

# name of the case: text of the file, key path named (None if there is none), words of the sentence
BAD: dict[str, tuple[str | bytes, str | None, str]] = {
    "unknown policy": (HEAD + "policies: [{kind: test_tee}]\n", "policies[0].kind", "test_tea"),
    "policy without kind": (HEAD + "policies: [{start: 1}]\n", "policies[0].kind", "缺少"),
    "policy no mapping": (HEAD + "policies: [test_tea]\n", "policies[0]", "映射"),
    "unknown key of a policy": (
        HEAD + "policies: [{kind: test_tea, intensty: 1}]\n",
        "policies[0].intensty",
        "intensity",
    ),
    "intensity above 1": (
        HEAD + "policies: [{kind: test_tea, intensity: 2}]\n",
        "policies[0].intensity",
        "0 到 1",
    ),
    "two policies of one id": (
        HEAD + "policies: [{kind: test_tea}, {kind: test_tea}]\n",
        "policies[1].id",
        "重复",
    ),
    "policy after the run": (HEAD + "policies: [{kind: test_tea, start: 104}]\n", "policies[0].start", "104"),
    "policy beyond the run": (HEAD + "policies: [{kind: test_tea, end: 105}]\n", "policies[0].end", "104"),
    "policy ends before it starts": (
        HEAD + "policies: [{kind: test_tea, start: 5, end: 5}]\n",
        "policies[0].end",
        "5",
    ),
    "grid that is not there": (
        HEAD + "policies: [{kind: test_tea, target: {grids: [0, 2]}}]\n",
        "policies[0].target.grids[1]",
        "0 到 1",
    ),
    "negative share": (HEAD + "ties: {atomisation: -0.1}\n", "ties.atomisation", "0 到 1"),
    "empty population": (HEAD + "population: {residents: 0}\n", "population.residents", "10"),
    "number as text": (HEAD + "seed: '1'\n", "seed", "整数"),
    "fraction for a whole number": (HEAD + "weeks: 10.5\n", "weeks", "整数"),
    "truth for a number": (HEAD + "world: {tasks_rate: true}\n", "world.tasks_rate", "数字"),
    "number for truth": (HEAD + "actors: {property: {present: 1}}\n", "actors.property.present", "true"),
    "not finite": (HEAD + "world: {tasks_rate: .nan}\n", "world.tasks_rate", "有限"),
    "infinite": (HEAD + "world: {tasks_rate: .inf}\n", "world.tasks_rate", "60"),
    "section empty": (HEAD + "ties:\n", "ties", "映射"),
    "section a list": (HEAD + "ties: [1]\n", "ties", "映射"),
    "list expected": (HEAD + "shocks: {week: 1}\n", "shocks", "列表"),
    "text expected": (HEAD + "source: 3\n", "source", "文字"),
    "unknown word": (HEAD + "ties: {builder: comunity}\n", "ties.builder", "community"),
    "unknown key": (HEAD + "tyes: {}\n", "tyes", "ties"),
    "key in the wrong place": (HEAD + "atomisation: 0.1\n", "atomisation", "ties.atomisation"),
    "unknown regime": (HEAD + "regime: one_cor\n", "regime", "one_core"),
    "regime by number": (HEAD + "regime: 2\n", "regime", "one_core"),
    "bad name": ("yihe: 1\nname: A b\n", "name", "小写"),
    "name missing": ("yihe: 1\n", "name", "缺少"),
    "version missing": ("name: a\n", "yihe", "缺少"),
    "version wrong": ("yihe: 2\nname: a\n", "yihe", "1"),
    "version a truth": ("yihe: true\nname: a\n", "yihe", "yihe: 1"),
    "shares do not add up": (
        HEAD + "population: {age: {elderly: 0.1, seniors: 0.2}}\n",
        "population.age",
        "60",
    ),
    "shock after the run": (HEAD + "shocks: [{week: 103, weeks: 2}]\n", "shocks[0].week", "104"),
    "more streets than communities": (HEAD + "places: {streets: 2}\n", "places.streets", "社区"),
    "ties file without residents": (HEAD + "ties: {file: x.csv}\n", "ties.file", "population_file"),
    "residents' file missing": (HEAD + "population_file: no.csv\n", "population_file", "no.csv"),
    "arm with a bad name": (HEAD + "arms: {A b: {}}\n", "arms.A b", "小写"),
    "arm with a mistake": (HEAD + "arms: {x: {ties.atomisation: 7}}\n", "arms.x.ties.atomisation", "0 到 1"),
    "arm with an unknown key": (HEAD + "arms: {x: {tyes: {}}}\n", "arms.x.tyes", "ties"),
    "arm changes the weeks": (HEAD + "arms: {x: {weeks: 5}}\n", "arms.x.weeks", "最外层"),
    "claim without reading": (
        HEAD + ARMS + f"targets: [{TARGET % 'value: 1'}]\n",
        "targets[0].reading",
        "缺少",
    ),
    "claim of unknown reading": (
        HEAD + ARMS + f"targets: [{TARGET % 'reading: sgn'}]\n",
        "targets[0].reading",
        "sign",
    ),
    "claim of an unknown arm": (
        HEAD + "arms: {x: {}}\n" + f"targets: [{TARGET % 'reading: sign, toward: more'}]\n",
        "targets[0].control",
        "x",
    ),
    "claim of an unknown outcome": (
        HEAD
        + ARMS
        + f"targets: [{(TARGET % 'reading: sign, toward: more').replace('efficacy', 'eficacy')}]\n",
        "targets[0].outcome",
        "efficacy",
    ),
    "claim beyond the run": (
        HEAD + ARMS + f"targets: [{TARGET % 'reading: sign, toward: more, window: {from: 100, to: 105}'}]\n",
        "targets[0].window.to",
        "104",
    ),
    "claim of no change": (
        HEAD + ARMS + f"targets: [{TARGET % 'reading: relative_change, value: 0'}]\n",
        "targets[0]",
        "sign",
    ),
    "claim from and to overlap": (
        HEAD + ARMS + f"targets: [{TARGET % 'reading: level_change, from: {high: 1}, to: {low: 0}'}]\n",
        "targets[0]",
        "重叠",
    ),
    "duplicate key": (HEAD + "ties:\n  homophily: 0.1\n  homophily: 0.2\n", "ties.homophily", "第 4 行"),
    "key no text": (HEAD + "ties: {1: 2}\n", "ties", "引号"),
    "broken YAML": (HEAD + "ties: {homophily: 0.1\n", None, "YAML"),
    "tabs": (HEAD + "ties:\n\thomophily: 0.1\n", None, "制表符"),
    "two documents": (HEAD + "---\nname: b\n", None, "YAML"),
    "unknown tag": (HEAD + "source: !!python/name:os.system x\n", None, "YAML"),
    "anchor within itself": (HEAD + "ties: &t\n  builder: *t\n", "ties.builder", "锚点"),
    "empty file": ("", None, "空"),
    "only a comment": ("# nothing\n", None, "空"),
    "no mapping": ("- a\n", None, "键"),
    "binary": (b"\x89PNG\r\n\xff\x00\x01", None, "UTF-8"),
    "control characters": ("yihe: 1\x00\x01\n", None, "UTF-8"),
    "GBK": ("source: 社区\n".encode("gbk"), None, "UTF-8"),
    "extends a missing file": ("extends: no.yaml\n", "extends", "no.yaml"),
    "extends itself": ("extends: bad.yaml\n", "extends", "循环"),
    "extends a number": ("extends: 3\n", "extends", "路径"),
    "extends nothing": ("extends:\n", "extends", "路径"),
    "title half given": (HEAD + "title: {zh: 甲}\n", "title.en", "缺少"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_sentence_and_exit_2(yihe: Yihe, tmp_path: Path, case: str) -> None:
    content, key, said = BAD[case]
    file = tmp_path / "bad.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    (tmp_path / "tea.py").write_text(TEA, encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    code, out, err = yihe("validate", "bad.yaml", "--plugin", "tea.py", "--json")
    assert code == 2
    assert err.count("\n") == 1
    assert err.startswith("bad.yaml")
    assert said in err
    assert "Traceback" not in err
    answer = json.loads(out)[0]
    assert answer["error"]["key"] == key
    assert not re.search("[\u4e00-\u9fff]", answer["error"]["en"])
    if key is not None:
        assert f" {key}：" in err
    assert [
        p for p in sorted(tmp_path.rglob("*")) if p.name != "__pycache__" and p.suffix != ".pyc"
    ] == before


def test_an_extends_cycle_through_two_files_is_refused(yihe: Yihe, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("extends: b.yaml\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("name: b\nextends: a.yaml\n", encoding="utf-8")
    code, _, err = yihe("validate", "a.yaml")
    assert code == 2
    assert "b.yaml:2 extends" in err


def test_every_mistake_of_a_file_is_listed_with_its_line_key_and_mend(yihe: Yihe, tmp_path: Path) -> None:
    text = HEAD + """weeks: 0
seed: -1
ties: {atomisaton: 1, homophily: 3}
policies: &p [{kind: no_opp}]
arms:
  x: {regime: fragmentd}
  y: {policies: *p, ties.homophily: 8}
"""
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    code, out, err = yihe("validate", "a.yaml", "--json")
    assert code == 2
    places = ["3 weeks", "4 seed", "5 ties.homophily", "5 ties.atomisaton", "6 policies[0].kind",
              "8 arms.x.regime", "9 arms.y.ties.homophily"]
    assert [line.partition("：")[0] for line in err.splitlines()] == [f"a.yaml:{place}" for place in places]
    assert all(f"是否想写 {word}" in err for word in ("atomisation", "no_op", "fragmented"))
    answer = json.loads(out)[0]
    assert [error["line"] for error in answer["errors"]] == [3, 4, 5, 5, 6, 8, 9]
    assert answer["error"] == answer["errors"][0]


def test_every_mistake_of_the_residents_table_is_listed(yihe: Yihe, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HEAD + "population_file: people.csv\n", encoding="utf-8")
    (tmp_path / "people.csv").write_text("id,age\na,200\na,x\n,7\n", encoding="utf-8")
    code, out, err = yihe("validate", "a.yaml", "--json")
    assert code == 2
    assert [line.partition("：")[0] for line in err.splitlines()] == [
        "people.csv:2 age", "people.csv:3 id", "people.csv:3 age", "people.csv:4 id"]
    assert [error["line"] for error in json.loads(out)[0]["errors"]] == [2, 3, 3, 4]
    code, _, err = yihe("run", "a.yaml")
    assert code == 2
    assert err.startswith("people.csv:2 age：")
    assert "另有 3 处" in err
    assert err.count("\n") == 1


def test_other_commands_say_the_first_mistake_and_how_many_more(yihe: Yihe, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HEAD + "weeks: 0\nseed: -1\n", encoding="utf-8")
    code, _, err = yihe("run", "a.yaml")
    assert code == 2
    assert err.startswith("a.yaml:3 weeks：")
    assert "另有 1 处" in err
    assert err.count("\n") == 1


def test_a_file_full_of_mistakes_lists_ten(yihe: Yihe, tmp_path: Path) -> None:
    wrong = "".join(f"key{i}: 1\n" for i in range(14))
    (tmp_path / "a.yaml").write_text(HEAD + wrong, encoding="utf-8")
    err = yihe("validate", "a.yaml")[2]
    assert err.count("\n") == 11
    assert "另有 4 处" in err.splitlines()[-1]


@pytest.mark.parametrize(("name", "said"), [("missing.yaml", "missing_it.yaml"), (".", "文件夹")])
def test_a_path_that_is_no_file_is_refused(yihe: Yihe, tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "missing_it.yaml").write_text(HEAD, encoding="utf-8")
    code, _, err = yihe("validate", name)
    assert code == 2
    assert said in err


def test_every_file_is_checked_and_json_tells_each(yihe: Yihe, tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(HEAD, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(HEAD + "weeks: 0\n", encoding="utf-8")
    code, out, err = yihe("validate", "bad.yaml", "good.yaml", "--json")
    bad, good = json.loads(out)
    assert (code, bad["ok"], good["ok"]) == (2, False, True)
    assert (bad["error"]["key"], bad["error"]["line"]) == ("weeks", 3)
    assert err.count("\n") == 1


def test_a_bad_plugin_is_one_sentence(yihe: Yihe, tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(HEAD, encoding="utf-8")
    (tmp_path / "broken.py").write_text("x = \n", encoding="utf-8")
    code, _, err = yihe("validate", "good.yaml", "--plugin", "broken.py")
    assert code == 2
    assert err.startswith("broken.py:1")
    assert err.count("\n") == 1


def test_new_writes_a_valid_file_and_never_overwrites(yihe: Yihe, tmp_path: Path) -> None:
    assert yihe("new", "mine")[0] == 0
    written = (tmp_path / "mine.yaml").read_bytes()
    assert yihe("validate", "mine.yaml")[0] == 0
    code, _, err = yihe("new", "mine", "--lang", "en")
    assert code == 2
    assert "mine.yaml" in err
    assert (tmp_path / "mine.yaml").read_bytes() == written


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_new_writes_something_to_compare(yihe: Yihe, tmp_path: Path, lang: str) -> None:
    from sim.scenario.reading import load

    assert yihe("new", "mine", "--lang", lang)[0] == 0
    arms = load(tmp_path / "mine.yaml").arms
    assert list(arms) == ["none", "festival"]
    text = (tmp_path / "mine.yaml").read_text("utf-8")
    assert "yihe list policies" in text


def test_new_refuses_a_name_no_scenario_can_have(yihe: Yihe, tmp_path: Path) -> None:
    code, _, err = yihe("new", "My Community")
    assert code == 2
    assert "my_community" in err
    assert not list(tmp_path.iterdir())


def test_schema_is_printed_or_written(yihe: Yihe, tmp_path: Path) -> None:
    code, out, _ = yihe("schema")
    assert code == 0
    assert json.loads(out)["properties"]["yihe"]
    assert yihe("schema", "--out", "s.json", "--quiet")[:2] == (0, "")
    assert (tmp_path / "s.json").read_text(encoding="utf-8") == out


def test_schema_into_a_folder_that_is_not_there_is_refused(yihe: Yihe, tmp_path: Path) -> None:
    code, _, err = yihe("schema", "--out", "no/s.json")
    assert code == 2
    assert "s.json" in err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [["validate"], ["nonsense"], ["validate", "x.yaml", "--lang", "fr"]])
def test_wrong_usage_exits_2(yihe: Yihe, arguments: list[str]) -> None:
    assert yihe(*arguments)[0] == 2


USAGE = {
    "missing argument": (["validate"], "缺少 SCENARIO…"),
    "unknown command": (["comprae"], "没有命令 comprae，是否想写 compare？"),
    "unknown option": (["run", "x.yaml", "--wekks", "3"], "没有选项 --wekks"),
    "no whole number": (["run", "x.yaml", "--seed", "x"], "--seed 的值不对："),
    "out of range": (["run", "x.yaml", "--seed", "-1"], "--seed 的值不对："),
    "value left out": (["run", "x.yaml", "--seed"], "选项 --seed"),
    "too many": (["run", "x.yaml", "y", "z"], "多出了 y z"),
    "an option for a name": (["run", "x.yaml", "--record", "--weeks", "4"], "却是另一个选项 --weeks"),
    "unknown language": (["validate", "x.yaml", "--lang", "fr"], "应为 zh 或 en"),
}


@pytest.mark.parametrize("case", USAGE)
def test_a_command_line_that_cannot_be_read_is_said_in_chinese(yihe: Yihe, case: str) -> None:
    arguments, said = USAGE[case]
    code, _, err = yihe(*arguments)
    assert code == 2
    assert said in err
    assert err.count("\n") == 1
    own = [word for word in re.findall("[A-Za-z]{4,}", err) if word.lower() not in " ".join(arguments)]
    assert set(own) <= {"help", "SCENARIO", "compare", "weeks", "workers"}, err


def test_the_same_in_english_if_asked(yihe: Yihe) -> None:
    code, _, err = yihe("run", "x.yaml", "--seed", "x", "--lang", "en")
    assert code == 2
    assert not re.search("[\u4e00-\u9fff]", err)


ENGLISH = {
    "--seed: must be a whole number; see --help": ["run", "x.yaml", "--seed", "x"],
    "--seed: must be at least 0; see --help": ["run", "x.yaml", "--seed", "-1"],
    "no option --wekks; did you mean --weeks or --workers? see --help": ["run", "x.yaml", "--wekks", "3"],
    "no command comprae; did you mean compare? see --help": ["comprae"],
    "SCENARIO… is missing; see --help": ["validate"],
    "--out: a name must follow, not another option, --weeks: put it in": [
        "run", "x.yaml", "--out", "--weeks", "4"],
    "too many arguments: y z; see --help": ["run", "x.yaml", "y", "z"],
}


@pytest.mark.parametrize("said", ENGLISH)
def test_english_sentences_are_our_own(yihe: Yihe, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    arguments = ENGLISH[said]
    if len(arguments) > 1:
        assert yihe(*arguments, "--lang", "en")[2].strip() == said
    else:
        assert yihe(*arguments, "--lang=en")[2].strip() == said


def test_a_question_is_not_followed_by_a_semicolon(yihe: Yihe) -> None:
    assert "？；" not in yihe("comprae")[2]


def test_a_language_we_do_not_speak_is_refused_not_guessed(
    yihe: Yihe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").write_text(HEAD, encoding="utf-8")

    def in_french(*more: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["yihe", "validate", "a.yaml", *more])
        monkeypatch.setenv("YIHE_LANG", "fr")
        with pytest.raises(SystemExit) as caught:
            cli.main()
        return int(caught.value.code or 0), *capsys.readouterr()

    code, out, err = in_french()
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "YIHE_LANG 应为 zh 或 en，现在是 fr" in err
    assert "YIHE_LANG must be zh or en, not fr" in err
    assert in_french("--lang", "en")[0] == 0  # said on the command line, that is what counts


def test_what_the_system_says_is_said_in_chinese(yihe: Yihe, tmp_path: Path) -> None:
    code, _, err = yihe("schema", "--out", "no/s.json")
    assert code == 2
    assert "文件或文件夹不存在" in err
    assert "No such" not in err


@pytest.mark.parametrize(("number", "zh"), [(13, "权限不够"), (28, "磁盘已满"), (9999, "系统错误 9999")])
def test_reasons_of_the_system_have_chinese_forms(number: int, zh: str) -> None:
    assert reason(OSError(number, "in English")) == (zh, "in English")


def test_the_starter_and_its_mistakes_have_chinese_units(yihe: Yihe, tmp_path: Path) -> None:
    assert yihe("new", "mine")[0] == 0
    comments = [line.partition("#")[2] for line in (tmp_path / "mine.yaml").read_text("utf-8").splitlines()]
    assert "小时/周" in "".join(comments)
    assert not [line for line in comments if re.search(r"（[^）]*[a-z]{3,}[^）]*到", line)]
    (tmp_path / "a.yaml").write_text(HEAD + "budget: {weekly: -1}\n", encoding="utf-8")
    assert "（单位：元/周/千人）" in yihe("validate", "a.yaml")[2]


def test_version_and_help_are_bilingual(yihe: Yihe) -> None:
    assert yihe("--version")[1].startswith("yihe ")
    code, out, _ = yihe("--help")
    assert code == 0
    assert "检查情景文件 · check scenario files" in out


def test_our_own_mistakes_are_not_swallowed(yihe: Yihe, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(file: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sim.scenario.reading.load", broken)
    monkeypatch.setattr(sys, "argv", ["yihe", "validate", "x.yaml"])
    with pytest.raises(ZeroDivisionError):
        cli.main()


HEAVY = ("mesa", "pandas", "matplotlib", "numba", "scipy", "networkx", "distributed", "pyarrow")


@pytest.mark.parametrize("arguments", [["--help"], ["validate", "commercial_estate.yaml"], ["schema"]])
def test_help_validate_and_schema_load_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom sim import cli\n"
        "try:\n    cli.main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        f"heavy = [m for m in {HEAVY!r} if m in sys.modules]\nassert not heavy, heavy\n"
    )
    folder = Path(__file__).parent.parent / "scenarios"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("threads", ["abc", "0", "-1", "1.5"])
def test_a_number_of_threads_that_is_none_is_refused(
    yihe: Yihe, monkeypatch: pytest.MonkeyPatch, threads: str
) -> None:
    monkeypatch.setenv("YIHE_THREADS", threads)
    code, out, err = yihe("list", "policies")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"YIHE_THREADS 应为 1 以上的整数，现在是 {threads}" in err


def test_more_parts_than_streets_are_refused_before_anything_is_written(yihe: Yihe, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        HEAD + "places: {communities: 5, streets: 3}\n", encoding="utf-8")
    code, out, err = yihe("run", "a.yaml", "--parts", 4)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "--parts" in err
    assert "最多 3 片" in err
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]
