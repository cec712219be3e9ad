"""Figures and summaries: files, font, equal bytes, no overlaps, words never beyond the interval."""

from __future__ import annotations

import io
import json
import math
import subprocess
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import report_engine as engines
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.text import Text
from PIL import Image
from rich.cells import cell_len
from rich.console import Console

from sim.network.builders import build_ties
from sim.network.parameters import TiesParameters
from sim.network.ties import NO_ONE
from sim.params import Label
from sim.population.parameters import PlacesParameters, PopulationParameters
from sim.population.synthesis import synthesize
from sim.report import (
    claims,
    drawing,
    durations,
    effects,
    figures,
    findings,
    floor_plan,
    fonts,
    funnel,
    network_figure,
    pairs,
    participation,
    words,
)
from sim.report.drawing import FIGURES
from sim.report.embed import csv_bytes
from sim.report.figures import NAMES, write_figures
from sim.report.material import material_of, seed_text
from sim.report.palette import arm_styles
from sim.report.provenance import STATUS, provenance
from sim.report.record import FILE as RECORD
from sim.report.style import fold, look, number
from sim.report.summary import summary_markdown
from sim.report.terminal import print_summary
from sim.rng import Streams
from sim.scenario.reading import loads
from sim.study.commands import compare_command
from sim.study.compare import Comparison, compare, do, single
from sim.study.plan import Source

NAN = math.nan


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return run(tmp_path_factory.mktemp("study"), replicates=4)


def run(out: Path, replicates: int, engine=engines.engine, text: str = engines.SCENARIO) -> Comparison:
    return compare(loads(text), replicates=replicates, workers=1, engine=engine, out=out)


@pytest.fixture(scope="module")
def community() -> SimpleNamespace:
    streams = Streams(1)
    population = synthesize(PlacesParameters(), PopulationParameters(), streams)
    residents = population.residents
    chance = streams.uniform("test", -1, residents.key)
    residents.last_other[chance < 0.3] = 90
    residents.stage[chance < 0.1] = 2
    ties = build_ties(population, TiesParameters(), streams)
    ties.event_neighbour[0, 0], ties.event_neighbour[500, 0] = 500, 0
    return SimpleNamespace(places=population.places, residents=residents, ties=ties, week=104)


def state(community: SimpleNamespace) -> network_figure.State:
    return network_figure.State(community, Label(zh="邻里节", en="festival"), 7, 60)


# Files.


