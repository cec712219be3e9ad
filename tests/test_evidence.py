"""Evidence: factors come from the registry, tables say what runs say, pages are what the results make."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from study_lab import shifted
from study_lab import write as write_study

from sim.analysis.responses import Response
from sim.designs.factors import Factor
from sim.evidence import stages, structures
from sim.evidence.__main__ import PAGES, stale
from sim.evidence.boxes_page import boxes_told
from sim.evidence.conditions import ESTATES, JUDGED, OTHERS, conditions
from sim.evidence.distil import distil
from sim.evidence.drawing import FIGURES, IMAGES
from sim.evidence.factors import Varied, left_out, numbers, varied
from sim.evidence.findings_page import verdict
from sim.evidence.posterior import chance_shrinkage
from sim.evidence.sensitivity import flips
from sim.evidence.sieve import candidates, sieve
from sim.evidence.signs import SIDES, luck_bound, pooled, sign_row, told
from sim.evidence.stored import REFERENCE, ROOT, Reference, stored
from sim.evidence.structures_page import lost
from sim.scenario import yamlfile
from sim.study.setup import prepare
from sim.study.sweep import How, opened, resumable, sweep

DOCS, STUDIES = ROOT / "docs", ROOT / "experiments" / "evidence"
KEPT = sorted(file.parent.name for file in REFERENCE.glob("*/manifest.json"))


# Factors.


def test_every_declared_number_is_varied_or_left_out_with_a_reason() -> None:
    out = [path for paths in left_out().values() for path in paths]
    paths = [one.path for one in varied("near") if not one.values]
    assert sorted([*paths, *out]) == sorted(number.path for number in numbers())
    assert {"ties.builder", "world.categories", "actors.property.present"} <= {
        one.path for one in varied("near") if one.values}


@pytest.mark.parametrize("width", ["near", "whole"])
def test_ranges_hold_the_default_and_stay_within_what_is_declared(width: Any) -> None:
    known = {number.path: number for number in numbers()}
    for one in varied(width):
        if one.values:
            continue
        declared = known[one.path]
        assert declared.ge <= one.low < one.high <= declared.le, one
        near = 2e-3 * abs(declared.default)  # near ranges are rounded to three digits
        assert one.low - near <= declared.default <= one.high + near, one
    if width == "whole":
        assert sum(one.high for one in varied(width) if one.path in (
            "population.motives.conditional", "population.motives.free_rider",
            "population.motives.hump_shaped")) <= 1.0


def test_written_factors_are_read_as_they_were_meant() -> None:
    some = [Varied("a", 0.5, 2.0, False, True), Varied("b", 1, 4, True, False),
            Varied("c", 0, 0, False, False, (True, False)), Varied("d", 0, 0, False, False, ("x", "y"))]
    tree, _ = yamlfile.parse("\n".join(one.written() for one in some), "factors")
    read = {name: Factor.model_validate(value) for name, value in tree.items()}
    assert (read["a"].ends, read["a"].scale, read["a"].kind) == ((0.5, 2.0), "log", "number")
    assert (read["b"].ends, read["b"].kind) == ((1.0, 4.0), "integer")
    assert read["c"].values == (True, False)
    assert read["d"].values == ("x", "y")


def test_study_files_are_what_registry_and_results_make() -> None:
    """If this fails: ``python -m sim.evidence stages``."""
    for name, text in stages.files().items():
        assert (STUDIES / name).read_text(encoding="utf-8") == text, name


@pytest.mark.parametrize("name", ["findings", "structure"])
def test_small_studies_are_sound(name: str) -> None:
    assert prepare(STUDIES / f"{name}.yaml", quick=True, yes=True).table.total >= 500


@pytest.mark.parametrize("name", ["calibration", "structure"])
def test_the_folder_of_a_study_tells_its_own_arms(name: str, tmp_path: Path) -> None:
    setup = prepare(STUDIES / f"{name}.yaml", quick=True, yes=True)
    with opened(setup, tmp_path / name, How(workers=1)):
        pass
    again = resumable(tmp_path / name)
    assert again.table.arms == setup.table.arms
    assert again.base.targets == setup.base.targets


def test_structures_cross_every_rule_with_every_network() -> None:
    lines = structures.lines()
    assert {(one.rule, one.builder) for one in lines} == {
        (rule, builder) for rule in structures.RULES for builder in structures.BUILDERS}
    shares = [sum(float(one.values[path]) for path in one.values if "motives" in path) for one in lines]
    assert max(shares) <= 1.0


# Tables.


def uniform(points: int, factors: int, seed: int) -> pd.DataFrame:
    values = np.random.default_rng(seed).random((points, factors))
    return pd.DataFrame(values, columns=[f"x{i}" for i in range(factors)]).assign(point=range(points))


def test_the_sieve_finds_what_matters_among_hundreds_and_little_else() -> None:
    design = uniform(200, 300, 1).assign(kind=["a", "b"] * 100)
    luck = np.random.default_rng(2).normal(size=200)
    y = np.exp(2.0 * design["x7"]) - 2.0 * design["x9"] + 1.5 * (design["kind"] == "b") + 0.5 * luck
    found = sieve(y, candidates(design))
    assert {*found["factor"].head(3)} == {"x7", "x9", "kind"}
    assert len(found) <= 4
    rho = found.set_index("factor")["rho"]
    assert rho["x7"] > 0 > rho["x9"]
    assert found["gain"].sum() <= 1.0


def test_the_sieve_takes_in_noise_as_rarely_as_it_says() -> None:
    """At most one response of twenty; more than 9 of 60 come by chance once in 2,000."""
    columns = candidates(uniform(100, 80, 3))
    luck = np.random.default_rng(4).normal(size=(60, 100))
    assert sum(len(sieve(y, columns)) > 0 for y in luck) <= 9


def response(outcome: str, values: Any) -> Response:
    array = np.asarray(values, float)
    return Response("a - b", outcome, True, np.arange(len(array)), np.arange(array.shape[1]), array)


def test_signs_count_points_on_which_every_seed_agrees() -> None:
    row = sign_row(response("satisfaction", [[1, 2], [1, -1], [-1, -2], [0, 1], [math.nan, 1]]))
    assert (row["points"], row["better"], row["worse"], row["untold"]) == (4, 0.25, 0.25, 0.5)
    assert row["chance"] == 0.25
    less = sign_row(response("time_waiting", [[1.0, 2.0], [-1.0, -2.0], [-3.0, -2.0], [-1.0, -1.0]]))
    assert (less["better"], less["worse"]) == (0.75, 0.25)  # waits: less is better


def test_pooling_keeps_each_difference_with_its_estate() -> None:
    both = [response("time_waiting", [[1.0], [2.0]]), response("time_waiting", [[3.0], [4.0]])]
    whole, space = pooled(both, ["p", "q"], pd.DataFrame({"point": [0, 1], "x": [5.0, 6.0]}), "estate")
    where = space.set_index("point").loc[whole.points]
    assert [*zip(where["estate"], where["x"], whole.values[:, 0], strict=True)] == [
        ("p", 5.0, -1.0), ("p", 6.0, -2.0), ("q", 5.0, -3.0), ("q", 6.0, -4.0)]


def test_a_side_counts_only_beyond_what_luck_does() -> None:
    """By hand: of 3 points with one seed all are better with a chance of 1/8, two or more with 1/2."""
    assert luck_bound(3, 1, 1, level=0.5) == 2
    assert luck_bound(3, 1, 1, level=0.499) == 3
    assert luck_bound(3, 1, 4, level=0.5) == 3  # 0.125 a test
    assert luck_bound(3, 1, 1, level=0.124) == 4  # not even all of them
    tail = sum(math.comb(64, k) * 15 ** (64 - k) for k in range(13, 65)) / 16**64
    assert tail <= 0.05 / 108 < tail + math.comb(64, 12) * 15**52 / 16**64
    assert luck_bound(64, 4, 108) == 13
    row = {"points": 64, "seeds": 4, "better": 0.203125, "worse": 0.1875}  # 13 and 12 of 64
    assert told(row, 108) == ("better",)
    assert told(row, 2) == SIDES


def test_luck_alone_shows_a_side_in_no_more_than_one_table_of_twenty() -> None:
    """Tables of 12 rows; more than 19 of 200 would come by chance less than once in 200 at that rate."""
    rng, found = np.random.default_rng(8), 0
    for _ in range(200):
        rows = [sign_row(response("satisfaction", rng.normal(size=(64, 4)))) for _ in range(12)]
        found += any(told(row, 24) for row in rows)
    assert found <= 19


def made_up(
    points: int = 96, seeds: int = 2, effect: float = 1.0,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Runs in which one core is better where its attention is above 0.5, and worse elsewhere."""
    design = uniform(points, 1, 5).rename(columns={"x0": "actors.core.attention_share"})
    design = design.assign(**{"actors.core.staff_per_1000": 1.0, "world.potential_rate": 3.0})
    rng, rows = np.random.default_rng(6), []
    for point, share in zip(design["point"], design["actors.core.attention_share"], strict=True):
        for estate in ESTATES:
            for regime in ("one_core", *OTHERS):
                ahead = effect * (share - 0.5) if regime == "one_core" else 0.0
                for seed in range(seeds):
                    luck = 0.02 * rng.normal()
                    told = dict.fromkeys(JUDGED, ahead + luck)
                    rows.append({"point": point, "arm": f"{estate}_{regime}", "seed": seed, **told})
    return pd.DataFrame(rows), design


