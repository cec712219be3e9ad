"""A resident's eight event slots as one word: a byte each, so that a pass sees all of them at once."""

from __future__ import annotations

import numpy as np
from numba.extending import register_jitable

from sim.jit import lean_kernel
from sim.network.ties import EVENT_SLOTS
from sim.population.columns import UInt8, UInt64
from sim.rng import Whole

_ONES, _SEVENS = np.uint64(0x0101010101010101), np.uint64(0x7F7F7F7F7F7F7F7F)
_BIT, _LAST_BYTE = np.uint64(7), np.uint64(56)
assert EVENT_SLOTS == 8


@register_jitable
def words(event_strength: UInt8) -> UInt64:
    """The strengths of each resident's event ties as one word, (N,): the same memory, not a copy.

    Plain outside kernels: one that is compiled lets go of the interpreter and has to wait for it again.

    Parameters
    ----------
    event_strength : array of uint8, shape (N, EVENT_SLOTS)
    """
    return event_strength.reshape(-1).view(np.uint64)


@lean_kernel
def in_use(slots: Whole) -> Whole:
    """A word with 1 in every byte that is not 0; bytes are below 128, as strengths are."""
    return ((slots + _SEVENS) >> _BIT) & _ONES


@lean_kernel
def add_up(slots: Whole) -> Whole:
    """Sum of a word's bytes, if it is below 256."""
    return (slots * _ONES) >> _LAST_BYTE
