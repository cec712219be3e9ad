"""What ``test_page_offline.py`` runs in a network of its own: the server, a browser, and nothing beyond.

``python page_offline_visit.py CHROMIUM FOLDER`` writes what it saw to ``FOLDER/seen.json``.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

SIOCGIFFLAGS, SIOCSIFFLAGS, UP = 0x8913, 0x8914, 0x1
PATIENCE = 400_000
"""Milliseconds: where nothing was run before, kernels are compiled first."""

GLYPHS = """() => {
    const c = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    const drawn = (text, font) => {
        c.clearRect(0, 0, 60, 40);
        c.font = `24px ${font}`;
        c.fillText(text, 5, 30);
        return c.getImageData(0, 0, 60, 40).data.join();
    };
    const page = document.body.innerText + ['居', '党', '格', '志', '街'].join('');
    const chinese = [...new Set(page)].filter(x => x >= '\\u4e00' && x <= '\\u9fff');
    const box = drawn('\\u793e', 'system-ui'), pictures = chinese.map(x => drawn(x, '"Yihe SC", system-ui'));
    return {
        checked: document.fonts.check('16px "Yihe SC"', chinese.join('')),
        family: getComputedStyle(document.body).fontFamily,
        characters: chinese.length,
        // A machine without Chinese fonts draws one and the same box for every character.
        boxes_alike: chinese.every(x => drawn(x, 'system-ui') === box),
        boxes_on_page: pictures.filter(p => p === box).length,
        different: new Set(pictures).size,
    };
}"""


def loopback_up() -> None:
    """Switch on this network's only interface."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plug:
        asked = struct.pack("16sh14x", b"lo", 0)
        (flags,) = struct.unpack("16xh14x", fcntl.ioctl(plug, SIOCGIFFLAGS, asked))
        fcntl.ioctl(plug, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | UP))


def way_out() -> bool:
    """Whether anything beyond this machine can be reached; the address belongs to nobody."""
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=1).close()
    except TimeoutError:
        return True
    except OSError:
        return False
    return True


def walk(page: Any, folder: Path) -> None:
    """What a class does: play, look at both views, change the language, take a file home."""
    page.click("#play")
    page.wait_for_selector("#play use[href='#i-pause']", state="attached")
    page.click("#play")
    page.click("#view-network")
    page.click("#view-map")
    page.click("#lang")
    page.click("#lang")
    for button in ("open-cards", "open-glossary", "open-help"):
        page.click(f"#{button}")
        page.click("#dialog-close")
    page.click("#open-export")
    with page.expect_download() as download:
        page.click("#export-html")
    download.value.save_as(folder / "taken.html")
    page.click("#dialog-close")


def visit(browser: Any, url: str, folder: Path, name: str, walked: bool) -> dict[str, Any]:
    """One visit: what was asked for, what the console said, how characters were drawn."""
    context = browser.new_context(viewport={"width": 1024, "height": 768}, accept_downloads=True)
    context.add_init_script("try { localStorage.setItem('yihe-tour-taken', 'yes') } catch {}")
    asked: list[str] = []
    said: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.goto(url)
    page.wait_for_selector("#maps[data-ready=yes]", timeout=PATIENCE)
    page.evaluate("document.fonts.ready.then(() => null)")
    if walked:
        walk(page, folder)
    page.screenshot(path=folder / f"{name}.png")
    seen: dict[str, Any] = page.evaluate(GLYPHS)
    seen |= {"asked": asked, "said": said, "weeks": page.evaluate("yihe.weeks")}
    context.close()
    return seen


def main(chromium: str, folder: Path) -> None:
    """Serve, visit, and visit the file that was taken home once the server is gone."""
    loopback_up()
    scenarios = str(folder / "scenarios")
    command = [sys.executable, "-m", "sim.cli", "serve", "--no-browser", "--scenarios", scenarios]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        fonts = os.environ | {"FONTCONFIG_FILE": str(folder / "fonts.conf")}
        with sync_playwright() as engine:
            browser = engine.chromium.launch(executable_path=chromium, args=["--no-sandbox"], env=fonts)
            served = visit(browser, url, folder, "served", walked=True)
            server.terminate()
            server.wait(30)
            taken = visit(browser, (folder / "taken.html").as_uri(), folder, "taken", walked=False)
            browser.close()
    seen = {"way_out": way_out(), "url": url, "served": served, "taken": taken}
    (folder / "seen.json").write_text(json.dumps(seen), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