def test_conditions_are_found_where_they_were_put() -> None:
    runs, design = made_up()
    found = conditions(runs, design, JUDGED, splits=3, resamples=5)
    boxes, looked = found["boxes"], found["looked"]
    assert {*boxes["factor"]} == {"actors.core.attention_share"}
    assert looked["told"].all()
    assert len(looked) == looked["tests"].iloc[0] == 18
    assert (looked["p"] < 0.05 / 18).all()
    assert (looked["p_low"] <= looked["p_median"]).all()
    assert (looked["p_median"] <= looked["p_high"]).all()
    assert (boxes["refound"] > 0.8).all()
    better = boxes[boxes["side"] == "better"]
    assert better["low"].to_numpy() == pytest.approx(0.5, abs=0.06)
    assert (better["density"] > 0.9).all()
    assert (found["drivers"].groupby(["other", "outcome"]).head(1)["factor"] == (
        "actors.core.attention_share")).all()
    bands = found["bands"].set_index(["other", "outcome", "from"])["better"]
    assert bands["fragmented", "satisfaction", 0.0] < 0.1  # below 16 h a week: attention below 0.4
    assert bands["fragmented", "satisfaction", 32.0] > 0.9
    told_of = found["bands"].set_index(["other", "outcome", "from"])["told"]
    assert told_of["fragmented", "satisfaction", 0.0] == "worse"
    assert told_of["fragmented", "satisfaction", 32.0] == "better"
    assert found["bands"].groupby("from")["design_points"].first().sum() == 96
    assert len(found["signs"]) == 27
    assert found["signs"]["points"].eq(96).all()
    text = "\n".join(boxes_told(looked, boxes))
    assert text.count("attention left by party life ≥") == 9
    assert "No box for" not in text


