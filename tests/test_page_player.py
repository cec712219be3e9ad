"""The classroom page in headless Chromium: it shows what was recorded, and asks nobody else.

The page is served by a few lines here with the server's own headers, so that the player is tested alone: two
recordings of a small community are made once, and every request the page makes is kept.
"""

from __future__ import annotations

import csv
import json
import math
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("needs Debian's chromium", allow_module_level=True)

from page_player_lab import POLICIES, ROOT, Site, Visit, serving  # noqa: E402

from sim.recording import Recording, record_arms  # noqa: E402
from sim.recording.contents import ARRAYS  # noqa: E402
from sim.recording.names import Names  # noqa: E402
from sim.recording.stories import reasons  # noqa: E402
from sim.report.words import unit_name  # noqa: E402
from sim.results import summarise  # noqa: E402
from sim.scenario.reading import load, set_paths  # noqa: E402

SIZES = ((1024, 768), (1920, 1080), (390, 844))


@pytest.fixture(scope="module")
def recordings() -> dict[str, Recording]:
    base = load(ROOT / "scenarios/chaoyang_neighbour_festival.yaml")
    small = set_paths(base, {"population.residents": 300, "weeks": 30, "warmup": 52}.items())
    festival = set_paths(small.arm("festival"), {"policies": POLICIES}.items())
    return dict(record_arms({"festival": festival, "none": small.arm("none")}, 3))


@pytest.fixture(scope="module")
def site(recordings: dict[str, Recording]) -> Iterator[tuple[str, Site]]:
    with serving(recordings) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as engine:
        started = engine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


def test_the_player_reads_every_array_as_python_does(
    browser: Any,
    site: tuple[str, Site],
    recordings: dict[str, Recording],
) -> None:
    """Every array entry by entry (as sums weighted by place), and every outcome to the last bit."""
    with Visit(browser, site[0]) as visit:
        for side, arm in (("a", "festival"), ("b", "none")):
            mine = recordings[arm]
            found = visit.js(f"""Object.fromEntries(
                Object.entries(yihe.runs.{side}.rec.arrays).map(([k, v]) => [k, [
                    v.length, v.reduce((p, x, i) => p + (Number.isFinite(x) ? x : 0) * (i % 97 + 1), 0),
                ]]))""")
            assert found.keys() == ARRAYS.keys()
            for name, (length, total) in found.items():
                values = np.nan_to_num(np.asarray(mine.array(name), dtype=np.float64).ravel())
                assert length == values.size, name
                assert total == pytest.approx(
                    float(np.sum(values * (np.arange(values.size) % 97 + 1))), rel=1e-9
                ), name
            for key, series in mine.outcomes.items():
                shown = visit.js(
                    f"Array.from(yihe.runs.{side}.rec.outcome({key!r}), x => Number.isFinite(x) ? x : null)"
                )
                assert shown == [float(x) if np.isfinite(x) else None for x in series], key


def test_nothing_leaves_the_machine_and_the_console_is_clean(browser: Any, site: tuple[str, Site]) -> None:
    with Visit(browser, site[0]) as visit:
        visit.js("yihe.player.speed = 32; yihe.player.toggle(true)")
        visit.until("yihe.player.week === yihe.weeks - 1 && !yihe.player.playing")
        for button in ("open-cards", "open-glossary", "open-help", "open-export", "open-hundred"):
            visit.page.click(f"#{button}")
            visit.page.click("#dialog-close")
        for button in ("ties", "zoom-in", "tab-summary", "present", "lang"):
            visit.page.click(f"#{button}")
        visit.js("yihe.select({side: 'a', kind: 'institution', id: 0})")
        assert all(url.startswith((site[0], "blob:", "data:")) for url in visit.requests)
        assert visit.said == []


