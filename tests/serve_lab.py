"""What the tests of the server share: a folder of scenarios, a server with stand-in runs, ways of asking."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import serve_tasks
from starlette.testclient import TestClient

from sim.scenario.reading import load
from sim.web.app import make_app
from sim.web.frames import Made
from sim.web.pair import HEAD, SIDES, WHOLE
from sim.web.pool import URGENT, Pool
from sim.web.settings import Settings

BASE = "http://127.0.0.1:8642"

SMALL = """
yihe: 1
name: small
title: {zh: 小区, en: small estate}
weeks: 8
warmup: 2
population: {residents: 150}
arms:
  none: {label: {zh: 无政策, en: no policy}, policies: []}
  festival:
    label: {zh: 邻里节, en: festival}
    policies: [{kind: neighbour_festival, start: 1}]
  poor: {conditions: [scarce_money], policies: [{kind: building_council}]}
targets: []
"""


def write_folder(folder: Path) -> Path:
    """A folder with a good file, one that extends it, and a wrong one."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "small.yaml").write_text(SMALL, encoding="utf-8")
    (folder / "above.yaml").write_text(
        "extends: small.yaml\nname: above\nties: {atomisation: 0.5}\n", encoding="utf-8")
    (folder / "wrong.yaml").write_text(SMALL.replace("residents: 150", "residents: many"), encoding="utf-8")
    return folder


@contextmanager
def stand_in() -> Iterator[Path]:
    """Let workers find the stand-in for the tasks; gives the folder of marks by which these speak."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as marks:
        here = str(Path(__file__).parent)
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")])))
        patch.setenv(serve_tasks.MARKS, marks)
        yield Path(marks)


async def begun(marks: Path, seed: int) -> None:
    """Wait until the stand-in for a run of this seed is at work."""
    async with asyncio.timeout(60):
        while not (marks / str(seed)).exists():
            await asyncio.sleep(0.002)


async def waits(pool: Pool, number: int) -> None:
    """Wait until so many wait for a worker."""
    async with asyncio.timeout(60):
        while sum(not future.done() for *_, future in pool._waiting) != number:
            await asyncio.sleep(0)


def settings(folder: Path, **changes: Any) -> Settings:
    """A server with stand-in runs and no font."""
    return Settings(folder, **{"tasks": "serve_tasks", "font": False, "keep": False, "workers": 2, **changes})


@contextmanager
def serving(given: Settings) -> Iterator[TestClient]:
    """A client of a server that is at work."""
    with stand_in(), TestClient(make_app(given), base_url=BASE, raise_server_exceptions=False) as client:
        yield client


def asking(**changes: Any) -> dict[str, Any]:
    """A comparison that may be asked for."""
    return {"scenario": "small.yaml", "a": {"arm": "festival"}, "b": {"arm": "none"}, **changes}


def two(content: bytes) -> tuple[bytes, bytes]:
    """The two whole recordings of an answer."""
    whole = {side: one for side, kind, one in framed(content) if kind == WHOLE}
    return whole["a"], whole["b"]


def framed(content: bytes) -> list[tuple[str, int, bytes]]:
    """Side, kind and content of every frame of an answer."""
    found = []
    while content:
        length, side, kind = HEAD.unpack_from(content)
        found.append((SIDES[side], kind, content[HEAD.size : HEAD.size + length]))
        content = content[HEAD.size + length :]
    return found


def told(content: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """What two stand-in recordings tell."""
    a, b = two(content)
    return json.loads(a), json.loads(b)


async def ended(pool: Pool, urgency: int = URGENT) -> int:
    """Process that did a run, to its end."""
    made: list[Made] = []
    await pool.run("compare", *tiny(), 1, frozenset(), urgency=urgency, tell=made.append)
    return json.loads(made[0].content)["worker"]


def tiny() -> tuple[Any, Any]:
    scenario = load({"yihe": 1, "name": "x", "weeks": 2, "warmup": 0})
    return {"a": scenario}, {"a": scenario.title}