@pytest.fixture(scope="module")
def written(
    comparison: Comparison, community: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("figures")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns about missing glyphs and layouts that do not fit
        files = write_figures(comparison, folder / "zh", "zh", lambda: [state(community)])
    assert set(NAMES) == set(FIGURES)
    names = [*NAMES, "network"]
    assert [file.name for file in files] == [
        f"{name}.{kind}" for name in names for kind in ("png", "svg", "csv")
    ]
    return folder / "zh"


def test_every_figure_is_written_with_its_data(written: Path) -> None:
    assert len(list(written.iterdir())) == 3 * (len(FIGURES) + 1) + 1  # and the record
    for file in written.glob("*.csv"):
        data = pd.read_csv(file)
        assert len(data)
        assert set(data["status"]) == {STATUS}


def test_what_made_a_figure_is_inside_it(comparison: Comparison, written: Path) -> None:
    about = json.loads(Image.open(written / "effects.png").text["Description"])
    assert about["study_key"] == comparison.plan.key
    assert about["status"] == STATUS
    assert not {"started", "finished", "command", "workers"} & set(about)
    assert comparison.plan.key in (written / "effects.svg").read_text(encoding="utf-8")


@pytest.mark.long
def test_the_same_comparison_gives_the_same_bytes(
    comparison: Comparison,
    community: SimpleNamespace,
    written: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(figures, "NAMES", ("durations", "effects", "spread"))
    material = material_of(comparison)
    # Some are drawn by a helper process, some here
    again = write_figures(material, tmp_path, "zh", lambda: [state(community)], processes=2)
    assert len(again) == 12
    assert [file.read_bytes() for file in again] == [(written / file.name).read_bytes() for file in again]


def test_a_figure_is_drawn_again_only_if_what_it_shows_has_changed(
    comparison: Comparison,
    community: SimpleNamespace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[str] = []

    def stand_in(name: str, material: object, folder: Path, lang: str) -> list[Path]:
        drawn.append(name)
        files = [folder / f"{name}.{ending}" for ending in ("png", "svg", "csv")]
        for file in files:
            file.write_text(lang, encoding="utf-8")
        return files

    monkeypatch.setattr(drawing, "draw_one", stand_in)
    monkeypatch.setattr(
        drawing, "draw_network", lambda state, *rest: stand_in("network", *rest))

    def write(lang: str = "zh", result: Comparison = comparison) -> set[str]:
        drawn.clear()
        files = write_figures(result, tmp_path, lang, lambda: [state(community)])
        assert [file.name for file in files] == [
            f"{name}.{kind}" for name in (*NAMES, "network") for kind in ("png", "svg", "csv")]
        return set(drawn)

    everything = {*NAMES, "network"}
    assert write() == everything
    assert write() == set()
    (tmp_path / "effects.svg").unlink()
    assert write() == {"effects"}
    (tmp_path / "network.png").write_text("changed", encoding="utf-8")
    assert write() == {"network"}
    assert write("en") == everything
    (tmp_path / RECORD).write_text("torn", encoding="utf-8")
    assert write("en") == everything
    few = compare(loads(engines.SCENARIO), replicates=2, workers=1, engine=engines.engine)
    assert write("en", few) == everything


def test_provenance_leaves_out_when_and_how_fast() -> None:
    assert provenance({"study_key": "k", "started": 1}) == provenance({"study_key": "k", "started": 2})
    assert provenance({"study_key": "k"}) != provenance({"study_key": "l"})


def test_tables_keep_gaps_empty_and_lines_plain() -> None:
    assert csv_bytes(pd.DataFrame({"a": [0.5, NAN]})) == f'a,status\n0.5,"{STATUS}"\n,"{STATUS}"\n'.encode()


# Type and overlaps.


def test_chinese_is_drawn_from_the_font_we_name(comparison: Comparison) -> None:
    with look():
        figure, _ = effects.draw(material_of(comparison), "zh")
        drawn = {findfont(text.get_fontproperties(), fallback_to_default=False) for text in texts(figure)}
    assert {str(file) for file in drawn} == {str(fonts.font_file())}


def test_the_font_holds_every_sign_we_use() -> None:
    fonts.register()
    font = findfont(FontProperties(family=[fonts.FAMILY]), fallback_to_default=False)
    from matplotlib.ft2font import FT2Font

    known = FT2Font(font).get_charmap()
    assert all(ord(sign) in known for sign in "−–→≥≤×·◇↑↓—（）“”、；0核")


def test_words_need_no_matplotlib() -> None:
    code = "import sys, sim.report.summary, sim.report.terminal; assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_importing_the_font_leaves_matplotlib_as_it_was() -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    with look():
        pass
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", list(FIGURES))
def test_no_two_texts_overlap_and_none_leaves_the_page(comparison: Comparison, name: str, lang: str) -> None:
    with look(), warnings.catch_warnings():
        warnings.simplefilter("error")
        figure, _ = FIGURES[name](material_of(comparison), lang)
        no_overlap(figure)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_network_figure_has_no_overlaps(community: SimpleNamespace, lang: str) -> None:
    with look():
        figure, data = network_figure.draw([state(community)], lang, "s")
        no_overlap(figure)
    titles = {"zh": "邻里节，种子 7，第 60 周末", "en": "festival, seed 7, end of week 60"}
    assert any(titles[lang] in text.get_text() for text in texts(figure))
    assert set(data["seed"]) == {7}
    assert set(data["week"]) == {60}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_files_that_are_compared_have_a_network_each(community: SimpleNamespace, lang: str) -> None:
    other = network_figure.State(community, Label(zh="老旧小区", en="old estate"), 7, 60)
    with look():
        figure, data = network_figure.draw([state(community), other], lang, "s", files=3)
        no_overlap(figure)
    said = "\n".join(text.get_text() for text in texts(figure))
    titles = {"zh": ("邻里节，种子 7", "老旧小区，种子 7"), "en": ("festival, seed 7", "old estate, seed 7")}
    assert all(title in said for title in titles[lang])
    assert {"zh": "只画前 2 个", "en": "the first 2 are drawn"}[lang] in said
    assert data["arm"].value_counts().to_dict() == dict.fromkeys(
        ("festival", "old estate"), len(community.residents.key))


def texts(figure) -> list[Text]:
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def no_overlap(figure) -> None:
    painted = painted_texts(figure)
    renderer = figure.canvas.get_renderer()
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in painted]
    page = figure.bbox
    assert len(boxes) > 5
    for i, (text, box) in enumerate(boxes):
        assert min(box.x0 - page.x0, page.x1 - box.x1, box.y0 - page.y0, page.y1 - box.y1) > -1.0, text
        for other, against in boxes[i + 1 :]:
            wide = min(box.x1, against.x1) - max(box.x0, against.x0)
            high = min(box.y1, against.y1) - max(box.y0, against.y0)
            assert min(wide, high) < 1.0, f"{text!r} overlaps {other!r}"


def painted_texts(figure) -> list[Text]:
    """Texts that drawing really paints: ticks out of range and axes switched off have texts, too."""
    found: dict[int, Text] = {}
    paint = Text.draw

    def draw(text: Text, *args: object, **kwargs: object) -> object:
        if text.get_visible() and text.get_text().strip():
            found[id(text)] = text
        return paint(text, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        FigureCanvasAgg(figure).draw()  # settles the layout
        figure.set_layout_engine("none")
        patch.setattr(Text, "draw", draw)
        figure.canvas.draw()
    return list(found.values())


# Empty states.


def test_one_replicate_has_no_band_and_says_so(tmp_path: Path) -> None:
    result = run(tmp_path / "study", replicates=1)
    with look():
        figure, data = FIGURES["participation"](material_of(result), "zh")
    assert data["low"].isna().all()
    assert any("只有一次重复" in text.get_text() for text in texts(figure))
    assert "无法判断" in summary_markdown(result, "zh")
    material = material_of(result)
    said = findings.plain_words(material, "zh", pairs.pairs(material))
    assert said
    assert not any(word in line for line in said for word in ("提高", "降低"))


def test_without_cases_a_panel_says_so_and_the_funnel_falls_back_to_flows(tmp_path: Path) -> None:
    material = material_of(run(tmp_path / "study", replicates=2, engine=engines.without_cases))
    with look():
        figure, data = durations.draw(material, "en")
        assert not len(data)
        assert any(text.get_text() == "no case was found" for text in texts(figure))
    steps = set(funnel.table(material)["step"])
    assert {"latent", "resolved", "paper"} <= steps
    assert "open" not in steps


def test_a_single_arm_has_nothing_to_compare(tmp_path: Path) -> None:
    text = engines.SCENARIO.split("arms:")[0]
    plan = single(Source(loads(text)), None, replicates=2)
    result = do(plan, tmp_path / "study", workers=1, engine=engines.engine)
    with look():
        figure, data = effects.draw(material_of(result), "en")
    assert not len(data)
    assert any("nothing to compare" in text.get_text() for text in texts(figure))
    assert "nothing to compare" in summary_markdown(result, "en")


# What is drawn.


def test_parts_of_the_latent_bar_add_up(comparison: Comparison) -> None:
    data = funnel.table(material_of(comparison)).pivot(index="arm", columns="step", values="mean")
    parts = data[["silent", "gave_up", "open", "resolved", "paper", "escalated"]].sum(axis=1)
    assert np.allclose(parts, data["latent"])
    assert (data["potential"] > data["latent"]).all()


def test_what_is_found_is_the_sum_of_what_became_of_it(comparison: Comparison) -> None:
    data = funnel.table(material_of(comparison)).pivot(index="arm", columns="step", values="mean")
    parts = data[["gave_up", "open", "resolved", "paper", "escalated"]].sum(axis=1)
    assert np.allclose(parts, data["found"])


def test_open_cases_count_until_last_seen() -> None:
    # Kaplan–Meier by hand: 1 of 4 closes at 1, one is censored at 2, 1 of the remaining 2 closes at 3
    curve = durations.kaplan_meier([1.0, 2.0, 3.0, 4.0], [True, False, True, False])
    assert curve.hours.tolist() == [1.0, 3.0]
    assert np.allclose(curve.closed, [0.25, 1 - 0.75 * 0.5])
    assert durations.quantile(curve, 0.5) == 3.0
    assert math.isnan(durations.quantile(curve, 0.9))


def test_who_gives_up_does_not_count_as_closed(comparison: Comparison) -> None:
    material = material_of(comparison)
    cases = material.cases[material.cases["arm"] == "festival"]
    seen = cases[cases["find_work"].notna()]
    closed = seen["close_work"].notna() & (seen["status"] != "silent")
    curve = durations.curves(material, "work")["festival"]
    assert (curve.cases, curve.open) == (len(seen), int((~closed).sum()))
    assert 0 < int((seen["status"] == "silent").sum()) < curve.open


def test_a_policy_is_set_against_its_own_regime(comparison: Comparison) -> None:
    found = {(pair.arm, pair.against, pair.policy) for pair in pairs.pairs(material_of(comparison))}
    assert found == {
        ("festival", "none", True),
        ("festival_fragmented", "none_fragmented", True),
        ("none_fragmented", "none", False),
    }


# Several files.

ESTATE = """
yihe: 1
name: estate
title: {zh: 老旧小区试验, en: estate trial}
weeks: 60
warmup: 4
population: {residents: 500}
arms:
  none: {label: {zh: 无政策·一核多元, en: "no policy, one core"}}
  festival:
    label: {zh: 邻里节·一核多元, en: "festival, one core"}
    policies: [{kind: neighbour_festival, start: 8}]
"""


def of_files(tmp_path: Path, *arms: str, against: str | None = None) -> Comparison:
    """``festival:none`` and its like, arms of both files."""
    files = {"festival": loads(engines.SCENARIO), "estate": loads(ESTATE)}
    named = [Source(files[name], arm or None) for name, _, arm in (each.partition(":") for each in arms)]
    return compare(
        *named, replicates=3, workers=1, engine=engines.engine, out=tmp_path / "study", against=against)


def test_places_that_differ_are_no_effect_of_a_policy(tmp_path: Path) -> None:
    """Two communities under one regime, one with a policy: the difference is not called the policy's."""
    result = of_files(tmp_path, "festival:festival", "estate:none")
    material = material_of(result)
    assert [tuple(pair) for pair in pairs.pairs(material)] == [("festival", "none", False)]
    assert pairs.across(material) == []
    with look():
        figure, _ = effects.draw(material, "zh")
    assert any("不全相同" in text.get_text() for text in texts(figure))
    page = summary_markdown(result, "zh")
    assert "政策的作用" not in page
    assert "设定（地点、人口、经费等）不全相同" in page
    assert "settings (place, people, money …)" in summary_markdown(result, "en")
    console = Console(file=io.StringIO(), width=100)
    print_summary(result, "zh", console)
    assert "不全相同" in console.file.getvalue()  # type: ignore[attr-defined]


def test_arms_of_one_file_that_differ_by_policies_alone_make_one_pair_each_way_round(tmp_path: Path) -> None:
    result = of_files(tmp_path, "festival:festival", "festival:none", against="festival")
    material = material_of(result)
    assert [tuple(pair) for pair in pairs.pairs(material)] == [("festival", "none", True)]
    assert findings.other_settings(material, "zh") == ""


def test_money_that_differs_is_no_effect_of_a_policy_either() -> None:
    text = engines.SCENARIO.partition("targets:")[0].replace(
        "    policies: &p", "    budget.weekly: 5000\n    policies: &p")
    material = material_of(compare(loads(text), replicates=2, workers=1, engine=engines.engine))
    found = {(pair.arm, pair.against, pair.policy) for pair in pairs.pairs(material)}
    assert ("festival", "none", False) in found
    assert ("festival_fragmented", "none_fragmented", True) in found
    assert pairs.across(material) == []


def test_arms_called_alike_in_two_files_are_told_apart(tmp_path: Path) -> None:
    material = material_of(of_files(tmp_path, "festival:none", "estate:none", "estate:festival"))
    assert [arm.label.zh for arm in material.arms] == [
        "邻里节试验·无政策·一核多元", "老旧小区试验·无政策·一核多元", "邻里节·一核多元"]
    assert material.arms[1].label.en == "estate trial, no policy, one core"
    assert material.files == 3


def test_the_network_shows_an_arm_of_each_file(tmp_path: Path) -> None:
    from sim.cli_study import _pictured

    both = _pictured(of_files(tmp_path, "festival:none", "estate:festival"))
    assert [(name, label.en) for name, label in both] == [
        ("none", "festival trial (no policy, one core)"), ("festival", "estate trial (festival, one core)")]
    one = compare(loads(engines.SCENARIO), replicates=2, workers=1, engine=engines.engine)
    assert [(name, label.en) for name, label in _pictured(one)] == [("festival", "festival, one core")]


def test_files_with_arms_compared_by_their_bases_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in (("festival", engines.SCENARIO), ("estate", ESTATE)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    given = [tmp_path / "festival.yaml", f"{tmp_path / 'estate.yaml'}:none"]
    code = compare_command(
        given, replicates=2, workers=1, out=tmp_path / "out", lang="en", as_json=True, engine=engines.engine)
    out, err = capsys.readouterr()
    assert code == 0
    assert err.count("its base was run") == 1
    assert f"name one with {tmp_path / 'festival.yaml'}:none_fragmented" in err
    assert json.loads(out)["few_replicates"] is True


def test_effects_agree_with_the_study_s_contrasts(comparison: Comparison) -> None:
    material = material_of(comparison)
    effect = pairs.effect(material, pairs.Pair("festival", "none", True), "latent_disputes")
    row = comparison.contrasts.query("arm == 'festival' and outcome == 'latent_disputes'").iloc[0]
    assert effect is not None
    assert (effect.difference, effect.low, effect.relative_high) == (
        row["difference"],
        row["low"],
        row["relative_high"],
    )


def test_claims_are_drawn_by_the_ranges_they_are_decided_by(comparison: Comparison) -> None:
    data = claims.table(material_of(comparison))
    drawn = {
        (row.claim, row.arm, row.statistic): (row.must_low, row.must_high) for row in data.itertuples()}
    assert drawn == {
        ("participation", "festival", "control"): (-math.inf, 0.3),
        ("participation", "festival", "treatment"): (0.7, math.inf),
        ("disputes", "festival", "relative"): (-math.inf, -0.4),
    }
    rows = comparison.claims[comparison.claims["judged"]].set_index("claim")
    level = data.set_index(["claim", "statistic"]).loc[("participation", "treatment")]
    assert (level["simulated"], level["simulated_low"]) == tuple(
        rows.loc["participation", ["treatment", "treatment_low"]])


@pytest.mark.parametrize("reached", [True, False])
def test_a_claim_is_drawn_inside_its_range_exactly_if_it_is_reached(
    comparison: Comparison, reached: bool) -> None:
    # A level that is claimed may be missed though the ratio of its ends is passed: 10 % to 40 % is no 70 %
    row = next(r for r in claims.judged(material_of(comparison)) if r["claim"] == "participation")
    values = (0.10, 0.09, 0.11), ((0.80, 0.75, 0.85) if reached else (0.40, 0.38, 0.42))
    for name, three in zip(("control", "treatment"), values, strict=True):
        row = {**row, name: three[0], f"{name}_low": three[1], f"{name}_high": three[2]}
    made = comparison.plan.claims()[0].claim
    intervals = {name: (row[f"{name}_low"], row[f"{name}_high"]) for name in ("control", "treatment")}
    verdict = made.verdict({**intervals, "difference": (0.2, 0.4)})
    assert all(part.inside for part in claims.parts(row)) == (verdict == "reached") == reached


@pytest.mark.parametrize("change", [0.01, 0.3, 40.0])
def test_no_axis_of_relative_changes_goes_below_minus_100_percent(
    comparison: Comparison, change: float) -> None:
    data = effects.table(material_of(comparison))
    data[["relative", "relative_low", "relative_high"]] = [change, -0.9, 1.5 * change]
    low, high = effects._span(data)
    assert -1.0 <= low < 0.0 < high
    with look():
        figure, _ = effects.draw(material_of(comparison), "zh")
        painted_texts(figure)
        for ax in figure.axes:
            if "相对变化" in ax.get_xlabel():
                assert ax.get_xlim()[0] >= -1.0


def test_every_kind_of_pair_in_the_summary_has_its_column_of_effects(comparison: Comparison) -> None:
    material = material_of(comparison)
    data = effects.table(material)
    drawn = {
        kind: {(arm, against) for arm, against in zip(rows["arm"], rows["against"], strict=True)}
        for kind, rows in data.groupby("kind")}
    said = {kind: {(pair.arm, pair.against) for pair in some} for kind,
            some in pairs.by_kind(material).items()}
    assert drawn == said
    assert set(said) == {"policy", "other", "across"}
    assert said["across"] == {("festival_fragmented", "festival")}
    for lang, at in (("zh", 0), ("en", 1)):
        with look():
            figure, _ = effects.draw(material, lang)
        heads = " ".join("".join(text.get_text().split()) for text in texts(figure))
        for kind in said:
            assert "".join(pairs.HEADINGS[kind][at].split()) in heads
            assert pairs.HEADINGS[kind][at] in summary_markdown(comparison, lang)


def test_stars_mark_exactly_the_outcomes_that_decide_a_claim(comparison: Comparison) -> None:
    with look():
        figure, _ = effects.draw(material_of(comparison), "en")
    starred = {text.get_text().partition(" *")[0] for text in texts(figure) if " *" in text.get_text()}
    judged = {row["outcome"] for row in claims.judged(material_of(comparison))}
    assert {words.short_name(outcome, "en") for outcome in judged} == {s for s in starred if len(s) < 60}


def test_a_change_without_interval_is_drawn_hollow_and_said(
    comparison: Comparison, monkeypatch: pytest.MonkeyPatch) -> None:
    def hollow() -> tuple[int, bool]:
        with look():
            figure, _ = effects.draw(material_of(comparison), "zh")
            marks = [line for ax in figure.axes for line in ax.get_lines()
                     if line.get_markerfacecolor() == "white"]
            return len(marks), any("空心" in text.get_text() for text in texts(figure))

    assert hollow() == (0, False)
    bounded = effects.table(material_of(comparison))
    bounded.loc[0, ["relative_low", "relative_high"]] = NAN
    monkeypatch.setattr(effects, "table", lambda material: bounded)
    assert hollow() == (1, True)


def test_the_same_policies_are_compared_across_regimes(comparison: Comparison) -> None:
    material = material_of(comparison)
    assert pairs.across(material) == [pairs.Pair("festival_fragmented", "festival", False)]
    assert [len(some) for _, some in findings.blocks(material, "zh")] == [2, 1, 1]
    assert "改换协调方式" in summary_markdown(comparison, "zh")


def test_arms_that_lie_on_each_other_can_all_be_seen(comparison: Comparison) -> None:
    material = material_of(comparison)
    panels = participation.overall_panels(material, "en")
    assert [own for _, own in panels] == [["none", "festival"], ["festival_fragmented", "none_fragmented"]]
    same_line: dict[object, list[float]] = {}
    for arm, width in participation._widths(material).items():
        same_line.setdefault(material.styles[arm].line, []).append(width)
    assert all(len(set(widths)) == len(widths) for widths in same_line.values())


def test_a_policy_that_starts_in_week_0_is_marked_beside_the_axis(comparison: Comparison) -> None:
    from dataclasses import replace

    material = material_of(comparison)
    arms = tuple(replace(arm, starts=(0,) if arm.policies else ()) for arm in material.arms)
    material = replace(material, arms=arms)
    assert participation.starts(material, 59) == [0]
    with look():
        figure, _ = participation.draw(material, "zh")
    first = figure.axes[0]
    assert first.get_xlim()[0] < 0.0
    assert any(list(line.get_xdata()) == [0, 0] for line in first.get_lines())


def test_captions_tell_the_funnel_s_window_from_the_last_52_weeks(comparison: Comparison) -> None:
    with look():
        figure, _ = funnel.draw(material_of(comparison), "zh")
    said = "".join(text.get_text() for text in texts(figure)).replace("\n", "")
    assert "60周" in said
    assert "最后52周" in said


def test_arms_differ_by_line_or_marker_not_by_colour_alone() -> None:
    styles = arm_styles([f"arm{i}" for i in range(30)], "arm0")
    assert len({(style.line, style.marker, style.color) for style in styles.values()}) == 30
    seven = list(styles.values())[:8]
    assert len({style.color for style in seven}) == len({style.marker for style in seven}) == 8


def test_residents_lie_inside_their_buildings(community: SimpleNamespace) -> None:
    plan = floor_plan.lay_out(community.places, community.places.grids)
    left, bottom, width, height = plan.buildings[community.residents.building].T
    assert ((plan.x > left) & (plan.x < left + width) & (plan.y > bottom) & (plan.y < bottom + height)).all()
    places = np.column_stack([plan.x, plan.y])
    assert len(np.unique(places, axis=0)) == len(places)


def test_buildings_do_not_overlap(community: SimpleNamespace) -> None:
    boxes = floor_plan.lay_out(community.places, community.places.grids).buildings
    for i, (x, y, w, h) in enumerate(boxes):
        others = boxes[i + 1 :]
        apart = (
            (others[:, 0] >= x + w)
            | (others[:, 0] + others[:, 2] <= x)
            | (others[:, 1] >= y + h)
            | (others[:, 1] + others[:, 3] <= y)
        )
        assert apart.all()


def test_ties_are_drawn_once_and_not_within_households(community: SimpleNamespace) -> None:
    pairs_, event = network_figure.tie_pairs(community.ties, len(community.residents.key))
    assert (pairs_[:, 0] < pairs_[:, 1]).all()
    assert len(np.unique(pairs_[~event], axis=0)) == int(np.sum(~event))
    assert [0, 500] in pairs_[event].tolist()
    assert int(event.sum()) == int(np.sum(community.ties.event_neighbour != NO_ONE)) // 2


def test_classes_follow_age_then_taking_part_then_stage() -> None:
    residents = SimpleNamespace(
        age=np.array([10, 40, 40, 40]), stage=np.array([0, 2, 2, 0]), last_other=np.array([100, 51, 52, 103])
    )
    assert network_figure.classes(residents, 103, 4).tolist() == [-2, -1, 2, 0]  # type: ignore[arg-type]


# Words.


@pytest.mark.parametrize(
    ("low", "high", "zh", "en"),
    [
        (0.1, 0.3, "提高", "higher"),
        (-0.3, -0.1, "降低", "lower"),
        (-0.1, 0.3, "看不出差别", "no difference can be told"),
        (0.0, 0.3, "看不出差别", "no difference can be told"),
        (-0.3, 0.0, "看不出差别", "no difference can be told"),
        (0.0, 0.0, "完全相同", "exactly the same"),
        (NAN, NAN, "无法判断（重复次数不足）", "cannot be told (too few replicates)"),
    ],
)
def test_words_are_as_strong_as_the_interval(low: float, high: float, zh: str, en: str) -> None:
    assert words.direction_words(low, high, "zh") == zh
    assert words.direction_words(low, high, "en") == en
    clause = findings.clause(effect(0.2, low, high), "zh")
    assert zh in clause
    assert {word for word in ("提高", "降低") if word in clause} == {zh} & {"提高", "降低"}


def effect(difference: float, low: float, high: float) -> pairs.Effect:
    return pairs.Effect("participation_52_other", "a", "b", 0.5, 0.3, difference, low, high, NAN, NAN, NAN, 9)


def test_changes_of_shares_are_points() -> None:
    assert findings.clause(effect(-0.0512, -0.07, -0.03), "zh") == (
        "年参与率（不含自办）**降低** 5.1个百分点（95%区间 −7.0 至 −3.0）"
    )
    assert findings.clause(effect(0.0512, -0.01, 0.11), "en") == (
        "took part in 52 weeks, other events: **no difference can be told** "
        "(difference +5.1 points, 95 % interval −1.0 to +11.0)"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234.5, "1,230"),
        (12.345, "12.3"),
        (0.01234, "0.0123"),
        (0.0, "0"),
        (-3.14159, "−3.14"),
        (NAN, "—"),
    ],
)
def test_numbers_have_three_digits_and_a_true_minus(value: float, text: str) -> None:
    assert words.amount(value, "latent_disputes") == text


@pytest.mark.parametrize(
    ("three", "text"),
    [
        ((-4.436, -14.86, 5.99), ("−4", "−15", "+6")),
        ((0.0171, 0.0024, 0.0319), ("+0.017", "+0.002", "+0.032")),
        ((0.478, -0.0051, 0.96), ("+0.48", "−0.01", "+0.96")),
        ((0.088, -14.7, 14.8), ("0", "−15", "+15")),
        ((0.0, 0.0, 0.0), ("0", "0", "0")),
        ((5.0, NAN, NAN), ("+5.00", "—", "—")),
    ],
)
def test_a_value_is_as_fine_as_its_interval(
    three: tuple[float, float, float], text: tuple[str, str, str]) -> None:
    assert words.amounts(three, "latent_disputes", change=True) == text


@pytest.mark.parametrize(
    ("three", "outcome", "text"),
    [
        ((0.012, 0.0003, 0.0237), "participation_52", ("+1.2", "+0.03", "+2.4")),
        ((-1.2, -2.4, -0.004), "latent_disputes", ("−1.20", "−2.40", "−0.004")),
        ((0.01, -0.0003, 0.02), "participation_52", ("+1.0", "0.0", "+2.0")),
    ],
)
def test_no_end_reads_0_where_the_interval_leaves_0_out(
    three: tuple[float, float, float], outcome: str, text: tuple[str, str, str]) -> None:
    assert words.amounts(three, outcome, change=True) == text


def test_a_relative_end_keeps_its_first_digit() -> None:
    assert words.relatives((-0.1, -0.2, -0.0002)) == ("−10.0%", "−20.0%", "−0.02%")


def test_gaps_are_told_in_points() -> None:
    from sim.outcomes import OUTCOMES
    from sim.study.view import GAPS
    from sim.study.view import number as short

    assert {name for name in OUTCOMES if name.endswith("_gap")} == set(GAPS)
    assert short(-0.123, "age_gap") == "−12.3"
    assert words.unit_name("age_gap", "zh") == "百分点"


def test_axis_numbers() -> None:
    assert [number(x) for x in (-0.0, 1000.0, -2.5, 0.1)] == ["0", "1,000", "−2.5", "0.1"]


def test_long_lines_are_folded_at_blanks_or_between_characters() -> None:
    assert fold("one two three", 8) == "one two\nthree"
    assert fold("社区党委，居委会", 8) == "社区党\n委，居\n委会"  # and no line is left with one sign
    assert fold("short", 80) == "short"


def test_seeds_are_said_in_few_characters() -> None:
    assert seed_text([1, 2, 3, 7]) == "1–3, 7"
    assert seed_text([1, 3, 5, 7, 9]) == "1, 3, 5, 7 …"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_summary_says_all_that_it_must(comparison: Comparison, lang: str) -> None:
    text = summary_markdown(comparison, lang)
    assert words.ILLUSTRATIVE.text(lang) in text
    assert comparison.plan.key in text
    assert comparison.manifest["code_hash"] in text
    for claim in comparison.claims.to_dict("records"):
        if claim["judged"]:
            assert claim[f"label_{lang}"] in text
            assert claim[f"verdict_{lang}"] in text
            assert claim[f"claimed_{lang}"] in text
    assert ("提高" if lang == "zh" else "higher") in text
    assert ("降低" if lang == "zh" else "lower") in text


def test_intervals_by_resampling_are_marked_and_explained() -> None:
    skewed = np.array([1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 40.0])
    cell = findings.level_cell(skewed, "latent_disputes")
    plain = findings.level_cell(np.arange(10.0), "latent_disputes")
    assert (findings.RESAMPLED in cell, findings.RESAMPLED in plain) == (True, False)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_summary_says_how_intervals_were_made_and_from_how_many_seeds(
    comparison: Comparison, lang: str) -> None:
    material = material_of(comparison)
    said = findings.intervals_said(material, lang, ["1 [0, 2]† ↑"])
    assert "bootstrap-t" in said
    assert ("4 个种子" if lang == "zh" else "4 seeds") in said
    assert "bootstrap" not in findings.intervals_said(material, lang, ["1 [0, 2] ↑"])
    assert findings.intervals_said(material, lang, []) in summary_markdown(comparison, lang)


def test_every_outcome_has_a_chinese_unit() -> None:
    from sim.outcomes import OUTCOMES

    assert not [name for name, outcome in OUTCOMES.items() if outcome.unit not in words.UNITS_ZH]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [100, 160])
def test_the_terminal_page_fits_100_columns_and_loses_no_number(
    comparison: Comparison,
    lang: str,
    width: int,
) -> None:
    console = Console(width=width, record=True, file=io.StringIO())
    print_summary(comparison, lang, console)
    text = console.export_text()
    assert max(cell_len(line.rstrip()) for line in text.splitlines()) <= 100
    assert "…" not in text
    material = material_of(comparison)
    for row in findings.contrast_rows(material, lang, pairs.pairs(material)):
        assert all(cell in text for cell in row[1:])
    for row in findings.level_rows(material, lang, findings.LEVELS[:3]):
        assert all(cell in text for cell in row[1:])


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [60, 80])
def test_a_narrow_terminal_keeps_every_bracket_and_heading(
    comparison: Comparison, lang: str, width: int) -> None:
    console = Console(width=width, record=True, file=io.StringIO())
    print_summary(comparison, lang, console)
    text = console.export_text()
    assert max(cell_len(line.rstrip()) for line in text.splitlines()) <= width
    material = material_of(comparison)
    levels = findings.level_rows(material, lang, findings.LEVELS[:3])
    for row in [*levels, *findings.contrast_rows(material, lang, pairs.pairs(material))]:
        assert all(cell in text for cell in row[1:])
    assert text.count("[") == text.count("]")


@pytest.mark.parametrize(("replicates", "said"), [(2, True), (4, True), (5, False)])
def test_few_replicates_are_said_on_every_page(tmp_path: Path, replicates: int, said: bool) -> None:
    console = Console(width=100, record=True, file=io.StringIO())
    result = run(tmp_path / "study", replicates=replicates)
    print_summary(result, "zh", console)
    assert ("区间不稳" in console.export_text()) == said
    head = summary_markdown(result, "zh").partition("##")[0]
    assert ("区间不稳" in head) == said
    assert "发表前至少 20 次" in summary_markdown(result, "zh")
    assert ("区间不稳" in material_of(result).note("zh")) == said
    assert ("intervals are unsteady" in material_of(result).note("en")) == said
