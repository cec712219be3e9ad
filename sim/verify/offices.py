"""Whole weeks of a district in which nothing happens but tasks from above at the residents' committees.

Every community is an office of its own: a desk with a number of servers, tasks that arrive as a Poisson
stream in working time and take exponential hours. The model steps as in any run (``CommunityModel.step``),
weekends, carried-over services and all.
"""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.ledger.cases import NORMAL
from sim.model import CommunityModel
from sim.processes.casework import CLEAR_WEEKS
from sim.processes.categories import TASK
from sim.scenario.reading import load
from sim.verify.base import Floats
from sim.vocabulary import WEEK_HOURS, Kind

_RATE, _FACTOR = 60.0, 50.0
"""Most tasks a week per 1,000 residents that a scenario can ask for, and the most that a shock multiplies."""
_LONGEST = 520

SCENARIO: dict[str, Any] = {
    "yihe": 1, "name": "offices", "weeks": _LONGEST, "warmup": 0, "population_file": "people.csv",
    "ties": {"builder": "none"},
    "world": {"potential_rate": 0.0, "tasks_hours": 1.0},
    "cases": {"patience": 104.0, "appraisal_record": 0.0},
    "actors": {"core": {"attention_share": 0.0}, "street": {"hand_down_hours": 0.0}},
    "shocks": [{"kind": "custom", "week": 0, "weeks": _LONGEST, "tasks_factor": _FACTOR}]}
"""No disputes, no records, nobody impatient, no hours lent or handed down; tasks of one hour on average."""


class Waits(NamedTuple):
    """Tasks that were finished in the weeks that count, all offices together."""

    wait: Floats
    """(tasks,) hours waited before service; the mean service is one hour."""
    office: np.ndarray
    """(tasks,)"""
    ordinary: np.ndarray
    """(tasks,) whether it was of the class served last, residents' demands among them."""
    offices: int

    def by_office(self, values: np.ndarray, where: np.ndarray | None = None) -> tuple[Floats, Floats]:
        """Sum of some values and number of tasks in each office, shape (offices,) each."""
        chosen = np.ones(len(values), bool) if where is None else where
        n = self.offices
        sums = np.bincount(self.office[chosen], values[chosen], n).astype(np.float64)
        return sums, np.bincount(self.office[chosen], minlength=n).astype(np.float64)


def work(
    servers: int, load_: float, *, first: float = 0.0, offices: int, settle: int, weeks: int, seed: int
) -> Waits:
    """Let offices work, and see how long tasks wait.

    Parameters
    ----------
    servers : int
        Of each office.
    load_ : float
        Share of the servers' time that tasks need.
    first : float
        Share of tasks served before the others, without breaking off a service.
    offices : int
        Their waits are independent.
    settle, weeks : int
        Weeks left out at the start, and weeks that count. Tasks are taken in the week in which they end; in a
        steady state those that leave have waited like those that come.
    seed : int
    """
    model = _found(servers, load_, first, offices, seed)
    wait, office, ordinary = [], [], []
    for week in range(settle + weeks):
        model.step()
        if week < settle or (week + 1) % CLEAR_WEEKS == 0:  # in a week of clearing they are gone by its end
            continue
        table = model.cases.cases
        done = table[(table["used"] == 1) & (table["category"] == TASK) & (table["ended_week"] == week)]
        wait.append(done["waited"].copy())
        office.append(done["community"].copy())
        ordinary.append(done["priority"] == NORMAL)
    model.free()
    return Waits(np.concatenate(wait), np.concatenate(office), np.concatenate(ordinary), offices)


def _found(servers: int, load_: float, first: float, offices: int, seed: int) -> CommunityModel:
    """A district of offices; just enough residents for the tasks that a scenario can ask for."""
    tasks = load_ * servers * WEEK_HOURS
    people = math.ceil(tasks * 1000.0 / (_RATE * _FACTOR))
    own = {"world.tasks_rate": tasks * 1000.0 / (people * _FACTOR), "cases.appraisal_tasks_first": first}
    lines = ["id,age,community,grid,building,dwelling"]
    lines += [f"{c}-{i},40,c{c},g{c},b{c},d{c}" for c in range(offices) for i in range(people)]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "people.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        model = CommunityModel(load(SCENARIO, own, folder=folder), seed)
    model.state(Kind.RESIDENTS_COMMITTEE).staff_hours[:] = servers * WEEK_HOURS
    return model
