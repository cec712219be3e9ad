"""The first weeks of a changed run play before the rest is there, and are what the whole run shows.

The server's answer is handed to the page piece by piece, so that each moment in between can be looked at.
"""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("needs Debian's chromium", allow_module_level=True)

from page_player_lab import POLICIES, ROOT, Site, Visit, serving  # noqa: E402

from sim.recording import Recording, record_arms, record_in_parts  # noqa: E402
from sim.scenario.reading import load, set_paths  # noqa: E402
from sim.scenario.schema import Scenario  # noqa: E402
from sim.web.pair import FIRST, REFUSED, WHOLE, frame  # noqa: E402

WEEKS, AHEAD = 40, 16

HELD = """() => {
    const real = window.fetch;
    window.fetch = (where, what) => {
        if (!String(where).endsWith('api/compare')) return real(where, what);
        yihe.wanted = JSON.parse(what.body);
        return Promise.resolve(new Response(new ReadableStream({ start: (to) => (yihe.answer = to) })));
    };
}"""
"""From now on the answer to a comparison is what the test says."""

SENT = """([text, size]) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    for (let at = 0; at < bytes.length; at += size) yihe.answer.enqueue(bytes.slice(at, at + size));
}"""

SHOWN = """() => ({
    map: yihe.maps.a.run.rec.W, all: yihe.runs.a.rec.W, week: yihe.player.week, playing: yihe.player.playing,
    ahead: Boolean(yihe.ahead), waiting: yihe.waiting,
    new: yihe.maps.a.run.header.policies.find((p) => p.kind === 'neighbour_festival').start,
    figures: document.querySelector('.map[data-side=a] .figures').textContent,
})"""


def _arms() -> dict[str, Scenario]:
    base = load(ROOT / "scenarios/chaoyang_neighbour_festival.yaml")
    small = set_paths(base, {"population.residents": 200, "weeks": WEEKS, "warmup": 12}.items())
    festival = set_paths(small.arm("festival"), {"policies": POLICIES}.items())
    return {"festival": festival, "none": small.arm("none")}


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    """The changed run: its first weeks and the whole, and the other side as it was."""
    later = {"policies": [{**POLICIES[0], "start": 2}, POLICIES[1]]}
    first, whole = record_in_parts(set_paths(_arms()["festival"], later.items()), 3, first=AHEAD)
    return {"first": first.to_bytes(), "whole": whole.to_bytes()}


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[str, Site]]:
    recordings: dict[str, Recording] = dict(record_arms(_arms(), 3))
    with serving(recordings) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as engine:
        started = engine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


class Held(Visit):
    """A visit in which the answer to the next comparison comes when it is sent."""

    def switch(self, week: int = 3) -> None:
        self.js(HELD)
        self.js(f"yihe.player.seek({week})")
        self.js("yihe.setPolicy('a', 0, {...yihe.policies('a')[0], start: 2})")

    def send(self, *frames: bytes) -> None:
        self.js(SENT, [base64.b64encode(b"".join(frames)).decode(), 70001])

    def shown(self) -> dict[str, Any]:
        said: dict[str, Any] = self.js(SHOWN)
        return said


def _other(site: Site) -> bytes:
    """Frame of the side that stays as it was."""
    length = int.from_bytes(site.pair[:4], "little") + 8
    return site.pair[length:]


