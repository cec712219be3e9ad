"""The classroom page and an axe check: contrast, names, roles and reach by keyboard, as a class sees it."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest

pytest.importorskip("axe_playwright_python")
from page_player_lab import Visit
from test_page_player import browser, recordings, site  # noqa: F401

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
DIALOGS = ("open-cards", "open-glossary", "open-export", "open-hundred", "open-help")
TOGGLES = ("tab-lesson", "tab-summary", "view-network", "present", "lang")
SELECTED = "yihe.select({side: 'a', kind: 'resident', id: yihe.runs.a.header.followed[0]})"


def violations(visit: Visit) -> list[str]:
    """What axe finds, each with the element it means."""
    found = visit.js("axe.run().then(all => all.violations)")
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("size", [(1024, 768), (390, 844)], ids=str)
def test_axe_finds_nothing(browser: Any, site: Any, size: tuple[int, int]) -> None:  # noqa: F811
    with Visit(browser, f"{site[0]}#w=12", size) as visit:
        visit.page.evaluate(AXE)
        assert violations(visit) == [], "as it opens"
        visit.js(SELECTED)
        visit.js("yihe.setPolicies('b', Array(9).fill({kind: 'red_property', start: 2}))")
        visit.page.click("#lane-b")  # only one lane has room
        for button in DIALOGS:
            visit.page.click(f"#{button}")
            assert violations(visit) == [], button
            visit.page.click("#dialog-close")
        for button in TOGGLES:
            visit.page.click(f"#{button}")
            assert violations(visit) == [], button