MISPLACED = """() => {
    const seen = e => e.checkVisibility() && e.getBoundingClientRect().width > 0;
    const bad = [];
    if (document.documentElement.scrollWidth > innerWidth) bad.push('the page scrolls sideways');
    const told = 'button, label, legend, h1, h2, .figures, .week, .legend li, .now';
    for (const e of document.querySelectorAll(told))
        if (seen(e) && !e.matches('.bar, .icon') && e.scrollWidth > e.clientWidth + 1
            && getComputedStyle(e).display !== 'inline') bad.push('clipped: ' + e.textContent);
    const all = document.querySelectorAll('.top, .panel, .map, .legendbar, .chart, .box, .transport');
    const parts = [...all].filter(seen), box = e => e.getBoundingClientRect();
    const over = (p, q) => p.left < q.right - 1 && q.left < p.right - 1
        && p.top < q.bottom - 1 && q.top < p.bottom - 1;
    const phone = innerWidth <= 820;  // where the transport stays put and the page scrolls behind it
    parts.forEach((p, i) => parts.slice(i + 1).forEach(q => {
        if (phone && (p.matches('.transport') || q.matches('.transport'))) return;
        if (over(box(p), box(q))) bad.push(p.className + ' over ' + q.className);
    }));
    for (const e of parts) {
        const r = e.getBoundingClientRect();
        if (!phone && (r.bottom > innerHeight + 1 || r.right > innerWidth + 1))
            bad.push('outside: ' + e.className);
    }
    const line = document.getElementById('timeline'), less = line.scrollHeight - line.clientHeight;
    if (less > 1) bad.push('timeline cut by ' + less);
    const map = document.querySelector('.frame').getBoundingClientRect();
    if (map.height < 200) bad.push('map only ' + map.height);
    return bad;
}"""


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_nothing_is_clipped_or_overlaps(browser: Any, site: tuple[str, Site], size: tuple[int, int]) -> None:
    """No sideways scrolling, no label wider than its box, no two parts of the page on each other."""
    with Visit(browser, f"{site[0]}#w=12", size) as visit:
        for button in ("", "present", "lang", "present"):
            if button:
                visit.page.click(f"#{button}")
            visit.page.wait_for_timeout(100)
            assert visit.js(MISPLACED) == [], button
            visit.js("yihe.select({side: 'a', kind: 'resident', id: yihe.runs.a.header.followed[0]})")
            assert visit.js(MISPLACED) == [], f"{button}, with a story"
            visit.js("yihe.select(null)")
        if size == (390, 844):
            both_sides_bars_are_there(visit, site[1])
        elif size == (1024, 768):
            a_low_window_scrolls(visit)


def both_sides_bars_are_there(visit: Visit, made: Site) -> None:
    """Four policies on each side of a phone: one lane at a time, whole, chosen by two buttons, and moved."""
    red = {"kind": "red_property", "start": 2}
    four = [*POLICIES, red, {**red, "id": "two"}]
    for side in "ab":
        visit.js("([side, all]) => yihe.setPolicies(side, all)", [side, four])
    visit.until("!document.body.hasAttribute('aria-busy')")
    for side, other in ("ba", "ab", "ba"):
        visit.page.click(f"#lane-{side}")
        assert visit.js("document.activeElement.id") == f"lane-{side}"
        assert visit.page.get_attribute(f"#lane-{side}", "aria-pressed") == "true"
        assert visit.page.locator(f".lane.{side} .bar").count() == 4
        assert visit.page.locator(f".lane.{other} .bar").count() == 0
        assert visit.js(MISPLACED) == []
    visit.page.locator(".lane.b .bar").nth(2).press("ArrowRight")
    with visit.page.expect_response("**/api/compare"):
        pass
    body = made.asked[-1][1]
    assert body["b"]["policies"][2]["start"] == 3
    assert body["a"]["policies"][2]["start"] == 2


def a_low_window_scrolls(visit: Visit) -> None:
    """Where the window is too low for all parts, the lowest can be scrolled to, above the transport."""
    visit.page.set_viewport_size({"width": 1024, "height": 600})
    low, top = visit.js("""() => {
        const last = [...document.querySelectorAll('.centre .box')].filter(e => e.checkVisibility()).pop();
        document.querySelector('.centre').scrollTop = 1e6;
        const [own, below] = [last, document.querySelector('.transport')].map(e => e.getBoundingClientRect());
        return [own.bottom, below.top];
    }""")
    assert low <= top + 1


