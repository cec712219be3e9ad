"""No text of the page is cut or lies on another: every visible word, in the states a class sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from page_player_lab import Site, Visit, serving
from test_page_player import SIZES, browser, recordings  # noqa: F401

CUT = """() => {
    const open = document.querySelector('dialog[open]');
    const roots = open ? [open] : [...document.body.children];
    const seen = e => e.checkVisibility({opacityProperty: true, visibilityProperty: true});
    const phone = innerWidth <= 820, bad = [], all = [];
    const range = document.createRange(), pen = document.createElement('canvas').getContext('2d');
    const known = new Map(), frameOf = e => {
        if (!known.has(e)) {
            const {overflowX: x, overflowY: y} = getComputedStyle(e);
            known.set(e, x === 'visible' && y === 'visible' ? null : {x, y, frame: e.getBoundingClientRect(),
                wide: e.scrollWidth > e.clientWidth + 1, tall: e.scrollHeight > e.clientHeight + 1});
        }
        return known.get(e);
    };
    const told = (e, why) => bad.push(`${why}: ${(e.textContent || e.value || '').trim().slice(0, 60)}`
        + ` (${e.tagName.toLowerCase()}${e.id && '#' + e.id}.${e.className})`);
    for (const e of roots.flatMap(root => [root, ...root.querySelectorAll('*')])) {
        if (!seen(e) || e.closest('svg, noscript, .skip, .tip')) continue;
        if (e.matches('select, input[type=number], input[type=search]')) {
            const style = getComputedStyle(e);
            pen.font = style.font;
            const text = e.matches('select') ? e.selectedOptions[0]?.text ?? '' : e.value || e.placeholder;
            const room = e.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
            if (pen.measureText(text).width > room + 1) told(e, `no room (${Math.round(room)} px)`);
            continue;
        }
        const own = [...e.childNodes].filter(n => n.nodeType === 3 && n.textContent.trim());
        for (const node of own) {
            range.selectNodeContents(node);
            for (const line of range.getClientRects()) {
                if (line.width < 2) continue;
                const box = {l: line.left, r: line.right, t: line.top, b: line.bottom};
                if (box.r < 0) continue;  // kept for screen readers only
                let sideways = false, upright = false;
                for (let up = e; up && up !== document.body; up = up.parentElement) {
                    const own = frameOf(up);
                    if (!own) continue;
                    const {x, y, frame, wide, tall} = own, slack = (line.bottom - line.top) * 0.3;
                    if (x === 'auto' || x === 'scroll') sideways ||= wide;
                    else if (!sideways && (box.l < frame.left - 1 || box.r > frame.right + 1))
                        told(e, 'cut off');
                    // A line's box is taller than its letters.
                    if (y === 'auto' || y === 'scroll') upright ||= tall;
                    else if (!upright && (box.t < frame.top - slack || box.b > frame.bottom + slack))
                        told(e, 'cut above or below');
                    box.l = Math.max(box.l, frame.left);
                    box.r = Math.min(box.r, frame.right);
                    box.t = Math.max(box.t, frame.top);
                    box.b = Math.min(box.b, frame.bottom);
                }
                if (sideways) told(e, 'only by scrolling sideways');
                if (line.right > innerWidth + 1) told(e, 'beyond the window');
                if (box.r - box.l > 1 && box.b - box.t > 1)
                    all.push({e, box, fixed: Boolean(e.closest('.transport'))});
            }
        }
    }
    const over = (p, q) => Math.min(p.r, q.r) - Math.max(p.l, q.l) > 2
        && Math.min(p.b, q.b) - Math.max(p.t, q.t) > 0.4 * Math.min(p.b - p.t, q.b - q.t);
    all.forEach((p, i) => all.slice(i + 1).forEach(q => {
        if (!over(p.box, q.box) || p.e.contains(q.e) || q.e.contains(p.e)) return;
        // On a phone the page scrolls behind the transport.
        if (!phone || p.fixed === q.fixed) told(p.e, `on “${q.e.textContent.trim().slice(0, 30)}”`);
    }));
    return [...new Set(bad)];
}"""
"""Every visible line of text against what cuts it (scrolling down is no cut), and against all others."""


SPARED = {((1920, 1080), "en"), ((390, 844), "en")}
"""Left to ``make test-long``: English has the most room in the one, and one column in the other."""


@pytest.fixture(scope="module")
def site(recordings: Any) -> Iterator[tuple[str, Site]]:  # noqa: F811
    with serving(recordings) as (address, made):
        made.as_served()
        yield address, made


@pytest.mark.parametrize(("size", "lang"), [
    pytest.param(size, lang, id=f"{size}-{lang}", marks=[pytest.mark.long] if (size, lang) in SPARED else [])
    for size in SIZES for lang in ("zh", "en")])
def test_no_text_is_cut_or_overlaps(
    browser: Any,  # noqa: F811
    site: tuple[str, Site],
    size: tuple[int, int],
    lang: str,
) -> None:
    """Start, playing, settings unfolded, cards, each step of the lesson, a story, many seeds, projector."""
    with Visit(browser, f"{site[0]}#w=12&lang={lang}", size) as visit:
        found = dict[str, list[str]]()

        def click(*buttons: str) -> None:
            visit.js("all => all.forEach(one => document.querySelector(one).click())", list(buttons))

        def look(state: str) -> None:
            cut = visit.js(CUT)
            if cut:
                found[state] = cut

        look("start")
        visit.js("yihe.player.toggle(true)")
        visit.until("yihe.player.week > 12")
        look("playing")
        visit.js("yihe.player.toggle(false)")
        folds = ("named", "shocks", "more", "p-a-0-own", "factors-0", "g-ties", "g-actors-core")
        click("#policy-a-0")
        for fold in folds:
            click(f"#fold-{fold}")
        visit.page.select_option("#add-shock", "epidemic_week")
        visit.page.select_option("#regime-b", "administrative")
        visit.until("!document.body.hasAttribute('aria-busy')")
        look("settings unfolded")
        visit.page.fill("#find", "trust")
        look("settings searched")
        click("#policy-a-0-card")
        look("card")
        click("#dialog-close")
        click("#open-hundred", "#hundred-run")
        visit.page.wait_for_selector(".one .bands")
        look("many seeds")
        click("#dialog-close")
        look("verdict")
        for dialog in ("open-cards", "open-export"):
            click(f"#{dialog}")
            look(dialog)
            click("#dialog-close")
        click("#tab-lesson")
        for step in range(5):
            click(f"#pane-lesson .steps li:nth-child({step + 1}) button")
            look(f"lesson {step + 1}")
        visit.js("yihe.select({side: 'a', kind: 'resident', id: yihe.runs.a.header.followed[0]})")
        look("story")
        click("#present")
        look("projector")
        assert found == {}
        assert visit.said == []
