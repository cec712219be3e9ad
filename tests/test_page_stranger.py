"""A stranger's first visit: open, understand, compare, explain, export, by what is written on the page alone.

Everything is pressed by its visible Chinese label or where something is drawn; only what is checked is looked
up behind the page. ``docs/classroom.md`` has the same walk in words and as many steps.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
pytest.importorskip("psutil")
from page_player_lab import ROOT, Visit
from test_page_player import browser  # noqa: F401
from test_serve_process import served

from sim.scenario.reading import load
from sim.simulation import simulate

WALK = ROOT / "docs/classroom.md"
CASE = "chaoyang_neighbour_festival.yaml"

SMALLER = "weeks: 78\nwarmup: 26\npopulation: {residents: 400}"
"""So that the many neighbourhoods are soon done."""

LIGHT = """() => {
    const m = yihe.maps.a, lay = m.layout, run = yihe.runs.a, week = yihe.player.week;
    const came = run.rec.get('resident_flags').subarray(week * run.rec.N);
    const near = i => [lay.x[i], lay.y[i]];
    const who = [...Array(run.rec.N).keys()].find(i => came[i] & 1 && run.decisionsOf.get(i)
        && m.pick(...near(i), week)?.id === i && m.pick(...near(i), week).kind === 'resident');
    return [...near(who), who];
}"""
"""Where a light with a halo stands: what an eye would pick."""


class Stranger:
    """Presses what can be read, and counts."""

    def __init__(self, visit: Visit) -> None:
        self.page, self.visit, self.steps = visit.page, visit, 0

    def press(self, label: str, *, exact: bool = True) -> None:
        self.page.get_by_role("button", name=label, exact=exact).first.click()
        self.steps += 1

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_role("combobox", name=label).first.select_option(label=option)
        self.steps += 1

    def reads(self, *texts: str) -> None:
        for text in texts:
            self.page.get_by_text(text).filter(visible=True).first.wait_for()

    def clicks(self, side: str, x: float, y: float) -> None:
        frame = self.page.locator(f'.map[data-side="{side}"] .frame').bounding_box()
        self.page.mouse.click(frame["x"] + x, frame["y"] + y)
        self.steps += 1

    def saves(self, label: str, to: Path) -> Path:
        with self.page.expect_download() as download:
            self.press(label)
        found: Path = to / download.value.suggested_filename
        download.value.save_as(found)
        return found


def series(visit: Visit, side: str, key: str = "participation_4") -> list[float]:
    found: list[float] = visit.js(f"Array.from(yihe.runs.{side}.rec.outcome('{key}'))")
    return found


def test_a_stranger_finds_the_way(browser: Any, tmp_path: Path) -> None:  # noqa: F811
    folder = tmp_path / "scenarios"
    folder.mkdir()
    shutil.copy(ROOT / "scenarios/commercial_estate.yaml", folder)
    text = (ROOT / "scenarios" / CASE).read_text(encoding="utf-8")
    (folder / CASE).write_text(f"{text}\n{SMALLER}\n", encoding="utf-8")
    with served(folder) as (_, address), Visit(browser, address, tour=True) as visit:
        me, page = Stranger(visit), visit.page

        # Open and understand: the tour says what is seen, captions say who is who.
        for _ in range(5):
            me.reads("一分钟导览")
            me.press("下一步")
        me.press("完成")
        me.reads("邻里节·一核多元", "无政策·一核多元", "示意性，未经校准", "只看一次")

        # Compare: play, and see the curves part.
        page.get_by_role("slider", name="速度").press("End")
        me.steps += 1
        me.press("播放")
        visit.until("yihe.player.week >= 40", 30)
        me.press("暂停")
        week = visit.js("yihe.player.week")
        a, b = series(visit, "a"), series(visit, "b")
        assert max(abs(p - q) for p, q in zip(a[:week], b[:week], strict=True)) > 0.1
        assert a == pytest.approx(
            simulate(load(folder / CASE).arm("festival"), 1).series["participation_4"].tolist(), abs=0)

        # What if from here? A policy in B, in the week that is shown; what was stays as it was.
        me.choose("乙 ＋ 加一项政策…", "民生微实事／微心愿／微项目")
        me.reads(f"前{week}周与刚才相同")
        assert visit.js("yihe.player.week") == week
        changed = series(visit, "b")
        assert changed[:week] == b[:week]
        assert changed != b
        me.press("播放")
        visit.until("yihe.player.week === yihe.weeks - 1", 30)
        assert visit.js("document.querySelector('.plot .cover').clientWidth <= 8")

        # Explain: a light and an institution tell their stories.
        x, y, who = visit.js(LIGHT)
        me.clicks("a", x, y)
        assert visit.js("yihe.state.selected.id") == who
        me.reads("推动参加的", "阻拦参加的")
        x, y = visit.js("[yihe.maps.a.layout.institutions[1].x, yihe.maps.a.layout.institutions[1].y]")
        me.clicks("a", x, y)
        me.reads(visit.js("yihe.runs.a.institution(1)"), "本周办结")

        # Not from one run: many neighbourhoods, and the verdict under the curves.
        me.press("看百个社区")
        me.choose("重复次数", "10")
        me.press("开始")
        me.reads("10个社区中")
        me.press("关闭")
        me.reads("就这个指标，甲的做法有帮助", "只重复了10次", "这次运行里看得到的")

        # Export: a picture, the numbers, and the page itself.
        me.press("导出")
        picture = me.saves("图片 PNG", tmp_path)
        numbers = me.saves("数据 CSV", tmp_path)
        whole = me.saves("一个网页文件 HTML", tmp_path)
        assert picture.read_bytes().startswith(b"\x89PNG")
        with numbers.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["side"] == "B"]
        assert [float(row["participation_4"]) for row in rows] == changed
        assert visit.said == []
        assert all(url.startswith((address, "blob:", "data:")) for url in visit.requests)
    with Visit(browser, whole.as_uri()) as visit:
        visit.page.get_by_role("button", name="播放", exact=True).click()
        assert series(visit, "b") == changed
        assert visit.said == []
    told = re.search(r"\*\*(\d+) steps\*\*", WALK.read_text(encoding="utf-8"))
    assert told is not None
    assert int(told[1]) == me.steps, json.dumps(me.steps)
