"""Eight event slots seen as one word: each byte counted and added as if looked at by itself."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.network.slots import add_up, in_use, words
from sim.network.ties import EVENT_SLOTS
from sim.processes.acquaintance import STRONGEST, fade

STRENGTHS = st.lists(st.integers(0, STRONGEST), min_size=EVENT_SLOTS, max_size=EVENT_SLOTS)


@given(STRENGTHS)
def test_a_word_counts_and_adds_what_its_bytes_hold(strengths: list[int]) -> None:
    row = np.array([strengths], np.uint8)
    (slots,) = words(row)
    marks = np.array([in_use(slots)], np.uint64).view(np.uint8)
    assert marks.tolist() == [int(one > 0) for one in strengths]
    assert add_up(slots) == sum(strengths)
    assert add_up(np.uint64(in_use(slots))) == sum(one > 0 for one in strengths)


@given(STRENGTHS, STRENGTHS)
def test_all_slots_fade_at_once_as_each_would_by_itself(one: list[int], other: list[int]) -> None:
    strength = np.array([one, other], np.uint8)
    neighbour = np.arange(2 * EVENT_SLOTS, dtype=np.uint32).reshape(2, EVENT_SLOTS)
    before = strength.copy(), neighbour.copy()
    fade(neighbour, strength)
    np.testing.assert_array_equal(strength, np.maximum(before[0], 1) - 1)
    np.testing.assert_array_equal(neighbour, np.where(before[0] == 1, 0xFFFFFFFF, before[1]))
