"""The format of a recording: read by the page of its documentation alone, and refused when it is torn."""

from __future__ import annotations

import gzip
import json
import re
import struct
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recording_lab import TINY, recorded, scenario, tiny

from sim.errors import YiheError
from sim.recording import Recording, container, read, record
from sim.recording.contents import ARRAYS, SCALES
from sim.recording.files import write

DOCS = Path(__file__).parent.parent / "docs" / "recording.md"
FUZZ = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@lru_cache(maxsize=1)
def small() -> bytes:
    return tiny().to_bytes()


def split(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Header and compressed body, by nothing but the documentation."""
    assert content[:8] == b"YIHEREC1"
    (length,) = struct.unpack("<I", content[8:12])
    return json.loads(content[12 : 12 + length].decode("utf-8")), content[12 + length :]


def joined(header: dict[str, Any], body: bytes) -> bytes:
    head = json.dumps(header, ensure_ascii=False).encode("utf-8")
    return b"YIHEREC1" + struct.pack("<I", len(head)) + head + body


def stories(recording: Recording) -> None:
    """Everything that can be told of a recording."""
    for row in range(0, len(recording.array("resident_age")), 7):
        for week in range(recording.weeks):
            recording.resident_story(row, week)
    for row in range(len(recording.array("institution_kind"))):
        recording.institution_story(row, recording.weeks - 1, "en")
    for row in range(len(recording.array("case_category"))):
        recording.case_story(row, recording.weeks - 1)
    recording.to_bytes()


def refused_or_sound(content: bytes) -> bool:
    """Whether bytes were refused by one clear sentence; what is not refused can be told in full."""
    try:
        recording = read(content)
    except YiheError as error:
        refusal = error
    else:
        stories(recording)
        return False
    assert "\n" not in str(refusal)
    assert refusal.zh != refusal.en
    return True


# The format.


@pytest.mark.parametrize("arm", ["festival", "none"])
def test_the_documentation_suffices_to_read_a_recording(arm: str) -> None:
    recording = recorded(arm)
    header, packed = split(recording.to_bytes())
    body = gzip.decompress(packed)
    assert list(header["arrays"]) == list(ARRAYS)
    for name, place in header["arrays"].items():
        assert place["offset"] % 8 == 0
        dtype, shape = np.dtype("<" + place["dtype"]), place["shape"]
        values = np.frombuffer(body, dtype, int(np.prod(shape)), place["offset"]).reshape(shape).copy()
        if place["coding"] == "weekly_delta":
            for week in range(1, len(values)):
                values[week] += values[week - 1]
        assert np.array_equal(values, recording.array(name), equal_nan=dtype.kind == "f"), name


def test_what_is_written_is_read_back_and_gives_the_same_bytes() -> None:
    recording = recorded()
    again = read(recording.to_bytes())
    assert {k: v for k, v in again.header.items() if k != "arrays"} == recording.header
    for name in ARRAYS:
        one, other = again.array(name), recording.array(name)
        assert one.dtype == other.dtype
        assert np.array_equal(one, other, equal_nan=one.dtype.kind == "f"), name
    assert again.to_bytes() == recording.to_bytes()
    quick = recording.to_bytes(level=1)
    assert read(quick).to_bytes() == recording.to_bytes()
    assert len(quick) > len(recording.to_bytes())


def test_the_body_names_no_time_and_no_machine() -> None:
    _, packed = split(small())
    assert packed[:10] == bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])


def test_the_documentation_lists_exactly_the_arrays_there_are() -> None:
    text = DOCS.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([\w ]+) \| ([\w+, ]+) \| (\w*) *\| (.+) \|$", text, re.MULTILINE)
    told = {
        name: (tuple(kinds.split()), tuple(shape.split(", ")), coding)
        for name, kinds, shape, coding, _ in rows}
    assert told == {
        name: (d.dtypes, d.shape, d.coding.replace("plain", "")) for name, d in ARRAYS.items()}
    assert all(ARRAYS[name].about in about for name, *_, about in rows)
    assert set(SCALES) <= set(ARRAYS)


# Torn, foreign, fuzzed.


def test_a_missing_file_and_a_foreign_one_are_named(tmp_path: Path) -> None:
    with pytest.raises(YiheError, match=r"nothing\.rec"):
        read(tmp_path / "nothing.rec")
    (tmp_path / "letter.rec").write_bytes(b"Dear Sir")
    with pytest.raises(YiheError) as caught:
        read(tmp_path / "letter.rec")
    assert caught.value.file == str(tmp_path / "letter.rec")
    assert "no recording" in caught.value.en


def test_another_version_is_no_recording_of_ours() -> None:
    header, body = split(small())
    with pytest.raises(YiheError, match="别的版本"):
        read(joined({**header, "format": 2}, body))


@pytest.mark.parametrize("length", [0, 7, 8, 11, 12, 40, -9, -1])
def test_a_torn_file_is_refused(length: int) -> None:
    assert refused_or_sound(small()[:length])


def test_bytes_behind_the_end_are_refused() -> None:
    assert refused_or_sound(small() + b"x")


def test_a_small_file_that_would_unpack_to_far_more_than_it_says_is_refused() -> None:
    header, _ = split(small())
    assert refused_or_sound(joined(header, gzip.compress(bytes(200_000_000), 9, mtime=0)))


def test_an_array_larger_than_any_recording_is_refused() -> None:
    header, body = split(small())
    header["arrays"]["outcomes"]["shape"] = [2**29, 2**29]
    assert refused_or_sound(joined(header, body))


@FUZZ
@given(st.binary(max_size=400))
def test_any_bytes_are_refused(content: bytes) -> None:
    assert refused_or_sound(content)
    assert refused_or_sound(b"YIHEREC1" + content)


@FUZZ
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=4))
def test_flipped_bits_are_refused_or_harm_nothing(flips: list[tuple[float, int]]) -> None:
    content = bytearray(small())
    for where, bits in flips:
        content[int(where * len(content))] ^= bits
    refused_or_sound(bytes(content))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5)


def paths(value: Any, depth: int = 0) -> list[tuple[Any, ...]]:
    """Paths to everything inside a header, long lists by their ends."""
    keys = list(value) if isinstance(value, dict) else []
    if isinstance(value, list):
        keys = sorted({0, len(value) - 1}) if value else []
    return [(), *((key, *rest) for key in keys for rest in paths(value[key], depth + 1))]


PATHS = [path for path in paths(split(small())[0]) if path]


@FUZZ
@given(st.sampled_from(PATHS), JSON, st.booleans())
def test_a_header_that_says_something_else_is_refused_or_harms_nothing(
    path: tuple[Any, ...], value: Any, out: bool
) -> None:
    header, body = split(small())
    place = header
    for key in path[:-1]:
        place = place[key]
    if out:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    refused_or_sound(joined(header, body))


@FUZZ
@given(st.sampled_from(list(ARRAYS)), st.randoms(use_true_random=False), st.integers(0, 2**32 - 1))
def test_arrays_that_point_nowhere_are_refused_or_harm_nothing(name: str, random: Any, value: int) -> None:
    recording = tiny()
    arrays = {each: recording.array(each) for each in ARRAYS}
    spoilt = arrays[name].copy()
    if spoilt.size:
        raw = np.array([value], np.uint32).view(np.uint8)[: spoilt.dtype.itemsize]
        flat = spoilt.reshape(-1)
        flat[random.randrange(flat.size)] = np.resize(raw, spoilt.dtype.itemsize).view(spoilt.dtype)[0]
    codings = {each: ARRAYS[each].coding for each in ARRAYS}
    refused_or_sound(container.pack(recording.header, {**arrays, name: spoilt}, codings))


@pytest.mark.parametrize("name", [name for name, d in ARRAYS.items() if d.within])
def test_a_row_that_points_beyond_its_list_is_refused(name: str) -> None:
    recording = recorded()
    arrays = {each: recording.array(each) for each in ARRAYS}
    wide = arrays[name].astype(ARRAYS[name].dtypes[-1])
    wide[-1] = np.iinfo(wide.dtype).max
    codings = {each: ARRAYS[each].coding for each in ARRAYS}
    with pytest.raises(YiheError) as caught:
        read(container.pack(recording.header, {**arrays, name: wide}, codings))
    assert caught.value.key == f"arrays.{name}"


def test_a_recording_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.rec"
    write(file, small())
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(YiheError, match="磁盘已满"):
        write(file, b"YIHEREC1")
    assert file.read_bytes() == small()
    assert list(tmp_path.iterdir()) == [file]


def test_the_stream_is_one_gzip_member_of_the_length_the_header_says() -> None:
    header, packed = split(small())
    stream = zlib.decompressobj(31)
    body = stream.decompress(packed)
    assert stream.eof
    assert stream.unused_data == b""
    last = max(
        place["offset"] + np.dtype(place["dtype"]).itemsize * int(np.prod(place["shape"]))
        for place in header["arrays"].values())
    assert len(body) == -(-last // 8) * 8


def test_what_nobody_could_read_again_is_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MOST_BODY", 1000)
    with pytest.raises(YiheError, match="减少周数"):
        tiny().to_bytes()
    monkeypatch.setattr("sim.recording.watching.MOST_BODY", 100)
    with pytest.raises(YiheError, match="减少周数"):
        record(scenario(size=TINY), 1)
