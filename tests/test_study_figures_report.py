"""The report of a study in words: what was done, sentences no stronger than their intervals, links."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import test_study_figures_data as made
from test_study_figures_data import DISPUTES, NAN, OF, PARTICIPATION, material

from sim.report.studies import calibrated, sentences
from sim.report.studies.drawing import FIGURES, Written
from sim.report.studies.material import StudyMaterial
from sim.report.studies.report import SECTIONS, report_markdown
from sim.report.studies.tables import COLUMNS


def whole() -> StudyMaterial:
    return material({
        "design": made.GRID, "runs": made.runs(made.GRID), "contrasts": made.contrasts(), **made.influence(),
        "effects": made.effects(), "pareto": made.pareto(), "replicates": made.stopping(), **made.search(),
        **made.calibration(), **{name: t for name, t in made.prim().items() if name != "design"}})


def figure(kind: str) -> Written:
    return Written(kind, kind, f"title of {kind}", tuple(
        Path("/somewhere/figures") / f"{kind}.{end}" for end in ("png", "svg", "csv")))


def contrast(low: float, high: float, p_holm: float, point: int = -1) -> pd.DataFrame:
    row = (OF, PARTICIPATION, "festival", "baseline", point, (low + high) / 2, low, high, 0.01, p_holm, 12,
           1.0, "t")
    return pd.DataFrame([row], columns=list(COLUMNS["contrasts"]))


def test_every_kind_of_figure_has_its_section() -> None:
    assert [kind for kind, *_ in SECTIONS] == list(FIGURES)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_report_says_what_was_done_and_links_its_figures(lang: str) -> None:
    text = report_markdown(whole(), [figure(kind) for kind in FIGURES], lang)
    for words in {
        "zh": ("示意性，未经校准", "25 个设计点 × 3 个方案", "12 次重复（种子 1–12", "基线（对照）",
               "占关系比例", "yihe sweep experiments/neighbour_festival.yaml", "900 次运行",
               "`ties.atomisation`"),
        "en": ("illustrative, uncalibrated", "25 points × 3 arms", "12 seeds for each point and arm",
               "baseline (control)", "share of ties", "yihe sweep experiments/neighbour_festival.yaml",
               "900 runs", "`ties.atomisation`"),
    }[lang]:
        assert words in text
    for kind, zh, en, _ in SECTIONS:
        assert f"### {zh if lang == 'zh' else en}\n" in text
        assert f"![title of {kind}](figures/{kind}.png)" in text
        assert f"(figures/{kind}.svg)" in text
        assert f"(figures/{kind}.csv)" in text
    assert "nan" not in text
    other = ("看不出", "区间", "方案") if lang == "en" else ("cannot", "interval", "arms")
    assert not any(word in text for word in other)


def test_a_study_without_runs_has_a_report_that_says_so() -> None:
    m = material({}, seeds=(), points=0, failed=7, manifest={})
    text = report_markdown(m, [], "zh")
    assert "没有可分析的运行" in text
    assert "7 次运行失败" in text


@pytest.mark.parametrize(("low", "high", "p_holm", "words", "never"), [
    (0.01, 0.05, 0.001, "**提高** 3.0个百分点", "看不出"),
    (-0.05, -0.01, 0.001, "**降低** 3.0个百分点", "看不出"),
    (-0.01, 0.05, 0.3, "**看不出差别**", "提高"),
    (0.01, 0.05, 0.2, "但 Holm 校正后看不出差别（p=0.2）", "**看不出"),
    (0.0, 0.0, 1.0, "**完全相同**", "提高"),
    (NAN, NAN, NAN, "没有数值", "提高"),
])
def test_a_contrast_is_said_as_its_interval_and_holm_allow(
    low: float, high: float, p_holm: float, words: str, never: str) -> None:
    said = sentences.contrasts(material({"contrasts": contrast(low, high, p_holm)}), "zh")
    assert words in said[0]
    assert never not in said[0]


def test_points_are_counted_by_what_can_be_told_at_each() -> None:
    rows = [contrast(0.01, 0.05, 0.001), contrast(0.01, 0.05, 0.001, 0), contrast(-0.05, -0.01, 0.04, 1),
            contrast(0.01, 0.05, 0.2, 2), contrast(-0.01, 0.05, 0.9, 3)]
    said = sentences.contrasts(material({"contrasts": pd.concat(rows)}), "zh")
    assert len(said) == 2
    assert "4 个设计点中，1 个提高、1 个降低、2 个看不出差别" in said[1]


def test_factors_are_said_to_matter_only_if_their_interval_says_so() -> None:
    m = whole()
    for speak, table, told in (
        (sentences.sobol, "sobol", lambda rows: rows["st_low"] > 0),
        (sentences.pawn, "pawn", lambda rows: rows["pawn_low"] > rows["dummy"]),
    ):
        rows = m.tables[table]
        rows = rows[rows["of"] == OF]
        sentence = next(text for text in speak(m, "zh") if "− 基线" in text)
        strong, _, weak = sentence.partition("看不出影响：")
        assert told(rows).any()
        assert not told(rows).all()
        for factor, sure in zip(rows["factor"], told(rows), strict=True):
            assert (f"{m.factor(factor).name('zh')}" in weak.partition("；")[0]) == (not sure)
            assert sure or m.factor(factor).name("zh") not in strong


def test_without_influence_nothing_is_named() -> None:
    table = made.influence()["pawn"].assign(dummy=1.0)
    said = sentences.pawn(material({"pawn": table}), "zh")
    assert all(text.endswith("：看不出任何因子有影响") for text in said)


def test_only_effects_that_stand_after_holm_are_named_and_what_is_mixed_up_is_said() -> None:
    said = sentences.effects(material({"effects": made.effects()}), "zh")[0]
    before, _, after = said.partition("；看不出影响：")
    assert "邻里节 +6.0个百分点" in before
    assert "红色物业" not in before
    assert "红色物业" in after
    assert "此设计分不开：邻里节 = 红色物业 × 积分激励／公益兑换" in after


def test_a_box_is_a_condition_and_a_refused_one_is_not() -> None:
    tables = made.prim()
    said = calibrated.prim(material(tables), "zh")
    assert len(said) == 1
    assert "原子化（占关系比例） 0.35–0.6" in said[0]
    assert "协调方式为一核多元或居民自治" in said[0]
    assert "72% 的点属于所关注的（不加条件为 22%），占所关注的点的 55%" in said[0]
    refused = tables["prim_peeling"].assign(chosen=False)
    none = material({"prim_peeling": refused, "prim_boxes": tables["prim_boxes"].head(0)})
    assert "没有一个盒子在另一半点上比偶然更好" in calibrated.prim(none, "zh")[0]


def test_targets_missed_are_named_and_an_untested_calibration_says_so() -> None:
    table = made.calibration()["checks"]
    said = calibrated.checks(material({"checks": table}), "zh")
    assert said[0] == "用于校准的目标 3 个，相容 3 个"
    assert "不符：办结时间，基线，目标 25–35，预测 52 [44, 61] 工作小时，均值" in said
    fitted = table[table["use"] == "fit"]
    assert "没有留出的目标：校准没有经过检验" in calibrated.checks(material({"checks": fitted}), "zh")


def test_packages_that_cannot_be_told_from_the_best_are_named_with_it() -> None:
    said = calibrated.finalists(material(made.search()), "zh")
    assert said[0] == ("选出：邻里节（力度 0.8）、民生微实事／微心愿／微项目；"
                       "年参与率（不含自办） 41 [39.8, 42.2] %，政策支出 9,000 [8,820, 9,180] 元/千人/年")
    assert said[1] == ("没有显示比它差的 2 个：邻里节（力度 0.6）、楼长制（任命或发现）；"
                       "民生微实事／微心愿／微项目")
    nobody = made.search()["finalists"].assign(chosen=False)
    assert "没有选出" in calibrated.finalists(material({"finalists": nobody}), "zh")[0]


def test_a_parameter_that_data_hardly_narrow_is_said_to_be_so() -> None:
    flat = pd.DataFrame({"ties.atomisation": [i / 199 for i in range(200)], "weight": 1.0, "generation": 1,
                         "distance": 0.0})
    assert "数据几乎没有收窄" in calibrated.posterior(material({"posterior": flat}), "zh")[1]


def test_the_stop_rule_is_said_in_the_unit_of_its_outcome() -> None:
    goal = {"outcome": PARTICIPATION, "contrast": OF, "half_width": 0.01}
    text = report_markdown(material({}, goal=goal), [], "zh")
    assert "重复到“年参与率（不含自办） · 邻里节 − 基线”的区间半宽不超过 1（百分点）" in text


def test_nothing_left_is_said_as_such() -> None:
    waves = pd.DataFrame({"wave": [1, 2], "points": [100, 100], "share_left": [0.1, 0.0]})
    assert "没有剩余" in calibrated.waves(material({"waves": waves}), "zh")[0]


def test_outcomes_without_figures_of_their_own_are_named() -> None:
    m = material({}, outcomes=(PARTICIPATION, DISPUTES, "trust_core", "autonomy", "staff_load"))
    assert "社区工作者负荷" in report_markdown(m, [], "zh")
