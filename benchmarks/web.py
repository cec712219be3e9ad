"""Measure the classroom page: ``python benchmarks/web.py`` prints a table, and writes it as JSON.

A headless Chromium visits a server that is started for it: from the command to a page that can be played,
from a switch to both new runs playing, frames a second over a fixed stretch, and the size of the file to take
home.
Kernels are compiled and the font is cut before anything is timed. Needs Playwright and a Chromium.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

from measuring import RESULTS, ROOT, Figure, begin, figure, row, write
from playwright.sync_api import Page, sync_playwright

SCENARIOS = str(ROOT / "scenarios")
COMMAND = [sys.executable, "-m", "sim.cli", "serve", "--no-browser", "--quiet", "--scenarios", SCENARIOS]
FESTIVAL = "chaoyang_neighbour_festival"
SIZES = {1000: {"population.residents": 1000}, 5000: {"population.residents": 5000, "places.grids": 5}}
"""Conditions of a community of that many residents."""

WINDOW = {"width": 1280, "height": 800}
UNTIMED = 5
"""Switches before those that are timed: workers start once the page stands, and load what a run needs."""
READY = "#maps[data-ready=yes]"
GOALS = {"ready": 3.0, "switch": {1000: 0.5, 5000: 3.0}, "frames": {1000: 50.0, 5000: 25.0}, "file": 8.0}

SWITCH = """async ([number, key, week, both]) => {
    const app = yihe, before = app.runs, shown = app.maps.a.run, policies = app.policies('a');
    app.player.seek(week);
    app.player.toggle(true);
    const asked = performance.now();
    if (both) app.setSeed(1000 + number);
    else app.setPolicy('a', 0, {...policies[0], [key]: number});
    const frame = () => new Promise(done => requestAnimationFrame(done));
    while (app.maps.a.run === shown) await frame();
    const drawn = app.player.frames;
    while (app.player.frames <= drawn || !app.player.playing) await frame();
    const playing = (performance.now() - asked) / 1000;
    while (app.runs === before) await frame();
    const whole = (performance.now() - asked) / 1000;
    app.player.toggle(false);
    return [playing, whole];
}"""
"""Seconds from a policy moved on the timeline, or another seed for both sides, to the first weeks of what
changed playing beside the other side, and until all weeks are there."""
KINDS = {
    "": ("start", 0, 10, False), ", both sides changed": ("start", 0, 10, True),
    ", ended where week 81 is shown": ("end", 80, 80, False),
    ", begun early while week 81 is shown": ("start", 0, 80, False)}
"""Switches: the week of the policy that moves and where it begins to move, the week shown, and whether both
sides change or one."""

FRAMES = """([view, count]) => new Promise(done => {
    const app = yihe;
    document.getElementById(`view-${view}`).click();
    app.setStretch([20, 59]);
    app.player.speed = 4;
    app.player.loop = true;
    app.player.seek(20);
    app.player.toggle(true);
    let frames = -30, start = 0;
    const tick = now => {
        frames++;
        if (frames === 0) start = now;
        if (frames < count) return requestAnimationFrame(tick);
        app.player.toggle(false);
        done((now - start) / 1000);
    };
    requestAnimationFrame(tick);
})"""
"""Seconds that so many frames take while weeks 21 to 60 play at four a second, after thirty not counted."""


@contextmanager
def served() -> Iterator[str]:
    """A server, and its address."""
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()
            server.wait(30)


@contextmanager
def page_of(browser: Any) -> Iterator[Page]:
    """An empty page of a visitor who has been here before."""
    context = browser.new_context(viewport=WINDOW, accept_downloads=True)
    context.add_init_script("try { localStorage.setItem('yihe-tour-taken', 'yes') } catch {}")
    yield context.new_page()
    context.close()


def from_command(browser: Any) -> float:
    """Seconds from the command to a page with both runs, whose play button works."""
    with page_of(browser) as page:
        start = time.perf_counter()
        with served() as url:
            page.goto(url)
            page.wait_for_selector(READY)
            seconds = time.perf_counter() - start
    return seconds


def address(url: str, conditions: dict[str, float]) -> str:
    """The festival under some conditions."""
    return f"{url}#s={FESTIVAL}&c={quote(json.dumps(conditions))}"


def file_size(page: Page) -> float:
    """Megabytes of the one file that holds everything."""
    page.click("#open-export")
    with page.expect_download() as download, tempfile.TemporaryDirectory() as folder:
        page.click("#export-html")
        target = Path(folder) / "page.html"
        download.value.save_as(target)
        size = target.stat().st_size / 1e6
    page.click("#dialog-close")
    return size


def measure(browser: Any, repeats: int, frames: int) -> list[Figure]:
    """All figures, in the order of the table."""
    figures: list[Figure] = []

    def add(name: str, unit: str, seconds: Sequence[float] | Any, goal: float | None, count: int = 0) -> None:
        figures.append(figure(name, unit, seconds, goal, count))
        print(row(figures[-1]), flush=True)

    from_command(browser)  # compiles and cuts what is not there yet
    add("from command to ready page", "s",
        lambda: [from_command(browser) for _ in range(repeats)], GOALS["ready"])
    with served() as url:
        for size, conditions in SIZES.items():
            with page_of(browser) as page:
                page.goto(address(url, conditions))
                page.wait_for_selector(READY)
                starts = count(1)
                for _ in range(UNTIMED):
                    page.evaluate(SWITCH, [next(starts), "start", 10, False])
                for kind, (key, base, week, both) in KINDS.items():
                    numbers = count(base + 1) if base else starts
                    whole: list[float] = []

                    def switched(page: Page = page, key: str = key, week: int = week, both: bool = both,
                                 whole: list[float] = whole,
                                 numbers: Iterator[int] = numbers) -> list[float]:
                        found = [
                            page.evaluate(SWITCH, [next(numbers), key, week, both]) for _ in range(repeats)]
                        whole.extend(until for _, until in found)
                        return [playing for playing, _ in found]

                    add(f"switch to playing, 2 × {size:,}{kind}", "s", switched, GOALS["switch"][size])
                    add("    until all weeks are there", "s", lambda whole=whole: whole, None)
                for view, goal in (("map", GOALS["frames"][size]), ("network", None)):
                    add(f"playing the {view}, 2 × {size:,}", "frames/s",
                        lambda page=page, view=view: [
                            page.evaluate(FRAMES, [view, frames]) for _ in range(max(3, repeats // 2))],
                        goal, frames)
                size_now = file_size(page)
                figures.append(Figure(
                    f"file to take home, 2 × {size:,} × 104 weeks", "MB", size_now, size_now, GOALS["file"],
                    None, None))
                print(row(figures[-1]), flush=True)
    return figures


def main() -> None:
    """Measure, print, write."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--repeats", type=int, default=7, help="repeats of each figure")
    parser.add_argument("--frames", type=int, default=240, help="frames of each repeat")
    parser.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("chromium-browser"))
    parser.add_argument("--out", type=Path, default=RESULTS / "web.json")
    given = parser.parse_args()
    if given.chromium is None:
        parser.error("no Chromium found: name one with --chromium")
    busy = begin()
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=given.chromium, args=["--no-sandbox"])
        figures = measure(browser, given.repeats, given.frames)
        browser.close()
    write(given.out, figures, busy, ("yihe", "numpy", "numba", "starlette", "playwright"))


if __name__ == "__main__":
    main()