def test_luck_alone_gives_no_box_and_the_page_says_why() -> None:
    """No effect anywhere: any of the sides is told with a chance of 5 %, and only then a box is sought."""
    runs, design = made_up(points=32, seeds=4, effect=0.0)
    found = conditions(runs, design, JUDGED, splits=5, resamples=20)
    assert found["boxes"].empty
    assert not found["looked"]["told"].any()
    assert found["looked"]["p"].isna().all()
    assert found["bands"]["told"].eq("").all()
    text = "\n".join(boxes_told(found["looked"], found["boxes"]))
    assert text.count("no more than luck, not looked for") == 18
    assert "No box does not mean no condition" in text


def test_flips_need_a_base_and_an_end_told_from_0(tmp_path: Path) -> None:
    ends = pd.DataFrame({
        "of": "a - b", "outcome": "satisfaction", "factor": [None, "x", "x", "y", "y"],
        "value": [None, 0, 9, 0, 1], "point": range(5), "level": [0.1, -0.2, 0.3, -0.2, -0.05],
        "low": [0.05, -0.3, 0.2, -0.3, -0.06], "high": [0.15, -0.1, 0.4, -0.1, -0.01],
        "p": [0.01, 0.001, 0.001, 0.02, 0.03]})
    ends.to_csv(tmp_path / "ends.csv", index=False)
    found = flips(Reference(tmp_path, {}), "a - b", "satisfaction")
    assert found["end"].tolist() == ["low", "high", "low", "high"]
    assert found["p"].to_numpy() == pytest.approx([0.004, 0.004, 0.04, 0.04])
    assert found["flips"].tolist() == [True, False, True, True]
    ends.loc[4, "p"] = 0.06  # Holm leaves the last as it is
    ends.to_csv(tmp_path / "ends.csv", index=False)
    found = flips(Reference(tmp_path, {}), "a - b", "satisfaction")
    assert found["flips"].tolist() == [True, False, True, False]
    ends.loc[0, "low"] = -0.05  # the base may be 0: nothing to flip
    ends.to_csv(tmp_path / "ends.csv", index=False)
    assert not flips(Reference(tmp_path, {}), "a - b", "satisfaction")["flips"].any()


def test_differences_lost_under_the_other_mix_of_disputes() -> None:
    lines = structures.lines()
    usual, other = (
        next(at for at, line in enumerate(lines) if (line.rule, line.builder, line.mix) == (
            "default", "community", mix)) for mix in structures.MIXES)
    told, reversed_, not_told = (0.1, 0.05, 0.15), (-0.1, -0.15, -0.05), (0.1, -0.1, 0.3)
    cases = {"kept": (told, told), "gone": (told, not_told), "turned": (told, reversed_),
             "never": (not_told, told)}
    found = pd.DataFrame([
        {"of": "a - b", "outcome": name, "point": point, "difference": one[0], "low": one[1], "high": one[2]}
        for name, both_ in cases.items() for point, one in zip((usual, other), both_, strict=True)])
    gone = lost(found).set_index("outcome")["reversed"]
    assert gone.to_dict() == {"gone": False, "turned": True}