def test_what_is_clicked_is_told(browser: Any, site: tuple[str, Site]) -> None:
    """A click on a light, a desk or a case chooses just that one, also when the map is zoomed and moved."""
    with Visit(browser, f"{site[0]}#w=20") as visit:
        frame = visit.page.locator('.map[data-side="b"] .frame').bounding_box()
        for zoom in (1, 4):
            visit.js(f"yihe.maps.b.reset(); yihe.maps.b.zoomAt({zoom}, 150, 120); yihe.player.dirty = true")
            x, y, who = visit.js("""() => {
                const m = yihe.maps.b, run = yihe.runs.b, lay = m.layout;
                const flags = run.rec.get('resident_flags');
                const at = i => [lay.x[i] * m.zoom + m.dx, lay.y[i] * m.zoom + m.dy, i];
                const alone = (x, y, i) => m.pick(x, y, 19)?.kind === 'resident' && m.pick(x, y, 19).id === i;
                return [...Array(run.rec.N).keys()].map(at).find(([x, y, i]) => x > 20 && y > 60
                    && x < lay.w - 20 && y < lay.h - 60 && flags[19 * run.rec.N + i] & 4 && alone(x, y, i));
            }""")
            visit.page.mouse.move(frame["x"] + x, frame["y"] + y)
            assert visit.page.locator('.map[data-side="b"] .tip').is_visible()
            visit.page.mouse.click(frame["x"] + x, frame["y"] + y)
            assert visit.js("yihe.state.selected") == {"side": "b", "kind": "resident", "id": who}
        visit.js("yihe.maps.b.reset()")
        x, y = visit.js("[yihe.maps.b.layout.institutions[1].x, yihe.maps.b.layout.institutions[1].y]")
        visit.page.mouse.click(frame["x"] + x, frame["y"] + y)
        assert visit.js("yihe.state.selected") == {"side": "b", "kind": "institution", "id": 1}
        assert visit.js("yihe.runs.b.institution(1)") in visit.page.inner_text("#story")


def test_english_leaves_no_chinese(browser: Any, site: tuple[str, Site]) -> None:
    with Visit(browser, f"{site[0]}#lang=en&w=20") as visit:
        text = visit.js("document.body.innerText.replace(document.getElementById('lang').textContent, '')")
        assert [c for c in text if "\u4e00" <= c <= "\u9fff"] == []
        assert visit.js("document.documentElement.lang") == "en"


def test_playing_stepping_scrubbing_and_keys(browser: Any, site: tuple[str, Site]) -> None:
    with Visit(browser, f"{site[0]}#w=5") as visit:
        week = "yihe.player.week"
        assert visit.js(week) == 4
        for key, expected in (
            ("ArrowRight", 5),
            ("ArrowLeft", 4),
            ("End", 29),
            ("Home", 0),
            ("PageDown", 13),
        ):
            visit.page.keyboard.press(key)
            assert visit.js(week) == expected
        visit.page.keyboard.press(" ")
        visit.until("yihe.player.week > 14")
        visit.page.keyboard.press(" ")
        assert not visit.js("yihe.player.playing")
        ruler = visit.page.locator(".ruler").bounding_box()
        visit.page.mouse.click(ruler["x"] + ruler["width"] * 0.5, ruler["y"] + 5)
        assert visit.js(week) == 15
        visit.js(
            "yihe.player.loop = true; yihe.setStretch([3, 6]); yihe.player.speed = 32;"
            "yihe.player.toggle(true)"
        )
        visit.page.wait_for_timeout(500)
        assert 3 <= visit.js(week) <= 6
        assert visit.js("yihe.player.playing")


