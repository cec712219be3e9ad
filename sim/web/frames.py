"""Messages between the server and its own worker processes: eight bytes of length, then a pickle."""

from __future__ import annotations

import pickle
import struct
from typing import Any, BinaryIO, NamedTuple

HEAD = struct.Struct("<Q")


class Job(NamedTuple):
    """A task for a worker; its number comes back with the answer."""

    number: int
    task: str
    arguments: tuple[Any, ...]


class Cancel(NamedTuple):
    """Break off a job if it is still at work."""

    number: int


class Answer(NamedTuple):
    """How a job ended, or a part of what it makes."""

    number: int
    value: Any
    error: BaseException | None
    """A user's mistake; None if it went well or was broken off."""
    fault: str
    """Traceback of a fault of ours; empty if there was none."""
    cancelled: bool = False
    part: bool = False
    """Whether more is to come: a part of what the job makes."""


class Made(NamedTuple):
    """A recording of one side of a comparison."""

    side: str
    whole: bool
    """Whether it holds all weeks, and not only the first of them."""
    content: bytes


def packed(message: object) -> bytes:
    """A message as bytes."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return HEAD.pack(len(body)) + body


def read(stream: BinaryIO) -> Any:
    """The next message; None at the end of the stream."""
    head = stream.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    (length,) = HEAD.unpack(head)
    body = stream.read(length)
    return pickle.loads(body) if len(body) == length else None
