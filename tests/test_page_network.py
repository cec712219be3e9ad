"""关系网: residents placed by their ties, the same on both sides; every tie of the recording in its week."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("playwright.sync_api")
from page_player_lab import Site, Visit
from test_page_player import browser, recordings, site  # noqa: F401

from sim.recording import Recording

WEEK = 12
PLACES = """(() => {
    const sum = (values) => values.reduce((p, v, i) => p + v * (i % 97 + 1), 0);
    return ['a', 'b'].map(s => yihe.maps[s].places()).map(lay => [sum(lay.x), sum(lay.y),
        Math.min(...lay.x), Math.max(...lay.x), Math.min(...lay.y), Math.max(...lay.y), lay.w, lay.h]);
})()"""
NEAR = """(() => {
    const lay = yihe.maps.a.places(), r = yihe.runs.a.rec, n = r.N;
    const first = r.get('tie_first'), to = r.get('tie_neighbour'), layer = r.get('tie_layer');
    const apart = (i, j) => Math.hypot(lay.x[i] - lay.x[j], lay.y[i] - lay.y[j]);
    const all = [], of = [[], [], [], []];
    for (let i = 0; i < n; i++) {
        all.push(apart(i, (i * 7919 + 13) % n));
        for (let e = first[i]; e < first[i + 1]; e++) of[layer[e]].push(apart(i, to[e]));
    }
    const middle = (list) => list.sort((p, q) => p - q)[list.length >> 1];
    return [middle(all), ...of.map(middle)];
})()"""
ALONG = """([i, j]) => {
    const m = yihe.maps.b, lay = m.places(), c = m.still.getContext('2d'), dpr = m.dpr;
    return [...Array(41).keys()].slice(6, 35).map(k => {
        const x = (lay.x[i] + (lay.x[j] - lay.x[i]) * k / 40) * dpr;
        const y = (lay.y[i] + (lay.y[j] - lay.y[i]) * k / 40) * dpr;
        return Array.from(c.getImageData(Math.round(x), Math.round(y), 1, 1).data.slice(0, 3));
    });
}"""


def standing(mine: Recording, week: int) -> tuple[set[tuple[int, int]], set[tuple[int, int]], int]:
    """Ties made at events by the end of a week: those that stand, those made in it, and how many it lost."""
    now: set[tuple[int, int]] = set()
    before: set[tuple[int, int]] = set()
    rows = zip(*(mine.array(f"tie_{part}").tolist() for part in ("week", "a", "b", "change")), strict=True)
    for when, a, b, change in rows:
        if when > week:
            break
        (now.add if change > 0 else now.discard)((a, b))
        if when < week:
            before = set(now)
    return now, now - before, len(before - now)


def test_ties_are_those_of_the_recording_week_by_week(
    browser: Any,  # noqa: F811
    site: tuple[str, Site],  # noqa: F811
    recordings: dict[str, Recording],  # noqa: F811
) -> None:
    """Standing, made and lost ties counted from the recording itself, in words and as drawn pixels."""
    with Visit(browser, f"{site[0]}#view=network&layer=event&w={WEEK + 1}") as visit:
        visit.page.click("#tab-summary")
        for side, arm in (("a", "festival"), ("b", "none")):
            stand, made, lost = standing(recordings[arm], WEEK)
            text = visit.page.locator("#summary p").nth(0 if side == "a" else 1).inner_text()
            assert f"现有{len(stand)}条，本周新结识{len(made)}条、断开{lost}条" in text
            layers = np.bincount(np.asarray(recordings[arm].array("tie_layer")), minlength=4) // 2
            assert f"家庭{layers[0]}条、同楼{layers[1]}条、朋友{layers[2]}条" in text
        weeks = (week for week in range(30) if len(standing(recordings["none"], week)[1]))
        week = next(weeks)
        visit.js(f"yihe.player.seek({week})")
        visit.until("!yihe.player.dirty")
        for pair in standing(recordings["none"], week)[1]:
            lit = [r > 110 and r - b > 30 for r, _, b in visit.js(ALONG, list(pair))]
            assert np.mean(lit) > 0.6, pair
        visit.page.select_option("#layer", "household")
        visit.until("!yihe.player.dirty")
        for pair in standing(recordings["none"], week)[1]:
            lit = [r > 110 and r - b > 30 for r, _, b in visit.js(ALONG, list(pair))]
            assert np.mean(lit) < 0.3, "a tie is drawn that is not to be shown"


@pytest.mark.long
def test_people_stand_near_those_they_are_tied_to(browser: Any, site: tuple[str, Site]) -> None:  # noqa: F811
    """Equal places on both sides and every visit, within the frame; ties shorter than chance, homes most."""
    found = []
    for address in (f"{site[0]}#view=network", site[0]):
        with Visit(browser, address) as visit:
            if not found:
                anyone, household, building, friendship, _ = visit.js(NEAR)
                assert household < building < friendship < anyone
                assert building < 0.35 * anyone
            else:
                visit.page.click("#view-network")
            found.append(visit.js(PLACES))
    assert found[0] == found[1]
    a, b = found[0]
    assert a == b
    assert min(a[2], a[4]) >= 0
    assert a[3] <= a[6]
    assert a[5] <= a[7]


def test_the_switch_the_address_and_the_stories(browser: Any, site: tuple[str, Site]) -> None:  # noqa: F811
    """A light tells its story here too, zoomed and moved; the address brings the view back, in English."""
    with Visit(browser, f"{site[0]}#w=20") as visit:
        assert visit.page.is_visible("#ties")
        visit.page.keyboard.press("n")
        assert visit.page.get_attribute("#view-network", "aria-pressed") == "true"
        assert visit.page.get_attribute("#view-map", "aria-pressed") == "false"
        assert not visit.page.is_visible("#ties")
        assert "本周结识" in visit.page.inner_text("#legend")
        assert "未决" not in visit.page.inner_text("#legend")
        frame = visit.page.locator('.map[data-side="b"] .frame').bounding_box()
        for zoom in (1, 4):
            visit.js(f"yihe.maps.b.reset(); yihe.maps.b.zoomAt({zoom}, 150, 120); yihe.player.dirty = true")
            x, y, who = visit.js("""(() => {
                const m = yihe.maps.b, run = yihe.runs.b, lay = m.places();
                const flags = run.rec.get('resident_flags');
                const at = i => [lay.x[i] * m.zoom + m.dx, lay.y[i] * m.zoom + m.dy, i];
                return [...Array(run.rec.N).keys()].map(at).find(([x, y, i]) => x > 20
                    && y > 20 && x < lay.w - 20 && y < lay.h - 20 && flags[19 * run.rec.N + i] & 4
                    && m.pick(x, y, 19)?.id === i);
            })()""")
            visit.page.mouse.move(frame["x"] + x, frame["y"] + y)
            assert visit.page.locator('.map[data-side="b"] .tip').is_visible()
            visit.page.mouse.click(frame["x"] + x, frame["y"] + y)
            assert visit.js("yihe.state.selected") == {"side": "b", "kind": "resident", "id": who}
            assert "号楼" in visit.page.inner_text("#story")
        visit.page.mouse.move(frame["x"] + 150, frame["y"] + 100)
        visit.page.mouse.wheel(0, -300)
        assert visit.js("yihe.maps.b.rough"), "ties are thinned out while the view moves"
        visit.until("!yihe.maps.b.rough && !yihe.player.dirty")
        visit.page.select_option("#layer", "friendship")
        visit.until("location.hash.includes('view=network') && location.hash.includes('layer=friendship')")
        again = visit.js("location.hash")
    with Visit(browser, f"{site[0]}{again}&lang=en") as visit:
        assert visit.js("[yihe.state.view, yihe.state.layer, yihe.maps.a.view.network]") == [
            "network", "friendship", True]
        for kind, who in (("building", 2), ("case", 0), ("institution", 1)):
            visit.js(f"yihe.select({{side: 'a', kind: '{kind}', id: {who}}})")
            visit.until("!yihe.player.dirty")
        visit.page.click("#tab-summary")
        text = visit.js("document.body.innerText.replace(document.getElementById('lang').textContent, '')")
        assert [c for c in text if "\u4e00" <= c <= "\u9fff"] == []
        assert "ties met at events stand" in text
        assert visit.said == []
