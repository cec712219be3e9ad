"""Maps and words on many grids: every tile its own place, every number the recorder's or the case log's."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import report_engine as engines
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from scipy.stats import ttest_rel
from test_report import no_overlap, texts

from sim.model import CommunityModel
from sim.report import district_words, grid_map
from sim.report.district import (
    MEASURES,
    SPREAD,
    Counts,
    change,
    comparable,
    difference_table,
    district,
    gini,
    grid_table,
    over_seeds,
    spread,
    values,
)
from sim.report.drawing import MAPS as DRAWN
from sim.report.figures import MAPS, maps_of, write_figures
from sim.report.material import Material, material_of
from sim.report.run_report import write_run_report
from sim.report.style import look
from sim.report.summary import summary_markdown
from sim.report.tiles import FEW_GRIDS, Boxes, Site, lay_out, site_of
from sim.results import RunResult
from sim.scenario.reading import load, loads
from sim.scenario.schema import Scenario
from sim.simulation import simulate_arms
from sim.study.compare import Comparison, compare, do, single
from sim.study.plan import source
from sim.vocabulary import WEEK_HOURS, Status

DISTRICT = """
yihe: 1
name: small_district
title: {zh: 小区域, en: small district}
weeks: 56
warmup: 4
places: {communities: 4, streets: 2, grids_total: 9, unit_buildings: 0}
population: {residents: 80}
arms:
  none: {label: {zh: 无政策, en: no policy}}
  festival: {label: {zh: 邻里节, en: festival}, policies: [{kind: neighbour_festival}]}
