"""Runs for many at once: everyone gets their own, nobody waits for ever, who leaves takes theirs along."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from serve_lab import asking, begun, ended, framed, serving, settings, stand_in, told, two, write_folder
from serve_tasks import DIES, FAULTY, GO, GREEDY, MISTAKEN, WAITS
from starlette.testclient import TestClient

from sim.outcomes import OUTCOMES
from sim.params import Label
from sim.recording import read
from sim.scenario.reading import load
from sim.simulation import simulate
from sim.web import app as web
from sim.web.hundred import shares
from sim.web.keeping import KEEP, Keeper
from sim.web.limits import FAULT, Limits
from sim.web.pair import FIRST, REFUSED, WHOLE
from sim.web.recent import Recent, names


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("scenarios"))


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with serving(settings(folder)) as client:
        yield client


@pytest.fixture(scope="module")
def real(folder: Path) -> Iterator[TestClient]:
    with serving(settings(folder, tasks="sim.web.tasks")) as client:
        yield client


def hundred(client: TestClient, **changes: Any) -> list[dict[str, Any]]:
    answer = client.post("/api/hundred", json=asking(**changes))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


# --- what is shown is what is run ---


@pytest.mark.long
def test_recordings_hold_exactly_what_a_run_gives(real: TestClient, folder: Path) -> None:
    """Every outcome of every week, to the last bit, whether or not the warm-up was known already."""
    loaded = load(folder / "small.yaml")
    for seed in (3, 4, 3):
        answer = real.post("/api/compare", json=asking(seed=seed))
        assert answer.status_code == 200, answer.text
        for content, arm in zip(two(answer.content), ("festival", "none"), strict=True):
            recording = read(content)
            expected = simulate(loaded.arm(arm), seed, compared=frozenset({"neighbour_festival"}))
            assert recording.header["seed"] == seed
            assert recording.header["digest"] == expected.digest
            for name, series in expected.series.items():
                np.testing.assert_array_equal(recording.outcomes[name], series, err_msg=name)
    assert real.post("/api/compare", json=asking(seed=3)).content == real.post(
        "/api/compare", json=asking(seed=3)).content


def test_a_policy_switched_on_later_changes_nothing_before(real: TestClient) -> None:
    def outcomes(start: int) -> np.ndarray:
        wanted = {"arm": "festival", "policies": [{"kind": "digital_platform", "start": start}]}
        return read(two(real.post("/api/compare", json=asking(a=wanted)).content)[0]).array("outcomes")

    early, late = outcomes(1), outcomes(5)
    np.testing.assert_array_equal(early[:, :1], late[:, :1])
    assert not np.array_equal(early, late, equal_nan=True)


@pytest.mark.long
def test_many_seeds_are_those_of_single_runs(real: TestClient, folder: Path) -> None:
    lines = hundred(real, seed=5, seeds=3)
    arms = {"a": load(folder / "small.yaml").arm("festival"), "b": load(folder / "small.yaml").arm("none")}
    seeds = [line for line in lines if line["type"] == "seed"]
    assert sorted(line["seed"] for line in seeds) == [5, 6, 7]
    for line in seeds:
        for side, arm in arms.items():
            run = simulate(arm, line["seed"], compared=frozenset({"neighbour_festival"}))
            expected = {name: None if np.isnan(value) else value for name, value in run.summary().items()}
            assert line[side] == expected
    end = lines[-1]
    assert (end["type"], end["n"]) == ("end", 3)
    assert end["outcomes"].keys() == OUTCOMES.keys()
    assert len(end["outcomes"]["backlog"]["bands"]["a"]["mean"]) == 8


def test_a_policys_card_carries_its_trial(real: TestClient) -> None:
    found = real.get("/api/policy", params={"kind": "neighbour_festival"}).json()
    assert found["trial"]["settings"] > 0


# --- many at once ---


def test_twenty_clients_at_once_get_their_own(client: TestClient) -> None:
    def one(number: int) -> tuple[int, Any]:
        answer = client.post("/api/compare", json=asking(
            seed=100 + number, conditions={"ties.atomisation": number / 100}))
        return number, answer

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(one, range(20)))
    workers = set()
    for number, answer in answers:
        assert answer.status_code == 200, answer.text
        for side, recording in zip("ab", told(answer.content), strict=True):
            assert recording["side"] == side
            assert recording["seed"] == 100 + number
            assert recording["tree"]["ties"]["atomisation"] == number / 100
            workers.add(recording["worker"])
    assert len(workers) == 2
    assert os.getpid() not in workers


def test_twenty_real_clients_at_once_get_their_own(real: TestClient) -> None:
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(
            lambda seed: real.post("/api/compare", json=asking(seed=seed)).content, range(20)))
    alone = [real.post("/api/compare", json=asking(seed=seed)).content for seed in (0, 7, 19)]
    assert [answers[seed] for seed in (0, 7, 19)] == alone
    assert [read(two(answer)[0]).header["seed"] for answer in answers] == list(range(20))


# --- many seeds ---


@pytest.mark.long
def test_shares_of_seeds_are_counted_as_declared(client: TestClient) -> None:
    """A is 0.1 higher in three seeds of four: better where more is, worse where less is."""
    lines = hundred(client, seeds=8, seed=0, outcomes=["backlog"])
    assert [line["type"] for line in lines] == ["begin", *["seed"] * 8, "end"]
    assert [line["done"] for line in lines[1:-1]] == list(range(1, 9))
    found = lines[-1]["outcomes"]
    more, less, neither = (found[name] for name in ("participation_52", "backlog", "potential_frictions"))
    assert (more["a_better"], more["b_better"], more["equal"], more["share_a"]) == (6, 0, 2, 0.75)
    assert (less["a_better"], less["b_better"], less["equal"], less["share_a"]) == (0, 6, 2, 0.0)
    assert (neither["n"], neither["share_a"], neither["difference"]["mean"]) == (0, None, None)
    assert more["difference"]["mean"] == pytest.approx(0.075)
    assert more["difference"]["low"] < 0.075 < more["difference"]["high"]
    assert "bands" not in more
    assert less["bands"]["difference"]["mean"] == [0.075] * 8


def test_pairs_without_a_number_count_for_nobody() -> None:
    found = shares(np.array([1.0, np.nan, 2.0, 3.0]), np.array([0.0, 1.0, np.nan, 3.0]), "more")
    assert (found["n"], found["a_better"], found["b_better"], found["equal"]) == (2, 1, 0, 1)


@pytest.mark.parametrize(("seed", "word"), [(DIES, "unexpectedly"), (MISTAKEN, "wrong"), (GREEDY, "memory")])
def test_a_seed_that_fails_is_told_and_the_others_go_on(client: TestClient, seed: int, word: str) -> None:
    lines = hundred(client, seed=seed, seeds=1)
    assert lines[1]["type"] == "failed"
    assert word in lines[1]["en"]
    assert lines[-1] == {"type": "end", "n": 0, "outcomes": {}}
    assert hundred(client, seed=1, seeds=2)[-1]["n"] == 2


def test_of_seeds_done_side_by_side_only_those_that_fail_are_lost(folder: Path) -> None:
    """The first seed is done alone and fails, as does one of the next eight."""

    async def whole(marks: Path) -> None:
        (marks / GO).touch()
        async with at_work(folder) as app:
            asked = asking(seed=GREEDY, seeds=9)
            sent = await leaving(app, "/api/hundred", asked, asyncio.Event())
        body = b"".join(each["body"] for each in sent if each["type"] == "http.response.body")
        lines = [json.loads(line) for line in body.splitlines()]
        assert {line["seed"] for line in lines if line["type"] == "failed"} == {GREEDY, MISTAKEN}
        assert sorted(line["seed"] for line in lines if line["type"] == "seed") == list(
            range(MISTAKEN + 1, GREEDY + 9))
        assert (lines[-1]["type"], lines[-1]["n"]) == ("end", 7)

    with stand_in() as marks:
        asyncio.run(whole(marks))


# --- what goes wrong ---


@pytest.mark.parametrize(("seed", "status", "word"), [
    (DIES, 503, "unexpectedly"), (GREEDY, 413, "memory"), (MISTAKEN, 400, "wrong"), (FAULTY, 500, "fault"),
])
def test_a_run_that_fails_is_told_and_the_next_one_goes_well(
    client: TestClient, seed: int, status: int, word: str,
) -> None:
    answer = client.post("/api/compare", json=asking(seed=seed))
    assert answer.status_code == status
    assert word in answer.json()["en"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert client.post("/api/compare", json=asking()).status_code == 200


@asynccontextmanager
async def at_work(folder: Path, **changes: Any) -> AsyncIterator[Any]:
    app = web.make_app(settings(folder, workers=1, **changes))
    async with app.router.lifespan_context(app):
        yield app


async def leaving(app: Any, path: str, body: dict[str, Any], gone: asyncio.Event) -> list[dict[str, Any]]:
    """Ask, and close the connection at an event; what was sent until then."""
    sent = list[dict[str, Any]]()
    messages = [{"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}]

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")]
    await app({
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": path,
        "raw_path": path.encode(), "query_string": b"", "root_path": "", "scheme": "http", "headers": headers,
        "client": None, "server": None}, receive, send)
    return sent


@pytest.mark.parametrize("path", ["/api/compare", "/api/hundred"])
def test_a_browser_that_leaves_takes_its_runs_with_it(folder: Path, path: str) -> None:
    """The only worker is busy with an endless run; it is free again once the browser has gone."""

    async def whole(marks: Path) -> None:
        async with at_work(folder) as app:
            pool, gone = app.state.server.pool, asyncio.Event()
            before = await ended(pool)
            asked = asyncio.create_task(leaving(app, path, asking(seed=WAITS, seeds=5), gone))
            await begun(marks, WAITS)
            gone.set()
            await asyncio.wait_for(asked, 30)
            assert await asyncio.wait_for(ended(pool), 30) == before
            assert app.state.server._streams == 0

    with stand_in() as marks:
        asyncio.run(whole(marks))


def test_long_comparisons_at_once_are_bounded(folder: Path) -> None:
    async def whole(marks: Path) -> None:
        async with at_work(folder, limits=Limits(streams=1)) as app:
            gone, never = asyncio.Event(), asyncio.Event()
            long = asyncio.create_task(leaving(app, "/api/hundred", asking(seed=WAITS, seeds=5), gone))
            await begun(marks, WAITS)
            refused = await leaving(app, "/api/hundred", asking(seeds=1), never)
            assert refused[0]["status"] == 429
            gone.set()
            await long
            sent = await leaving(app, "/api/hundred", asking(seed=1, seeds=1), never)
            assert sent[0]["status"] == 200
            assert b'"type":"end"' in sent[-2]["body"]

    with stand_in() as marks:
        asyncio.run(whole(marks))


# --- first weeks ---


def test_first_weeks_come_before_all_of_them(real: TestClient) -> None:
    alone = two(real.post("/api/compare", json=asking(seed=41)).content)
    sent = framed(real.post("/api/compare", json=asking(seed=42, first=3)).content)
    assert {(side, kind) for side, kind, _ in sent} == {(s, kind) for s in "ab" for kind in (FIRST, WHOLE)}
    for side in "ab":
        first, whole = (read(one) for own, _, one in sent if own == side)
        assert (first.weeks, whole.weeks) == (3, 8)
        assert np.array_equal(
            first.array("outcomes"), whole.array("outcomes")[:, :3], equal_nan=True)
    again = framed(real.post("/api/compare", json=asking(seed=41, first=3)).content)
    assert [(kind, one) for _, kind, one in again] == [(WHOLE, one) for one in alone]  # made lately


def test_a_run_that_fails_once_it_has_begun_is_told_in_a_frame(client: TestClient) -> None:
    answer = client.post("/api/compare", json=asking(seed=MISTAKEN, first=2))
    assert answer.status_code == 200
    *begun, (_, kind, content) = framed(answer.content)
    assert [one for _, _, one in begun] in ([b"2"], [b"2", b"2"])
    assert (kind, json.loads(content)) == (REFUSED, {"zh": "写错了", "en": "it is wrong", "key": "somewhere"})


def test_a_fault_of_ours_once_it_has_begun_is_told_in_a_frame(client: TestClient) -> None:
    frames = framed(client.post("/api/compare", json=asking(seed=FAULTY, first=2)).content)
    assert (frames[-1][1], json.loads(frames[-1][2])) == (REFUSED, FAULT)


def test_a_refusal_is_never_kept_for_the_next_server(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for _ in range(2):
        with serving(settings(folder, keep=True)) as client:
            frames = framed(client.post("/api/compare", json=asking(seed=MISTAKEN, first=2)).content)
            assert client.app.state.server.pool.warm  # type: ignore[attr-defined]  # it was run, both times
        assert frames[-1][1] == REFUSED


# --- what was made lately ---


def test_the_side_that_did_not_change_is_not_run_again(folder: Path) -> None:
    """A stand-in says by whom a run was made: a run of its own would name the worker of that moment."""
    with serving(settings(folder, workers=1)) as client:
        def both(**a: Any) -> tuple[bytes, dict[str, Any], dict[str, Any]]:
            answer = client.post("/api/compare", json=asking(seed=77, a=a)).content
            return answer, *told(answer)

        first, a, b = both(regime="fragmented")
        client.app.state.server.pool.run = _not_asked  # type: ignore[attr-defined]
        assert both(regime="fragmented")[0] == first
        del client.app.state.server.pool.run  # type: ignore[attr-defined]
        _, other, same = both(regime="administrative")
    assert other["tree"] != a["tree"]
    assert same == b


def _not_asked(*_: Any, **__: Any) -> None:
    raise AssertionError("a run was asked for")


def test_recordings_are_kept_by_all_they_are_made_from_and_the_oldest_go_first(folder: Path) -> None:
    arm, label = load(folder / "small.yaml"), Label(zh="甲", en="A")
    one = names({"a": arm}, {"a": label}, 1, frozenset())["a"]
    others = [
        names({"a": arm}, {"a": label}, 2, frozenset())["a"],
        names({"a": arm}, {"a": label}, 1, frozenset({"x"}))["a"],
        names({"a": arm}, {"a": Label(zh="乙", en="A")}, 1, frozenset())["a"],
        names({"b": arm}, {"b": label}, 1, frozenset())["b"],
        names({"a": arm.model_copy(update={"weeks": 9})}, {"a": label}, 1, frozenset())["a"]]
    assert len({one, *others}) == 6
    own_file = arm.model_copy(update={"population_file": "people.csv"})
    assert names({"a": own_file}, {"a": label}, 1, frozenset())["a"] == b""
    kept = Recent(most=10)
    for name in (b"1", b"2", b""):
        kept.put(name, b"12345")
    assert kept.get(b"1") == kept.get(b"2") == b"12345"
    assert kept.get(b"") is None
    assert kept.get(b"1") is not None  # asked for last, so the other one goes
    kept.put(b"3", b"12345")
    kept.put(b"4", b"12345678901")
    assert (kept.get(b"2"), kept.get(b"4")) == (None, None)
    assert kept.get(b"1") == kept.get(b"3") == b"12345"


# --- answers of an earlier server ---


def test_first_answers_are_kept_for_the_next_server_until_anything_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second server gives what the first one's worker made; a changed file or request is run anew."""
    folder = write_folder(tmp_path / "scenarios")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def asked_first(**changes: Any) -> tuple[bytes, int]:
        with serving(settings(folder, keep=True)) as client:
            start = client.get("/api/start").content
            answer = client.post("/api/compare", json=asking(**changes)).content
            assert client.get("/api/start").content == start
            if not changes:  # only the first answer is a kept one
                again = client.post("/api/compare", json=asking()).content
                assert told(again)[0] | {"worker": 0} == told(answer)[0] | {"worker": 0}
        return start, told(answer)[0]["worker"]

    first = asked_first()
    assert asked_first() == first
    assert asked_first(seed=5)[1] != first[1]
    for file in (tmp_path / "cache" / "yihe" / "page").iterdir():  # a broken disk
        file.write_bytes(file.read_bytes()[:-1])
    third = asked_first()
    assert third[0] == first[0]
    assert third[1] != first[1]
    text = (folder / "small.yaml").read_text(encoding="utf-8").replace("weeks: 8", "weeks: 19")
    (folder / "small.yaml").write_text(text, encoding="utf-8")
    fourth = asked_first()
    assert fourth[0] != first[0]
    assert fourth[1] != third[1]


def test_only_so_many_answers_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    keeper = Keeper(write_folder(tmp_path / "scenarios"), "")
    requests = [str(i).encode() for i in range(KEEP + 3)]
    names = [keeper.name(request) for request in requests]
    assert len(set(names)) == len(names)
    for name, request in zip(names, requests, strict=True):
        keeper.put(name, request, request)
    kept = [name for name, request in zip(names, requests, strict=True) if keeper.get(name) == request]
    assert len(kept) == KEEP
    keeper.put("", b"", b"nothing")
    assert keeper.get("") is None


def test_nothing_is_kept_that_changed_while_it_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    keeper = Keeper(write_folder(tmp_path / "scenarios"), "")
    name = keeper.name(b"request")
    (tmp_path / "scenarios" / "people.csv").write_text("id\n", encoding="utf-8")
    keeper.put(name, b"request", b"answer")
    assert keeper.get(name) is None
    assert keeper.name(b"request") not in ("", name)
