"""Talk and time: opinions averaged among contacts, and reputations that slide back to the prior."""

from __future__ import annotations

import numpy as np

from sim.jit import kernel
from sim.network.ties import EVENT_SLOTS, UInt32
from sim.population.columns import Float32, Float64, Int64, UInt8, UInt64
from sim.processes.willingness import FIXED_SCALE
from sim.threads import Span, in_spans


def friedkin_johnsen(
    first: Int64, neighbour: UInt32, weight: UInt8, event_neighbour: UInt32, event_strength: UInt8,
    susceptibility: Float64, anchor: Float32, opinion: Float32, out: Float32,
) -> None:
    """One step of Friedkin–Johnsen talk: x' = λ·W·x + (1 − λ)·u, rows of W the normalised ties.

    Parameters
    ----------
    first, neighbour, weight, event_neighbour, event_strength : arrays
        Columns of :class:`sim.network.ties.Ties`.
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
    met = event_strength.view(np.uint64)[:, 0]
    in_spans(len(anchor), lambda span: _talk(
        first, neighbour, weight, event_neighbour, event_strength, met, susceptibility, anchor, opinion, out,
        span))


@kernel
def _talk(
    first: Int64, neighbour: UInt32, weight: UInt8, event_neighbour: UInt32, event_strength: UInt8,
    met: UInt64, susceptibility: Float64, anchor: Float32, opinion: Float32, out: Float32, span: Span,
) -> None:
    """:func:`friedkin_johnsen` for one span; ``met`` holds a resident's eight strengths in one word."""
    for i in range(span[0], span[1]):
        total, mixed = 0.0, 0.0
        for e in range(first[i], first[i + 1]):
            w = float(FIXED_SCALE * np.int64(weight[e]))
            total += w
            mixed += w * opinion[neighbour[e]]
        if met[i] != 0:
            for k in range(EVENT_SLOTS):
                w = float(event_strength[i, k])
                if w > 0.0:
                    total += w
                    mixed += w * opinion[event_neighbour[i, k]]
        if total > 0.0:
            out[i] = susceptibility[i] * (mixed / total) + (1.0 - susceptibility[i]) * anchor[i]
        else:
            out[i] = anchor[i]


@kernel
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