def test_the_variance_study_moves_every_uncertain_number_and_structure() -> None:
    found = stages.grouped(["world.potential_rate"])
    paths = {one.path for one in found}
    every = {one.path for one in varied("near") if not one.path.startswith("policies.")}
    assert paths == every | {"regime"} | {*structures.terms()}
    assert [one.path for one in found if not one.group] == [
        "regime", "world.potential_rate", "ties.builder", "world.categories"]


def test_shrinkage_without_information_stays_below_what_is_called_chance() -> None:
    """In 95 % of samples of a uniform prior; 90 to 99 % of 4,000, as the bound is an approximation."""
    draws = np.random.default_rng(7).random((4000, 13))
    shrunk = np.abs(1.0 - draws.var(axis=1, ddof=1) * 12.0)
    assert 0.90 < np.mean(shrunk < chance_shrinkage(13.0)) < 0.99


@pytest.mark.parametrize(("better", "shown", "word"), [
    (0.6, ("better",), "mostly better"), (0.4, ("better",), "better in some conditions"),
    (0.1, ("worse",), "mostly worse"), (0.6, SIDES, "depends on conditions"),
    (0.6, (), "not told from luck")])
def test_a_verdict_says_no_more_than_is_shown(better: float, shown: tuple[str, ...], word: str) -> None:
    assert verdict({"better": better, "worse": 0.7 - better}, shown).en == word


# From results to reference.


def test_a_tiny_study_becomes_reference_results(tmp_path: Path) -> None:
    two = {"ties.atomisation": [0.0, 0.6], "budget.weekly": [100.0, 900.0]}
    designs = {
        "sample": {"method": "latin_hypercube", "n": 12, "factors": two},
        "steps": {"method": "morris", "trajectories": 3, "factors": two},
        "ends": {"method": "one_at_a_time", "factors": two}}
    kept = {}
    for name, design in designs.items():
        file = write_study(tmp_path / name, {
            "study": name, "design": design, "replicates": 2, "report": {
                "outcomes": ["satisfaction"], "of": ["core - loose"]}})
        sweep(prepare(file), tmp_path / "out" / name, How(workers=1, engine=shifted))
        distil(tmp_path / "out" / name, tmp_path / "kept")
        kept[name] = stored(name, tmp_path / "kept")
        assert len(kept[name].table("sample")) == 3
        assert "yihe" in kept[name].told()
    r = kept["sample"]
    assert (r.manifest["points"], r.manifest["runs"], r.manifest["factors"], r.seeds) == (12, 48, 2, 2)
    assert r.table("signs")["better"].tolist() == [1.0]  # the stand-in adds to one core
    assert {*kept["steps"].table("morris")["factor"]} == {*two}
    ends = kept["ends"]
    assert len(ends.table("tornado")) >= 3
    assert ends.table("base")["first"].iloc[0] > 0.0


# Pages.


def test_pages_are_what_the_reference_results_make() -> None:
    """If this fails: ``python -m sim.evidence pages``."""
    assert stale() == []


@pytest.mark.parametrize("page", sorted(PAGES))
def test_pages_say_their_limits_first_and_how_they_were_made(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    head = text[:1500]
    assert "未经校准" in head
    assert "uncalibrated" in head
    assert head.count("\n") > 6
    assert re.search(r"限度|这不使模型", head)
    assert re.search(r"提交 · commit `[0-9a-f]{12}`", text)
    assert re.search(r"日期 · date 20\d\d-\d\d-\d\d", text)
    pictures = re.findall(r"!\[\]\((.+?)\)", text)
    assert pictures
    assert all((DOCS / picture).is_file() for picture in pictures)
    assert not re.search(r"\bnan\b|\binf\b", text)


def test_pictures_are_made_of_the_tables_that_are_kept() -> None:
    """If this fails: ``python -m sim.evidence pages``."""
    from PIL import Image

    for name, (study, _) in FIGURES.items():
        for lang in ("zh", "en"):
            with Image.open(IMAGES / f"{name}.{lang}.png") as picture:
                assert picture.info["Source"] == stored(study).digest(), name


def test_reference_results_are_small_and_say_what_made_them() -> None:
    assert sum(file.stat().st_size for file in REFERENCE.rglob("*") if file.is_file()) < 3_000_000
    for study in KEPT:
        manifest = stored(study).manifest
        assert manifest["uncalibrated"]
        assert manifest["finished"]
        assert not manifest["runs_failed"]
        assert re.fullmatch(r"[0-9a-f]{40}", manifest["git_commit"])
