"""Studies: pairing, re-use, failures as data, and the same bytes whatever the number of workers."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import study_engine as engines

from sim.errors import YiheError
from sim.outcomes import OUTCOMES
from sim.results import RunResult
from sim.scenario.reading import dump, load
from sim.scenario.schema import Scenario
from sim.study import compare as api
from sim.study import failures, pool, ranges, verdicts
from sim.study import store as store_module
from sim.study.commands import Reporting, compare_command, run_command
from sim.study.plan import make_plan, source
from sim.study.pool import Here
from sim.study.progress import ProgressLines
from sim.study.runner import execute
from sim.study.statistics import relative_change
from sim.study.store import Store, read
from sim.study.tables import KINDS
from sim.vocabulary import Regime

REGIMES = ("fragmented", "one_core", "self_governing")


def scenario(**changes: object) -> Scenario:
    same = {"regime": "fragmented"}
    arms = {"none": same, "core": {"regime": "one_core"}, "placebo": same}
    targets = [
        {"id": "up", "label": {"zh": "上升", "en": "up"}, "source": "S1", "outcome": "participation_52_other",
         "beside": ["participation_52"], "treatment": "core", "control": "none", "reading": "sign",
         "toward": "more"},
        {"id": "down", "label": {"zh": "下降", "en": "down"}, "source": "S1", "outcome": "latent_disputes",
         "treatment": "core", "control": "none", "reading": "relative_change", "value": -0.4},
        {"id": "same", "label": {"zh": "不变", "en": "same"}, "source": "S1", "outcome": "latent_disputes",
         "treatment": "placebo", "control": "none", "reading": "sign", "toward": "less"},
    ]
    said = {"yihe": 1, "name": "case", "seed": 1, "weeks": 60, "arms": arms, "targets": targets}
    return load({**said, **changes})


def compared(out: Path | None = None, **options: object) -> api.Comparison:
    usual = {"replicates": 6, "workers": 1, "engine": engines.fake, "out": out}
    return api.compare(scenario(), **{**usual, **options})


def uneven(arms: Mapping[str, Scenario], seed: int, policies: frozenset[str]) -> dict[str, RunResult]:
    """What the regime adds differs a little by seed, so that differences have a spread."""
    found = engines.fake(arms, seed, policies)
    for arm, result in found.items():
        if arms[arm].regime == Regime.ONE_CORE:
            for values in result.series.values():
                values += 0.001 * seed
    return found


def tables(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*.parquet"))
        if file.name != "timings.parquet"}


def test_arms_are_paired_by_seed_and_a_placebo_is_exactly_zero() -> None:
    contrasts = compared().contrasts.set_index(["arm", "outcome"])
    core = contrasts.loc[("core", "participation_52_other")]
    assert core["difference"] == pytest.approx(0.1)
    assert math.isnan(core["low"])  # luck is shared: nothing is left that could tell how much seeds differ
    assert math.isnan(core["p"])
    placebo = contrasts.loc["placebo"]
    assert (placebo[["difference", "low", "high"]].to_numpy(float) == 0.0).all()
    assert (placebo["p"] == 1.0).all()
    assert (placebo["n"] == 6).all()


def test_tables_are_tidy_and_agree_with_the_run(tmp_path: Path) -> None:
    result = compared(tmp_path / "out", replicates=3)
    run = engines.one(scenario().arm("core"), 2)
    row = result.runs.query("arm == 'core' and seed == 2").iloc[0]
    assert {name: row[name] for name in run.series} == pytest.approx(run.summary())
    assert row["digest"] == run.digest
    weekly = result.weekly("efficacy", "core")
    assert weekly.shape == (3, 60)
    assert (weekly[1] == run.series["efficacy"]).all()
    old = result.groups.query("arm == 'core' and seed == 2 and breakdown == 'age' and group == '60+'")
    assert (old["value"].to_numpy() == run.groups["age"][:, 1]).all()
    assert set(old["size"]) == {300}
    cases = result.cases.query("arm == 'core' and seed == 2")
    assert len(cases) == len(run.cases)
    assert set(result.cases["status"]) == {"resolved"}
    assert set(result.cases["category"]) <= {"noise", "leak"}
    assert result.band("efficacy", "core").mean.shape == (60,)
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {
        "manifest.json", "scenario.yaml", "runs.parquet", "series", "groups", "cases", "timings.parquet"}


def test_claims_get_the_verdict_of_the_rule() -> None:
    claims = compared(engine=uneven).claims
    judged = claims[claims["judged"]].set_index("claim")
    assert judged["verdict"].to_dict() == {"up": "reached", "down": "opposite", "same": "undetermined"}
    assert judged.loc["down", "claimed_relative"] == -0.4
    assert judged.loc["down", "claimed_en"] == "−40%"
    beside = claims[~claims["judged"]]
    assert beside["outcome"].tolist() == ["participation_52"]
    assert beside["verdict"].tolist() == [""]


def test_same_bytes_for_one_and_two_workers_and_any_order_of_ending(tmp_path: Path) -> None:
    compared(tmp_path / "one", engine=engines.of_uneven_length)
    compared(tmp_path / "two", engine=engines.of_uneven_length, workers=2)
    one, two = tables(tmp_path / "one"), tables(tmp_path / "two")
    assert one.keys() == two.keys()
    assert one == two


def test_finished_runs_are_never_done_again_and_extending_gives_the_same_bytes(tmp_path: Path) -> None:
    compared(tmp_path / "grown", replicates=2)
    again = compared(tmp_path / "grown", replicates=2, engine=engines.that_finds_a_mistake)
    assert (again.report.done, again.report.reused) == (0, 6)
    grown = compared(tmp_path / "grown", replicates=6)
    assert (grown.report.done, grown.report.reused) == (12, 6)
    compared(tmp_path / "whole")
    assert tables(tmp_path / "grown") == tables(tmp_path / "whole")


def test_fewer_replicates_than_are_kept_use_only_their_seeds(tmp_path: Path) -> None:
    compared(tmp_path / "out", replicates=4)
    few = compared(tmp_path / "out", replicates=2)
    assert sorted(few.runs["seed"].unique()) == [1, 2]
    assert (few.contrasts["n"] == 2).all()


def test_an_interrupted_study_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool, "MOMENT_SECONDS", 0.0)  # every block is handed over as it ends

    def stop_after_two(done: int, total: int, failed: int) -> None:
        if done >= 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compared(tmp_path / "cut", progress=stop_after_two)
    assert not (tmp_path / "cut" / "runs.parquet").exists()
    resumed = compared(tmp_path / "cut")
    assert (resumed.report.done, resumed.report.reused) == (12, 6)
    compared(tmp_path / "whole")
    assert tables(tmp_path / "cut") == tables(tmp_path / "whole")


@pytest.mark.long
def test_a_merge_cut_short_at_any_step_is_finished_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    import os

    compared(tmp_path / "whole")
    replaced = os.replace
    for allowed in range(6):  # five things are swapped in
        folder, left = tmp_path / f"cut{allowed}", [allowed]

        def dies(old: object, new: object, left: list[int] = left) -> None:
            if ".merged" in str(old):
                left[0] -= 1
                if left[0] < 0:
                    raise KeyboardInterrupt
            replaced(old, new)  # type: ignore[arg-type]

        compared(folder, replicates=2)
        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", dies)
            try:
                compared(folder)
            except KeyboardInterrupt:
                assert left[0] < 0
        compared(folder, engine=engines.that_finds_a_mistake)  # everything is there: nothing is run
        assert tables(folder) == tables(tmp_path / "whole")
        assert not (folder / ".merged").exists()


def test_a_torn_shard_is_dropped(tmp_path: Path) -> None:
    plan = make_plan([source(scenario())], replicates=2)
    with Store(tmp_path) as store:
        execute(plan.table, store, Here(), engine=engines.fake)
    torn = tmp_path / ".parts" / "tmp-1"
    torn.mkdir()
    (torn / "runs.parquet").write_bytes(b"half")
    with Store(tmp_path) as store:
        assert len(store.finished) == 6
        store.merge(plan.arms)
    assert not (tmp_path / ".parts").exists()
    assert read(tmp_path, "runs").num_rows == 6


def test_failures_are_data_and_the_rest_goes_on(tmp_path: Path) -> None:
    result = compared(tmp_path / "out", engine=engines.with_a_failing_arm)
    assert [(failed.arm, failed.seed) for failed in result.failed] == [("core", 1), ("core", 3), ("core", 5)]
    assert len(result.runs) == 18 - 3
    contrasts = result.contrasts.set_index(["arm", "outcome"])
    assert contrasts.loc[("core", "efficacy"), "n"] == 3
    assert contrasts.loc[("placebo", "efficacy"), "n"] == 6
    file = next((tmp_path / "out" / "failures").iterdir())
    assert "made to fail" in file.read_text(encoding="utf-8")
    assert failures.read_failure(file).scenario == scenario().arm("core")
    mended = compared(tmp_path / "out")
    assert (mended.report.done, mended.failed) == (3, ())
    assert not (tmp_path / "out" / "failures").exists()


@pytest.mark.long
def test_a_run_that_kills_its_worker_is_found_and_the_others_are_kept(tmp_path: Path) -> None:
    result = compared(tmp_path / "out", engine=engines.that_kills_its_worker, workers=2)
    assert [(failed.arm, failed.seed) for failed in result.failed] == [("core", 3)]
    assert len(result.runs) == 17


@pytest.mark.parametrize("workers", [1, 2])
def test_a_users_mistake_ends_the_study_at_once(tmp_path: Path, workers: int) -> None:
    with pytest.raises(YiheError, match=r"unknown resident|未知居民") as caught:
        compared(tmp_path / "out", engine=engines.that_finds_a_mistake, workers=workers)
    assert caught.value.file == "ties.graphml"


def test_all_runs_failing_is_said_clearly(tmp_path: Path) -> None:
    alone = load({"yihe": 1, "name": "x", "regime": "one_core"})
    plan = api.single(source(alone), None, seed=1)
    with pytest.raises(YiheError, match="failures/"):
        api.do(plan, tmp_path, workers=1, engine=engines.with_a_failing_arm)


def test_a_single_arm_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("yihe: 1\nname: x\n")
    for given in (load(tmp_path / "x.yaml"), tmp_path / "x.yaml"):
        with pytest.raises(YiheError, match=r"一个方案|one arm") as caught:
            api.compare(given, replicates=1, workers=1, out=tmp_path / "out", engine=engines.fake)
        assert "yihe run" in caught.value.en
    with pytest.raises(YiheError, match=r"一个方案|one arm"):
        compare_command([tmp_path / "x.yaml"], out=tmp_path / "out", engine=engines.fake)
    assert not (tmp_path / "out").exists()


def test_the_same_given_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("yihe: 1\nname: x\narms: {a: {}, b: {regime: fragmented}}\n")
    (tmp_path / "y.yaml").write_text("yihe: 1\nname: y\n")  # another name: a placebo, wanted as such
    for twice in (["x.yaml", "x.yaml"], ["x.yaml:a", "x.yaml:b", "x.yaml:a"]):
        with pytest.raises(YiheError, match=r"两次|twice"):
            make_plan([source(f"{tmp_path}/{name}") for name in twice], replicates=1)
    plan = make_plan([source(tmp_path / "x.yaml"), source(tmp_path / "y.yaml")], replicates=1)
    assert list(plan.arms) == ["x", "y"]


def test_a_study_of_several_files_is_named_after_all_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.yaml").write_text("yihe: 1\nname: x\ntitle: {zh: 甲, en: A}\narms: {a: {}, b: {weeks: 104}}\n"
                              .replace("weeks: 104", "regime: fragmented"))
    Path("y.yaml").write_text("yihe: 1\nname: y\ntitle: {zh: 乙, en: B}\n")
    common = {"replicates": 1, "workers": 1, "engine": engines.fake, "quiet": True}
    assert compare_command(["x.yaml", "y.yaml"], **common) == 0
    assert json.loads(Path("results/x-vs-y/manifest.json").read_text())["name"] == "x-vs-y"
    plan = make_plan([source("x.yaml"), source("y.yaml")], replicates=1)
    assert (plan.title.zh, plan.title.en) == ("甲 对 乙", "A against B")
    chosen = make_plan([source("x.yaml:a"), source("x.yaml:b")], replicates=1)
    assert (chosen.name, chosen.title.en) == ("x-a-vs-x-b", "A (a) against A (b)")
    long = [source(load({"yihe": 1, "name": letter * 60, "regime": "one_core"})) for letter in "abc"]
    assert len(make_plan(long, replicates=1).name) <= 80


def test_an_arm_nearly_named_is_suggested() -> None:
    with pytest.raises(YiheError) as caught:
        api.single(source(scenario()), "plcebo")
    assert "placebo？" in caught.value.zh
    assert "did you mean placebo?" in caught.value.en


def test_folders_that_cannot_be_used_are_refused_before_any_work(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.docx").write_text("mine")
    with pytest.raises(YiheError, match="--out"):
        compared(other)
    assert [file.name for file in other.iterdir()] == ["thesis.docx"]
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(YiheError, match="--out"):
        compared(file)
    compared(tmp_path / "study", replicates=1)
    with pytest.raises(YiheError, match="--out"):
        compared(tmp_path / "study", replicates=1, weeks=61)


def test_a_full_disk_is_said_clearly_and_leaves_whole_shards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared(tmp_path / "out", replicates=2)
    written = store_module._write

    def full(table: object, file: Path, *how: str) -> None:
        if file.stem == "groups":
            raise OSError(28, "No space left on device")
        written(table, file, *how)

    with monkeypatch.context() as patch:
        patch.setattr(store_module, "_write", full)
        with pytest.raises(YiheError, match=r"磁盘已满|No space left"):
            compared(tmp_path / "out")
    compared(tmp_path / "out")
    compared(tmp_path / "whole")
    assert tables(tmp_path / "out") == tables(tmp_path / "whole")


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    with Store(tmp_path / "out"), pytest.raises(YiheError, match="--out"):
        Store(tmp_path / "out")
    with Store(tmp_path / "out"):
        pass


def test_arms_of_several_files_and_chosen_arms(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("yihe: 1\nname: a\nseed: 4\narms: {x: {regime: fragmented}, y: {}}\n")
    (tmp_path / "b.yaml").write_text("yihe: 1\nname: b\nregime: self_governing\n")
    named = (f"{tmp_path}/a.yaml:x", tmp_path / "b.yaml", f"{tmp_path}/a.yaml:y")
    plan = make_plan([source(each) for each in named], replicates=2, against="b")
    assert list(plan.arms) == ["x", "b", "y"]
    assert [arm.regime.key for arm in plan.arms.values()] == ["fragmented", "self_governing", "one_core"]
    assert (plan.control, plan.seeds) == ("b", (4, 5))
    with pytest.raises(YiheError, match="x, y"):
        source(f"{tmp_path}/a.yaml:z")
    with pytest.raises(YiheError, match="x, y"):
        make_plan([source(tmp_path / "a.yaml")], replicates=2, against="nobody")
    (tmp_path / "c.yaml").write_text("yihe: 1\nname: c\nweeks: 10\n")
    with pytest.raises(YiheError, match="weeks"):
        make_plan([source(tmp_path / "b.yaml"), source(tmp_path / "c.yaml")], replicates=2)


def test_study_key_knows_content_and_not_seeds() -> None:
    plans = [make_plan([source(scenario(**changes))], replicates=n, seed=seed)
             for changes, n, seed in (({}, 2, 1), ({}, 5, 9), ({"weeks": 61}, 2, 1))]
    assert plans[0].key == plans[1].key != plans[2].key
    assert len({run.key for run in plans[1].table.runs()}) == 15


def test_manifest_says_what_made_it(tmp_path: Path) -> None:
    manifest = compared(tmp_path / "out", replicates=1).manifest
    assert manifest["uncalibrated"] is True
    said = {"code_hash", "packages", "python", "cpu", "seed", "arms", "git_commit", "study_key"}
    assert said <= manifest.keys()
    assert manifest["finished"] is not None
    assert load(tmp_path / "out" / "scenario.yaml") == scenario()


def test_final_files_hold_no_trace_of_when_they_were_made(tmp_path: Path) -> None:
    compared(tmp_path / "out", replicates=1)
    files = list((tmp_path / "out").rglob("*.parquet"))
    assert len(files) == len(KINDS)
    assert [pq.read_schema(file).metadata for file in files] == [None] * len(files)


def test_notebook_display_carries_the_mark() -> None:
    result = compared()
    assert "示意性，未经校准" in result._repr_html_()
    result.lang = "en"
    assert "illustrative, uncalibrated" in result._repr_html_()


def test_a_comparison_is_one_line_with_arms_seeds_and_verdicts() -> None:
    result = compared(replicates=3, engine=uneven)
    text = repr(result)
    assert "\n" not in text
    assert "case: none*, core, placebo; seeds 1–3" in text
    assert "up: 方向一致" in text
    assert "1–3" in result._repr_html_()


def test_a_claim_of_a_sign_is_never_called_reached() -> None:
    claims = compared(engine=uneven).claims.set_index(["claim", "outcome"])
    sign = claims.loc[("up", "participation_52_other")]
    assert (sign["verdict"], sign["verdict_zh"], sign["verdict_en"]) == ("reached", "方向一致", "right sign")
    assert set(claims.loc["down", "verdict_en"]) <= {label.en for label in verdicts.VERDICTS.values()}


def test_running_a_file_with_arms_says_that_its_base_was_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("c.yaml").write_text("yihe: 1\nname: c\nweeks: 60\narms: {x: {regime: self_governing}, y: {}}\n")
    common = {"engine": engines.fake, "workers": 1}
    run_command("c.yaml", lang="en", **common)
    said = capsys.readouterr()
    assert "2 arms (x, y): its base was run" in said.err
    assert "c.yaml:y or --arm y" in said.err
    assert "one run, no interval" in said.out
    assert "percentage points" not in said.out  # the declared unit, where nobody names another
    run_command("c.yaml", lang="zh", **common)
    assert "只运行一次，没有区间" in capsys.readouterr().out
    run_command("c.yaml:x", replicates=2, lang="en", **common)
    said = capsys.readouterr()
    assert "base" not in said.err
    assert "one run" not in said.out


def test_save_copies_and_never_overwrites(tmp_path: Path) -> None:
    result = compared()
    result.save(tmp_path / "kept")
    assert tables(tmp_path / "kept") == tables(result.folder)
    with pytest.raises(YiheError):
        result.save(tmp_path / "kept")


def test_compare_command_prints_one_json_object(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("case.yaml").write_text(dump(scenario()))
    report = Reporting(
        lambda comparison, scenario, folder, lang: [folder / "one.png"],
        lambda comparison, lang: f"# {lang}\n",
        lambda comparison, lang, console: console.print("page"),
        lambda comparison, figures, lang: "<p>")
    common = {"replicates": 2, "workers": 1, "engine": engines.fake, "report": report}
    assert compare_command(["case.yaml"], as_json=True, **common) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["uncalibrated"] is True
    assert answer["folder"] == str(Path("results/case"))
    assert len(answer["claims"]) == 4
    assert Path("results/case/summary.md").read_text() == "# zh\n"
    assert Path("results/case/report.html").read_text() == "<p>"
    assert compare_command(["case.yaml"], lang="en", **common) == 0
    assert "page" in capsys.readouterr().out
    assert compare_command(["case.yaml"], quiet=True, **common) == 0
    assert capsys.readouterr().out == ""


def test_run_command_says_outcomes_and_failures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("c.yaml").write_text("yihe: 1\nname: c\nweeks: 60\narms: {x: {regime: self_governing}}\n")
    assert run_command("c.yaml", arm="x", seed=5, as_json=True, engine=engines.fake) == 0
    answer = json.loads(capsys.readouterr().out)
    run = engines.one(load("c.yaml").arm("x"), 5)
    assert answer["outcomes"] == pytest.approx(run.summary())
    assert answer["digests"] == {"5": run.digest}
    assert run_command("c.yaml", engine=engines.fake, lang="en", seed=2) == 0
    assert "illustrative, uncalibrated" in capsys.readouterr().out
    with pytest.raises(YiheError, match="x"):
        run_command("c.yaml", arm="nobody", engine=engines.fake)
    code = run_command("c.yaml", replicates=2, seed=2, out=tmp_path / "f", engine=engines.with_a_failing_arm)
    assert code == 1
    assert "seed 3" in capsys.readouterr().err


def test_intervals_of_few_seeds_hold_nothing_impossible() -> None:
    few = compared(replicates=2)
    for outcome in OUTCOMES:
        low, high = ranges.of_level(outcome)
        for arm in few.arms:
            level = few.level(outcome, arm)
            assert low <= level.low <= level.mean <= level.high <= high
    values = np.array([3.0, 0.1]), np.array([9.0, 8.0])
    ratio = relative_change(*values, bounds=ranges.of_relative("latent_disputes"))
    assert math.isnan(ratio.low) or ratio.low >= -1.0
    assert relative_change(*values).low < -1.0 or math.isnan(relative_change(*values).low)
    found = verdicts.estimate(np.array([0.1, 0.9]), np.array([0.2, 0.3]), "participation_52")
    assert found["treatment"][1:] == (0.0, 1.0)
    assert -1.0 <= found["difference"][1] <= found["difference"][2] <= 1.0
    rates = verdicts.estimate(np.array([1.0, 30.0]), np.array([50.0, 60.0]), "resolved")
    assert rates["treatment"][1] == 0.0
    assert band_low(few) >= 0.0


def band_low(result: api.Comparison) -> float:
    return float(np.nanmin(result.band("participation_52", "core").low))


def test_a_run_is_one_line_without_its_arrays() -> None:
    result = engines.one(scenario().arm("core"), 7)
    text = repr(result)
    assert len(text) < 400
    assert "\n" not in text
    assert "seed=7 weeks=60" in text
    assert "participation_52_other=" in text
    assert "array(" not in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_progress_without_a_terminal_is_a_line_now_and_then(lang: str) -> None:
    now, out = [0.0], io.StringIO()
    tell = ProgressLines(lang, out, lambda: now[0])
    for second, done in enumerate([0, 1, 2, 3, 4, 5, 6]):
        now[0] = 6.0 * second
        tell(done, 6, 0)
    lines = out.getvalue().splitlines()
    assert [line.partition("/")[0].split()[-1] for line in lines] == ["0", "2", "4", "6"]
    assert ("约剩" if lang == "zh" else "left") in lines[1]
    again = io.StringIO()
    ProgressLines(lang, again)(6, 6, 0)
    assert again.getvalue().count("\n") == 1


def test_a_pipe_gets_progress_on_stderr_unless_quiet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("case.yaml").write_text(dump(scenario()))
    common = {"replicates": 1, "workers": 1, "engine": engines.fake}
    assert compare_command(["case.yaml"], as_json=True, **common) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)
    assert "模拟 3/3" in said.err
    assert compare_command(["case.yaml"], quiet=True, **common) == 0
    assert capsys.readouterr().err == ""


def test_json_holds_no_nan() -> None:
    assert api.clean({"a": [math.nan, np.float64(1.0), np.int64(2)], "b": (math.inf,)}) == {
        "a": [None, 1.0, 2], "b": [None]}
