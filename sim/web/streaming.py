"""Answers in parts, for as long as the browser is there; a comparison over many seeds as its runs end."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sim.errors import YiheError
from sim.web.pool import PATIENT, Pool

if TYPE_CHECKING:
    from sim.web.asked import Asked

MOST, RESIDENTS = 8, 8_000
"""Seeds of one job, and residents that they have together."""

Line = dict[str, Any]
Stream = AsyncGenerator[Line, None]


class Parts(Response):
    """An answer sent part by part as it comes; stops when the browser leaves.

    Parameters
    ----------
    parts : async generator of bytes
    media_type : str
    over : callable, optional
        Called once it has ended, however it did.
    """

    def __init__(
        self, parts: AsyncGenerator[bytes], media_type: str, over: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(media_type=media_type)
        self._parts, self._over = parts, over
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send all parts, or as many as are wanted."""
        sending = asyncio.create_task(self._send(send))
        gone = asyncio.create_task(_disconnected(receive))
        try:
            await asyncio.wait((sending, gone), return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        finally:
            for task in (sending, gone):
                task.cancel()
            await asyncio.gather(sending, gone, return_exceptions=True)
            self._over()

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async with contextlib.aclosing(self._parts) as parts:
            async for part in parts:
                await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def lines(stream: Stream, over: Callable[[], None]) -> Parts:
    """Newline-delimited JSON."""
    async def encoded() -> AsyncGenerator[bytes]:
        async with contextlib.aclosing(stream) as each:
            async for line in each:
                text = json.dumps(line, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"
                yield text.encode()

    return Parts(encoded(), "application/x-ndjson", over)


async def many_seeds(pool: Pool, asked: Asked) -> Stream:
    """One line as it begins, one a seed, one with what all of them say.

    Parameters
    ----------
    pool : Pool
    asked : Asked

    Yields
    ------
    dict
        ``type`` is ``begin``, ``seed``, ``failed`` (the run of one seed, and why) or ``end``; ``problem``
        instead of ``end`` if there is nothing to say.
    """
    from sim.web.hundred import exact

    yield {"type": "begin", "seeds": asked.seeds, "first": asked.seed}
    seeds, pairs = iter(range(asked.seed, asked.seed + asked.seeds)), dict[int, Any]()
    done = 0
    async with contextlib.aclosing(_as_they_end(pool, asked, seeds)) as ended:
        async for seed, found in ended:
            done += 1
            if isinstance(found, YiheError):
                yield {"type": "failed", "seed": seed, "done": done, "zh": found.zh, "en": found.en}
                continue
            pairs[seed] = found
            yield {"type": "seed", "seed": seed, "done": done, **{
                side: exact(series.values) for side, series in found.items()}}
    try:
        # In the order of seeds, so that the same request has the same answer to the last bit
        said = await pool.run("verdicts", [pairs[seed] for seed in sorted(pairs)], asked.outcomes)
    except YiheError as error:
        yield {"type": "problem", "zh": error.zh, "en": error.en, "key": error.key}
        return
    yield {"type": "end", "n": len(pairs), "outcomes": said}


def _together(asked: Asked) -> int:
    """Seeds that one job does side by side: so few that others need not wait for it."""
    people = max(arm.people() for arm in asked.arms.values())
    return max(1, min(MOST, RESIDENTS // max(1, people)))


async def _as_they_end(
    pool: Pool, asked: Asked, seeds: Iterator[int],
) -> AsyncGenerator[tuple[int, Any], None]:
    """Each seed with its series, or the mistake or refusal that came instead; a few at work at a time."""
    running: dict[asyncio.Task[Any], tuple[int, ...]] = {}
    alone = deque[int]()
    some = 1  # the first ones show that there is something to come

    def send() -> None:
        while len(running) < pool.size:
            group = (alone.popleft(),) if alone else tuple(islice(seeds, some))
            if not group:
                return
            work = pool.run("seeds", asked.arms, group, asked.compared, urgency=PATIENT)
            running[asyncio.create_task(work)] = group

    try:
        send()
        while running:
            ended, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                group = running.pop(task)
                if task.exception() is not None and len(group) > 1:
                    alone.extend(group)  # which of them it was will show
                    continue
                try:
                    found = task.result()
                except YiheError as error:
                    found = {group[0]: error}
                for seed in group:
                    yield seed, found[seed]
            some = _together(asked)
            send()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
