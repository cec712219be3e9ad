"""Sharing out: who is granted how many whole units, community by community."""

from __future__ import annotations

import numpy as np

from sim.jit import kernel
from sim.population.columns import Float64, Int64


@kernel
def share_out(
    wanted: Int64, waited: Int64, money: Float64, attention: Float64, staff: Float64,
    units: Int64, fund: Float64, spent: Float64, spent_total: Float64, free: Float64,
    used: Float64, staff_free: Float64, staff_used: Float64,
) -> None:
    """Whole units to P policies in C communities, the longest waiting first, ties in the order of policies.

    Parameters
    ----------
    wanted, waited : arrays of int, shape (P, C)
        Units asked for, and weeks waited.
    money, attention : arrays, shape (P, C)
        A unit.
    staff : array, shape (P, C, 10)
        Hours a unit.
    units : array of int, shape (P, C)
        Written.
    fund, spent, spent_total, free, used : arrays, shape (C,)
        Written: money left and spent, attention left and used.
    staff_free, staff_used : arrays, shape (C, 10)
        Written.
    """
    policies, communities = wanted.shape
    order = np.empty(policies, np.int64)
    for c in range(communities):
        for p in range(policies):
            at = p
            while at > 0 and waited[order[at - 1], c] < waited[p, c]:
                order[at] = order[at - 1]
                at -= 1
            order[at] = p
        for rank in range(policies):
            p = order[rank]
            n = wanted[p, c]
            if money[p, c] > 0.0:
                n = min(n, int(fund[c] / money[p, c]))
            if attention[p, c] > 0.0:
                n = min(n, int(free[c] / attention[p, c]))
            for k in range(staff.shape[2]):
                if staff[p, c, k] > 0.0:
                    n = min(n, int(staff_free[c, k] / staff[p, c, k]))
            n = max(n, 0)
            units[p, c] = n
            fund[c] -= n * money[p, c]
            spent[c] += n * money[p, c]
            spent_total[c] += n * money[p, c]
            free[c] -= n * attention[p, c]
            used[c] += n * attention[p, c]
            for k in range(staff.shape[2]):
                staff_free[c, k] -= n * staff[p, c, k]
                staff_used[c, k] += n * staff[p, c, k]
