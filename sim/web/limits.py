"""What the page may ask for, and how it is said that something is too much."""

from __future__ import annotations

from typing import NamedTuple

from sim.errors import YiheError

FAULT = {
    "zh": "程序出错，请把终端里的信息报告给作者",
    "en": "a fault of the program: please report what the terminal shows", "key": None}
"""What is said of a fault of ours."""


class Limits(NamedTuple):
    """Bounds of one request and of all together."""

    body: int = 256 * 1024
    """Bytes of a request."""
    depth: int = 12
    """Levels of lists and mappings inside each other in a request."""
    residents: int = 20_000
    dwellings: int = 40_000
    weeks: int = 520
    warmup: int = 520
    resident_weeks: int = 6_000_000
    """Residents × weeks with the warm-up, of one run."""
    policies: int = 60
    """In one arm."""
    shocks: int = 60
    seeds: int = 200
    """Of one comparison over many seeds."""
    seconds: float = 60.0
    """Time of one job on a worker, both recordings of a comparison together."""
    letting_go: float = 2.0
    """Seconds a worker has to let go of a job that is no longer wanted, before it is replaced."""
    patience: float = 60.0
    """Seconds a request waits for a free worker."""
    waiting: int = 64
    """Requests that may wait for a worker at once."""
    streams: int = 8
    """Comparisons over many seeds at work at once."""
    memory: int = 3 * 1024**3
    """Bytes a worker may hold, where the system can bound it."""


class RefusalError(YiheError):
    """A request that is not done, with the HTTP status that says why.

    Parameters
    ----------
    status : int
    zh, en : str
        One sentence each: what is wrong and the mend.
    key : str, optional
        Path of the key in the request.
    """

    def __init__(self, status: int, zh: str, en: str, *, key: str | None = None) -> None:
        super().__init__(zh, en, key=key)
        self.status = status

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way back from a worker process."""
        return (_rebuild, (self.status, self.zh, self.en, self.key))


def _rebuild(status: int, zh: str, en: str, key: str | None) -> RefusalError:
    return RefusalError(status, zh, en, key=key)


def too_large(what_zh: str, what_en: str, value: int, most: int, key: str) -> RefusalError:
    """Something is above a limit: 413.

    Parameters
    ----------
    what_zh, what_en : str
        What is counted.
    value, most : int
    key : str
    """
    return RefusalError(
        413, f"{what_zh}为 {value:,}，页面上最多 {most:,}：请调小，或用 yihe run 在命令行运行",
        f"{what_en}: {value:,}; the page takes at most {most:,}: choose less, or use yihe run on the command "
        "line", key=key)


def out_of_time(seconds: float) -> RefusalError:
    """A run took longer than it may: 503."""
    return RefusalError(
        503, f"运行超过 {seconds:g} 秒，已停止：请减少居民或周数，或用 yihe run 在命令行运行",
        f"the run took more than {seconds:g} s and was stopped: choose fewer residents or weeks, or use yihe "
        "run on the command line")


def busy() -> RefusalError:
    """Too many requests are waiting: 429."""
    return RefusalError(
        429, "排队的请求太多：请稍候再试", "too many requests are waiting: try again in a moment")


def ending() -> RefusalError:
    """The server was told to end while a request waited: 503."""
    return RefusalError(
        503, "服务已结束：请重新运行 yihe serve，再打开页面",
        "the server has ended: run yihe serve again and open the page anew")


def worker_lost() -> RefusalError:
    """A worker process died in a run: 503."""
    return RefusalError(
        503, "运行所在的进程意外结束，已重新启动：请再试一次；若再次出现，请减少居民或周数",
        "the process of this run ended unexpectedly and was started anew: try again; if it happens again, "
        "choose fewer residents or weeks")
