"""Skill of staff: training lifts it, and without it slides back to the usual."""

from __future__ import annotations

from sim.jit import lean_kernel

WEEKS_A_YEAR = 52.0


@lean_kernel
def trained(skill: float, usual: float, weeks: float, hours: float, heads: float, pace: float) -> float:
    """Skill after a week: it slides back to the usual, and training lifts those who are trained.

    Parameters
    ----------
    skill, usual : float
        0 to 1.
    weeks : float
        Weeks in which it slides back.
    hours : float
        Hours of training this week, of all staff together.
    heads : float
        Staff.
    pace : float
        Share of the way to 1 an hour of training a head.
    """
    skill += (usual - skill) / weeks
    if hours > 0.0:
        skill += min(1.0, pace * hours / max(heads, 1.0)) * (1.0 - skill)
    return skill
