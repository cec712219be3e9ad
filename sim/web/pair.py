"""The two recordings of a comparison as one answer: frames, each sent as soon as there is something in it.

A frame is its head, then so many bytes: length (``uint32``, little-endian), side (0 for A, 1 for B), kind
(:data:`FIRST`, :data:`WHOLE` or :data:`REFUSED`) and two bytes of nothing. Each side ends with a whole
recording, which one of the first weeks may come before; a refusal is JSON, as in :mod:`sim.web.app`, and ends
it all.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping

from sim.errors import YiheError
from sim.web.frames import Made
from sim.web.limits import FAULT

MEDIA_TYPE = "application/octet-stream"
HEAD = struct.Struct("<IBB2x")
SIDES = ("a", "b")
FIRST, WHOLE, REFUSED = range(3)
"""Kinds of frames: a recording of the first weeks, of all weeks, a refusal."""


def frame(side: str, kind: int, content: bytes) -> bytes:
    """One frame."""
    return HEAD.pack(len(content), SIDES.index(side), kind) + content


def _refusal(said: Mapping[str, str | None]) -> bytes:
    return frame("a", REFUSED, json.dumps(said, ensure_ascii=False).encode())


async def frames(make: Callable[[Callable[[Made], None]], Awaitable[None]]) -> AsyncGenerator[bytes]:
    """Frames of recordings as they are made.

    Parameters
    ----------
    make : callable
        Makes them all, and hands each to the function that it is given.

    Raises
    ------
    YiheError
        What went wrong before anything was made; what does later is a frame of its own.
    """
    made: asyncio.Queue[Made | None] = asyncio.Queue()
    work = asyncio.ensure_future(make(made.put_nowait))
    work.add_done_callback(lambda _: made.put_nowait(None))
    begun = False
    try:
        while (one := await made.get()) is not None:
            begun = True
            yield frame(one.side, WHOLE if one.whole else FIRST, one.content)
        try:
            await work
        except YiheError as error:
            if not begun:
                raise
            yield _refusal({"zh": error.zh, "en": error.en, "key": error.key})
        except Exception:
            if begun:
                yield _refusal(FAULT)
            raise  # so that the traceback reaches the terminal
    finally:
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await work


async def after(
    first: bytes, rest: AsyncGenerator[bytes], keep: Callable[[bytes], Awaitable[None]] | None = None,
) -> AsyncGenerator[bytes]:
    """All frames, the first of which has been waited for; ``keep`` gets them unless one is a refusal."""
    sent = []
    async with contextlib.aclosing(rest) as each:
        sent.append(first)
        yield first
        async for one in each:
            if keep is not None:
                sent.append(one)
            yield one
    if keep is not None and all(HEAD.unpack_from(one)[2] != REFUSED for one in sent):
        await keep(b"".join(sent))
