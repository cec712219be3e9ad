"""``yihe serve`` as a process: it starts, answers, ends without loose ends, and finds a port."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from serve_lab import asking, two, write_folder

from sim.errors import YiheError
from sim.recording import read
from sim.web import font
from sim.web.serving import PORT, listen, url

ROOT = Path(__file__).parent.parent
COMMAND = (
    "import typer; from sim import cli_serve; app = typer.Typer(); app.callback()(lambda: None); "
    "cli_serve.register(app); app()")
"""The command alone."""

ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "YIHE_LANG": "en"}

posix = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


def command(folder: Path, *options: str) -> list[str]:
    return [sys.executable, "-c", COMMAND, "serve", "--no-browser", "--scenarios", str(folder), *options]


@contextmanager
def served(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server in a process of its own, and its address."""
    process = subprocess.Popen(
        command(folder, *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=ENVIRONMENT)
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stderr.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("scenarios"))


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    psutil = pytest.importorskip("psutil")
    children = psutil.Process(process.pid).children(recursive=True)
    return [child.pid for child in children if "sim.web.worker" in child.cmdline()]


def gone(pids: list[int]) -> bool:
    psutil = pytest.importorskip("psutil")
    _, alive = psutil.wait_procs([psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], timeout=10)
    return not alive


@posix
@pytest.mark.parametrize(
    "ending", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)])
def test_from_command_to_recordings_and_a_clean_end(folder: Path, ending: signal.Signals) -> None:
    """The page, a comparison, then the signal, with many runs under way: exit code 0, no worker left."""
    with served(folder) as (process, address), httpx.Client(base_url=address, timeout=120) as client:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
        assert client.get("/api/start").json()["scenarios"]
        answer = client.post("/api/compare", json=asking(seed=2))
        assert [read(content).header["seed"] for content in two(answer.content)] == [2, 2]
        client.post("/api/compare", json=asking(seed=3))  # the first may be kept from an earlier server
        workers = workers_of(process)
        assert workers
        with ThreadPoolExecutor() as beside, client.stream(
            "POST", "/api/hundred", json=asking(seeds=200),
        ) as lines:
            assert '"begin"' in next(lines.iter_lines())
            long = asking(weeks=500, conditions={"population.residents": 8000})
            other = beside.submit(httpx.post, f"{address}api/compare", json=long, timeout=120)
            process.send_signal(ending)
            out, errors = process.communicate(timeout=30)
            with suppress(httpx.HTTPError):  # it may have come too late to be heard
                assert other.result().status_code in (200, 400, 503)
        assert process.returncode == 0, errors
        assert out == ""
        assert "Traceback" not in errors
        assert "ERROR" not in errors
        assert gone(workers)


@pytest.mark.long
@posix
def test_workers_do_not_outlive_a_server_that_is_killed(folder: Path) -> None:
    with served(folder) as (process, address), httpx.Client(base_url=address, timeout=120) as client:
        for seed in (2, 3):  # the first may be kept from an earlier server
            client.post("/api/compare", json=asking(seed=seed))
        workers = workers_of(process)
        assert workers
        process.kill()
        process.wait()
        assert gone(workers)


@posix
def test_others_reach_it_by_token_only(folder: Path) -> None:
    """``--host`` opens it to the network: the address that is printed carries a token."""
    with served(folder, "--host", "0.0.0.0") as (_, address):
        found = re.fullmatch(r"http://[\d.]+:(\d+)/\?token=([\w-]{32})", address)
        assert found
        port, token = found.groups()
        here = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=here, timeout=60, follow_redirects=True) as client:
            assert client.get("/").status_code == 403
            assert client.get(f"/?token={token}").status_code == 200
            assert client.get("/api/ready").status_code == 200
        assert httpx.get(f"{here}/api/ready").status_code == 403


def test_a_taken_port_is_a_mistake_only_if_it_was_asked_for() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(YiheError) as mistake:
            listen("127.0.0.1", port)
        assert mistake.value.key == "--port"
        assert str(port) in mistake.value.zh
    first = listen("127.0.0.1", None)
    with first, listen("127.0.0.1", None) as second:
        assert first.getsockname()[1] in (PORT, first.getsockname()[1])
        assert second.getsockname()[1] not in (PORT, first.getsockname()[1])


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.77"])
def test_an_address_that_is_not_ours_is_told(host: str) -> None:
    with pytest.raises(YiheError) as mistake:
        listen(host, None)
    assert mistake.value.key == "--host"


@pytest.mark.parametrize(("host", "token", "shown"), [
    ("127.0.0.1", "", "http://127.0.0.1:80/"), ("::1", "", "http://[::1]:80/"),
    ("[::1]", "t", "http://[::1]:80/?token=t"),
])
def test_addresses_that_are_shown(host: str, token: str, shown: str) -> None:
    assert url(host, 80, token) == shown


def test_a_folder_without_scenarios_is_told(tmp_path: Path) -> None:
    done = subprocess.run(command(tmp_path), capture_output=True, text=True, env=ENVIRONMENT)
    assert done.returncode != 0
    assert "--scenarios" in done.stderr


def test_help_loads_no_server() -> None:
    program = (
        "import sys; from sim import cli, cli_serve; from typer.testing import CliRunner; "
        "assert CliRunner().invoke(cli.app, ['--help']).exit_code == 0; "
        "assert not {'starlette', 'uvicorn', 'numpy'} & sys.modules.keys()")
    subprocess.run([sys.executable, "-c", program], check=True, env=ENVIRONMENT)


def test_the_font_is_cut_to_what_is_asked_and_holds_gb2312(tmp_path: Path) -> None:
    """Cut here to a few characters; all of GB 2312 takes a few seconds."""
    pytest.importorskip("zhplot")
    tools = pytest.importorskip("fontTools.ttLib")
    target = tmp_path / "cache" / "font.woff"
    font.make(target, "一核多元Aa")
    assert target.read_bytes()[:4] == b"wOFF"
    assert {ord(mark) for mark in "一核多元Aa"} == set(tools.TTFont(target).getBestCmap())
    assert [file.name for file in target.parent.iterdir()] == ["font.woff"]
    wanted = font.characters()
    assert all(mark in wanted for mark in "社区党委邻里节纠纷①→～《》，。？")
    assert len(wanted) > 7000
