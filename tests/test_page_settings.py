"""All that can be set on the page: shown as the server says it, asked for as set, marked and put back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
pytest.importorskip("axe_playwright_python")
from page_player_lab import FULL_SHOCK, POLICIES, Site, Visit, serving
from test_page_access import AXE, violations
from test_page_player import browser, recordings  # noqa: F401

IDLE = "!document.body.hasAttribute('aria-busy')"


@pytest.fixture(scope="module")
def site(recordings: Any) -> Iterator[tuple[str, Site]]:  # noqa: F811
    with serving(recordings) as (address, made):
        made.as_served()
        yield address, made


class Panel:
    """The settings of an open page, and what it asked for last."""

    def __init__(self, visit: Visit, made: Site) -> None:
        self.visit, self.made = visit, made
        visit.until("yihe.details && " + IDLE)

    def asked(self) -> dict[str, Any]:
        self.visit.until(IDLE)
        return [body for path, body in self.made.asked if path == "/api/compare"][-1]

    def type(self, control: str, value: float | str) -> None:
        self.visit.page.fill(f"#{control}-n", str(value))
        self.visit.page.press(f"#{control}-n", "Tab")

    def click(self, *buttons: str) -> None:
        self.visit.js("all => all.forEach(one => document.querySelector(one).click())", list(buttons))

    def differing(self) -> int:
        return int(self.visit.js("document.querySelectorAll('.changes li').length"))


def test_every_number_stands_as_the_server_says(browser: Any, site: tuple[str, Site]) -> None:  # noqa: F811
    """Range, value, unit, grade and source of all numbers and switches of both sides and of a policy."""
    served = site[1].start
    with Visit(browser, site[0]) as visit:
        panel = Panel(visit, site[1])
        panel.click("#fold-more", "#policy-a-0")
        for group in served["groups"]:
            key = group["key"].replace(".", "-")
            visit.js("one => document.querySelector(one)?.click()", f"#fold-g-{key}")
        panel.click("#fold-p-a-0-own")
        visit.until("document.getElementById('p-a-0-target-share')")
        found = visit.js("""() => Object.fromEntries(
            [...document.querySelectorAll('#pane-setup .knob')].map(one => {
                const it = one.querySelector('input[type=range], select');
                const meta = one.querySelector('.meta')?.textContent ?? '';
                const name = one.querySelector('label').textContent;
                const typed = one.querySelector('input[type=number]')?.value;
                return [it?.id ?? '', {name, meta, min: +it?.min, max: +it?.max, options: it?.options?.length,
                    typed, label: one.querySelector('label').htmlFor}];
            }))""")
    kind = next(one for one in served["policies"] if one["kind"] == POLICIES[0]["kind"])
    both = [*served["sliders"], *served["switches"]]
    expected = {f"c-{one['path'].replace('.', '-')}": one for one in both}
    own = [*served["general"][:2], *kind["numbers"], *kind["switches"]]
    expected |= {f"p-a-0-{one['path'].replace('.', '-')}": one for one in own}
    assert expected.keys() <= found.keys()
    values = site[1].scenario["values"]
    brought = {"scarce_skill"}  # of the file itself: its numbers are among the values there
    assert brought == set(site[1].scenario["conditions"])
    for control, one in expected.items():
        shown = found[control]
        assert shown["name"] == one["zh"], control
        assert shown["label"] == control
        if "values" in one:
            assert shown["options"] == len(one["values"]), control
            continue
        assert (shown["min"], shown["max"]) == (one["min"], one["max"]), control
        assert float(shown["typed"]) == pytest.approx(values.get(one["path"], one["default"]), rel=1e-5)
        assert one["unit_zh"] in shown["meta"], control
        assert f"依据 {one['grade']} 级（{served['grades'][one['grade']]['zh']}）" in shown["meta"], control
        if one["grade"] != "D":
            assert one["source"]["zh"] in shown["meta"], control
        if one["note"]:
            assert one["note"]["zh"] in shown["meta"], control
            assert one["note"]["en"] not in shown["meta"], control


def test_what_is_set_is_asked_for_marked_and_put_back(browser: Any, site: tuple[str, Site]) -> None:  # noqa: F811
    """Each kind of setting in turn; then a link that carries them; then one put back, then all."""
    with Visit(browser, f"{site[0]}#w=10") as visit:
        panel, page = Panel(visit, site[1]), visit.page
        first = panel.asked()
        assert panel.differing() == 0
        note, spoken = page.locator("#c-budget-weekly-note"), page.locator("#spoken")
        panel.type("c-budget-weekly", -7)
        assert panel.asked()["conditions"] == {"budget.weekly": 0}
        assert page.get_attribute("#c-budget-weekly-n", "aria-describedby") == "c-budget-weekly-note"
        assert note.inner_text() == spoken.inner_text() == "只能在 0 到 100000 之间：-7 已改为 0。"
        page.click("#lang")
        assert note.inner_text() == "Must lie from 0 to 100000: -7 was set to 0."
        page.click("#lang")
        panel.type("c-budget-weekly", 500)
        assert (note.inner_text(), spoken.inner_text()) == ("", "")
        panel.type("length-weeks", 26.4)
        assert page.locator("#length-weeks-note").inner_text() == "只能是整数：26.4 已改为 26。"
        panel.type("length-weeks", "")
        assert page.locator("#length-weeks-note").inner_text() == "请填 1 到 520 之间的数；仍为 26。"
        assert page.input_value("#length-weeks-n") == "26"
        panel.type("length-weeks", 27)
        panel.type("length-weeks", 26)
        for seed, said in ((-1, "只能在 0 到 4294967295 之间：-1 已改为 0。"), (8, "")):
            page.fill("#seed", str(seed))
            page.press("#seed", "Tab")
            assert page.locator("#seed-note").inner_text() == said
        page.select_option("#regime-b", "administrative")
        panel.click("#fold-named", "#fold-shocks", "#fold-more")
        page.check("#named-scarce_money")
        page.select_option("#add-shock", "extreme_weather")
        page.fill("#find", "有无业委会")
        page.select_option("#c-actors-owners_committee-present", "1")
        panel.click("#policy-a-0")
        panel.type("p-a-0-start", 4)
        panel.type("p-a-0-end", 20)
        panel.type("p-a-0-intensity", 0.5)
        page.select_option("#add-b", "points_incentive")
        panel.click("#policy-b-0")
        panel.click("#fold-p-b-0-own")
        page.select_option("#p-b-0-incentive", label="荣誉")
        body = panel.asked()
        assert body["seed"] == 8
        assert body["weeks"] == 26
        assert body["conditions"] == {
            "budget.weekly": 500, "actors.owners_committee.present": False, "conditions": ["scarce_money"]}
        assert [one["kind"] for one in body["shocks"]] == ["burst_main", "extreme_weather"]
        assert body["shocks"][0] == {**FULL_SHOCK, "week": 8}
        assert body["shocks"][1]["week"] == 9  # the week shown
        assert body["shocks"][1]["free_hours_factor"] == 0.7
        assert body["a"] == {
            "arm": "festival",
            "policies": [{**POLICIES[0], "start": 3, "end": 20, "intensity": 0.5}, POLICIES[1]]}
        assert body["b"] == {
            "arm": "none", "regime": "administrative",
            "policies": [{"kind": "points_incentive", "start": 9, "incentive": "honorary"}]}
        page.evaluate(AXE)
        assert violations(visit) == []
        marks = panel.differing()
        # budget, committee, named, weeks, shocks, seed, regime, two of A's policy, B's added policy
        assert marks == 10
        assert page.locator("#pane-setup .knob.changed").count() >= 4
        visit.until("location.hash.includes('honorary')")
        link = visit.js("location.hash")
        page.get_by_role("button", name="还原：甲 邻里节 · 力度").click()
        assert panel.differing() == 9
        assert "intensity" not in panel.asked()["a"]["policies"][0]
        page.get_by_role("button", name="全部还原").click()
        assert panel.differing() == 0
        assert {**panel.asked(), "seed": None} == {**first, "seed": None}
        visit.until("!/[#&](seed|weeks|c|with|shocks|ap|bp|br)=/.test(location.hash)")
    with Visit(browser, site[0] + link) as visit:
        panel = Panel(visit, site[1])
        again = panel.asked()
        assert again == body
        assert panel.differing() == marks


def test_a_change_keeps_the_week_the_keyboard_and_the_captions(
    browser: Any, site: tuple[str, Site],  # noqa: F811
) -> None:
    """While it plays, too; and the hint that it computes lies on nothing."""
    with Visit(browser, f"{site[0]}#w=18") as visit:
        panel, page = Panel(visit, site[1]), visit.page
        page.focus("#c-budget-weekly")
        page.keyboard.press("ArrowRight")
        panel.asked()
        assert visit.js("yihe.player.week") == 17
        assert visit.js("document.activeElement.id") == "c-budget-weekly"
        page.focus("body")
        visit.js("yihe.player.speed = 0.5; yihe.player.toggle(true)")
        page.select_option("#regime-b", "fragmented")
        assert panel.asked()["b"]["regime"] == "fragmented"
        assert visit.js("yihe.player.playing && yihe.player.week >= 17")
        visit.js("yihe.player.toggle(false); yihe.say('正在重算……')")
        hidden = visit.js("""() => {
            const p = document.getElementById('hint').getBoundingClientRect();
            const under = q => p.left < q.right && q.left < p.right && p.top < q.bottom && q.top < p.bottom;
            return [...document.querySelectorAll('figcaption, .week, .speed, .mark, .chart')]
                .filter(e => e.checkVisibility() && under(e.getBoundingClientRect())).map(e => e.className);
        }""")
        assert hidden == []
        assert visit.js("document.getElementById('notice').hidden")
