"""What is taken home: films that play, drawings that show Chinese, a file that can be saved again."""

from __future__ import annotations

import base64
import re
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

pytest.importorskip("playwright.sync_api")
from page_player_lab import Site, Visit
from test_page_player import browser, recordings, site  # noqa: F401

FROM, TO, SPEED = 4, 7, 8
WEEKS = TO - FROM + 1
PLAYED = """async ([kind, data]) => {
    const video = document.createElement('video');
    video.muted = true;
    video.src = `data:${kind};base64,${data}`;
    video.playbackRate = 4;
    await new Promise((done, failed) => {
        video.onended = done;
        video.onerror = () => failed(new Error(video.error.message));
        video.play();
    });
    const c = new OffscreenCanvas(1280, 720).getContext('2d');
    c.drawImage(video, 0, 0);
    const at = (x, y) => Array.from(c.getImageData(x, y, 1, 1).data).slice(0, 3);
    return [video.videoWidth, video.videoHeight, video.currentTime, at(640, 400), at(20, 380)];
}"""


def saved(visit: Visit, kind: str, folder: Path) -> Path:
    """Press one button of the dialog and keep what comes."""
    with visit.page.expect_download() as download:
        visit.page.click(f"#export-{kind}")
    target = folder / f"{kind}-{download.value.suggested_filename}"
    download.value.save_as(target)
    return target


def choose(visit: Visit, first: int, last: int) -> None:
    visit.page.click("#open-export")
    visit.page.fill("#export-from", str(first))
    visit.page.fill("#export-to", str(last))
    visit.page.select_option("#export-speed", str(SPEED))


@pytest.fixture(scope="module")
def files(
    browser: Any,  # noqa: F811
    site: tuple[str, Site],  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Path]:
    """All that the dialog gives, from one visit."""
    folder = tmp_path_factory.mktemp("files")
    with Visit(browser, f"{site[0]}#w=6") as visit:
        choose(visit, FROM, TO)
        found = {kind: saved(visit, kind, folder) for kind in ("gif", "mp4", "webm", "svg", "png", "html")}
        assert visit.js("yihe.player.week") == 5, "the page stays where it is"
        assert visit.said == []
    return found


def test_a_gif_has_every_frame(files: dict[str, Path]) -> None:
    """As many frames as announced, of one size, each other than the one before, in colours that stay."""
    image = pytest.importorskip("PIL.Image")
    with image.open(files["gif"]) as gif:
        each = 1  # ten frames a second at most, at eight weeks a second
        assert gif.n_frames == WEEKS * each
        assert gif.size == (960, 540)
        frames, durations = [], []
        for i in range(gif.n_frames):
            gif.seek(i)
            durations.append(gif.info["duration"])
            frames.append(gif.convert("RGB"))
    assert durations[1:-1] == [pytest.approx(1000 / SPEED, abs=10)] * (len(frames) - 2)
    assert all(p.tobytes() != q.tobytes() for p, q in pairwise(frames))
    for frame in (frames[0], frames[-1]):
        used = {colour for _, colour in frame.getcolors(1 << 20)}
        for colour in ((255, 255, 255), (0x0E, 0x16, 0x20), (0xFF, 0x7A, 0x59), (0x35, 0xD0, 0xA0)):
            assert colour in used, "paper, night, open and resolved are there in every frame"
    first, last = (frame.crop((0, 0, 400, 60)).tobytes() for frame in (frames[0], frames[-1]))
    assert first == last, "the title"


@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_a_film_plays(browser: Any, files: dict[str, Path], kind: str) -> None:  # noqa: F811
    """It has the head of its kind, and the browser plays it: 1280 × 720, both maps, as long as announced."""
    content = files[kind].read_bytes()
    assert content[4:8] == b"ftyp" if kind == "mp4" else content.startswith(b"\x1a\x45\xdf\xa3")
    page = browser.new_page()
    width, height, seconds, paper, night = page.evaluate(
        PLAYED, [f"video/{kind}", base64.b64encode(content).decode()])
    page.close()
    assert (width, height) == (1280, 720)
    assert min(paper) > 200, "the strip between the two maps"
    assert max(night) < 70, "the edge of the first"
    if kind == "mp4":  # made frame by frame; the other is recorded as it plays, and late on a busy machine
        assert seconds == pytest.approx(WEEKS / SPEED + 1.25, abs=0.1)
    else:
        assert seconds > 0


