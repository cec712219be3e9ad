"""What ``report.html`` is made of: text into HTML, and what an interval lets be said of help and harm."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from test_report_html import NAN, Read
from test_study_figures_data import OF, PARTICIPATION, contrasts, material

from sim.report.html import benefit
from sim.report.html.marks import Node, element, markup, parsed, sections
from sim.report.html.tables import table

# Text into HTML.


@pytest.mark.parametrize(("text", "found"), [
    ("a **b** `c` <d>", "a <strong>b</strong> <code>c</code> &lt;d&gt;"),
    ("`**a**`", "<code>**a**</code>"),
    ("** a", "** a"),
    ("'\"&", "&#x27;&quot;&amp;"),
])
def test_of_markdown_only_strong_words_and_code_are_read(text: str, found: str) -> None:
    assert markup(text) == found


def test_attributes_are_escaped() -> None:
    assert element("a", markup("x"), href='"<', aria_label="y") == '<a href="&quot;&lt;" aria-label="y">x</a>'


def test_blocks_of_a_report_are_told_apart() -> None:
    nodes = parsed(
        "# t\n\n> q\n\n## one\n\n- a\n- b\n  c\n\n| h | i |\n|---|---|\n| 1 | a\\|b |\n\n## two\n\np\nq")
    assert nodes[:2] == [Node("h1", (("t",),)), Node("quote", (("q",),))]
    one, two = sections(nodes)
    assert (one.heading, two.heading) == ("one", "two")
    assert one.nodes == (
        Node("ul", (("a",), ("b   c",))), Node("table", (("h", "i"), ("1", "a|b"))))
    assert two.nodes == (Node("p", (("p q",),)),)


def test_columns_of_numbers_stand_to_the_right() -> None:
    found = Read(table(["name", "n", "mixed"], [("a", "−3.2 [−4, −2] ↓", "1"), ("b", "—", "x")]))
    assert [a.get("class") for a in found.all("th")] == [None, "n", None]


# What can be said of help and harm.


@pytest.mark.parametrize(("outcome", "low", "high", "p", "said"), [
    ("satisfaction", 0.1, 0.2, NAN, "better"), ("satisfaction", -0.2, -0.1, NAN, "worse"),
    ("latent_disputes", 0.1, 0.2, NAN, "worse"), ("latent_disputes", -0.2, -0.1, 0.01, "better"),
    ("satisfaction", -0.1, 0.2, NAN, "untold"), ("satisfaction", 0.1, 0.2, 0.05, "untold"),
    ("satisfaction", 0.0, 0.0, NAN, "untold"), ("satisfaction", NAN, NAN, NAN, "untold"),
    ("age_gap", 0.1, 0.2, NAN, "changed"), ("unheard_of", 0.1, 0.2, NAN, "changed"),
])
def test_help_and_harm_follow_the_interval_and_the_better_direction(
    outcome: str, low: float, high: float, p: float, said: str,
) -> None:
    assert benefit.side(outcome, low, high, p) == said


def test_design_points_are_counted_by_help_and_harm_and_the_harmful_come_first() -> None:
    row = contrasts().iloc[0]
    ends = [(-1, 0.01, 0.05), (0, 0.01, 0.05), (1, -0.01, 0.05), (2, -0.05, -0.01), (3, 0.01, 0.05)]
    made = pd.DataFrame([
        {**row, "of": OF, "outcome": PARTICIPATION, "point": point, "difference": (low + high) / 2,
         "low": low, "high": high, "p": 0.001, "p_holm": 0.001} for point, low, high in ends])
    found = Read("".join(benefit.of_study(material({"contrasts": made}), "en")))
    assert "3 [1, 5] points" in found.text
    text = "".join(benefit.of_study(material({"contrasts": made}), "en"))
    assert re.findall(r'<td class="n">(\d)</td>', text.partition("</table>")[0]) == ["2", "1", "1", "0"]
    points = re.findall(r'<tr><td class="n">(\d)</td>', text.partition("<details>")[2])
    assert points == ["2", "0", "3", "1"]
