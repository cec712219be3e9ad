"""What tests of the policies of participation and service share: sign tests, levers, offers and memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from policy_lab import Watched, watched

from sim.vocabulary import Kind

SEEDS = range(1, 9)
NO_CASES = {"world": {"potential_rate": 0.0}}
"""Nothing else moves efficacy then."""
NO_SOCIAL = {"actors": {"social_organization": {"present": False}}}
NO_PARTNERS = {"social_organization": {"present": False}, "partner_unit": {"number": 0}}


def always(gain: Callable[[int], float]) -> None:
    """Sign test: the difference is above 0 on every seed; false alarm 1/256 a test."""
    gains = [gain(seed) for seed in SEEDS]
    assert min(gains) > 0, gains


def both(one: dict[str, Any], week: int, seed: int = 1, **changes: Any) -> tuple[Watched, Watched]:
    return watched(seed=seed, **changes).until(week), watched(one, seed=seed, **changes).until(week)


def offers(model: Watched) -> np.ndarray:
    return np.concatenate([note.offers for note in model.notes])


def lever(model: Watched, name: str, kind: Kind | None = None) -> np.ndarray:
    """Sum of a lever over the weeks run so far, a place."""
    found = [note.levers[name] if kind is None else note.levers[name][:, kind]
             for note in model.notes if name in note.levers]
    return np.sum(found, axis=0) if found else np.zeros(model.places.communities)


def came_of_it(one: dict[str, Any], weeks: int, seed: int = 1, **changes: Any) -> tuple[Watched, np.ndarray]:
    """The model after some weeks, and all its own offers with what came of them."""
    model, rows = watched(one, seed=seed, weeks=max(weeks, 16), **changes), []
    while model.policy_week < weeks:
        model.step()
        last = model.last_opportunities
        rows.append(last[last["policy"] == 0].copy())
    return model, np.concatenate(rows)


def memory(model: Watched, **columns: str) -> dict[str, np.ndarray]:
    return model.memory(model.policies[0].id, columns)
