"""What holds for all tests: nothing is judged by the clock, and the longest begins first."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ten kills take minutes: begun last, one worker would wait for the other."""
    items.sort(key=lambda item: item.path.name != "test_torture.py")
