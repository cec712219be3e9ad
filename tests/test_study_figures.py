"""Figures of studies: files, data, manifest, no overlaps, empty states, and what may be read off them."""

from __future__ import annotations

import json
import math
import warnings
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import test_study_figures_data as made
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image
from scipy import stats
from test_study_figures_data import DISPUTES, MANY, NAN, OF, PARTICIPATION, material

from sim.params import Label
from sim.report.provenance import STATUS
from sim.report.studies import bands, cells, heat, optimisation, posterior
from sim.report.studies.drawing import FIGURES, write_study_figures
from sim.report.studies.factors import Factor, factor_of, factors_of
from sim.report.studies.material import StudyMaterial
from sim.report.studies.particles import effective, quantiles
from sim.report.studies.replicates import half_widths
from sim.report.studies.sheet import Drawing, holds_zero, lay_out, name_points, study_look
from sim.report.studies.tables import COLUMNS
from sim.report.words import ILLUSTRATIVE

MADE_OF: dict[str, tuple[str, ...]] = {
    "contrasts": ("contrasts",), "bands": ("series",), "heat": ("runs", "design"),
    "lines": ("runs", "design"), "tornado": ("tornado",), "morris": ("morris",),
    "sobol": ("sobol", "sobol_pairs"), "pawn": ("pawn",), "effects": ("effects",),
    "prim": ("prim_boxes", "prim_peeling", "prim_cases", "design"), "pareto": ("pareto",),
    "matching": ("waves", "implausibility"), "posterior": ("posterior", "shrinkage"), "checks": ("checks",),
    "claims": ("claims",), "optimisation": ("trials", "finalists"), "replicates": ("replicates",),
}
"""Tables of each kind of figure."""


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    """A study with every table."""
    return {
        "series": made.series(), "contrasts": made.contrasts(), **made.influence(), "effects": made.effects(),
        "pareto": made.pareto(), "replicates": made.stopping(), **made.search(), **made.calibration(),
        **made.prim()}


def study(tables: dict[str, pd.DataFrame], kind: str) -> StudyMaterial:
    """What one kind is drawn from: the hardest to lay out of what there is."""
    if kind in ("heat", "lines"):
        faceted = made.FACETED[made.FACETED["regime"] != "self_governing"].assign(point=range(75))
        return material({"runs": made.runs(faceted, 12), "design": faceted}, method="grid")
    if kind in ("morris", "pawn", "sobol", "tornado"):
        return material({name: made.influence(MANY[:12])[name] for name in MADE_OF[kind]}, MANY)
    if kind == "posterior":
        return material({"posterior": made.posterior(MANY[:5]), "shrinkage": tables["shrinkage"]}, MANY)
    return material({name: tables[name] for name in MADE_OF[kind]})


def first(m: StudyMaterial, kind: str, lang: str = "zh") -> Drawing:
    with study_look():
        return next(FIGURES[kind](m, lang))


def said(figure: Figure) -> str:
    return " ".join(text.get_text() for text in figure.findobj(Text)).replace("\n", "")


# Files.


def test_every_kind_has_its_tables_named() -> None:
    assert set(MADE_OF) == set(FIGURES)
    assert {name for names in MADE_OF.values() for name in names} == set(COLUMNS)


