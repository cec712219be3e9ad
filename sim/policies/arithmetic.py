"""Numbers that are no choice: ways of counting that policies share, each named once.

Whatever could be otherwise is a ``Param`` of its policy. The contract of policies reads their code and
refuses a number that is neither (:mod:`sim.study.bare_numbers`).
"""

from __future__ import annotations

YEAR = 52
"""Weeks."""

THOUSAND = 1000.0
"""Means are written per 1,000 residents, reports on money per 1,000 yuan."""

HOUR = 60.0
"""Minutes."""

ROUND_UP = 0.5
"""Added before rounding down, it rounds halves up; added to a span of whole weeks that is compared with
another, it keeps off rounding."""
