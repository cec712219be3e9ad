"""From places to everyone in them, and from gatherings to places: passes without anything in between."""

from __future__ import annotations

from sim.jit import lean_kernel
from sim.ledger.opportunities import Rows
from sim.population.columns import Bool, Float64, Int32, Int64


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


@lean_kernel
def hours_given(offers: Rows, activity: int, place: Int32, hours: Float64) -> None:
    """Add the hours that those who came have given to the place where each gathering began.

    Parameters
    ----------
    offers : records
    activity : int
        Only gatherings of this kind that somebody came to.
    place : array, shape (N,)
        Place of each resident.
    hours : array, shape (places,)
        Written.
    """
    for j in range(len(offers)):
        if offers[j].activity == activity and offers[j].attended > 0:  # an empty place may begin after all
            hours[place[offers[j].lo]] += offers[j].attended * offers[j].hours


@lean_kernel
def best_of_each(place: Int32, score: Float64, among: Bool, pick: Int64) -> None:
    """The entity with the highest score in each place; of equals the last.

    Parameters
    ----------
    place, score : arrays, shape (n,)
    among : array of bool, shape (n,)
        Which entities count.
    pick : array, shape (places,)
        Written; −1 on entry, and left where no entity counts.
    """
    for i in range(len(place)):
        if among[i]:
            best = pick[place[i]]
            if best < 0 or score[i] >= score[best]:
                pick[place[i]] = i