def test_the_first_weeks_play_until_the_rest_is_there(
    browser: Any, site: tuple[str, Site], made: dict[str, bytes],
) -> None:
    with Held(browser, site[0]) as visit:
        visit.switch()
        assert visit.js("yihe.wanted.first") == 3 + 8 + 4
        before = visit.shown()
        assert (before["map"], before["ahead"], before["waiting"]) == (WEEKS, False, True)
        visit.send(_other(site[1]), frame("a", FIRST, made["first"]))
        visit.until("yihe.ahead !== null")
        begun = visit.shown()
        assert (begun["map"], begun["all"], begun["new"], begun["waiting"]) == (AHEAD, WEEKS, 2, True)
        pale = "getComputedStyle(document.getElementById('curves')).opacity < 1"
        assert visit.js(pale)
        assert visit.page.inner_text("#hint") == f"前{AHEAD}周已在放映，其余正在重算……"
        visit.js("yihe.player.speed = 32; yihe.player.toggle(true)")
        visit.until(f"yihe.player.week === {AHEAD - 1}")
        visit.until("yihe.player.part === 1")
        held = visit.shown()  # it waits where its weeks end, and goes on by itself
        assert (held["week"], held["playing"]) == (AHEAD - 1, True)
        visit.send(frame("a", WHOLE, made["whole"]))
        visit.js("yihe.answer.close()")
        visit.until("!yihe.waiting")
        visit.until(f"yihe.player.week === {WEEKS - 1}")
        ended = visit.shown()
        assert (ended["map"], ended["all"], ended["new"], ended["ahead"]) == (WEEKS, WEEKS, 2, False)
        assert not visit.js(pale)
        visit.js(f"yihe.player.toggle(false); yihe.player.seek({AHEAD - 1})")
        assert visit.shown()["figures"] == held["figures"]
        assert visit.said == []


def test_who_goes_beyond_the_first_weeks_sees_the_run_before_until_the_rest_is_there(
    browser: Any, site: tuple[str, Site], made: dict[str, bytes],
) -> None:
    with Held(browser, site[0]) as visit:
        visit.switch()
        visit.send(_other(site[1]), frame("a", FIRST, made["first"]))
        visit.until("yihe.ahead !== null")
        visit.js(f"yihe.player.seek({WEEKS - 2})")
        back = visit.shown()
        assert (back["week"], back["map"], back["new"], back["ahead"]) == (WEEKS - 2, WEEKS, 0, False)
        visit.send(frame("a", WHOLE, made["whole"]))
        visit.js("yihe.answer.close()")
        visit.until("!yihe.waiting")
        assert visit.shown()["new"] == 2
        assert visit.js("yihe.firstWeeks()") == 0  # so late, the first weeks would be most of them
        assert visit.said == []


def test_first_weeks_that_come_when_a_later_one_is_shown_change_nothing(
    browser: Any, site: tuple[str, Site], made: dict[str, bytes],
) -> None:
    with Held(browser, site[0]) as visit:
        visit.switch()
        visit.js(f"yihe.player.seek({AHEAD + 5})")
        visit.send(_other(site[1]), frame("a", FIRST, made["first"]), frame("a", WHOLE, made["whole"]))
        visit.js("yihe.answer.close()")
        visit.until("!yihe.waiting")
        ended = visit.shown()
        assert (ended["week"], ended["map"], ended["new"]) == (AHEAD + 5, WEEKS, 2)
        assert visit.said == []


def test_a_stretch_beyond_the_first_weeks_is_played_of_the_run_before(
    browser: Any, site: tuple[str, Site], made: dict[str, bytes],
) -> None:
    with Held(browser, site[0]) as visit:
        visit.switch()
        visit.send(_other(site[1]), frame("a", FIRST, made["first"]))
        visit.until("yihe.ahead !== null")
        visit.js(f"yihe.setStretch([{AHEAD + 3}, {AHEAD + 9}]); yihe.player.toggle(true)")
        visit.until(f"yihe.player.week >= {AHEAD + 4}")
        assert visit.shown()["ahead"] is False
        assert visit.said == []


def test_a_second_change_forgets_the_first_weeks_of_the_first(
    browser: Any, site: tuple[str, Site], made: dict[str, bytes],
) -> None:
    with Held(browser, site[0]) as visit:
        visit.switch()
        visit.send(_other(site[1]), frame("a", FIRST, made["first"]))
        visit.until("yihe.ahead !== null")
        visit.js("yihe.setPolicy('a', 0, {...yihe.policies('a')[0], start: 5})")
        again = visit.shown()
        assert (again["ahead"], again["new"], again["waiting"]) == (False, 0, True)
        visit.send(_other(site[1]), frame("a", WHOLE, made["whole"]))  # of whatever is asked now
        visit.js("yihe.answer.close()")
        visit.until("!yihe.waiting")
        assert visit.said == []


