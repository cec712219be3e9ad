"""What each address of the server does; see :mod:`sim.web.app` for the list of them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from sim.errors import default_language
from sim.web.files import FACE, FONT, PageFiles, without_font
from sim.web.font import Font
from sim.web.frames import Made
from sim.web.guard import json_response, read_body
from sim.web.keeping import Keeper, folder_stamp
from sim.web.limits import RefusalError
from sim.web.pair import MEDIA_TYPE, after, frames
from sim.web.pool import Pool
from sim.web.recent import Recent, names
from sim.web.settings import Settings
from sim.web.streaming import Parts, lines, many_seeds

if TYPE_CHECKING:
    from sim.web.asked import Asked
    from sim.web.library import Library

BODY_SECONDS = 20.0
"""Time a request's body may take to arrive."""

HEAD_START = 4.0
"""Seconds for which a page whose first comparison is kept has the machine to itself."""

LEFT = 499
"""Status of an answer that nobody reads: the browser left."""

_START, _SCENARIO, _COMPARE = b"start", b"scenario\n", b"compare\n"
"""What kept answers are answers to; the name of a file or a comparison's body follows."""

T = TypeVar("T")


class Server:
    """What all requests share: workers, the listing of scenarios, the font; nothing of any request.

    Parameters
    ----------
    settings : Settings
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.pool = Pool(settings.workers, settings.limits, settings.tasks, settings.plugins)
        self.font = Font()
        self._files = PageFiles(settings.static)
        keeping = settings.keep and not settings.plugins
        setup = f"{settings.limits} {settings.level} {default_language()}"
        self._keeper = Keeper(settings.folder, setup) if keeping else None
        self._compared = False
        self._page_stands = asyncio.Event()
        """Set when the first comparison was answered without a run, or no earlier server kept anything."""
        self._library: Library | None = None
        self._start: tuple[str, bytes] | None = None
        self._policies: dict[str, bytes] = {}
        self._recent = Recent()
        self._streams = 0
        self._preparing = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Start the workers, and end them."""
        if self.settings.font:
            self.font.start()
        ahead = asyncio.create_task(self._ahead())
        try:
            yield
        finally:
            ahead.cancel()
            await self.font.close()
            await self.pool.close()

    async def page(self, request: Request) -> Response:
        """The page itself."""
        return await run_in_threadpool(self._files.page)

    async def static(self, request: Request) -> Response:
        """One of the page's files."""
        name = request.path_params["name"]
        if name == FONT:
            file = await self.font.file() if self.settings.font else None
            if file is None:
                raise HTTPException(404)
            kind = f"font/{file.suffix.removeprefix('.')}"
            return FileResponse(file, media_type=kind, headers={"cache-control": "no-cache"})
        answer = await run_in_threadpool(self._files.file, name)
        if name == FACE and not (self.settings.font and self.font.any):
            return await run_in_threadpool(without_font, self.settings.static / FACE)
        return answer

    async def start(self, request: Request) -> Response:
        """What the page needs to know."""
        return Response(await self._prepared(), media_type="application/json")

    async def scenario(self, request: Request) -> Response:
        """One scenario in full."""
        said = _SCENARIO + str(request.query_params.get("file")).encode("utf-8", "surrogatepass")
        name, kept = await run_in_threadpool(self._kept, said)
        if kept is None:
            library = await self._shelf()

            def made() -> bytes:
                from sim.web.start import scenario

                return bytes(json_response(scenario(library, request.query_params.get("file"))).body)

            kept = await run_in_threadpool(made)
            await run_in_threadpool(self._keep, name, said, kept)
        return Response(kept, media_type="application/json")

    async def policy(self, request: Request) -> Response:
        """One policy in full."""
        from sim.policies.registry import kinds

        kind = request.query_params.get("kind")
        if kind not in kinds():
            raise RefusalError(404, "没有这种政策", "there is no such kind of policy", key="kind")
        if kind not in self._policies:
            found = await self._while_there(request, self.pool.run("policy", kind))
            self._policies[kind] = bytes(json_response(found).body)
        return Response(self._policies[kind], media_type="application/json")

    async def ready(self, request: Request) -> Response:
        """Whether runs can begin at once."""
        return json_response({"ready": self.pool.warm})

    async def compare(self, request: Request) -> Response:
        """Two recordings of the same seed, and their first weeks before them if those are asked for."""
        body, first, name = await self._body(request), not self._compared, ""
        self._compared = True
        if first and self._keeper is not None:
            name, kept = await run_in_threadpool(self._kept, _COMPARE + body)
            if kept is not None:
                stands = BackgroundTask(self._page_stands.set)
                return Response(kept, media_type=MEDIA_TYPE, background=stands)
        asked = await self._asked(body)
        made = frames(lambda hand: self._make(asked, hand))
        begun = await self._while_there(request, anext(made))

        async def keep(answer: bytes) -> None:
            await run_in_threadpool(self._keep, name, _COMPARE + body, answer)

        return Parts(after(begun, made, keep if name else None), MEDIA_TYPE)

    def _kept(self, request: bytes) -> tuple[str, bytes | None]:
        """Name of the answer to a request, and the answer if there is one from an earlier server."""
        if self._keeper is None:
            return "", None
        name = self._keeper.name(request)
        return name, self._keeper.get(name)

    def _keep(self, name: str, request: bytes, answer: bytes) -> None:
        """Keep an answer for later servers."""
        if self._keeper is not None:
            self._keeper.put(name, request, answer)

    async def _make(self, asked: Asked, hand: Callable[[Made], None]) -> None:
        """Both recordings: what was made lately as it is, the rest side by side if two workers are free."""
        named = names(asked.arms, asked.labels, asked.seed, asked.compared)
        missing = []
        for side, name in named.items():
            known = self._recent.get(name)
            if known is None:
                missing.append(side)
            else:
                hand(Made(side, True, known))

        def tell(one: Made) -> None:
            if one.whole:
                self._recent.put(named[one.side], one.content)
            hand(one)

        groups = [[side] for side in missing] if self.pool.free > 1 else [missing] if missing else []
        await _all_or_none([
            self.pool.run(
                "compare", {side: asked.arms[side] for side in group}, asked.labels, asked.seed,
                asked.compared, self.settings.level, asked.first, place=group[0], tell=tell)
            for group in groups])

    async def hundred(self, request: Request) -> Response:
        """The same comparison over many seeds, a line each."""
        asked = await self._asked(await self._body(request))  # a slow body holds no place
        if self._streams >= self.settings.limits.streams:
            raise RefusalError(
                429, "同时进行的多种子比较太多：请稍候再试",
                "too many comparisons over many seeds are at work: try again in a moment")
        self._streams += 1
        return lines(many_seeds(self.pool, asked), self._stream_over)

    def _stream_over(self) -> None:
        self._streams -= 1

    async def _shelf(self) -> Library:
        """The listing of scenarios; its module takes half a second to load, so not before the page."""
        if self._library is None:
            def opened() -> Library:
                from sim.web.library import Library

                return Library(self.settings.folder)

            self._library = await run_in_threadpool(opened)
        return self._library

    async def _ahead(self) -> None:
        """Do before it is asked for what would keep the page waiting: its start, the workers, the reading."""
        await self._prepared()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HEAD_START):
                await self._page_stands.wait()
        await self.pool.warmed()

        def load() -> None:
            import sim.web.asked
            import sim.web.start  # noqa: F401

        await run_in_threadpool(load)

    async def _prepared(self) -> bytes:
        """The answer to ``/api/start``, made anew when a scenario file changes."""
        async with self._preparing:
            stamp = await run_in_threadpool(folder_stamp, self.settings.folder)
            if self._start is None or self._start[0] != stamp:
                name, kept = await run_in_threadpool(self._kept, _START)
                if kept is None:
                    self._page_stands.set()
                    self.pool.start()
                    kept = await run_in_threadpool(self._made, await self._shelf())
                    await run_in_threadpool(self._keep, name, _START, kept)
                self._start = stamp, kept
            return self._start[1]

    def _made(self, library: Library) -> bytes:
        from sim.web.start import start

        return bytes(json_response(start(library, self.settings.limits)).body)

    async def _body(self, request: Request) -> bytes:
        """The body of a request, within its bounds of size and time."""
        try:
            async with asyncio.timeout(BODY_SECONDS):
                return await read_body(request.receive, self.settings.limits.body)
        except TimeoutError:
            raise RefusalError(408, "请求迟迟没有发完", "the request was not finished in time") from None

    async def _asked(self, body: bytes) -> Asked:
        """What a request asks for, checked."""
        library = await self._shelf()

        def read() -> Asked:
            from sim.web.asked import read_asked, read_json

            limits = self.settings.limits
            try:
                return read_asked(read_json(body, limits), library, limits)
            except RecursionError:
                raise RefusalError(400, "请求嵌套过深", "the request is nested too deeply") from None

        return await run_in_threadpool(read)

    async def _while_there(self, request: Request, work: Awaitable[T]) -> T:
        """Do something for as long as the browser waits for it.

        Raises
        ------
        HTTPException
            If it left: with status :data:`LEFT`.
        """
        gone = asyncio.create_task(_gone(request))
        working = asyncio.ensure_future(work)
        try:
            await asyncio.wait((gone, working), return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                raise HTTPException(LEFT)
            return working.result()
        finally:
            gone.cancel()
            working.cancel()
            await asyncio.gather(gone, working, return_exceptions=True)


async def _all_or_none(work: Sequence[Awaitable[T]]) -> list[T]:
    """Do several things at once; if one fails or nobody waits any more, the others are broken off."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
