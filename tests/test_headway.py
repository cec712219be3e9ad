"""Before the first run the model compiles and says so; after Ctrl-C a command says what it kept."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest
from study_engine import fake

from sim import cli, precompile
from sim.results import RunResult
from sim.scenario.schema import Scenario
from sim.study import claims
from sim.study.commands import INTERRUPTED, compare_command, run_command
from sim.study.headway import Headway

ARMS = """yihe: 1
name: two
weeks: 4
warmup: 1
population: {residents: 100}
arms: {none: {}, other: {regime: fragmented}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "two.yaml"
    path.write_text(ARMS, encoding="utf-8")
    return path


def broken_off_at(last: int):  # type: ignore[no-untyped-def]
    def engine(arms: Mapping[str, Scenario], seed: int, compared: frozenset[str]) -> dict[str, RunResult]:
        if seed == last:
            raise KeyboardInterrupt
        return fake(arms, seed, compared)

    return engine


# After Ctrl-C.


def test_ctrl_c_tells_how_many_runs_are_kept_and_how_to_go_on(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["/somewhere/yihe", "compare", str(file), "-n", "5"]
    monkeypatch.setattr(sys, "argv", command)
    out = tmp_path / "results"
    code = compare_command([file], replicates=5, workers=1, out=out, engine=broken_off_at(4))
    said = capsys.readouterr().err
    assert code == INTERRUPTED
    assert f"10 次运行中已完成 6 次，保存在 {out}；接着做：yihe compare {file} -n 5" in said
    done: list[int] = []

    def counting(arms: Mapping[str, Scenario], seed: int, compared: frozenset[str]) -> dict[str, RunResult]:
        done.append(seed)
        return fake(arms, seed, compared)

    assert compare_command([file], replicates=5, workers=1, out=out, engine=counting, quiet=True) == 0
    assert done == [4, 5]


def test_ctrl_c_before_any_run_says_so(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["yihe", "run", str(file)])
    code = run_command(file, out=tmp_path / "results", lang="en", engine=broken_off_at(1))
    assert code == INTERRUPTED
    said = capsys.readouterr().err
    assert f"interrupted before any run was finished; begin again with: yihe run {file}" in said


def test_claims_broken_off_tell_what_was_judged(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def put_to_test(files, *, progress, **rest):  # type: ignore[no-untyped-def]
        yield claims.Tested("a", None, "", "a", None, 0, (), 0, "")  # type: ignore[arg-type]
        progress(4, 4, 0)
        progress(3, 8, 1)
        raise KeyboardInterrupt

    monkeypatch.setattr(claims, "put_to_test", put_to_test)
    monkeypatch.setattr(precompile, "ready", lambda lang, quiet: None)
    monkeypatch.setattr(sys, "argv", ["yihe", "claims", str(file), "--json"])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == INTERRUPTED
    assert f"1 个情景已有判定，最近一个完成了 2/8 次运行，都已保存；接着做：yihe claims {file} --json" in (
        capsys.readouterr().err)


# Before the first run.


def test_what_prepares_is_called_once_and_only_if_a_run_is_to_be_done() -> None:
    calls: list[str] = []
    headway = Headway(lambda done, total, failed: calls.append(f"{done}/{total}"), lambda: calls.append("!"))
    headway(6, 6, 0)
    assert calls == ["6/6"]
    for done in (2, 3, 4):
        headway(done, 4, 1)
    assert calls == ["6/6", "!", "2/4", "3/4", "4/4"]
    assert (headway.kept, headway.total) == (3, 4)


def test_a_stand_in_for_the_model_needs_no_compiling(file: Path, tmp_path: Path) -> None:
    def never() -> None:
        raise AssertionError

    code = compare_command(
        [file], replicates=2, workers=1, out=tmp_path / "results", engine=fake, quiet=True, prepare=never)
    assert code == 0


@pytest.mark.parametrize(("lang", "first", "end"), [
    ("zh", "首次运行：编译模型内核", "编译完成"), ("en", "first run: compiling", "compiled in")])
def test_compiling_is_announced_once_in_the_users_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lang: str,
    first: str,
    end: str,
) -> None:
    mark = tmp_path / "complete"
    monkeypatch.setattr(precompile, "compiled_mark", lambda: mark)
    monkeypatch.setattr(precompile, "compile_all", lambda output: not mark.touch())
    precompile.ready(lang)
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.startswith(word) for line, word in zip(err.splitlines(), (first, end),
        strict=True)] == [True] * 2
    precompile.ready(lang)
    assert capsys.readouterr() == ("", "")
    mark.unlink()
    precompile.ready(lang, quiet=True)
    assert capsys.readouterr() == ("", "")
    assert mark.exists()


class Process:
    """A stand-in for a process: the second of two fails."""

    made: ClassVar[list[Process]] = []

    def __init__(self, command: list[str], env: dict[str, str], **rest: object) -> None:
        self.command, self.env, self.stopped = command, env, False
        self.made.append(self)

    def wait(self) -> int:
        return int(self.command[-1] == "backward")

    def poll(self) -> int | None:
        return None if self.command[-1] == "forward" and not self.stopped else 1

    def terminate(self) -> None:
        self.stopped = True


def test_where_compiling_fails_no_mark_is_left_and_the_other_half_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "cache" / "complete"
    monkeypatch.setattr(precompile, "compiled_mark", lambda: mark)
    monkeypatch.setattr(subprocess, "Popen", Process)
    monkeypatch.setattr(Process, "made", [])
    assert not precompile.compile_all()
    assert not mark.exists()
    forward, backward = Process.made
    assert (forward.stopped, backward.stopped) == (True, False)
    assert forward.env["NUMBA_CACHE_DIR"] == str(mark.parent)
