"""The small community of :mod:`sim.study.watched`, under the name that tests of policies know it by."""

from __future__ import annotations

from sim.study.watched import (
    BASE,
    WARMUP,
    WEEKS,
    Note,
    Watched,
    arrays,
    kinds,
    policy,
    scenario,
    watched,
)

__all__ = [
    "BASE", "WARMUP", "WEEKS", "Note", "Watched", "arrays", "kinds", "policy", "scenario", "watched"]
