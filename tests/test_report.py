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
from sim.population.parameters import PlacesParameters, PopulationParameters
from sim.population.synthesis import synthesize
from sim.report import durations, effects, figures, findings, fonts, funnel, network_figure, pairs, words
from sim.report.embed import STATUS, csv_bytes, provenance
from sim.report.figures import FIGURES, write_figures
from sim.report.material import material_of, seed_text
from sim.report.palette import arm_styles
from sim.report.style import fold, look, number
from sim.report.summary import summary_markdown
from sim.report.terminal import print_summary
from sim.rng import Streams
from sim.scenario.reading import loads
from sim.study.compare import Comparison, compare

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


# Files.


@pytest.fixture(scope="module")
def written(
    comparison: Comparison, community: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("figures")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns about missing glyphs and layouts that do not fit
        files = write_figures(comparison, folder / "zh", "zh", community)
    names = [*FIGURES, "network"]
    assert [file.name for file in files] == [
        f"{name}.{kind}" for name in names for kind in ("png", "svg", "csv")
    ]
    return folder / "zh"


def test_every_figure_is_written_with_its_data(written: Path) -> None:
    assert len(list(written.iterdir())) == 3 * (len(FIGURES) + 1)
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


def test_the_same_comparison_gives_the_same_bytes(
    comparison: Comparison,
    community: SimpleNamespace,
    written: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    some = {name: FIGURES[name] for name in ("durations", "effects", "spread")}
    monkeypatch.setattr(figures, "FIGURES", some)
    again = write_figures(material_of(comparison), tmp_path, "zh", community)
    assert len(again) == 12
    assert [file.read_bytes() for file in again] == [(written / file.name).read_bytes() for file in again]


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
        no_overlap(network_figure.draw(community, lang, "s")[0])


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
    said = findings.plain_words(material_of(result), "zh", policy=True)
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
    result = run(tmp_path / "study", replicates=2, text=text)
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


def test_claims_are_drawn_on_the_arms_they_are_about(comparison: Comparison) -> None:
    data = effects.table(material_of(comparison)).dropna(subset="claimed_relative")
    drawn = {(row.arm, row.outcome): row.claimed_relative for row in data.itertuples()}
    assert drawn == {
        ("festival", "participation_52_other"): pytest.approx(0.7 / 0.3 - 1),
        ("festival", "latent_neighbour_disputes"): -0.4,
    }


def test_arms_differ_by_line_or_marker_not_by_colour_alone() -> None:
    styles = arm_styles([f"arm{i}" for i in range(30)], "arm0")
    assert len({(style.line, style.marker, style.color) for style in styles.values()}) == 30
    seven = list(styles.values())[:8]
    assert len({style.color for style in seven}) == len({style.marker for style in seven}) == 8


def test_residents_lie_inside_their_buildings(community: SimpleNamespace) -> None:
    plan = network_figure.lay_out(community.places, community.places.grids)
    left, bottom, width, height = plan.buildings[community.residents.building].T
    assert ((plan.x > left) & (plan.x < left + width) & (plan.y > bottom) & (plan.y < bottom + height)).all()
    places = np.column_stack([plan.x, plan.y])
    assert len(np.unique(places, axis=0)) == len(places)


def test_buildings_do_not_overlap(community: SimpleNamespace) -> None:
    boxes = network_figure.lay_out(community.places, community.places.grids).buildings
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
        (1234.5, "1,234"),
        (12.345, "12.3"),
        (0.01234, "0.0123"),
        (0.0, "0"),
        (-3.14159, "−3.14"),
        (NAN, "—"),
    ],
)
def test_numbers_have_three_digits_and_a_true_minus(value: float, text: str) -> None:
    assert words.amount(value, "latent_disputes") == text


def test_axis_numbers() -> None:
    assert [number(x) for x in (-0.0, 1000.0, -2.5, 0.1)] == ["0", "1,000", "−2.5", "0.1"]


def test_long_lines_are_folded_at_blanks_or_between_characters() -> None:
    assert fold("one two three", 8) == "one two\nthree"
    assert fold("社区党委，居委会", 8) == "社区党\n委，居委\n会"
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
