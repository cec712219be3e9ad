"""Twenty browsers at once, each with its own neighbourhood: nobody is shown another's runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("needs Debian's chromium", allow_module_level=True)

from serve_lab import write_folder  # noqa: E402
from test_serve_process import served  # noqa: E402

from sim.scenario.reading import load, set_paths  # noqa: E402
from sim.simulation import simulate  # noqa: E402
from sim.vocabulary import Regime  # noqa: E402

BROWSERS = 20
REGIMES = [regime.key for regime in Regime]

ENDS = "Object.fromEntries(['a', 'b'].map((side) => [side, yihe.runs[side].header.digest]))"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("scenarios"))


@pytest.fixture(scope="module")
def pages(folder: Path) -> Iterator[list[Any]]:
    """Pages that have nothing in common but the server, all opened before any of them stands."""
    with served(folder) as (_, address), sync_api.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = []
        for _ in range(BROWSERS):
            context = browser.new_context(viewport={"width": 1024, "height": 768})
            context.add_init_script("try { localStorage.setItem('yihe-tour-taken', 'yes') } catch {}")
            opened.append(context.new_page())
        for seed, page in enumerate(opened):
            page.goto(f"{address}#s=small&a=festival&b=none&seed={seed}", wait_until="commit")
        for page in opened:
            page.wait_for_selector("#maps[data-ready=yes]", timeout=180_000)
        yield opened
        browser.close()


def expected(folder: Path, arm: str, seed: int, regime: str | None = None) -> str:
    """Digest of the run that a browser should see."""
    scenario = load(folder / "small.yaml").arm(arm)
    if regime is not None:
        scenario = set_paths(scenario, {"regime": regime}.items())
    return simulate(scenario, seed).digest


@pytest.mark.long
def test_twenty_browsers_at_once_get_their_own(pages: list[Any], folder: Path) -> None:
    """First when all open, then when all change the way of coordinating at the same moment."""
    for seed, page in enumerate(pages):
        ends = page.evaluate(ENDS)
        assert ends == {"a": expected(folder, "festival", seed), "b": expected(folder, "none", seed)}
    for seed, page in enumerate(pages):
        page.evaluate("regime => { yihe.setRegime('b', regime) }", REGIMES[seed % len(REGIMES)])
    for seed, page in enumerate(pages):
        while page.evaluate("yihe.waiting"):
            page.wait_for_timeout(100)
        regime = REGIMES[seed % len(REGIMES)]
        assert page.evaluate(ENDS) == {
            "a": expected(folder, "festival", seed), "b": expected(folder, "none", seed, regime)}
