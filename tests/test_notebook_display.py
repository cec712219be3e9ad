"""A comparison shown in a notebook: claims, effect sizes, the mark, in words no stronger than intervals."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import report_engine as engines

from sim.params import Label
from sim.scenario.reading import loads
from sim.study.compare import Comparison, compare
from sim.study.notebook import effects_html
from sim.study.view import MAIN

NAN = float("nan")


@pytest.fixture
def comparison() -> Comparison:
    return compare(loads(engines.SCENARIO), replicates=4, workers=1, engine=engines.engine)


def cells(text: str) -> list[list[str]]:
    return [[html.unescape(cell) for cell in re.findall(r"<td>(.*?)</td>", row)]
            for row in re.findall(r"<tr>(.*?)</tr>", text) if "<td>" in row]


def with_contrast(comparison: Comparison, **values: float) -> list[str]:
    """Cells of one row that holds these values."""
    row = comparison.contrasts.iloc[0].to_dict() | {"outcome": "participation_52"} | values
    comparison.__dict__["contrasts"] = pd.DataFrame([row])
    return cells(effects_html(comparison, "en"))[0]


@pytest.mark.parametrize(("lang", "words"), [
    ("zh", ("示意性，未经校准", "主张", "判定", "效应量 d_z", "种子 1–4", "提高", "完全相同")),
    ("en", ("illustrative, uncalibrated", "claim", "verdict", "effect size d_z", "seeds 1–4", "higher",
            "exactly the same")),
])
def test_the_display_holds_mark_claims_and_effect_sizes(
    comparison: Comparison, lang: str, words: tuple[str, ...],
) -> None:
    comparison.lang = lang
    text = comparison._repr_html_()
    for word in words:
        assert word in text
    for row in comparison.claims.to_dict("records"):
        assert html.escape(str(row[f"label_{lang}"])) in text
    assert text.count("<details") == len(comparison.arms) - 1
    assert text.count("<details open") == 1
    for name in ("table", "details", "tr", "td"):
        assert len(re.findall(rf"<{name}[ >]", text)) == text.count(f"</{name}>")


def test_every_main_outcome_has_its_row_with_the_numbers_of_the_contrasts(comparison: Comparison) -> None:
    rows = cells(effects_html(comparison, "en"))
    known = comparison.contrasts
    known = known[known["outcome"].isin(MAIN)]
    assert len(rows) == len(known)
    for row, found in zip(rows, known.to_dict("records"), strict=True):
        assert row[3] == ("—" if pd.isna(found["effect"]) else f"{found['effect']:+.2f}".replace("-", "−"))


@pytest.mark.parametrize(("low", "high", "p", "said"), [
    (0.01, 0.05, 0.01, "higher"), (-0.05, -0.01, 0.01, "lower"),
    (-0.01, 0.05, 0.3, "no difference can be told"), (0.01, 0.05, 0.05, "no difference can be told"),
    (0.0, 0.05, 0.01, "no difference can be told"), (0.0, 0.0, 1.0, "exactly the same"),
    (NAN, NAN, NAN, "cannot be told (too few replicates)"),
])
def test_verdicts_follow_interval_and_adjusted_p(
    comparison: Comparison, low: float, high: float, p: float, said: str,
) -> None:
    row = with_contrast(comparison, difference=0.03, low=low, high=high, p_holm=p)
    assert row[-1] == said


def test_shares_are_said_in_points_with_a_true_minus(comparison: Comparison) -> None:
    row = with_contrast(comparison, difference=-0.03, low=-0.05, high=-0.01, relative=-0.1, effect=-2.0,
                        p_holm=0.01)
    assert row[1:5] == ["−3.0 [−5.0, −1.0] points", "−10.0%", "−2.00", "0.01"]


def test_values_that_do_not_exist_are_dashes(comparison: Comparison) -> None:
    row = with_contrast(comparison, difference=NAN, low=NAN, high=NAN, relative=NAN, effect=NAN, p_holm=NAN)
    assert row[1:5] == ["—"] * 4


def test_hostile_names_are_escaped(comparison: Comparison, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "<script>alert(1)</script>"
    hostile = {arm: Label(zh=name, en=name) for arm in comparison.arms}
    monkeypatch.setattr(Comparison, "labels", property(lambda self: hostile))
    text = comparison._repr_html_()
    assert "<script" not in text
    assert html.escape(name) in text


def test_the_display_needs_no_matplotlib() -> None:
    """In a process in which it cannot be imported."""
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "import report_engine as e\nfrom sim.scenario.reading import loads\n"
        "from sim.study.compare import compare\n"
        "shown = compare(loads(e.SCENARIO), replicates=2, workers=1, engine=e.engine)._repr_html_()\n"
        "print('d_z' in shown)\n")
    here = Path(__file__).parent
    done = subprocess.run([sys.executable, "-c", f"import sys; sys.path[:0] = [{str(here)!r}]\n{code}"],
                          capture_output=True, text=True, check=False, cwd=here.parent)
    assert done.stdout.strip() == "True", done.stderr


def test_a_cell_of_a_notebook_shows_it(comparison: Comparison) -> None:
    """Through IPython's own shell and display: HTML in the front end, one line where there is none."""
    shells = pytest.importorskip("IPython.core.interactiveshell")
    shell = shells.InteractiveShell.instance()
    try:
        shell.display_formatter.active_types = shell.display_formatter.format_types  # as in a kernel
        shell.user_ns["result"] = comparison
        done = shell.run_cell("result", store_history=False)
        done.raise_error()
        shown, _ = shell.display_formatter.format(done.result)
    finally:
        shells.InteractiveShell.clear_instance()
    assert shown["text/html"] == comparison._repr_html_()
    assert shown["text/html"].startswith("<p><b>festival</b> · 示意性，未经校准")
    assert "uncalibrated" in shown["text/plain"] or "未经校准" in shown["text/plain"]
