"""The file: a mark, a header in JSON, and one gzip stream with all arrays one after the other."""

from __future__ import annotations

import json
import math
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from sim.errors import YiheError

MAGIC = b"YIHEREC1"
_LENGTH = struct.Struct("<I")
_ALIGN = 8
_DTYPES = frozenset({"u1", "u2", "u4", "i1", "i2", "i4", "f4", "f8"})
_CODINGS = frozenset({"plain", "weekly_delta"})

MOST_HEADER = 32 * 2**20
"""Bytes a header may have."""
MOST_BODY = 2**30
"""Bytes all arrays may have together."""

Array = npt.NDArray[Any]


def pack(
    header: Mapping[str, Any], arrays: Mapping[str, Array], codings: Mapping[str, str], level: int = 6
) -> bytes:
    """The bytes of a recording: the same header and arrays always give the same.

    Parameters
    ----------
    header : mapping
        Everything but ``arrays``, which is added.
    arrays : mapping of name to array
        Of a kind of number that :data:`DTYPES` names.
    codings : mapping of name to {"plain", "weekly_delta"}
    level : int
        Of compression: 1 is quick, 9 small.

    Returns
    -------
    bytes

    Raises
    ------
    YiheError
        If the arrays take more than :data:`MOST_BODY`.
    """
    squeeze = zlib.compressobj(level, zlib.DEFLATED, 31)
    places: dict[str, dict[str, Any]] = {}
    pieces, at = [], 0
    for name, array in arrays.items():
        kind = array.dtype.kind + str(array.dtype.itemsize)
        places[name] = {"dtype": kind, "shape": list(array.shape), "offset": at, "coding": codings[name]}
        coded = _to_deltas(array) if codings[name] == "weekly_delta" else array
        content = np.ascontiguousarray(coded, np.dtype("<" + kind)).tobytes()
        content += bytes(-len(content) % _ALIGN)
        pieces.append(squeeze.compress(content))
        at += len(content)
        if at > MOST_BODY:
            too_large()
    body = bytearray(b"".join([*pieces, squeeze.flush()]))
    # Level and operating system of the making would make bytes differ, and change nothing
    body[8], body[9] = 0, 255
    whole = {**header, "arrays": places}
    text = json.dumps(whole, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    head = text.encode("utf-8")
    return b"".join([MAGIC, _LENGTH.pack(len(head)), head, body])


def unpack(content: bytes, file: str | None = None) -> tuple[dict[str, Any], dict[str, Array]]:
    """Header and arrays of a recording's bytes.

    Parameters
    ----------
    content : bytes
    file : str, optional
        Named in errors.

    Returns
    -------
    header : dict
    arrays : dict of name to array
        Decoded, read-only.

    Raises
    ------
    YiheError
        If it is no recording, or torn.
    """
    if content[: len(MAGIC)] != MAGIC:
        foreign(file)
    start = len(MAGIC) + _LENGTH.size
    if len(content) < start:
        torn(file)
    (length,) = _LENGTH.unpack_from(content, len(MAGIC))
    if length > MOST_HEADER or start + length > len(content):
        torn(file)
    header = _header(content[start : start + length], file)
    layout = list(_layout(header.get("arrays"), file))
    size = max((end for *_, end in layout), default=0)
    body = _inflate(content[start + length :], -(-size // _ALIGN) * _ALIGN, file)
    arrays = {}
    for name, dtype, shape, coding, first, end in layout:
        array = np.frombuffer(body[first:end], dtype).reshape(shape)
        if coding == "weekly_delta":
            array = np.cumsum(array, axis=0, dtype=np.uint8)
            array.flags.writeable = False
        arrays[name] = array
    return header, arrays


def _to_deltas(array: Array) -> Array:
    """First week plain, then each week minus the one before, modulo 256."""
    deltas = array.copy()
    deltas[1:] -= array[:-1]
    return deltas


def _header(content: bytes, file: str | None) -> dict[str, Any]:
    try:
        text = content.decode("utf-8")
        header = json.loads(text, parse_constant=lambda _: torn(file))
        if "\\u" in text:  # half a character can be escaped, but never be written again
            json.dumps(header, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        torn(file)
    if not isinstance(header, dict):
        torn(file)
    return header


def _layout(
    places: object, file: str | None
) -> Iterator[tuple[str, np.dtype[Any], tuple[int, ...], str, int, int]]:
    """Name, kind of number, shape, coding and range of bytes of each array."""
    if not isinstance(places, dict):
        torn(file)
    for name, place in places.items():
        if not isinstance(place, dict):
            torn(file)
        kind, shape, at = place.get("dtype"), place.get("shape"), place.get("offset")
        coding = place.get("coding")
        if not (isinstance(kind, str) and kind in _DTYPES and isinstance(coding, str) and coding in _CODINGS):
            torn(file)
        if not (isinstance(shape, list) and len(shape) <= 3):
            torn(file)
        if not all(type(n) is int and 0 <= n <= MOST_BODY for n in shape):
            torn(file)
        if not (isinstance(at, int) and at >= 0 and at % _ALIGN == 0):
            torn(file)
        if coding == "weekly_delta" and (kind != "u1" or len(shape) != 2):
            torn(file)
        dtype = np.dtype("<" + kind)
        end = at + math.prod(shape) * dtype.itemsize
        if end > MOST_BODY:
            torn(file)
        yield name, dtype, tuple(shape), coding, at, end


def _inflate(content: bytes, size: int, file: str | None) -> bytes:
    """Exactly ``size`` bytes out of one gzip stream, and never more of them in memory."""
    stream = zlib.decompressobj(31)
    try:
        body = stream.decompress(content, size + 1)
        # A stream that ends exactly at ``size`` may need one more turn to see its own end
        rest = b"" if stream.eof else stream.decompress(stream.unconsumed_tail, 1)
    except zlib.error:
        torn(file)
    if len(body) != size or rest or not stream.eof or stream.unused_data:
        torn(file)
    return body


def too_large() -> NoReturn:
    """Refuse to record what nobody could read again."""
    raise YiheError(
        f"运行记录会超过 {MOST_BODY // 2**20} MB：请减少周数或居民",
        f"the recording would take more than {MOST_BODY // 2**20} MB: use fewer weeks or residents")


def foreign(file: str | None) -> NoReturn:
    """Refuse what is no recording."""
    raise YiheError(
        "这不是 yihe 的运行记录（或是别的版本）：请用 yihe run --record 生成",
        "this is no recording made by yihe, or one of another version: make one with yihe run --record",
        file=file)


def torn(file: str | None, key: str | None = None) -> NoReturn:
    """Refuse what is a recording but does not hold together; ``key`` names the part at fault."""
    raise YiheError(
        "运行记录已损坏或不完整：请重新拷贝，或用 yihe run --record 再生成一次",
        "the recording is damaged or incomplete: copy it anew, or make it again with yihe run --record",
        file=file, key=key)
