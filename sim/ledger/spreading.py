"""What a place has, for everyone in it: passes over all entities without anything as long in between."""

from __future__ import annotations

from sim.jit import lean_kernel
from sim.population.columns import Float64, Int32


@lean_kernel
def add_each(target: Float64, value: Float64, place: Int32) -> None:
    """``target += value[place]``.

    Parameters
    ----------
    target : array, shape (n,)
        Written.
    value : array, shape (places,)
    place : array, shape (n,)
        Place of each entity.
    """
    for i in range(len(target)):
        target[i] += value[place[i]]


@lean_kernel
def set_each(target: Float64, value: Float64, place: Int32) -> None:
    """``target = 0 + value[place]``; parameters as of :func:`add_each`."""
    for i in range(len(target)):
        target[i] = 0.0 + value[place[i]]
