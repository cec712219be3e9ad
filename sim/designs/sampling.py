"""Samples of the unit cube: Latin hypercubes, Sobol sequences, Saltelli's sample and Morris trajectories.

Every sample depends on its key alone. Those of Sobol, Saltelli and Morris begin alike whatever their length.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.designs.extra import calibrate

FloatArray = npt.NDArray[np.float64]

_DIGITS = 12  # levels such as 1/3 come out of sums; the same place always has the same bits


def unit_problem(names: tuple[str, ...], groups: tuple[str, ...] | None = None) -> dict[str, Any]:
    """SALib's description of factors as places in the unit cube; with the group of each, if there are any."""
    more = {} if groups is None or groups == names else {"groups": list(groups)}
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names), **more}


def latin_hypercubes(n: int, d: int, keys: Iterator[int]) -> Iterator[FloatArray]:
    """Latin hypercubes without end, each of shape (n, d) under the next key."""
    from scipy.stats import qmc

    for key in keys:
        yield qmc.LatinHypercube(d, rng=np.random.default_rng(key)).random(n)


def sobol_blocks(n: int, d: int, key: int) -> Iterator[FloatArray]:
    """A scrambled Sobol sequence without end, in blocks of ``n`` rounded up to a power of two."""
    from scipy.stats import qmc

    engine = qmc.Sobol(d, scramble=True, rng=np.random.default_rng(key))
    block = 1 << max(0, (n - 1).bit_length())
    for _ in range((1 << 30) // block):  # all that 30 bits can tell apart
        yield engine.random(block)


def saltelli(
    n: int, d: int, second_order: bool, key: int, groups: tuple[str, ...] | None = None,
) -> FloatArray:
    """Saltelli's sample, shape (n × (2g + 2) or n × (g + 2), d); g is d without groups."""
    sobol = calibrate("SALib.sample.sobol")
    problem = unit_problem(tuple(f"x{i}" for i in range(d)), groups)
    return np.asarray(sobol.sample(problem, n, calc_second_order=second_order, seed=_generator(key)))


def trajectories(count: int, d: int, levels: int, key: int) -> FloatArray:
    """Morris trajectories, shape (count × (d + 1), d)."""
    morris = calibrate("SALib.sample.morris")
    problem = unit_problem(tuple(f"x{i}" for i in range(d)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        sample = morris.sample(problem, count, num_levels=levels, seed=_generator(key))
    return np.clip(np.round(sample, _DIGITS), 0.0, 1.0)


def _generator(key: int) -> np.random.Generator:
    return np.random.default_rng(key)
