"""Worker processes: broken off, replaced, bounded, and served in turn."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from serve_lab import begun, ended, stand_in, tiny, waits
from serve_tasks import FAULTY, GO, MISTAKEN, SLOW, STUCK, WAITS

from sim.errors import YiheError
from sim.web.frames import Made
from sim.web.limits import Limits, RefusalError
from sim.web.pool import PATIENT, FaultError, Pool


def in_pool(work: Callable[[Pool, Path], Coroutine[Any, Any, None]], size: int = 1, **limits: Any) -> None:
    """Do something with a pool of stand-in workers, and see it closed without a process left."""

    async def whole(marks: Path) -> None:
        pool = Pool(size, Limits(**limits), "serve_tasks")
        pool.start()
        try:
            await asyncio.wait_for(work(pool, marks), 60)
        finally:
            workers = [worker._process for worker in pool._all]
            await pool.close()
            assert all(process is None or process.returncode is not None for process in workers)

    with stand_in() as marks:
        asyncio.run(whole(marks))


def test_a_run_nobody_waits_for_is_broken_off_and_its_worker_kept() -> None:
    async def work(pool: Pool, marks: Path) -> None:
        before = await ended(pool)
        task = asyncio.create_task(pool.run("compare", *tiny(), WAITS, frozenset()))
        await begun(marks, WAITS)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await ended(pool) == before

    in_pool(work)


def test_parts_come_in_order_and_none_after_it_was_broken_off() -> None:
    async def work(pool: Pool, marks: Path) -> None:
        parts: list[Made] = []
        await pool.run("compare", *tiny(), 1, frozenset(), 1, 2, tell=parts.append)
        assert [(one.side, one.whole) for one in parts] == [("a", False), ("a", True)]
        before, some = parts, list[Made]()
        task = asyncio.create_task(pool.run("compare", *tiny(), WAITS, frozenset(), 1, 2, tell=some.append))
        await begun(marks, WAITS)
        while not some:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await pool.run("compare", *tiny(), 1, frozenset(), 1, 2, tell=parts.append)
        assert [one.content for one in some] == [b"2"]
        assert parts == 2 * before[:2]

    in_pool(work)


def test_a_worker_that_does_not_let_go_is_replaced() -> None:
    async def work(pool: Pool, marks: Path) -> None:
        before = await ended(pool)
        task = asyncio.create_task(pool.run("compare", *tiny(), STUCK, frozenset()))
        await begun(marks, STUCK)
        task.cancel()
        assert await ended(pool) != before
        with pytest.raises(ProcessLookupError):
            os.kill(before, 0)

    in_pool(work, letting_go=0.2)


def test_a_run_that_takes_too_long_is_stopped() -> None:
    async def work(pool: Pool, marks: Path) -> None:
        before = await ended(pool)
        for seed in (WAITS, STUCK):
            with pytest.raises(RefusalError) as refusal:
                await pool.run("compare", *tiny(), seed, frozenset())
            assert refusal.value.status == 503
            assert "0.5 s" in refusal.value.en
        assert await ended(pool) != before

    in_pool(work, seconds=0.5)


def test_only_so_many_may_wait_and_only_so_long() -> None:
    async def work(pool: Pool, marks: Path) -> None:
        await ended(pool)
        running = asyncio.create_task(pool.run("compare", *tiny(), WAITS, frozenset()))
        await begun(marks, WAITS)
        waiting = [asyncio.create_task(ended(pool)) for _ in range(2)]
        await waits(pool, 2)
        with pytest.raises(RefusalError) as refusal:
            await ended(pool)
        assert refusal.value.status == 429
        for task in waiting:
            with pytest.raises(RefusalError) as refusal:
                await task
            assert refusal.value.status == 429
        running.cancel()
        await ended(pool)

    in_pool(work, waiting=2, patience=0.3)


def test_those_who_wait_are_served_in_turn_and_pages_before_long_comparisons() -> None:
    async def work(pool: Pool, marks: Path) -> None:
        await ended(pool)
        order = list[str]()

        async def one(name: str, urgency: int) -> None:
            await ended(pool, urgency)
            order.append(name)

        running = asyncio.create_task(pool.run("compare", *tiny(), SLOW, frozenset()))
        await begun(marks, SLOW)
        asked = [("long 1", PATIENT), ("long 2", PATIENT), ("page 1", 0), ("page 2", 0)]
        tasks = [asyncio.create_task(one(*each)) for each in asked]
        await waits(pool, 4)
        (marks / GO).touch()
        await asyncio.gather(running, *tasks)
        assert order == ["page 1", "page 2", "long 1", "long 2"]

    in_pool(work)


def test_one_who_leaves_while_waiting_takes_nobodys_place() -> None:
    async def work(pool: Pool, marks: Path) -> None:
        await ended(pool)
        running = asyncio.create_task(pool.run("compare", *tiny(), SLOW, frozenset()))
        await begun(marks, SLOW)
        waiting = [asyncio.create_task(ended(pool)) for _ in range(3)]
        await waits(pool, 3)
        waiting[0].cancel()
        (marks / GO).touch()
        await asyncio.gather(running, *waiting[1:])
        assert pool.free == 1

    in_pool(work)


def test_a_worker_killed_from_outside_is_replaced() -> None:
    async def work(pool: Pool, marks: Path) -> None:
        before = await ended(pool)
        os.kill(before, signal.SIGKILL)
        with pytest.raises(RefusalError) as refusal:
            await ended(pool)
        assert refusal.value.status == 503
        assert await ended(pool) != before

    in_pool(work)


def test_a_fault_of_ours_keeps_its_traceback() -> None:
    async def work(pool: Pool, marks: Path) -> None:
        with pytest.raises(FaultError, match="ZeroDivisionError"):
            await pool.run("compare", *tiny(), FAULTY, frozenset())
        with pytest.raises(YiheError, match=r"写错了|wrong"):
            await pool.run("compare", *tiny(), MISTAKEN, frozenset())

    in_pool(work)