def test_a_dragged_policy_is_asked_for_anew(browser: Any, site: tuple[str, Site]) -> None:
    """Exactly the dragged bar changes, by the weeks it was dragged; the other arm is asked for as it was."""
    with Visit(browser, site[0]) as visit:
        site[1].asked.clear()
        bar = visit.page.locator(".lane.a .bar").nth(1)
        box = bar.bounding_box()
        step = visit.page.locator(".lane.a .bars").bounding_box()["width"] / 30
        visit.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 5)
        visit.page.mouse.down()
        visit.page.mouse.move(box["x"] + box["width"] / 2 + 3 * step, box["y"] + 5, steps=4)
        with visit.page.expect_response("**/api/compare"):
            visit.page.mouse.up()
        path, body = site[1].asked[-1]
        assert path == "/api/compare"
        assert body["a"] == {
            "arm": "festival",
            "policies": [POLICIES[0], {**POLICIES[1], "start": 7, "end": 23}],
        }
        assert body["b"] == {"arm": "none"}
        assert not visit.page.locator("#dialog").is_visible()
        # A bar stays in its row while it is dragged and after, though it now begins after the other.
        visit.until("!document.body.hasAttribute('aria-busy')")
        rows = """[...document.querySelectorAll('.lane.a .bar .name')]
            .map(e => [e.textContent, e.parentElement.offsetTop])"""
        before = visit.js(rows)
        box = visit.page.locator(".lane.a .bar").nth(0).bounding_box()
        visit.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 5)
        visit.page.mouse.down()
        visit.page.mouse.move(box["x"] + box["width"] / 2 + 10 * step, box["y"] + 5, steps=4)
        assert visit.js(rows) == before
        with visit.page.expect_response("**/api/compare"):
            visit.page.mouse.up()
        visit.until("!document.body.hasAttribute('aria-busy')")
        assert visit.js("yihe.policies('a').map(p => p.start)") == [10, 7]
        assert visit.js(rows) == before


def test_the_story_gives_the_terms_of_the_decision(
    browser: Any,
    site: tuple[str, Site],
    recordings: dict[str, Recording],
) -> None:
    """Chance and reasons of the latest decision are those that Python names, in its words and order."""
    mine = recordings["festival"]
    row = len(mine.array("decision_week")) // 2
    who = int(mine.array("decision_resident")[row])
    own = np.flatnonzero(np.asarray(mine.array("decision_resident")) == who)
    last = own[-1]
    told = reasons(mine, int(last), Names(mine, "zh"))
    terms = mine.header["scales"]["decision_terms"] * mine.array("decision_terms")[:, last].astype(float)
    logits = mine.header["scales"]["decision_total"] * float(mine.array("decision_total")[last])
    chance = Names(mine, "zh").chance(1 / (1 + math.exp(-logits)))
    with Visit(browser, f"{site[0]}#w=30&at=a.resident.{who}") as visit:
        text = visit.page.inner_text("#story")
        assert f"第{int(mine.array('decision_week')[last]) + 1}周" in text
        assert f"若听说，愿意来的可能性{chance}。" in text
        for side, said in zip(("for", "against"), told, strict=True):
            line = visit.page.locator(f"#story > .terms .{side}").inner_text().partition("：")[2]
            assert re.findall(r"(?:^|；)(.+?) \([+−]", line) == said
        assert told[0] or told[1], terms
        # Nothing of ladder, trust or decisions is told of a child or an empty home.
        flags, ages = mine.array("resident_flags")[29], mine.array("resident_age")
        for nobody, words in ((ages < 18) & (flags & 4 > 0), "未成年人"), (flags & 4 == 0, "未入住"):
            if nobody.any():
                visit.js(f"yihe.select({{side: 'a', kind: 'resident', id: {int(nobody.argmax())}}})")
                text = visit.page.inner_text("#story")
                assert words in text
                assert "信任" not in text
                # It is the adults of a household who own or rent.
                assert bool(re.search("(业主|租户)家庭成员", text)) == bool(ages[nobody.argmax()] < 18)
        # Of a case's two parties each has its line, which begins with what it is.
        two = int((mine.array("case_other") >= 0).argmax())
        assert mine.array("case_other")[two] >= 0
        visit.js(f"yihe.select({{side: 'a', kind: 'case', id: {two}}})")
        lines = visit.js("""[...document.querySelectorAll('#story .party')].map(e => {
            const [word, who] = [...e.children].map(part => part.getBoundingClientRect().top);
            return [e.textContent.split('：')[0], Math.abs(word - who) < 3];
        })""")
        assert lines == [["当事人", True], ["对方", True]]


