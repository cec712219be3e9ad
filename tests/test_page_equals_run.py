"""Page and command line are one model: what the page shows is what ``yihe run`` writes, to the bit."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("needs Debian's chromium", allow_module_level=True)

from page_player_lab import ROOT, Visit  # noqa: E402
from test_serve_process import served  # noqa: E402

from sim.cli import app  # noqa: E402
from sim.outcomes import OUTCOMES  # noqa: E402

MAIN = "chaoyang_neighbour_festival"
OWN_POLICIES: list[dict[str, Any]] = [
    {"kind": "neighbour_festival", "start": 3, "end": 41, "intensity": 0.6, "weekends": 5},
    {"kind": "neighbour_covenant", "start": 12}]
OWN_CONDITIONS: dict[str, Any] = {
    "ties.atomisation": 0.35, "budget.weekly": 700.0, "population.residents": 420}


class Case(NamedTuple):
    """The same comparison in the words of the address bar and of a scenario file."""

    address: dict[str, str]
    file: dict[str, Any]
    sides: dict[str, str]
    seed: int


CASES = {
    "as it comes": Case(
        {"s": MAIN, "a": "festival", "b": "none"}, {}, {"a": "festival", "b": "none"}, 1),
    "own numbers": Case(
        {"s": MAIN, "a": "festival", "b": "none", "seed": "7", "weeks": "60", "ar": "administrative",
         "ap": json.dumps(OWN_POLICIES), "c": json.dumps(OWN_CONDITIONS)},
        {"weeks": 60, **OWN_CONDITIONS, "arms": {
            "changed": {"regime": "administrative", "policies": OWN_POLICIES}, "none": {"policies": []}}},
        {"a": "changed", "b": "none"}, 7),
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Of the real server, in a process of its own."""
    with served(ROOT / "scenarios") as (_, found):
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as engine:
        started = engine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


def written(case: Case, side: str, folder: Path) -> pd.DataFrame:
    """``series`` of ``yihe run`` for one side, a row a week."""
    file = ROOT / "scenarios" / f"{MAIN}.yaml"
    if case.file:
        tree: dict[str, Any] = {"extends": f"{MAIN}.yaml", "name": "own", "targets": []}
        for path, value in case.file.items():
            *above, key = path.split(".")
            place = tree
            for step in above:
                place = place.setdefault(step, {})
            place[key] = value
        for one in file.parent.glob("*.yaml"):
            shutil.copy(one, folder)
        file = folder / "own.yaml"
        file.write_text(yaml.safe_dump(tree), encoding="utf-8")
    out = folder / side
    done = CliRunner().invoke(app, [
        "run", str(file), "--arm", case.sides[side], "--seed", str(case.seed), "--workers", "1",
        "--out", str(out)])
    assert done.exit_code == 0, done.output
    return pd.concat([pd.read_parquet(part) for part in sorted((out / "series").glob("*.parquet"))])


def exported(visit: Visit) -> dict[tuple[str, str], np.ndarray]:
    """The page's CSV, by side and outcome."""
    visit.page.click("#open-export")
    with visit.page.expect_download() as waiting:
        visit.page.click("#export-csv")
    text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    visit.page.click("#dialog-close")
    heads, _, *rows = csv.reader(text.splitlines())
    first, own = heads.index("week") + 1, heads.index("side")
    return {
        (side, key): np.array([
            float(row[first + i]) if row[first + i] else np.nan for row in rows if row[own] == side.upper()])
        for side in "ab" for i, key in enumerate(heads[first:])}


@pytest.mark.parametrize("name", CASES)
def test_page_shows_what_the_command_line_writes(
    name: str, address: str, browser: Any, tmp_path: Path,
) -> None:
    """Both sides, every outcome, every week: drawn, exported and written numbers are the same float64.

    The share on the page itself is that number as rounded as it is shown, and the map draws as many open
    cases as the outcome counts.
    """
    case = CASES[name]
    with Visit(browser, f"{address}#{urlencode(case.address)}") as visit:
        assert visit.js("[yihe.runs.a.header.seed, yihe.runs.b.header.seed]") == [case.seed] * 2
        table = exported(visit)
        for side in case.sides:
            run = written(case, side, tmp_path)
            drawn = visit.js(f"""Object.fromEntries(yihe.runs.{side}.header.outcomes.map((o) => [o.key,
                Array.from(yihe.runs.{side}.rec.outcome(o.key), (x) => Number.isFinite(x) ? x : null)]))""")
            assert drawn.keys() == OUTCOMES.keys() <= {*run.columns}
            assert {(side, key) for key in drawn} <= table.keys()
            for key, values in drawn.items():
                expected = run[key].to_numpy(np.float64)
                assert len(expected) == run["week"].max() + 1 == len(values)
                np.testing.assert_array_equal(np.array(values, np.float64), expected, err_msg=key)
                np.testing.assert_array_equal(table[side, key], expected, err_msg=key)
            open_cases = visit.js(f"""yihe.runs.{side}.cases.weeks.map((w) =>
                w.shown.filter((c) => [1, 4].includes(c.status)).length)""")  # open, or the street's
            residents = visit.js(f"yihe.runs.{side}.rec.N")
            np.testing.assert_allclose(
                open_cases, run["backlog"] * residents / 1000, rtol=0, atol=1e-6, err_msg="cases on the map")
            for week in (0, len(run) // 2, len(run) - 1):
                visit.js(f"yihe.player.seek({week})")
                visit.until(f"yihe.player.week === {week}")
                shown = visit.page.inner_text(f'.map[data-side="{side}"] .figures')
                number = re.search(r"(\d+(?:\.(\d+))?)\s*%", shown)
                assert number is not None, shown
                exact = 100 * float(run["participation_4"].iloc[week])
                assert abs(float(number[1]) - exact) <= 0.5 * 10.0 ** -len(number[2] or "") + 1e-9
        assert visit.said == []
