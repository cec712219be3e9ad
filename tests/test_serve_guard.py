"""Who may ask the server, and what every answer carries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from serve_lab import asking, serving, settings, write_folder
from starlette.testclient import TestClient

from sim.web import font
from sim.web.files import FACE, FONT, STATIC, PageFiles
from sim.web.guard import Door, door, host_name, is_loopback

TOKEN = "a-token-that-nobody-knows"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("scenarios"))


@pytest.fixture(scope="module")
def client(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    static = tmp_path_factory.mktemp("page") / "static"
    (static / "js").mkdir(parents=True)
    (static / "index.html").write_text("<!doctype html><title>页</title>", encoding="utf-8")
    (static / "js" / "main.js").write_text("export {};", encoding="utf-8")
    (static / "notes.md").write_text("not for the page", encoding="utf-8")
    (static.parent / "secret.js").write_text("secret", encoding="utf-8")
    (static / "leak.js").symlink_to(static.parent / "secret.js")
    with serving(settings(folder, static=static)) as client:
        yield client


@pytest.fixture(scope="module")
def guarded(folder: Path) -> Iterator[TestClient]:
    with serving(settings(folder, door=door("192.168.1.20", TOKEN))) as client:
        yield client


def test_the_page_names_every_module_before_it_is_asked_for() -> None:
    text = bytes(PageFiles(STATIC).page().body).decode()
    named = re.findall(r'<link rel="modulepreload" href="static/([^"]+)">', text)
    modules = {f"js/{file.name}" for file in (STATIC / "js").glob("*.js")}
    assert modules <= set(named)
    assert len(named) == len(set(named))
    assert text.index("modulepreload") < text.index("</head>")


def test_page_and_files_have_their_types_and_every_answer_its_headers(client: TestClient) -> None:
    paths = ("/", "/static/js/main.js", "/api/start", "/api/ready", "/nothing", "/api/compare")
    answers = [client.get(path) for path in paths]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 404, 405]
    assert answers[0].headers["content-type"] == "text/html; charset=utf-8"
    assert answers[1].headers["content-type"] == "text/javascript; charset=utf-8"
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "http:" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "no-" in answer.headers["cache-control"]
        assert "set-cookie" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", [
    "/static/../secret.js", "/static/%2e%2e/secret.js", "/static/..%2fsecret.js",
    "/static/js/../../secret.js", "/static//etc/passwd", "/static/leak.js", "/static/notes.md", "/static/",
    "/static/js", "/static/js%00/main.js", "/static/C:%5Cwindows", "/static/js\\main.js",
])
def test_nothing_but_the_pages_own_files_is_served(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert b"secret" not in answer.content
    assert {"zh", "en", "key"} == set(answer.json())


@pytest.mark.parametrize("host", ["127.0.0.1:8642", "localhost", "LOCALHOST:1", "[::1]:8642", "127.0.0.1"])
def test_this_machines_names_are_known(client: TestClient, host: str) -> None:
    assert client.get("/api/ready", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", [
    "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8642", "", "192.168.1.20", "[::1",
    "::1", "127.0.0.1:80:80", "127.0.0.1:x", "user@127.0.0.1", "0.0.0.0",
])
def test_other_names_are_refused(client: TestClient, host: str) -> None:
    """A name made to point here (DNS rebinding) still stands in the Host header."""
    for path in ("/", "/api/start", "/static/js/main.js"):
        assert client.get(path, headers={"host": host}).status_code == 403


@pytest.mark.parametrize(("headers", "status"), [
    ({}, 400),
    ({"origin": "http://127.0.0.1:8642"}, 400),
    ({"origin": "http://127.0.0.1:8642", "sec-fetch-site": "same-origin"}, 400),
    ({"origin": "http://127.0.0.1:9999"}, 403),
    ({"origin": "http://evil.example"}, 403),
    ({"origin": "null"}, 403),
    ({"origin": "file://"}, 403),
    ({"origin": "http://[bad"}, 403),
    ({"sec-fetch-site": "cross-site"}, 403),
    ({"sec-fetch-site": "same-site"}, 403),
])
def test_posts_from_other_pages_are_refused(
    client: TestClient, headers: dict[str, str], status: int,
) -> None:
    """400 is for the empty request itself: it was let in."""
    for path in ("/api/compare", "/api/hundred"):
        assert client.post(path, json={}, headers=headers).status_code == (404 if status == 400 else status)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_posts_that_need_no_leave_of_the_browser_are_refused(client: TestClient, kind: str) -> None:
    """A foreign page may send these types without asking first."""
    answer = client.post("/api/compare", content=b"{}", headers={"content-type": kind})
    assert answer.status_code == 415


def test_following_a_link_to_the_page_is_fine_but_fetching_its_answers_is_not(client: TestClient) -> None:
    followed = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert client.get("/", headers=followed).status_code == 200
    assert client.get("/api/start", headers=followed).status_code == 403
    assert client.get("/", headers=followed | {"sec-fetch-mode": "no-cors"}).status_code == 403


@pytest.mark.parametrize("length", ["262145", "99999999999999999999", "-1", "x", "\u00b2"])
def test_bodies_are_bounded_by_what_they_announce(client: TestClient, length: str) -> None:
    headers = {b"content-type": b"application/json", b"content-length": length.encode("latin-1")}
    assert client.post("/api/compare", content=b"{}", headers=headers).status_code == 413


def test_bodies_are_bounded_by_what_they_are(client: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(10):
            yield b" " * 40_000

    answer = client.post("/api/compare", content=pieces(), headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert "KiB" in answer.json()["en"]


def test_without_token_nothing_is_served_to_others(guarded: TestClient) -> None:
    for path in ("/", "/static/index.html", "/api/start", "/?token=wrong", "/api/start?token=" + TOKEN):
        answer = guarded.get(path, follow_redirects=False)
        assert answer.status_code == 403, path
        assert TOKEN not in answer.text
    assert guarded.post("/api/compare", json=asking()).status_code == 403


def test_token_becomes_a_cookie_and_leaves_the_address(guarded: TestClient) -> None:
    answer = guarded.get(f"/?token={TOKEN}&lang=en", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/?lang=en"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    try:
        assert guarded.get("/").status_code == 200
        assert guarded.get("/").status_code == 200  # a reload
        assert guarded.get("/api/ready", headers={"host": "10.0.0.7:8642"}).status_code == 200
        assert guarded.get("/api/ready", headers={"host": "evil.example"}).status_code == 403
    finally:
        guarded.cookies.clear()


@pytest.mark.parametrize(("given", "name"), [
    ("a", "a"), ("a:1", "a"), ("[::1]:80", "::1"), ("[::1]", "::1"), ("[::1]x", None), ("a:b", None),
    ("", None), (":80", None),
])
def test_names_in_host_headers(given: str, name: str | None) -> None:
    assert host_name(given) == name


@pytest.mark.parametrize(("host", "own"), [
    ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("[::1]", True), ("localhost", True),
    ("0.0.0.0", False), ("::", False), ("192.168.1.2", False), ("teacher", False),
    ("localhost.evil.example", False),
])
def test_only_loopback_needs_no_token(host: str, own: bool) -> None:
    assert is_loopback(host) is own
    assert (door(host, TOKEN) == Door()) is own
    assert bool(door(host, TOKEN).token) is not own


def test_two_servers_of_one_host_keep_their_cookies_apart() -> None:
    one, other = door("0.0.0.0", "one"), door("0.0.0.0", "other")
    assert one.cookie != other.cookie
    assert "one" not in one.cookie


def test_sockets_for_anything_else_are_closed(client: TestClient) -> None:
    from starlette.websockets import WebSocketDisconnect

    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/api/start"):
        pass


# --- the font ---


@pytest.fixture
def styled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page whose style asks for the font, and a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "static" / "css").mkdir(parents=True)
    (tmp_path / "static" / FACE).write_text(
        ':root { --ink: #111; }\n@font-face { src: url("../font/yihe-sc.woff2"); }\nb { top: 0; }', "utf-8")
    return tmp_path / "static"


@pytest.mark.long
def test_the_font_is_given_once_it_is_cut(folder: Path, styled: Path) -> None:
    """The first question for it waits for the cut, which takes seconds: no 404 on the page's console."""
    pytest.importorskip("zhplot")
    with serving(settings(folder, static=styled, font=True)) as client:
        answer = client.get(f"/static/{FONT}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "font/woff")
        assert answer.content[:4] == b"wOFF"
        assert "@font-face" in client.get(f"/static/{FACE}").text
        assert client.get(f"/static/{FONT}").content == answer.content
    assert [file.suffix for file in (styled.parent / "cache" / "yihe").glob("font*")] == [".woff"]


def test_the_whole_font_is_given_where_nothing_can_cut_it(
    folder: Path, styled: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = styled.parent / "whole.ttf"
    whole.write_bytes(b"all of it")
    monkeypatch.setattr(font, "found", lambda: whole)
    monkeypatch.setattr(font, "can_cut", lambda: False)
    with serving(settings(folder, static=styled, font=True)) as client:
        answer = client.get(f"/static/{FONT}")
        assert (answer.content, answer.headers["content-type"]) == (b"all of it", "font/ttf")


def test_where_there_is_no_font_no_style_asks_for_one(
    folder: Path, styled: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A style that asked would leave an error on the console of every visit."""
    monkeypatch.setattr(font, "found", lambda: None)
    with serving(settings(folder, static=styled, font=True)) as client:
        style = client.get(f"/static/{FACE}")
        assert style.headers["content-type"] == "text/css; charset=utf-8"
        assert style.text.split() == [":root", "{", "--ink:", "#111;", "}", "b", "{", "top:", "0;", "}"]
        assert client.get(f"/static/{FONT}").status_code == 404