def test_the_address_carries_the_state(browser: Any, site: tuple[str, Site]) -> None:
    policies = json.dumps([{"kind": "red_property", "start": 3}])
    with Visit(
        browser,
        f"{site[0]}#w=9&by=age&ties=1&speed=8&a=none&b=festival&br=administrative&bp={policies}&c=%7B%22budget.weekly%22%3A5%7D",
    ) as visit:
        _, body = site[1].asked[-1]
        assert body["a"] == {"arm": "none"}
        assert body["conditions"] == {"budget.weekly": 5}
        assert body["b"] == {"arm": "festival", "regime": "administrative", "policies": json.loads(policies)}
        visit.page.keyboard.press("ArrowRight")
        visit.until("location.hash.endsWith('w=10')")
        again = visit.js("location.hash")
    with Visit(browser, site[0] + again) as visit:
        assert visit.js("[yihe.player.week, yihe.state.attribute, yihe.state.ties, yihe.player.speed]") == [
            9,
            "age",
            True,
            8,
        ]


def test_a_guess_is_compared_with_what_came_out(
    browser: Any,
    site: tuple[str, Site],
    recordings: dict[str, Recording],
) -> None:
    """The class votes before, the page judges after; curves stay covered until they were played."""
    a, b = (float(np.mean(recordings[arm].outcomes["participation_4"])) for arm in ("festival", "none"))
    right = "a" if a > b else "b"
    assert abs(a - b) > 0.05 * max(a, b)
    with Visit(browser, site[0] + "#lesson=1") as visit:
        assert visit.js("document.querySelector('.plot .cover').clientWidth > 100")
        visit.page.fill(f"#bet-participation_4-{right} ~ input", "31")
        visit.page.fill("#bet-participation_4-equal ~ input", "9")
        visit.js("yihe.player.seek(29)")
        visit.page.click("#pane-lesson .steps li:nth-child(4) button")
        assert "猜对了" in visit.page.locator(".verdict", has_text="月参与率").inner_text()
        assert visit.js("document.querySelector('.plot .cover').clientWidth <= 8")
        visit.page.reload()
        visit.page.wait_for_selector("#maps[data-ready=yes]")
        visit.page.click("#pane-lesson .steps li:nth-child(2) button")
        assert visit.page.input_value(f"#bet-participation_4-{right} ~ input") == "31"
        visit.page.fill("#bet-participation_4-equal ~ input", "31")
        visit.js("yihe.player.seek(29)")
        visit.page.click("#pane-lesson .steps li:nth-child(4) button")
        said = visit.page.locator(".verdict", has_text="月参与率").inner_text()
        assert "票数相同" in said
        assert "猜" not in said.replace("预测", "")


def test_many_seeds_are_shown_as_shares(browser: Any, site: tuple[str, Site]) -> None:
    with Visit(browser, site[0]) as visit:
        visit.page.click("#open-hundred")
        visit.page.select_option("#hundred-n", "10")
        visit.page.click("#hundred-run")
        visit.page.wait_for_selector(".one .bands")
        said = visit.page.inner_text(".hundred")
        assert "10个社区中，甲更好的有7个（70%）" in said
        # One name and unit here, under the curves and in the table: the server's.
        named = f"未决件（{unit_name('backlog', 'zh')}）"
        assert named in said
        assert f"+0.100 [+0.050, +0.150] {unit_name('backlog', 'zh')}" in said
        assert any(line.startswith(named) for line in visit.js("yihe.curves.summary(3)"))
        assert site[1].asked[-1][1]["seeds"] == 10