"""

SITE = Site((0, 0, 0, 1, 1, 2, 2, 3, 3), (0, 0, 1, 1))

# The runs: a district of nine grids, two arms, two seeds.

RUNS: dict[int, dict[str, RunResult]] = {}


def watched(arms: dict[str, Scenario], seed: int, compared: frozenset[str]) -> dict[str, RunResult]:
    RUNS[seed] = simulate_arms(arms, seed, compared)
    return RUNS[seed]


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    out = tmp_path_factory.mktemp("district")
    return compare(loads(DISTRICT), replicates=2, workers=1, engine=watched, out=out)


@pytest.fixture(scope="module")
def material(comparison: Comparison) -> Material:
    return material_of(comparison)


# The map.


@st.composite
def sites(draw: st.DrawFn) -> Site:
    grids = draw(st.lists(st.integers(1, 12), min_size=1, max_size=40))
    streets = draw(st.integers(1, len(grids)))
    communities = np.repeat(np.arange(len(grids)), grids)
    return Site(tuple(communities.tolist()), tuple((np.arange(len(grids)) * streets // len(grids)).tolist()))


def inside(inner: Boxes, outer: Boxes, of: np.ndarray) -> bool:
    slack = 1e-9
    return bool(np.all(
        (inner.x >= outer.x[of] - slack) & (inner.y >= outer.y[of] - slack)
        & (inner.x + inner.width <= outer.x[of] + outer.width[of] + slack)
        & (inner.y + inner.height <= outer.y[of] + outer.height[of] + slack)))


def apart(boxes: Boxes) -> bool:
    """Whether no two overlap; they may touch."""
    left, right = boxes.x[:, None], (boxes.x + boxes.width)[None, :]
    top, under = boxes.y[:, None], (boxes.y + boxes.height)[None, :]
    beside = (left >= right - 1e-9) | (top >= under - 1e-9)
    return bool(np.all(beside | beside.T | np.eye(len(boxes.x), dtype=bool)))


@settings(max_examples=40)
@given(sites(), st.floats(0.8, 7.0), st.floats(0.8, 7.0))
def test_every_grid_has_a_tile_of_its_own_inside_its_community_and_street(
    site: Site, width: float, height: float
) -> None:
    plan = lay_out(site, width, height)
    of, street = np.array(site.communities), np.array(site.streets)
    assert len(plan.tiles.x) == len(of)
    assert apart(plan.tiles)
    assert apart(plan.communities)
    assert apart(plan.streets)
    assert inside(plan.tiles, plan.communities, of)
    assert inside(plan.communities, plan.streets, street)
    whole = Boxes(*(np.array([edge]) for edge in (0.0, 0.0, plan.width, plan.height)))
    assert inside(plan.streets, whole, np.zeros(len(plan.streets.x), np.int64))
    assert plan.inches * plan.width <= width + 1e-9
    assert plan.inches * plan.height <= height + 1e-9
    # Tiles fill their block, but for its last row: as many as there are grids
    area = plan.communities.width * (plan.communities.height - 1.0)
    assert np.all(area < np.bincount(of))
    assert np.all(np.bincount(of) <= area + plan.communities.width)


def test_the_map_is_the_same_in_panels_of_any_size() -> None:
    site = site_of(loads(DISTRICT.replace("grids_total: 9", "grids_total: 23")))
    small, large = lay_out(site, 1.6, 1.6, name=0.0), lay_out(site, 7.0, 3.0, name=0.0)
    for boxes in ("tiles", "communities", "streets"):
        for one, other in zip(getattr(small, boxes), getattr(large, boxes), strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("places", [
    "communities: 4, streets: 2, grids_total: 9", "communities: 3, grids: 2", "communities: 5, streets: 3",
    "communities: 1, grids: 7"])
def test_the_site_is_that_of_the_model(places: str) -> None:
    text = DISTRICT.replace("communities: 4, streets: 2, grids_total: 9", places)
    check_site(loads(text.replace("residents: 80", "residents: 20")))


def test_the_site_of_a_table_of_residents_is_that_of_the_model(tmp_path: Path) -> None:
    rows = ["id,age,community,grid,building,dwelling"]
    rows += [f"p{i},{20 + i},{'BA'[i % 2]},g{i % 5 // 2},b{i % 5 // 2},{i}" for i in range(30)]
    (tmp_path / "people.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    text = DISTRICT.split("arms:")[0].replace("population: {residents: 80}", "population_file: people.csv")
    (tmp_path / "table.yaml").write_text(text, encoding="utf-8")
    assert check_site(load(tmp_path / "table.yaml")).communities == (0, 0, 0, 1, 1, 1)


def check_site(scenario: Scenario) -> Site:
    model = CommunityModel(scenario, 1)
    places, site = model.places, site_of(scenario)
    model.free()
    assert site.communities == tuple(places.grid_community.tolist())
    assert site.streets == tuple(places.community_street.tolist())
    np.testing.assert_array_equal(site.first_grids, places.community_first_grid[:-1])
    return site


# The numbers.


def by_hand(result: RunResult, grid: int) -> dict[str, float]:
    """Every measure of one grid, counted one case after the other."""
    share, adults = result.groups["grid"], int(result.group_sizes["grid"][grid])
    born = solved = closed = 0
    hours = 0.0
    for case in result.cases:
        if case["grid"] != grid or case["born"] < (4 + 56 - 52) * WEEK_HOURS:
            continue
        born += 1
        solved += case["status"] == Status.RESOLVED
        if case["close_work"] == case["close_work"] and case["status"] != Status.SILENT:
            closed += 1
            hours += float(case["close_work"])
    return {
        "participation_start": share[0, grid], "participation_middle": share[27, grid],
        "participation_end": share[55, grid], "disputes": 1000.0 * born / adults,
        "solved": solved / born if born else np.nan, "time_to_close": hours / closed if closed else np.nan,
        "adults": adults, "cases": born, "closed": closed}


def test_values_are_those_of_the_recorder_and_of_the_case_log(material: Material) -> None:
    d = district(material)
    assert d is not None
    assert d.site == SITE
    assert d.weeks == (0, 27, 55)
    assert d.window == 52
    hand = {arm: [[by_hand(RUNS[seed][arm], grid) for grid in range(9)] for seed in d.seeds]
            for arm in d.grids}
    table, differences = grid_table(d), difference_table(material, d)
    assert list(table["grid"]) == [*range(1, 10)] * 2
    assert list(table["community"][:9]) == [1, 1, 1, 2, 2, 3, 3, 4, 4]
    assert list(table["street"][:9]) == [1, 1, 1, 1, 1, 2, 2, 2, 2]
    assert sum(cell["cases"] for run in hand["none"] for cell in run) > 100
    for name in hand["none"][0][0]:
        each = {arm: np.array([[cell[name] for cell in run] for run in runs]) for arm, runs in hand.items()}
        for arm, found in each.items():
            if name in d.values(arm):
                np.testing.assert_allclose(d.values(arm)[name], found, rtol=1e-6)
            np.testing.assert_allclose(table[table["arm"] == arm][name], over_seeds(found), rtol=1e-6)
        if name in d.values("none"):
            np.testing.assert_allclose(
                differences[name], over_seeds(each["festival"] - each["none"]), rtol=1e-5, atol=1e-9)


def test_communities_add_up_what_their_grids_have(material: Material) -> None:
    d = district(material)
    assert d is not None
    counts, grids = d.communities("none"), d.grids["none"]
    for i, (first, last) in enumerate([(0, 3), (3, 5), (5, 7), (7, 9)]):
        assert counts.cases[0, i] == grids.cases[0, first:last].sum()
        hours, closed = grids.hours[1, first:last].sum(), grids.closed[1, first:last].sum()
        assert values(counts, 52)["time_to_close"][1, i] == pytest.approx(hours / closed)


# The spread.


def counted(adults: float, took_part: np.ndarray, cases: np.ndarray) -> Counts:
    whole, none = np.full(took_part.shape, adults), np.zeros(took_part.shape)
    return Counts(whole, (took_part,) * 3, cases, none, none, none, none)


def test_gini_and_quartiles_have_known_answers() -> None:
    assert gini([0, 0, 0, 1]) == pytest.approx(0.75)
    assert gini([2, 2, 2]) == 0.0
    assert gini([0, 0]) == 0.0
    assert gini([1, 3]) == pytest.approx(0.25)
    took_part = np.array([[10.0, 20.0, 30.0, 40.0, 50.0]])
    found = spread(counted(100.0, took_part, took_part), SPREAD[0], 52)
    assert found is not None
    assert (found.median, found.low, found.high) == pytest.approx((0.3, 0.2, 0.4))
    assert found.least == (0, 0.1)
    assert found.most == (4, 0.5)
    # Observed variance 0.025; by chance 0.3 · 0.7 / 100 = 0.0021
    assert found.beyond == pytest.approx(1.0 - 0.0021 / 0.025)
    assert spread(counted(100.0, took_part[:, :1], took_part[:, :1]), SPREAD[0], 52) is None


def test_what_chance_alone_does_is_not_called_more() -> None:
    """Grids that differ by luck only: the share beyond chance stays near 0; otherwise it is that of the rest.

    2,000 grids: the variance ratio has a standard error of √(2/1999) = 0.032; bounds are five of them, so
    that a right program fails for fewer than one seed in a million. The seed is fixed.
    """
    rng = np.random.default_rng(20)
    n, adults = 2000, 800
    lucky = rng.binomial(adults, 0.2, (1, n)).astype(float)
    cases = rng.poisson(300.0, (1, n)).astype(float)
    for measure in SPREAD[:2]:
        found = spread(counted(adults, lucky, cases), measure, 52)
        assert found is not None
        assert found.beyond < 5 * 0.032
    real = np.where(np.arange(n) % 2, 0.18, 0.22)  # variance 0.0004 beside 0.2 · 0.8 / 800 = 0.0002
    found = spread(counted(adults, rng.binomial(adults, real, (1, n)).astype(float), cases), SPREAD[0], 52)
    assert found is not None
    assert found.beyond == pytest.approx(2 / 3, abs=5 * 0.032)


def test_changes_are_counted_and_told_by_paired_t_intervals() -> None:
    rng = np.random.default_rng(3)
    before = rng.normal(size=(6, 40))
    now = before + rng.normal(0.4, 0.5, size=(6, 40))
    now[:, 0], now[:, 1] = before[:, 0], np.nan
    found = change(now, before)
    mean = (now - before)[:, 2:].mean(axis=0)
    p = ttest_rel(now[:, 2:], before[:, 2:]).pvalue
    assert (found.up, found.down, found.same) == (np.sum(mean > 0), np.sum(mean < 0), 1)
    assert found.told == (np.sum((p < 0.05) & (mean > 0)), np.sum((p < 0.05) & (mean < 0)))
    assert 5 < found.told[0] < 38
    assert change(now[:4], before[:4]).told is None


# Figures.


@pytest.fixture(scope="module")
def gappy(material: Material) -> Material:
    """Grid 5 without a case."""
    cases = material.cases[material.cases["grid"] != 4]
    known = {"series": material.series, "groups": material.groups, "cases": cases}
    return replace(material, tables=known.__getitem__)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_maps_fit_their_page_and_grey_means_no_case(gappy: Material, lang: str) -> None:
    with look(), warnings.catch_warnings():
        warnings.simplefilter("error")
        figure, data = grid_map.draw(gappy, lang)
        no_overlap(figure)
    assert data["cases"][4] == 0.0
    assert np.isnan(data["solved"][4])
    grey = [collection for ax in figure.axes for collection in ax.findobj(PolyCollection)
            if collection.get_hatch()]
    assert [len(collection.get_paths()) for collection in grey] == [1, 1]  # share solved, time to close
    check_words(figure, {
        "zh": ("9 个网格，4 个社区，2 个街道", "街道2", "示意性，未经校准", "种子", "第56周"),
        "en": ("9 grids, 4 communities, 2 streets", "street 2", "uncalibrated", "seeds", "week 56")}[lang])


def test_maps_of_differences_fit_their_page(gappy: Material) -> None:
    with look(), warnings.catch_warnings():
        warnings.simplefilter("error")
        figure, differences = grid_map.draw_differences(gappy, "en")
        no_overlap(figure)
    assert len(differences) == 9
    assert set(differences["against"]) == {"none"}
    check_words(figure, ("festival against no policy (control)", "percentage points", "uncalibrated"))


def check_words(figure: Figure, wanted: tuple[str, ...]) -> None:
    said = "\n".join(text.get_text() for text in texts(figure))
    for words in wanted:
        assert words in said


def test_one_scale_a_measure_and_differences_are_centred_on_nought() -> None:
    scale = grid_map._centred([np.array([np.nan, -3.0]), np.array([1.0])])
    assert (scale.vmin, scale.vmax) == (-3.0, 3.0)
    # Nearly the same in every channel: no difference is no colour
    assert np.ptp(grid_map.colormaps[grid_map.CHANGES](scale(0.0))[:3]) < 0.02
    for measure in MEASURES:
        red, green, blue, _ = np.moveaxis(grid_map._sequential(measure.colors)(np.linspace(0, 1, 64)), -1, 0)
        light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        assert np.all(np.diff(light) < 0.0)  # told apart by lightness alone, so by any eye
    assert grid_map._levels([np.array([np.nan])]).vmax == 1.0
    assert grid_map._levels([np.array([2.0, 2.0])])(2.0) == pytest.approx(0.5)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Comparison, list[Path]]:
    """One arm alone, as ``yihe run`` has it, with what is written beside its tables."""
    folder = tmp_path_factory.mktemp("alone")
    plan = single(source(loads(DISTRICT), None), "festival")
    result = do(plan, folder, workers=1, engine=watched)
    return result, write_run_report(result, folder, "zh")


def test_a_run_writes_map_summary_and_page(alone: tuple[Comparison, list[Path]]) -> None:
    result, files = alone
    assert [file.name for file in files] == [
        "summary.md", "report.html", "district.png", "district.svg", "district.csv"]
    data = pd.read_csv(files[-1])
    assert list(data["grid"]) == [*range(1, 10)]
    run = RUNS[result.seeds[0]]["festival"]
    np.testing.assert_allclose(data["participation_end"], run.groups["grid"][-1], rtol=1e-9)
    assert "网格和社区之间" in files[0].read_text(encoding="utf-8")
    page = files[1].read_text(encoding="utf-8")
    assert "各网格一览" in page
    assert "Between grids and communities" in page


def test_a_comparison_has_both_maps(material: Material) -> None:
    assert maps_of(material) == MAPS == tuple(DRAWN)
    d = district(material)
    assert d is not None
    assert len(comparable(material, d)) == 1


# Words.


def test_the_summary_says_how_many_grids_changed_which_way(material: Material) -> None:
    d = district(material)
    assert d is not None
    table = difference_table(material, d)
    up, down = int((table["participation_end"] > 0).sum()), int((table["participation_end"] < 0).sum())
    zh, en = summary_markdown(material, "zh"), summary_markdown(material, "en")
    assert f"年参与率（不含自办）升 {up}、降 {down}、" in zh
    assert f"took part in 52 weeks higher in {up}, lower in {down}, " in en
    heads = [heads for heads, _ in district_words.tables(material, "en")]
    assert [head[0] for head in heads] == ["grids", "communities"]
    levels = grid_table(d).query("arm == 'none'").set_index("grid")["participation_end"]
    assert f"{100 * levels.max():.1f}% ({levels.idxmax()})" in en
    assert f"{100 * levels.min():.1f}%（{levels.idxmin()}）" in zh


def test_places_with_few_grids_have_no_map_and_the_summary_says_why(tmp_path: Path) -> None:
    plan = single(source(loads(engines.SCENARIO), None), "festival")
    result = do(plan, tmp_path, workers=1, engine=engines.engine)
    before = sorted(tmp_path.rglob("*"))
    assert write_run_report(result, tmp_path, "zh") == []
    assert sorted(tmp_path.rglob("*")) == before
    two = material_of(result)
    one = replace(two, arms=(replace(two.arms[0], site=Site((0,), (0,))),))
    for material, grids in ((two, 2), (one, 1)):
        assert maps_of(material) == ()
        assert district(material) is None
        assert write_figures(material, tmp_path / "figures", "zh", names=MAPS) == []
        zh, en = summary_markdown(material, "zh"), summary_markdown(material, "en")
        assert f"这里只有 1 个社区、{grids} 个网格" in zh
        assert "网格和社区之间" not in zh
        assert f"one community with {grids} grid" in en
        assert f"more than {FEW_GRIDS} grids" in en


def test_arms_on_other_sites_are_named_and_left_out(material: Material) -> None:
    arms = (material.arms[0], replace(material.arms[1], site=Site((0, 1), (0, 0))))
    other = replace(material, arms=arms)
    d = district(other)
    assert d is not None
    assert list(d.grids) == ["none"]
    assert maps_of(other) == MAPS[:1]
    assert "On other sites, left out: festival." in district_words.sentences(other, "en")[-1]
