"""``yihe serve``: a socket, a browser, and an end without loose ends."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import uvicorn

from sim.errors import YiheError
from sim.web.app import make_app
from sim.web.guard import door
from sim.web.settings import Settings

PORT = 8642
"""Port where none is asked for; another free one if it is taken."""

LOOPBACK = "127.0.0.1"
GRACE = 3
"""Seconds that answers under way have when the server is ended."""


_BREAK = [getattr(signal, name) for name in ("SIGBREAK",) if hasattr(signal, name)]  # Ctrl-Break on Windows


class _Server(uvicorn.Server):
    """Ends on Ctrl-C and SIGTERM with exit code 0, and says when it listens.

    What is at work then is refused at once, so that no request is left to be broken off.
    """

    def __init__(
        self, config: uvicorn.Config, listening: Callable[[], None], ending: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(config)
        self._listening, self._ending = listening, ending

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._ending()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn does, but without raising the signal once more at the end."""
        names: list[signal.Signals] = [signal.SIGINT, signal.SIGTERM, *_BREAK]
        before = {name: signal.signal(name, self.handle_exit) for name in names}
        try:
            yield
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)


def serve(
    folder: Path, *, port: int | None = None, host: str | None = None, browser: bool = True,
    plugins: Sequence[Path] = (), lang: str = "zh", quiet: bool = False,
) -> None:
    """Serve the page until Ctrl-C or SIGTERM.

    Parameters
    ----------
    folder : Path
        Scenario files.
    port : int, optional
        :data:`PORT` if left out, or any free one if that is taken.
    host : str, optional
        Address to listen on; only this machine if left out. One that others can reach needs a token.
    browser : bool
        Whether to open the page in a browser.
    plugins : sequence of Path
    lang : {"zh", "en"}
    quiet : bool
        Print nothing but the address.

    Raises
    ------
    YiheError
        If there are no scenario files, or the address cannot be used.
    """
    if not any(folder.glob("*.yaml")):
        raise YiheError(
            "这里没有情景文件（*.yaml）：请用 --scenarios 指定情景文件夹，或用 yihe new 生成一个",
            "there are no scenario files (*.yaml) here: name their folder with --scenarios, or write one "
            "with yihe new", file=folder)
    listener = listen(host or LOOPBACK, port)
    token = secrets.token_urlsafe(24)
    settings = Settings(folder, door=door(host, token), plugins=plugins)
    address = url(host or LOOPBACK, listener.getsockname()[1], settings.door.token)

    def listening() -> None:
        print(address, flush=True)
        if not quiet:
            print(_SAID[lang][bool(settings.door.token)], file=sys.stderr, flush=True)
        if browser:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    app = make_app(settings)
    config = uvicorn.Config(
        app, loop="asyncio", http="h11", ws="none", lifespan="on", log_level="warning",
        access_log=False, server_header=False, date_header=False, proxy_headers=False,
        timeout_graceful_shutdown=GRACE, limit_concurrency=512, backlog=256)
    with contextlib.closing(listener):
        _Server(config, listening, app.state.server.pool.close).run(sockets=[listener])


_SAID = {
    "zh": ("只有本机能打开；Ctrl-C 结束", "同一网络的人凭这个网址都能打开，请只发给要用的人；Ctrl-C 结束"),
    "en": (
        "only this machine can open it; Ctrl-C ends it",
        "whoever has this address can open it from the same network: give it only to those who need it; "
        "Ctrl-C ends it")}


def listen(host: str, port: int | None) -> socket.socket:
    """A socket that listens; on any free port if none is asked for and the usual one is taken.

    Raises
    ------
    YiheError
        If the address or the port asked for cannot be used.
    """
    try:
        return _bound(host, PORT if port is None else port)
    except socket.gaierror:
        raise YiheError(
            f"没有 {host} 这个地址：请写本机的 IP 地址，例如 0.0.0.0",
            f"there is no address {host}: give an IP address of this machine, such as 0.0.0.0",
            key="--host") from None
    except OSError as error:
        if port is None:
            with contextlib.suppress(OSError):
                return _bound(host, 0)
        said = os.strerror(error.errno) if error.errno else str(error)
        raise YiheError(
            f"无法使用 {host} 端口 {PORT if port is None else port}（{said}）：请换一个 --port，或不写它",
            f"cannot use {host} port {PORT if port is None else port} ({said}): choose another --port, or "
            "leave it out", key="--port" if port is not None else "--host") from error


def _bound(host: str, port: int) -> socket.socket:
    family, kind, proto, _, address = socket.getaddrinfo(
        host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    listener = socket.socket(family, kind, proto)
    try:
        if os.name == "posix":  # a port just left by a server before; never one that is in use
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        elif hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        listener.bind(address)
        listener.listen(256)
    except OSError:
        listener.close()
        raise
    listener.set_inheritable(False)
    return listener


def url(host: str, port: int, token: str) -> str:
    """The address to open: this machine's own where it listens on all of them."""
    name = host.strip("[]")
    if name in ("0.0.0.0", "::", ""):
        name = _outward()
    shown = f"[{name}]" if ":" in name else name
    return f"http://{shown}:{port}/" + (f"?token={token}" if token else "")


def _outward() -> str:
    """The address by which others reach this machine; nothing is sent to find it."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # reserved for documentation; connecting sends no datagram
        return str(probe.getsockname()[0])
    return LOOPBACK
