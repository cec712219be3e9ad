"""The case log: one row for each latent dispute or demand, written when its case is over for good or the run
ends."""

from __future__ import annotations

import numpy as np

from sim.clock import clock_time
from sim.jit import kernel
from sim.ledger.cases import Table
from sim.population.columns import Float64, Int32
from sim.vocabulary import Status

_SILENT, _RESOLVED, _PAPER = int(Status.SILENT), int(Status.RESOLVED), int(Status.PAPER)

CASE = np.dtype([
    ("key", "u8"), ("category", "u1"), ("community", "i4"), ("grid", "i4"), ("building", "i4"),
    ("born_week", "i4"),
    ("born", "f8"),            # working hours since the start of the model
    ("find_clock", "f4"),      # clock hours from friction to being found; NaN if never
    ("find_work", "f4"),       # the same in working hours
    ("assign_work", "f4"),     # from found, or from its last relapse, to the right desk
    ("wait_work", "f4"),       # waiting in queues before first service
    ("close_work", "f4"),      # from found, or from its last relapse, to close; NaN while open
    ("close_clock", "f4"),
    ("status", "u1"), ("channel", "u1"), ("regime", "u1"),
    ("handoffs", "u1"), ("meetings", "u1"), ("relapses", "u1"), ("escalated", "u1"), ("recorded", "u1"),
    ("effort", "f4"),          # staff hours spent
    ("satisfaction", "f4"),    # of the complainant; NaN if never heard
])
"""One row of the case log: a latent dispute or demand born after the warm-up, as it stood at the end of the
run."""


@kernel
def harvestable(c: Table, before: int, all_: bool) -> Int32:
    """Slots whose case is over for good (ended before week ``before``), or every slot in use."""
    n = 0
    out = np.empty(len(c), np.int32)
    for i in range(len(c)):
        if not c[i].used:
            continue
        over = c[i].told == 1 and c[i].next_event == 0 and c[i].holder < 0 and c[i].ended_week >= 0
        if over and c[i].status == _SILENT and c[i].ended_week >= before:
            over = False
        if over or all_:
            out[n] = i
            n += 1
    return out[:n]


@kernel
def _clock_times(working: Float64) -> Float64:
    """:func:`sim.clock.clock_time` of many working hours."""
    out = np.empty(len(working))
    for i in range(len(working)):
        out[i] = clock_time(working[i])
    return out


def log_rows(c: Table, slots: Int32, first_week: int, task: int) -> np.ndarray:
    """Rows of the case log for some slots, without tasks (category ``task``) and cases born too early."""
    slots = slots[(c["category"][slots] != task) & (c["born_week"][slots] >= first_week)]
    rows = np.zeros(len(slots), CASE)
    for name in (
        "key", "category", "community", "grid", "building", "born_week", "born", "status", "channel",
        "regime", "handoffs", "meetings", "relapses", "escalated", "recorded", "effort", "satisfaction",
    ):
        rows[name] = c[name][slots]
    found, closed = c["found"][slots], c["closed"][slots]
    opened = np.where(c["opened"][slots] >= 0, c["opened"][slots], found)
    opened_clock = np.where(c["opened"][slots] >= 0, c["opened_clock"][slots], c["found_clock"][slots])
    heard = found >= 0
    done = heard & (closed >= 0) & (
        (rows["status"] == _RESOLVED) | (rows["status"] == _PAPER) | (rows["status"] == _SILENT))
    nan = np.nan
    rows["find_clock"] = np.where(heard, c["found_clock"][slots] - c["born_clock"][slots], nan)
    rows["find_work"] = np.where(heard, found - c["born"][slots], nan)
    rows["assign_work"] = np.where(c["assigned"][slots] >= 0, c["assigned"][slots] - opened, nan)
    rows["wait_work"] = np.where(heard, c["waited"][slots], nan)
    rows["close_work"] = np.where(done, closed - opened, nan)
    clock = np.maximum(_clock_times(closed), opened_clock)
    rows["close_clock"] = np.where(done, clock - opened_clock, nan)
    return rows
