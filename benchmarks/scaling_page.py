"""docs/scaling.md, made of what ``python benchmarks/parts.py --keep`` measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COMMUNITY = 4213
"""Residents of a community of the district of 573 grids."""
PART = 500_000
"""Residents of a part, about: a core each."""
WEEKS = 104
"""A year of warm-up and a year after it."""
GROUP = 32
"""Parts of a meeting, where meetings have a meeting of their own."""
PLACES = {
    "573 网格的区 · district of 573 grids": 136,
    "2,000 万人的城市 · city of 20 million": round(20e6 / COMMUNITY),
    "全国 119,437 个社区 · the country's 119,437 communities": 119_437,
}

HEAD = """# 一座城、一个国家 · A city, a country

一个区可以按街道切成几片，各片在自己的进程里从头跑到尾，每周碰一次头，结果与整块运行逐位相同
（`tests/test_sharding.py`）。下面先是量到的，再是推算的：**推算没有跑过**，只是单价乘数量。

A district can be cut into parts of whole streets. Each runs in a process of its own from founding to end, and
they meet once a week; the result is that of the district in one piece, to the bit (`tests/test_sharding.py`).
What was measured comes first, then what it comes to for more: **that has not been run**, it is unit costs
times numbers.

```sh
yihe run scenarios/district_573_grids.yaml:red_network --parts 2
yihe run scenarios/district_573_grids.yaml:red_network --parts 12 --scheduler tcp://host:8786
```

一台机器上整块运行已用上全部核（`YIHE_THREADS` 定线程数），分片多半不会更快：
分片是给多台机器、或一台装不下时用的。

On one machine a run in one piece uses all cores already (`YIHE_THREADS` sets how many), so that parts are
mostly no faster there: they are for several machines, or for what one cannot hold.

## 什么会越界 · What crosses borders
- 队列、办件人员、关系、搬家都不越过街道，所以不必交换：片界就在街道之间。
  Queues, desks, ties and moves end at streets; parts are cut there, and nothing of these is exchanged.
- 每周一次：每项政策在任何地方有没有得到资源（决定它是否行动）。每片一列数，每项政策一个。
  Once a week, whether each policy was granted anything anywhere, which decides whether it acts: a number a
  policy from each part.
- 书记工作室：交流周里，各社区学到的做法、所得和条件。区级下沉：改选时各社区的负荷。
  Secretaries' studios, in weeks of a workshop: what each community practises, was granted, and its
  conditions. District support, when a term ends: the load of each community.
- 结束时：每片每周的计数与合计、案件记录、各街道状态的指纹。
  At the end, the weekly counts and sums of each part, its log of cases, a digest of each street.

所有抽取都按居民、住房、楼栋、网格、社区的编号定种，编号不因切法而变；居民上的求和止于社区，社区之间按次序相加。
Draws are keyed by ids that do not depend on the cut; sums over residents stop at communities, and communities
are added up in their order.
"""

MEASURED = """
## 量到的 · Measured
`python benchmarks/parts.py --keep`，{date}，`{commit}`，{processor}，Python {python}；每片一个线程 · one
thread a part；{policies} 项政策 · policies.

| 一片 · a part | {sizes} |
|---|{dashes}|
| 社区 · communities | {communities} |
| 建立（秒）· founding (s) | {found} |
| 一周（毫秒）· a week (ms) | {week} |
| 内存（字节/居民）· memory (bytes a resident) | {bytes} |

| 碰头的片数 · parts that meet | {meetings} |
|---|{meeting_dashes}|
| 一次（毫秒）· a turn (ms) | {turns} |

{residents:,} 人、{weeks} 周：整块单线程 {one:.2f} 秒；两片在两个 Dask 进程 {two:.2f} 秒（{gain:.2f} 倍）。
一片结束时交出 {left:.0f} 字节/（社区·周）。
{residents:,} residents, {weeks} weeks: {one:.2f} s in one piece on one thread, {two:.2f} s in two parts on
two Dask processes ({gain:.2f} times as fast). A part leaves {left:.0f} bytes a community and week to be
gathered.
"""

RECKONED = """
## 推算的 · Reckoned
一年预热加一年（{all_weeks} 周），每片约 {part:,} 人、一个核。碰头按每片的价钱线性推；
两级时先分组，每组 {group} 片。
A year of warm-up and a year ({all_weeks} weeks), parts of about {part:,} residents with a core each. Meetings
grow with their parts at the price above; in two levels, groups of {group} meet first.