def test_what_is_chosen_goes_with_the_run_that_is_shown(
    browser: Any, site: tuple[str, Site], made: dict[str, bytes],
) -> None:
    """A resident stays chosen; a case does not: in another run its number is another case's."""
    with Held(browser, site[0]) as visit:
        last = visit.js("yihe.runs.a.cases.n - 1")
        visit.js(f"yihe.select({{side: 'a', kind: 'case', id: {last}}})")
        visit.switch()
        visit.js("yihe.player.toggle(true)")
        visit.send(_other(site[1]), frame("a", FIRST, made["first"]))
        visit.until("yihe.ahead !== null")
        assert visit.js("yihe.state.selected") is None
        assert visit.js("yihe.ahead.a.cases.n") <= last
        visit.js("yihe.player.toggle(false); yihe.select({side: 'a', kind: 'resident', id: 7})")
        told = visit.page.inner_text("#story")
        visit.send(frame("a", WHOLE, made["whole"]))
        visit.js("yihe.answer.close()")
        visit.until("!yihe.waiting")
        assert visit.js("yihe.state.selected.id") == 7
        assert visit.page.inner_text("#story") == told
        assert visit.said == []


def test_another_case_can_be_chosen_in_any_week_and_while_a_run_is_computed(
    browser: Any, site: tuple[str, Site], made: dict[str, bytes],
) -> None:
    with Held(browser, site[0]) as visit:
        visit.js("yihe.player.seek(20)")
        visit.switch(week=4)
        visit.send(_other(site[1]), frame("a", FIRST, made["first"]))
        visit.until("yihe.ahead !== null")
        visit.js("document.getElementById('scenario').dispatchEvent(new Event('change'))")
        assert visit.js("[yihe.runs, yihe.ahead, yihe.player.week, yihe.waiting]") == [None, None, 0, True]
        visit.send(frame("a", REFUSED, json.dumps({"zh": "内存不够", "en": "out of memory"}).encode()))
        visit.until("!yihe.waiting")
        assert "内存不够" in visit.page.inner_text("#notice")
        assert visit.js("document.body.getAttribute('aria-busy')") is None
        visit.js("document.getElementById('scenario').dispatchEvent(new Event('change'))")
        visit.send(_other(site[1]), frame("a", WHOLE, made["whole"]))
        visit.js("yihe.answer.close()")
        visit.until("yihe.runs !== null && !yihe.waiting")
        visit.js(f"yihe.player.seek({WEEKS - 1})")
        assert visit.shown()["map"] == WEEKS
        assert visit.said == []


@pytest.mark.parametrize(("end", "said"), [
    (frame("a", REFUSED, json.dumps({"zh": "内存不够", "en": "out of memory"}).encode()), "内存不够"),
    (frame("a", WHOLE, b"")[:-3], "没有说完")], ids=["refused", "cut short"])
def test_a_run_that_does_not_come_leaves_the_one_before(
    browser: Any, site: tuple[str, Site], made: dict[str, bytes], end: bytes, said: str,
) -> None:
    with Held(browser, site[0]) as visit:
        visit.switch()
        visit.send(_other(site[1]), frame("a", FIRST, made["first"]))
        visit.until("yihe.ahead !== null")
        visit.send(end)
        visit.js("try { yihe.answer.close() } catch { /* the page has read enough */ }")
        visit.until("!yihe.waiting")
        assert said in visit.page.inner_text("#notice")
        left = visit.shown()
        assert (left["map"], left["all"], left["new"], left["ahead"]) == (WEEKS, WEEKS, 0, False)
        assert visit.said == []