def test_the_verdict_is_of_many_seeds_and_never_of_one(
    browser: Any,
    site: tuple[str, Site],
    recordings: dict[str, Recording],
) -> None:
    """Known answers of the rule, and what stands under the curves before and after many seeds were run.

    What one run comes to is every outcome's own summary, as Python has it.
    """
    cases = [  # better, low, high, equal of 10 seeds, verdict
        ("more", 0.1, 0.3, 0, "helps"), ("more", -0.3, -0.1, 0, "harms"), ("less", 0.1, 0.3, 0, "harms"),
        ("less", -0.3, -0.1, 0, "helps"), ("more", -0.1, 0.3, 0, "nothing"), ("more", 0.0, 0.3, 0, "nothing"),
        ("neither", 0.1, 0.3, 0, "neither"), ("less", None, None, 0, "nothing"),
        ("more", 0.0, 0.0, 10, "same")]
    bands = [  # low, high by week, first week from which zero stays out
        ([0, 1, -1, 1, 2], [2, 2, 1, 2, 3], 3), ([1, 1], [2, 2], 0), ([1, -1], [2, 2], -1),
        ([None, -3], [None, -1], 1)]
    with Visit(browser, f"{site[0]}#w=30") as visit:
        found = visit.js(
            """async ([cases, bands]) => {
                const {verdict, since} = await import('/static/js/verdict.js');
                return [cases.map(([better, low, high, equal]) => verdict({n: 10, equal, better,
                    difference: {low, high}})), bands.map(([low, high]) => since({low, high}))];
            }""",
            [cases, bands])
        assert found == [[case[-1] for case in cases], [band[-1] for band in bands]]
        levels = visit.js("""async () => {
            const {lastYear} = await import('/static/js/lastyear.js');
            const all = yihe.runs.a.header.outcomes.map((o) => [o.key, lastYear(yihe, o.key, 29).a]);
            return Object.fromEntries(all.map(([key, v]) => [key, Number.isFinite(v) ? v : null]));
        }""")
        for key, series in recordings["festival"].outcomes.items():
            expected = summarise(key, series[:30])
            assert levels[key] == (pytest.approx(expected, rel=1e-12) if np.isfinite(expected) else None), key
        says = visit.page.locator("#verdict")
        assert "只看一次，分不清" in says.inner_text()
        assert "有帮助" not in says.inner_text()
        visit.page.get_by_role("button", name="看百个社区").click()
        visit.page.click("#hundred-run")
        visit.page.wait_for_selector(".one .bands")
        visit.page.click("#dialog-close")
        said = "甲的做法有帮助：10个社区里有7个是甲更好，平均+10.0个百分点"
        assert said in says.inner_text()
        visit.js("yihe.setSeed(4)")  # other runs: what many seeds said no longer holds
        visit.until("!document.body.hasAttribute('aria-busy')")
        assert "有帮助" not in says.inner_text()


def test_what_is_exported_holds(
    browser: Any,
    site: tuple[str, Site],
    recordings: dict[str, Recording],
    tmp_path: Path,
) -> None:
    """Pictures, film and table are what they say; the one file plays by itself and asks for nothing."""
    with Visit(browser, f"{site[0]}#w=12&stretch=10-13&speed=8") as visit:
        visit.page.click("#open-export")
        for kind in ("png", "svg", "csv", "webm", "html"):
            with visit.page.expect_download() as download:
                visit.page.click(f"#export-{kind}")
            download.value.save_as(tmp_path / f"out.{kind}")
        assert visit.said == []
        kinds = visit.js("yihe.policies('a').map(p => p.kind)")
        assert kinds != sorted(kinds)
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "out.webm").read_bytes().startswith(b"\x1a\x45\xdf\xa3")
    assert len(list(ElementTree.parse(tmp_path / "out.svg").iter())) > 300
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as table:
        names, *rows = csv.DictReader(table)
    assert names["backlog"] == "未决件（件/千人）"
    assert all("未经校准" in row["status"] and "uncalibrated" in row["status"] for row in (names, *rows))
    series = recordings["festival"].outcomes["backlog"]
    assert [float(row["backlog"]) for row in rows if row["side"] == "A"] == [float(x) for x in series]
    file = tmp_path / "out.html"
    with Visit(browser, file.as_uri()) as visit:
        assert visit.js("yihe.player.week") == 11
        assert visit.js("yihe.policies('a').map(p => p.kind)") == kinds, "in the order of the page"
        visit.page.click("#play")
        visit.until("yihe.player.week > 11")
        visit.page.click("#lang")
        assert [url for url in visit.requests if not url.startswith(("file:", "data:", "blob:"))] == []
        assert len([url for url in visit.requests if url.startswith("file:")]) == 1
        assert visit.said == []


def test_the_first_visit_is_shown_round(browser: Any, site: tuple[str, Site]) -> None:
    with Visit(browser, site[0], tour=True) as visit:
        for _ in range(6):
            assert visit.page.is_visible("#tour")
            visit.page.click("#tour .primary")
        assert not visit.page.is_visible("#tour")
        visit.page.reload()
        visit.page.wait_for_selector("#maps[data-ready=yes]")
        assert not visit.page.is_visible("#tour")
