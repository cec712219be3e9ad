"""Working time and clock time: 40 working hours, Monday to Friday nine to five, in a week of 168 hours."""

from __future__ import annotations

import numpy as np

from sim.jit import kernel
from sim.vocabulary import CLOCK_HOURS, WEEK_HOURS


@kernel
def work_time(clock: float) -> float:
    """Working hours gone by at a clock time; off-hours wait for the next morning."""
    week = np.floor(clock / CLOCK_HOURS)
    hour = clock - week * CLOCK_HOURS
    day = int(hour / 24.0)
    if day >= 5:
        return (week + 1.0) * WEEK_HOURS
    return week * WEEK_HOURS + day * 8.0 + min(8.0, max(0.0, hour - day * 24.0 - 9.0))


@kernel
def clock_time(work: float) -> float:
    """Clock time at which so many working hours have gone by; the end of a day, not the next morning."""
    week = np.floor(work / WEEK_HOURS)
    hour = work - week * WEEK_HOURS
    day = int(hour / 8.0)
    if hour == day * 8.0 and work > 0.0:
        if day == 0:
            week, day = week - 1.0, 5
        day -= 1
        return week * CLOCK_HOURS + day * 24.0 + 17.0
    return week * CLOCK_HOURS + day * 24.0 + 9.0 + hour - day * 8.0
