"""Who may ask, and the headers of every answer.

Host and Origin are checked against rebinding and foreign pages, bodies are bounded, and where others can
reach the server a token is needed.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import socket
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sim.errors import YiheError
from sim.web.limits import RefusalError

POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:",
    "font-src 'self' data:", "connect-src 'self'", "media-src 'self' blob:", "worker-src 'self'",
    "manifest-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
))
"""Content-Security-Policy: nothing from elsewhere, nothing inline."""

HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
}

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class Door(NamedTuple):
    """By which names the server may be asked, and whether a token is needed."""

    names: frozenset[str] = LOOPBACK_NAMES
    any_address: bool = False
    """Whether any IP address will do: an address, unlike a name, cannot be made to point elsewhere."""
    token: str = ""
    """Empty where only this machine can reach the server."""

    @property
    def cookie(self) -> str:
        """Name of the cookie: cookies know no ports, and there may be another server on this host."""
        return f"yihe-{hashlib.blake2b(self.token.encode(), digest_size=4).hexdigest()}"


def door(host: str | None, token: str) -> Door:
    """The door of a server bound to ``host``; None is the loopback address."""
    if host is None or is_loopback(host):
        return Door()
    name = socket.gethostname().lower()
    own = {host.strip("[]").lower(), name, f"{name.partition('.')[0]}.local"}
    return Door(LOOPBACK_NAMES | own, any_address=True, token=token)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address or name."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class Guard:
    """ASGI middleware before everything else.

    Parameters
    ----------
    app : ASGI application
    door : Door
    body : int
        Most bytes of a request.
    """

    def __init__(self, app: ASGIApp, *, door: Door, body: int) -> None:
        self.app, self.door, self.body = app, door, body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        try:
            answer = self._refused(scope)
        except RefusalError as refusal:
            answer = refused(refusal)
        if answer is not None:
            await answer(scope, receive, sent)
            return
        await self.app(scope, receive, sent)

    def _refused(self, scope: Scope) -> Response | None:
        """The answer to a request that does not come in; None lets it in."""
        headers = Headers(scope=scope)
        self._host(headers)
        _origin(scope, headers)
        posted = scope["method"] not in ("GET", "HEAD")
        if posted and headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise RefusalError(
                415, "请求应为 JSON（Content-Type: application/json）",
                "the request must be JSON (Content-Type: application/json)")
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()) or len(length) > 18 or int(length) > self.body:
            raise body_too_large(self.body)
        return self._token(scope, headers) if self.door.token else None

    def _host(self, headers: Headers) -> None:
        given = headers.getlist("host")
        name = host_name(given[0]) if len(given) == 1 else None
        if name is None or not (name in self.door.names or (self.door.any_address and _is_address(name))):
            raise RefusalError(
                403, "不认识这个主机名：请用启动时显示的网址打开",
                "unknown host: open the address shown at the start")

    def _token(self, scope: Scope, headers: Headers) -> Response | None:
        """Let in by cookie; a token in the address becomes one."""
        token = self.door.token
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = [value for key, value in query if key == "token"]
        if scope["method"] == "GET" and scope["path"] == "/" and given and _same(given[0], token):
            rest = urlencode([pair for pair in query if pair[0] != "token"])
            answer = RedirectResponse(f"/?{rest}" if rest else "/", 303)
            # Not "strict": the page would not open from a link in a message
            answer.set_cookie(self.door.cookie, token, httponly=True, samesite="lax", path="/")
            return answer
        cookies = cookie_parser(headers.get("cookie", ""))
        if not _same(cookies.get(self.door.cookie, ""), token):
            raise RefusalError(
                403, "缺少口令：请用启动时显示的完整网址（含 token）打开",
                "the token is missing: open the whole address shown at the start, token included")
        return None


def _origin(scope: Scope, headers: Headers) -> None:
    """Refuse what another page sends: its origin is not ours, or the browser says so."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    foreign = origin is not None and _netloc(origin) != headers.get("host", "").lower()
    if site is not None and site not in ("same-origin", "none"):
        # Following a link here from another page is fine; fetching or posting from there is not
        opened = scope["method"] == "GET" and scope["path"] == "/"
        foreign = foreign or not (opened and headers.get("sec-fetch-mode") == "navigate")
    if foreign:
        raise RefusalError(
            403, "请求来自别的网页，已拒绝", "the request comes from another page and is refused")


def _netloc(origin: str) -> str | None:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return None
    return parts.netloc.lower() if parts.scheme in ("http", "https") else None


def host_name(host: str) -> str | None:
    """The name in a Host header, without its port; None if it is none."""
    host = host.strip().lower()
    if host.startswith("["):
        name, bracket, port = host[1:].partition("]")
        port = port.removeprefix(":") if port.startswith(":") or not port else "?"
    else:
        (name, _, port), bracket = host.partition(":"), "]"
    if not (name and bracket) or (port and not (port.isascii() and port.isdigit())):
        return None
    return name


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())


async def read_body(receive: Receive, most: int) -> bytes:
    """The whole body of a request.

    Raises
    ------
    RefusalError
        If it is larger than it may be (413), or the browser left.
    """
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RefusalError(400, "请求没有发完", "the request was not finished")
        body += message.get("body", b"")
        if len(body) > most:
            raise body_too_large(most)
        if not message.get("more_body", False):
            return bytes(body)


def body_too_large(most: int) -> RefusalError:
    """The body is larger than it may be: 413."""
    return RefusalError(
        413, f"请求太大，最多 {most // 1024} KiB", f"the request is too large; at most {most // 1024} KiB")


def refused(error: YiheError, status: int = 400) -> Response:
    """An answer that says what is wrong: 400, or a refusal's own status."""
    status = error.status if isinstance(error, RefusalError) else status
    key = error.key if error.file is None else " ".join(filter(None, [error.file, error.key]))
    answer = json_response({"zh": error.zh, "en": error.en, "key": key}, status)
    if status in (413, 408):
        answer.headers["connection"] = "close"
    return answer


def json_response(content: Any, status: int = 200) -> Response:
    """JSON in UTF-8; half a surrogate pair becomes a question mark."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(text.encode("utf-8", "replace"), status, media_type="application/json")