def test_a_drawing_shows_chinese_on_any_machine(files: dict[str, Path]) -> None:
    """Its words stay words, in a list of fonts that names one of every system; nothing is fetched."""
    root = ElementTree.parse(files["svg"]).getroot()
    texts = [node for node in root.iter() if node.tag.endswith("}text")]
    words = " ".join(node.text or "" for node in texts)
    for part in ("第6周", "居委会", "社区党委", "未决", "合成人口", "甲", "乙"):
        assert part in words
    for node in texts:
        for font in ("Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "WenQuanYi Micro Hei"):
            assert font in node.attrib["font-family"]
    assert not re.search(r"(href|url\()\W*(https?:|file:)", files["svg"].read_text("utf-8"))


def test_pictures_show_what_the_map_shows(
    browser: Any,  # noqa: F811
    site: tuple[str, Site],  # noqa: F811
    files: dict[str, Path],
) -> None:
    """The map within the picture is the map on the page, pixel by pixel, at twice the size."""
    image = pytest.importorskip("PIL.Image")
    with Visit(browser, f"{site[0]}#w=6") as visit:
        w, h = visit.js("[yihe.maps.a.layout.w, yihe.maps.a.layout.h]")
        shown = visit.js("""(() => {
            const map = yihe.maps.a.copy(yihe.maps.a.layout.w, yihe.maps.a.layout.h, 2);
            map.draw(5, 1);
            return map.top.toDataURL().split(',')[1];
        })()""")
    with image.open(files["png"]) as png:
        cut = png.convert("RGB").crop((24, 164, 24 + round(2 * w), 164 + round(2 * h)))
    (files["png"].parent / "map.png").write_bytes(base64.b64decode(shown))
    with image.open(files["png"].parent / "map.png") as own:
        assert cut.tobytes() == own.convert("RGB").tobytes()


def test_a_saved_file_does_all_but_recompute_and_can_be_saved_again(
    browser: Any,  # noqa: F811
    files: dict[str, Path],
    tmp_path: Path,
) -> None:
    """Three generations, each opened from its file: one request, for itself; all that a visitor may do."""
    file = files["html"]
    for generation in range(2):
        with Visit(browser, file.as_uri()) as visit:
            assert visit.js("[yihe.player.week, yihe.canCompute]") == [5, False]
            assert visit.js("document.documentElement.lang") == "zh-CN"
            assert visit.js("document.fonts.check('16px \"Yihe SC\"', '社区')")
            visit.page.click("#lang")
            assert visit.page.inner_text("#open-export") == "Export"
            visit.page.click("#view-network")
            visit.page.select_option("#layer", "friendship")
            visit.page.click("#tab-summary")
            assert "ties met at events stand" in visit.page.inner_text("#summary")
            visit.js("yihe.select({side: 'a', kind: 'resident', id: yihe.runs.a.header.followed[0]})")
            assert "Building" in visit.page.inner_text("#story")
            chart = visit.page.locator(".chart select").first
            chart.select_option(chart.locator("option").nth(3).get_attribute("value"))
            for button in ("open-cards", "open-glossary", "open-help", "open-hundred"):
                visit.page.click(f"#{button}")
                visit.page.click("#dialog-close")
            visit.page.click("#play")
            visit.until("yihe.player.week > 5")
            visit.page.click("#play")
            visit.page.click("#view-map")
            visit.page.click("#lang")
            visit.js("yihe.select(null); yihe.player.seek(5)")
            choose(visit, 2, 3)
            kinds = ("html", "gif", "svg", "png", "csv") if generation == 0 else ("html",)
            more = {kind: saved(visit, kind, tmp_path) for kind in kinds}
            assert all(each.stat().st_size > 5000 for each in more.values())
            assert visit.said == []
            asked = [url for url in visit.requests if not url.startswith(("data:", "blob:"))]
            assert asked == [file.as_uri()]
        again = tmp_path / f"again-{generation}.html"
        more["html"].rename(again)
        before, after = (re.sub(r'id="settings">.*', "", each.read_text("utf-8")) for each in (file, again))
        assert before == after, "nothing is lost or added by saving but the settings"
        file = again
    with Visit(browser, file.as_uri()) as visit:
        assert visit.js("yihe.player.week") == 5
        assert visit.said == []