| | {names} |
|---|{dashes}|
| 社区 · communities | {communities} |
| 居民（百万）· residents (millions) | {residents} |
| 片＝核 · parts = cores | {parts} |
| 内存（GB，合计）· memory (GB, all) | {memory} |
| 建立（秒）· founding (s) | {found} |
| 计算（秒）· computing (s) | {computing} |
| 碰头，一级（秒）· meetings, one level (s) | {one_level} |
| 碰头，两级（秒）· meetings, two levels (s) | {two_levels} |
| 交出（MB）· left to be gathered (MB) | {left} |
| 核时，一次运行 · core-hours a run | {hours} |

## 先卡在哪里 · What gives way first
1. 碰头只有一级：几十片以内比计算便宜，上千片就比计算贵。两级的碰头（各机器先汇总）还没有做。
   Meetings have one level: with some dozens of parts they cost less than a week's computing, with a thousand
   more than it. A second level, where each machine gathers first, has not been built.
2. 情景文件最多 1,000 个社区、100 个街道；城市和全国要先放宽 `places.communities` 与 `places.streets`。
   A scenario has at most 1,000 communities and 100 streets: for a city these bounds have to be raised.
3. 一片停了，整次运行就要重来：片没有存档点。
   Where one part dies the whole run begins anew: parts keep no checkpoints.
4. 政策文件里按编号点名网格的目标、每周的表和结果文件随社区数增长，还没有在这样的规模上试过。
   Targets that list grids by number, weekly tables and result files grow with communities and have not been
   tried at such sizes.
5. 各片步调一致：每周等最慢的一片。街道大小悬殊时，按人数而不是按社区数切更匀。
   Parts go in step, so each week waits for the slowest: where streets differ much, cutting by residents and
   not by communities would be more even.
"""


def _row(values: list[str]) -> str:
    return " | ".join(values)


def page(record: Mapping[str, Any]) -> str:
    """The whole page, from its record."""
    parts, run = record["parts"], record["compared"]
    meetings = {many: record["meetings"][many] for many in sorted(record["meetings"], key=int)}
    largest = max(parts, key=lambda one: one["residents"])
    left = run["left"] / run["left_communities"] / run["weeks"]
    text = HEAD + MEASURED.format(
        date=record["date"], commit=str(record["git_commit"])[:12], processor=record["processor"],
        python=record["python"], policies=largest["policies"],
        sizes=_row([f"{one['residents']:,} 人" for one in parts]), dashes="---:|" * (len(parts) - 1) + "---:",
        communities=_row([str(one["communities"]) for one in parts]),
        found=_row([f"{one['found']:.2f}" for one in parts]),
        week=_row([f"{1e3 * one['week']:.1f}" for one in parts]),
        bytes=_row([f"{one['bytes'] / one['residents']:,.0f}" for one in parts]),
        meetings=_row(list(meetings)), meeting_dashes="---:|" * (len(meetings) - 1) + "---:",
        turns=_row([f"{1e3 * seconds:.1f}" for seconds in meetings.values()]),
        residents=run["residents"], weeks=run["weeks"], one=run["one"], two=run["two"],
        gain=run["one"] / run["two"], left=left)
    most = max(meetings, key=int)
    turn = meetings[most] / int(most)
    a_week, founding, held = (largest[name] / largest["residents"] for name in ("week", "found", "bytes"))
    rows: dict[str, list[str]] = {name: [] for name in (
        "communities", "residents", "parts", "memory", "found", "computing", "one_level", "two_levels",
        "left", "hours")}
    for communities in PLACES.values():
        residents = communities * COMMUNITY
        count = max(1, round(residents / PART))
        each, groups = residents / count, -(-count // GROUP)
        computing = WEEKS * a_week * each
        meet = WEEKS * turn * count if count > 1 else 0.0
        levels = WEEKS * turn * (min(count, GROUP) + groups) if groups > 1 else meet
        for name, said in (
            ("communities", f"{communities:,}"), ("residents", f"{residents / 1e6:,.1f}"),
            ("parts", f"{count:,}"), ("memory", f"{held * residents / 1e9:,.1f}"),
            ("found", f"{founding * each:,.1f}"), ("computing", f"{computing:,.0f}"),
            ("one_level", f"{meet:,.1f}"), ("two_levels", f"{levels:,.1f}"),
            ("left", f"{left * communities * WEEKS / 2 / 1e6:,.0f}"),
            ("hours", f"{count * (computing + levels + founding * each) / 3600:,.2f}"),
        ):
            rows[name].append(said)
    return text + RECKONED.format(
        all_weeks=WEEKS, part=PART, group=GROUP, names=_row(list(PLACES)),
        dashes="---:|" * (len(PLACES) - 1) + "---:", **{name: _row(said) for name, said in rows.items()})
