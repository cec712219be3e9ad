"""Sums of doubles with the same bits under every Python and on every machine."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from functools import reduce


def added(values: Iterable[float]) -> float:
    """Sum of doubles in their order, rounded at each step.

    ``np.sum`` adds pairwise and differently by CPU, and ``sum`` carries what it rounded off from Python 3.12
    on.
    """
    return reduce(operator.add, values, 0.0)
