"""The page served by a few lines, and a browser's visit to it, for the tests of the player."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from sim.recording import Recording
from sim.report.fonts import found
from sim.scenario.sources import sourced
from sim.web.font import kept
from sim.web.library import Library
from sim.web.limits import Limits
from sim.web.pair import WHOLE, frame
from sim.web.start import start

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "sim/web/static"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self' data:; "
    "connect-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FULL_SHOCK = {
    "kind": "burst_main", "week": 0, "weeks": 1, "friction_factor": 3.0, "tasks_factor": 1.0,
    "free_hours_factor": 1.0, "staff_factor": 0.8}
POLICIES = [{"kind": "neighbour_festival", "start": 0}, {"kind": "neighbour_covenant", "start": 4, "end": 20}]


class Site:
    """What the page is served, and what it asked."""

    def __init__(self, recordings: dict[str, Recording]) -> None:
        a, b = recordings["festival"].to_bytes(), recordings["none"].to_bytes()
        self.pair = frame("a", WHOLE, a) + frame("b", WHOLE, b)
        self.asked: list[tuple[str, Any]] = []
        self.scenario: dict[str, Any] = {"values": {}, "claims": []}
        arms = [
            {"key": "festival", "zh": "邻里节", "en": "festival", "regime": "one_core", "policies": POLICIES},
            {"key": "none", "zh": "无政策", "en": "no policy", "regime": "one_core", "policies": []},
        ]
        card = {part: {"zh": "说明", "en": "words"} for part in ("mechanism", "cost", "claim", "harm")}
        self.start: dict[str, Any] = {
            "version": "0",
            "limits": {"seeds": 100},
            "conditions": [],
            "regimes": [
                {"key": "one_core", "zh": "一核多元", "en": "one core"},
                {"key": "administrative", "zh": "行政包办", "en": "administrative"},
            ],
            "sliders": [
                {
                    "path": "budget.weekly",
                    "main": True,
                    "zh": "经费",
                    "en": "budget",
                    "min": 0,
                    "max": 9000,
                    "default": 2000,
                    "integer": False,
                    "unit_zh": "元",
                    "unit_en": "yuan",
                }
            ],
            "policies": [
                {"kind": kind, "zh": zh, "en": en, "card": card, "convenors": ["one_core"],
                 "source": sourced("S1")}
                for kind, zh, en in (
                    ("neighbour_festival", "邻里节", "festival"),
                    ("neighbour_covenant", "邻里公约", "covenant"),
                    ("red_property", "红色物业", "red property"),
                )
            ],
            "scenarios": [
                {
                    "file": "chaoyang_neighbour_festival.yaml",
                    "name": "chaoyang_neighbour_festival",
                    "zh": "朝阳邻里节",
                    "en": "Chaoyang festival",
                    "about": {"zh": "关于", "en": "about"},
                    "source": sourced("S1"),
                    "arms": arms,
                }
            ],
        }

    def as_served(self) -> dict[str, Any]:
        """Give all that the real server says of numbers, switches, policies and shocks; returns it."""
        real = start(Library(ROOT / "scenarios"), Limits())
        self.start |= {key: value for key, value in real.items() if key not in ("scenarios", "limits")}
        self.scenario = {
            "values": {"population.residents": 300}, "claims": [], "seed": 3, "weeks": 30, "warmup": 52,
            "conditions": ["scarce_skill"], "shocks": [{**FULL_SHOCK, "week": 8}], "policies": [], "arms": []}
        return real

    def answer(self, path: str, body: Any) -> tuple[str, bytes]:
        """Type and content of an answer."""
        weeks, keys = 30, body["outcomes"] if path == "/api/hundred" else []
        band = {end: [value] * weeks for end, value in (("mean", 0.5), ("low", 0.4), ("high", 0.6))}
        seeds = [{"type": "seed", "seed": i, "done": i + 1, "a": {}, "b": {}} for i in range(10)]
        end = {
            "type": "end",
            "n": 10,
            "outcomes": {
                key: {
                    "better": "more",
                    "n": 10,
                    "a_better": 7,
                    "b_better": 2,
                    "equal": 1,
                    "share_a": 0.7,
                    "difference": {"mean": 0.1, "low": 0.05, "high": 0.15, "p": 0.01, "n": 10},
                    "bands": {"a": band, "b": band, "difference": band},
                }
                for key in keys
            },
        }
        answers: dict[str, tuple[str, bytes]] = {
            "/api/start": ("application/json", json.dumps(self.start).encode()),
            "/api/scenario": ("application/json", json.dumps(self.scenario).encode()),
            "/api/ready": ("application/json", b'{"ready": true}'),
            "/api/policy": ("application/json", b'{"trial": null}'),
            "/api/compare": ("application/octet-stream", self.pair),
            "/api/hundred": ("application/x-ndjson", "\n".join(map(json.dumps, [*seeds, end])).encode()),
        }
        return answers[path]


@contextmanager
def serving(recordings: dict[str, Recording]) -> Iterator[tuple[str, Site]]:
    """Serve the page and the two recordings; gives the address and what was asked."""
    made = Site(recordings)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path.startswith("/api/"):
                self._send(*made.answer(path, None))
            elif path.endswith(".woff2"):
                self._send("font/woff2", _font())
            else:
                file = STATIC / ("index.html" if path == "/" else path.removeprefix("/static/"))
                self._send(TYPES[file.suffix], file.read_bytes())

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            made.asked.append((self.path, body))
            self._send(*made.answer(self.path, body))

        def _send(self, kind: str, content: bytes) -> None:
            self.send_response(200)
            headers = {
                "content-type": kind,
                "content-length": str(len(content)),
                "content-security-policy": POLICY,
            }
            for key, value in headers.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", made
    server.shutdown()
    server.server_close()
    thread.join()


def _font() -> bytes:
    """The font as the server has cut it, or else whole; Chromium reads either kind of file."""
    cut = kept()
    if cut is not None and cut.is_file():
        return cut.read_bytes()
    whole = found()
    if whole is None:
        pytest.skip("needs the package zhplot")
    return whole.read_bytes()


class Visit:
    """An open page, with what it said and asked."""

    def __init__(
        self, browser: Any, url: str, size: tuple[int, int] = (1024, 768), tour: bool = False
    ) -> None:
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, accept_downloads=True
        )
        if not tour:
            self.context.add_init_script("try { localStorage.setItem('yihe-tour-taken', 'yes') } catch {}")
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(url)
        self.page.wait_for_selector("#maps[data-ready=yes]")
        self.page.evaluate("document.fonts.ready.then(() => null)")

    def js(self, code: str, given: Any = None) -> Any:
        return self.page.evaluate(code, given)

    def until(self, code: str, seconds: float = 20.0) -> None:
        """Wait until something is so; Playwright's own way evaluates strings, which the policy forbids."""
        for _ in range(int(seconds * 20)):
            if self.js(code):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never so: {code}")

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()
