"""Talk and time: opinions averaged among contacts, and reputations that slide back to the prior."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.jit import kernel, lean_kernel
from sim.network.slots import words
from sim.network.ties import EVENT_SLOTS, Ties, UInt32
from sim.population.columns import Float32, Float64, Int32, Int64, UInt8, UInt64
from sim.processes.willingness import FIXED_SCALE
from sim.threads import Span, in_spans

_BLOCK = 256


def friedkin_johnsen(
    ties: Ties, susceptibility: Float64, anchor: Float32, opinion: Float32, out: Float32
) -> None:
    """One step of Friedkin–Johnsen talk: x' = λ·W·x + (1 − λ)·u, rows of W the normalised ties.

    Parameters
    ----------
    ties : Ties
    susceptibility : array, shape (N,)
        λ of each resident, 0 to 1.
    anchor, opinion : arrays, shape (N,)
        u and x.
    out : array, shape (N,)
        Written: x'. Someone without ties keeps the anchor.

    References
    ----------
    Friedkin–Johnsen dynamics as in evidence.md §3; summed in a fixed order.
    """
    met = words(ties.event_strength)
    in_spans(len(anchor), lambda span: _talk(ties, met, susceptibility, anchor, opinion, out, span))


class _Block(NamedTuple):
    """Sums of a block of neighbours, (_BLOCK,) each."""

    mixed: Float64
    """Opinions of contacts, by strength."""
    total: Float64
    """Strength of ties."""
    outgoing: Int32
    """Those with ties from events."""


@kernel
def _talk(
    ties: Ties, met: UInt64, susceptibility: Float64, anchor: Float32, opinion: Float32, out: Float32,
    span: Span,
) -> None:
    """:func:`friedkin_johnsen` for one span; ``met`` holds a resident's eight strengths in one word."""
    block = _Block(np.empty(_BLOCK), np.empty(_BLOCK), np.empty(_BLOCK + 1, np.int32))
    lo = span[0]
    while lo < span[1]:
        hi = min(lo + _BLOCK, span[1])
        _listen(
            ties.first, ties.neighbour, ties.weight, ties.strength, ties.event_neighbour, ties.event_strength,
            met, opinion, lo, hi, block)
        _turn(susceptibility[lo:hi], anchor[lo:hi], block, out[lo:hi])
        lo = hi


@lean_kernel
def _listen(
    first: Int64, neighbour: UInt32, weight: UInt8, strength: UInt32, event_neighbour: UInt32,
    event_strength: UInt8, met: UInt64, opinion: Float32, lo: int, hi: int, block: _Block,
) -> None:
    """Sums of residents ``lo`` to ``hi``: fixed ties of all, then ties from events of the few who have any.

    Apart from each other because looking up the few is slow unless many are looked up at once.
    """
    mixed, total, outgoing = block
    for i in range(lo, hi):
        heard = 0.0
        for e in range(np.uint64(first[i]), np.uint64(first[i + 1])):  # unsigned: never counted from the end
            heard += float(np.int32(weight[e])) * opinion[neighbour[e]]
        mixed[i - lo] = FIXED_SCALE * heard  # a power of two: the same bits as in every term
    n = 0
    for i in range(lo, hi):
        total[i - lo] = float(FIXED_SCALE * np.int64(strength[i]))
        outgoing[n] = i
        n += met[i] != 0
    nobody = np.uint32(len(opinion) - 1)  # whom an empty slot, of strength 0, looks up
    for at in range(n):
        i = outgoing[at]
        heard, all_ties = mixed[i - lo], total[i - lo]
        for k in range(EVENT_SLOTS):
            w = float(event_strength[i, k])
            heard += w * opinion[min(event_neighbour[i, k], nobody)]
            all_ties += w
        mixed[i - lo], total[i - lo] = heard, all_ties


@lean_kernel
def _turn(susceptibility: Float64, anchor: Float32, block: _Block, out: Float32) -> None:
    """What a block says after listening."""
    mixed, total, _ = block
    for k in range(len(out)):
        said = susceptibility[k] * (mixed[k] / max(total[k], 1.0)) + (1.0 - susceptibility[k]) * anchor[k]
        out[k] = said if total[k] > 0.0 else anchor[k]


@lean_kernel
def forget(good: Float32, bad: Float32, prior_good: Float32, prior_bad: Float32, kept: float) -> None:
    """Let reputations slide back towards the prior.

    Parameters
    ----------
    good, bad : arrays, shape (n, m)
        Written.
    prior_good, prior_bad : arrays, shape (m,)
    kept : float
        Share of experience kept.
    """
    for i in range(good.shape[0]):
        for k in range(good.shape[1]):
            good[i, k] = prior_good[k] + kept * (good[i, k] - prior_good[k])
            bad[i, k] = prior_bad[k] + kept * (bad[i, k] - prior_bad[k])