def test_files_hold_the_table_and_what_made_it_and_are_always_the_same(
    tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    m = material({name: tables[name] for name in ("waves", "contrasts")})
    written = write_study_figures(m, tmp_path, "zh")
    assert [figure.name for figure in written] == ["contrasts", "waves"]
    assert [file.name for file in written[0].files] == ["contrasts.png", "contrasts.svg", "contrasts.csv"]
    for figure, table in zip(written, (tables["contrasts"], tables["waves"]), strict=True):
        data = pd.read_csv(tmp_path / f"{figure.name}.csv")
        assert set(data.pop("status")) == {STATUS}
        pd.testing.assert_frame_equal(data, table, check_dtype=False)
        about = json.loads(Image.open(tmp_path / f"{figure.name}.png").text["Description"])
        assert about["study_key"] == m.key
        assert about["code_hash"] == made.MANIFEST["code_hash"]
        assert m.key in (tmp_path / f"{figure.name}.svg").read_text(encoding="utf-8")
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    write_study_figures(m, tmp_path, "zh", ["matching"])
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


@pytest.mark.parametrize("kind", [
    "tornado", "morris", "sobol", "pawn", "effects", "pareto", "posterior", "checks", "claims", "replicates"])
def test_data_are_the_rows_of_the_table(tables: dict[str, pd.DataFrame], kind: str) -> None:
    table = tables[MADE_OF[kind][0]]
    data = first(material({MADE_OF[kind][0]: table}), kind).data
    if "of" in table:
        table = table[table["of"] == table["of"].iloc[0]]
    if kind == "posterior":
        table = table[table["generation"] == 4]

    def sort(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[list(table.columns)].sort_values(list(table.columns), kind="stable", ignore_index=True)

    pd.testing.assert_frame_equal(sort(data), sort(table), check_dtype=False)


# Type and overlaps.


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", list(FIGURES))
def test_texts_neither_overlap_nor_leave_the_page_and_say_what_it_is(
    tables: dict[str, pd.DataFrame], kind: str, lang: str) -> None:
    with study_look(), warnings.catch_warnings():
        warnings.simplefilter("error")  # missing signs, layouts that do not fit
        drawing = next(FIGURES[kind](study(tables, kind), lang))
        boxes = painted(drawing.figure)
    page = drawing.figure.bbox
    for text, (x0, y0, x1, y1) in boxes:
        assert min(x0 - page.x0, page.x1 - x1, y0 - page.y0, page.y1 - y1) > -1.0, text
    for (text, a), (other, b) in combinations(boxes, 2):
        assert min(a[2], b[2]) - max(a[0], b[0]) < 1.0 or min(a[3], b[3]) - max(a[1], b[1]) < 1.0, (
            f"{text!r} overlaps {other!r}")
    foot = said(drawing.figure)
    assert ILLUSTRATIVE.text(lang) in foot
    assert ("12 个种子" if lang == "zh" else "12 seeds") in foot


def painted(figure: Figure) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Boxes of the texts that drawing would paint; of slanted ones the boxes would be far too large."""
    found: dict[int, Text] = {}

    def draw(text: Text, *_: object, **__: object) -> None:
        if text.get_visible() and text.get_text().strip() and text.get_rotation() % 90 == 0:
            found[id(text)] = text

    canvas = FigureCanvasAgg(figure)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Text, "draw", draw)
        figure.draw_without_rendering()
    renderer = canvas.get_renderer()
    boxes = [(text.get_text(), text.get_window_extent(renderer).extents) for text in found.values()]
    return [(text, (float(b[0]), float(b[1]), float(b[2]), float(b[3]))) for text, b in boxes]


def test_names_are_written_only_where_there_is_room() -> None:
    with study_look():
        figure = Figure(figsize=(2, 2), layout="constrained")
        ax = figure.add_subplot()
        ax.plot([0, 0, 0, 0, 1], [0, 0, 0, 0, 1], "o")
        points = [(0.5, 0.5)] * 30 + [(0.1, 0.9)]
        lay_out(figure)
        left_out = name_points(figure, ax, points, [f"name {i}" for i in range(31)])
        written = [text for text in ax.texts if text.get_text()]
        renderer = FigureCanvasAgg(figure).get_renderer()
        boxes = [text.get_window_extent(renderer) for text in written]
    assert len(written) + len(left_out) == 31
    assert 0 in left_out or written  # the points lie on each other: their own marks are in the way
    assert 30 not in left_out
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))


# Empty states.


@pytest.mark.parametrize("kind", list(FIGURES))
def test_without_tables_nothing_is_drawn_and_without_rows_a_figure_says_so(
    tables: dict[str, pd.DataFrame], kind: str) -> None:
    m = study(tables, kind)
    assert list(FIGURES[kind](replace(m, tables={}), "zh")) == []
    empty = {name: table if name == "design" else table.head(0) for name, table in m.tables.items()}
    for lang, words in (("zh", ("没有", "需要")), ("en", ("no ", "need"))):
        with study_look():
            drawn = list(FIGURES[kind](replace(m, tables=empty, seeds=(), points=0), lang))
        assert drawn
        for drawing in drawn:
            assert any(word in said(drawing.figure) for word in words)
            assert ILLUSTRATIVE.text(lang) in said(drawing.figure)


NUMBERS_OF = {
    "contrasts": ["difference", "low", "high"], "tornado": ["change", "low", "high"],
    "morris": ["mu", "mu_star", "mu_star_low", "mu_star_high", "sigma"], "sobol": ["s1", "st"],
    "pawn": ["pawn", "pawn_low", "pawn_high"], "effects": ["effect", "low", "high"],
    "replicates": ["half_width"], "checks": ["predicted", "low", "high"]}


@pytest.mark.parametrize("kind", list(NUMBERS_OF))
def test_missing_values_are_said_if_all_are_missing_and_left_out_if_some_are(
    tables: dict[str, pd.DataFrame], kind: str) -> None:
    table = tables[MADE_OF[kind][0]].copy()
    table.loc[table.index[0], NUMBERS_OF[kind]] = NAN
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "没有数值" not in said(first(material({MADE_OF[kind][0]: table}), kind).figure)
        table[NUMBERS_OF[kind]] = NAN
        assert "没有" in said(first(material({MADE_OF[kind][0]: table}), kind).figure)


@pytest.mark.parametrize("kind", ["tornado", "morris", "sobol", "pawn", "posterior"])
def test_one_factor_is_enough(kind: str) -> None:
    one = {**made.influence(made.NUMBERS[:1]), "posterior": made.posterior(made.NUMBERS[:1], 3)}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = first(material({name: one[name] for name in MADE_OF[kind] if name in one}), kind).figure
        with study_look():
            assert len(painted(figure)) > 4


def test_one_point_one_seed_and_one_arm_have_no_interval_and_say_so() -> None:
    one = made.series(points=1, seeds=1, weeks=1)
    one = one[one["arm"] == "baseline"]
    arms = {"baseline": made.ARMS["baseline"]}
    m = material({"series": one, "runs": made.runs(made.GRID.head(1), 1), "design": made.GRID.head(1)},
                 arms=arms, seeds=(1,), points=1)
    drawing = first(m, "bands")
    assert drawing.data["low"].isna().all()
    assert "只有一个种子" in said(drawing.figure)
    assert "没有变动的因子" in said(first(m, "lines").figure)
    assert list(FIGURES["heat"](m, "zh")) == []


# Means within seeds.


def test_a_band_is_the_t_interval_over_seeds_of_the_means_over_points() -> None:
    table = made.series(points=3, seeds=4, weeks=2)
    found = bands.table(table, PARTICIPATION, ["festival"])
    at = table[(table["arm"] == "festival") & (table["week"] == 1)]
    by_seed = at.groupby("seed")[PARTICIPATION].mean().to_numpy()
    half = stats.t.ppf(0.975, 3) * by_seed.std(ddof=1) / 2.0
    row = found[found["week"] == 1].iloc[0]
    assert np.allclose([row["mean"], row["low"], row["high"]],
                       [by_seed.mean(), by_seed.mean() - half, by_seed.mean() + half])
    shuffled = table.sample(frac=1.0, random_state=3)
    pd.testing.assert_frame_equal(bands.table(shuffled, PARTICIPATION, ["festival"]), found)


def test_seeds_that_only_some_points_have_do_not_shift_the_mean() -> None:
    table = made.series(points=2, seeds=6, weeks=1)
    table[PARTICIPATION] = table["point"].astype(float) / 2  # points differ, seeds do not
    kept = table[(table["point"] == 0) | (table["seed"] < 4)]
    found = bands.table(kept, PARTICIPATION, ["festival"])
    assert (found["mean"] == 0.25).all()
    assert (found["seeds"] == 4).all()
    m = material({"series": kept}, outcomes=(PARTICIPATION,))
    assert "只用各设计点都有的种子" in said(first(m, "bands").figure)


def test_means_are_taken_within_seeds_before_intervals() -> None:
    # Luck of a seed is shared by all points: pooling points would make the interval far too narrow
    design = made.design({"a": [0.0, 1.0], "b": list(range(10))})
    luck = {1: -0.1, 2: 0.0, 3: 0.1}
    runs = pd.DataFrame([(p, "x", s, 0.5 + luck[s]) for p in range(20) for s in luck],
                        columns=["point", "arm", "seed", PARTICIPATION])
    found = cells.means(runs, design, "x", PARTICIPATION, ["a"])
    half = stats.t.ppf(0.975, 2) * 0.1 / math.sqrt(3)
    assert np.allclose(found[["value", "low", "high"]], [[0.5, 0.5 - half, 0.5 + half]] * 2)
    assert found[["seeds", "points"]].to_numpy().tolist() == [[3, 10]] * 2


def test_a_placebo_differs_by_exactly_nothing() -> None:
    runs = made.runs(made.GRID)
    twin = pd.concat([runs[runs["arm"] == "festival"], runs[runs["arm"] == "festival"].assign(arm="sham")])
    found = cells.means(twin, made.GRID, "sham - festival", PARTICIPATION, ["ties.atomisation"])
    assert not found[["value", "low", "high"]].to_numpy().any()
    assert holds_zero(found["low"], found["high"]).all()


@given(arrays(bool, st.tuples(st.integers(1, 6), st.integers(1, 6))))
def test_points_and_seeds_that_are_averaged_over_are_complete(there: np.ndarray) -> None:
    points, seeds = cells.complete(there)
    assert there[np.ix_(points, seeds)].all()


def test_half_widths_stop_after_the_first_seeds() -> None:
    runs = made.runs(made.GRID, 12)
    found = half_widths(runs, OF, PARTICIPATION, range(4, 20, 4), 0.01)
    assert found["n"].tolist() == [4, 8, 12]
    wide = runs.pivot_table(index="seed", columns="arm", values=PARTICIPATION)
    few = (wide["festival"] - wide["baseline"]).head(4)
    assert np.isclose(found["half_width"].iloc[0], stats.t.ppf(0.975, 3) * few.std(ddof=1) / 2.0)


# What is drawn.


def test_axes_of_a_heat_map_are_crossed_factors_and_the_rest_is_averaged() -> None:
    numbers = {"a": [0.0, 1.0, 2.0], "b": [0.0, 1.0, 2.0, 3.0]}
    assert heat.choose(made.design(numbers)) == ("b", "a", None, ())
    assert heat.choose(made.design({**numbers, "regime": ["x", "y"]})) == ("b", "a", "regime", ())
    more = heat.choose(made.design({**numbers, "regime": ["x", "y"], "c": [0, 1, 2]}))
    assert more == ("b", "a", "regime", ("c",))
    sample = pd.DataFrame({"point": range(40), "a": np.linspace(0, 1, 40), "b": np.linspace(1, 0, 40)})
    assert heat.choose(sample) is None


def test_cells_are_hatched_exactly_where_nothing_can_be_told() -> None:
    tables = {"runs": made.runs(made.GRID), "design": made.GRID}
    m = material(tables, method="grid", outcomes=(PARTICIPATION,))
    with study_look():
        drawing = next(d for d in FIGURES["heat"](m, "zh") if "festival" in d.name)
    hatched = [c for c in drawing.figure.axes[0].collections if getattr(c, "get_hatch", lambda: None)()]
    told = int((~holds_zero(drawing.data["low"], drawing.data["high"])).sum())
    assert 0 < told < len(drawing.data)
    assert sum(len(c.get_paths()) for c in hatched) == len(drawing.data) - told


def test_equal_cells_have_one_colour_and_no_scale_of_colours() -> None:
    same = made.runs(made.GRID).assign(**{PARTICIPATION: 0.0})
    drawing = first(material({"runs": same, "design": made.GRID}, method="grid"), "heat")
    assert len(drawing.figure.axes) == 1
    assert {text.get_text() for text in drawing.figure.axes[0].texts} == {"0"}
    assert "各格相同" in said(drawing.figure)


def test_what_is_summed_to_a_year_is_counted_by_the_week_in_weekly_series() -> None:
    drawing = first(material({"series": made.series()}), "bands")
    assert [ax.get_ylabel() for ax in drawing.figure.axes[:2]] == ["%", "件/千人/周"]


def test_marks_of_contrasts_are_hollow_unless_holm_lets_them_stand(tables: dict[str, pd.DataFrame]) -> None:
    drawing = first(material({"contrasts": tables["contrasts"]}), "contrasts")
    marks = [line for ax in drawing.figure.axes for line in ax.get_lines() if line.get_marker() == "o"]
    hollow = sum(line.get_markerfacecolor() == "white" for line in marks)
    rows = tables["contrasts"]
    sure = ((rows["low"] > 0) | (rows["high"] < 0)) & (rows["p_holm"] < 0.05)
    assert (len(marks), hollow) == (len(rows), int((~sure).sum()))
    assert 0 < hollow < len(rows)


def test_with_many_points_only_their_mean_is_contrasted() -> None:
    rows = made.contrasts((PARTICIPATION,))
    every = pd.concat([rows, *(rows.assign(point=p) for p in range(30))], ignore_index=True)
    assert set(first(material({"contrasts": every}), "contrasts").data["point"]) == {-1}


def test_bars_that_do_not_pass_the_dummy_are_hollow(tables: dict[str, pd.DataFrame]) -> None:
    drawing = first(material({"pawn": tables["pawn"]}), "pawn")
    bars = drawing.figure.axes[0].containers
    hollow = sum(bar.patches[0].get_facecolor() == (1, 1, 1, 1) for bar in bars)
    assert len(bars) == len(drawing.data)
    assert hollow == int((drawing.data["pawn_low"] <= drawing.data["dummy"]).sum()) > 0


def test_the_best_so_far_is_never_over_the_budget() -> None:
    trials = pd.DataFrame({
        "trial": range(4), PARTICIPATION: [5.0, 9.0, 7.0, 3.0], DISPUTES: [5.0, 1.0, 7.0, 3.0],
        "affordable": [True, False, True, True], "judged": True})
    assert optimisation.best_so_far(trials, PARTICIPATION).tolist() == [5.0, 5.0, 7.0, 7.0]
    assert optimisation.best_so_far(trials, DISPUTES).tolist() == [5.0, 5.0, 5.0, 3.0]


def test_finalists_are_full_only_if_they_cannot_be_told_from_the_chosen_one() -> None:
    drawing = first(material({"finalists": made.search()["finalists"]}), "optimisation")
    assert drawing.data["chosen"].tolist() == [True, False, False, False, False]
    marks = [line for line in drawing.figure.axes[0].get_lines() if line.get_marker() in ("o", "D")]
    hollow = [line.get_markerfacecolor() == "white" for line in marks]
    assert hollow == [not (chosen or equal) for chosen, equal in zip(
        drawing.data["chosen"], drawing.data["equal"], strict=True)]
    labels = [text.get_text().replace("\n", "") for text in drawing.figure.axes[0].get_yticklabels()]
    assert labels[0] == "#47 邻里节（力度 0.8）、民生微实事／微心愿／微项目"
    assert labels[-1] == "#0 （无政策）（原方案）"
    assert "（超出预算）" in "".join(labels)


def test_objectives_that_are_traded_off_have_a_front_and_no_best() -> None:
    table = made.search()["finalists"].drop(columns=[
        "difference", "difference_low", "difference_high", "p", "p_holm", f"{made.COST}_within"])
    with study_look():
        drawn = list(FIGURES["optimisation"](material({"finalists": table.assign(chosen=False)}), "zh"))
    assert [drawing.name for drawing in drawn] == ["finalists", "finalists-front"]
    assert "没有单一的最好者" in said(drawn[0].figure)


@pytest.mark.parametrize("method", ["calibrate", "optimise"])
def test_points_that_were_searched_for_are_not_averaged_over(method: str) -> None:
    tables = {"runs": made.runs(made.GRID), "design": made.GRID, "series": made.series()}
    m = material(tables, method=method)
    assert not any(list(FIGURES[kind](m, "zh")) for kind in ("bands", "heat", "lines"))


def test_quantiles_and_numbers_of_weighted_particles() -> None:
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([0.25, 0.25, 0.5])
    assert quantiles(values, weights, (0.5,)) == [2.0]
    even = np.arange(1001.0)
    assert np.allclose(quantiles(even, np.ones(1001), (0.025, 0.975)), [25.0, 975.0], atol=0.6)
    assert effective(np.array([1.0, 1.0, 1.0, 1.0])) == 4.0
    assert effective(np.array([1.0, 0.0])) == 1.0


def test_contours_hold_half_and_95_percent_of_the_weight() -> None:
    x, y = np.meshgrid(np.linspace(-3, 3, 61), np.linspace(-3, 3, 61))
    depth = np.exp(-(x**2 + y**2) / 2)
    outer, inner = posterior._levels(depth)
    assert abs(depth[depth >= outer].sum() / depth.sum() - 0.95) < 0.01
    assert abs(depth[depth >= inner].sum() / depth.sum() - 0.5) < 0.01


# Names.


def test_factors_are_called_as_they_are_declared() -> None:
    assert factor_of("ties.atomisation").titled("zh") == "原子化（占关系比例）"
    assert factor_of("policies.neighbour_festival.intensity").titled("en") == \
        "neighbours' festival: intensity (0 to 1)"
    assert factor_of("policies.neighbour_festival.on").value(False, "zh") == "无"
    mine = factor_of("policies.mine.start", {"mine": "neighbour_festival"})
    assert mine.titled("en") == "neighbours' festival: first week (weeks)"
    assert factor_of("regime").value("one_core", "zh") == "一核多元"
    assert factor_of("no.such.path").titled("en") == "no.such.path"
    assert factor_of("regime").ordered(["self_governing", "fragmented"]) == ["fragmented", "self_governing"]


def test_factors_that_share_a_name_get_their_path() -> None:
    keys = ["actors.core.party_day.hours", "actors.core.party_day.weeks"]
    twice = factors_of([*keys, "policies.a.intensity"])
    assert twice[keys[0]].name("zh") == "社区党委：时长"
    one = Factor("x", Label(zh="甲", en="a"))
    assert one.titled("zh") == "甲"
    found = factors_of(["ties.atomisation"], ranges={"ties.atomisation": (0.0, 0.6)})
    assert (found["ties.atomisation"].low, found["ties.atomisation"].high) == (0.0, 0.6)

