"""What a check is, and the rows it gives: theory beside simulation, with the range in which they agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.params import Label

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Size:
    """How much is simulated.

    Parameters
    ----------
    quick : bool
        A few seconds with wide bars; otherwise minutes with narrow ones.
    seed : int
        First seed; each check takes its own from there.
    """

    quick: bool
    seed: int = 1

    def of(self, quick: int, full: int) -> int:
        """One of two numbers, by size."""
        return quick if self.quick else full


@dataclass(frozen=True)
class Row:
    """One number of theory beside the same of a simulation.

    Parameters
    ----------
    key : str
        Stable name within its check.
    label : Label
    theory, simulated : float
    low, high : float
        The row passes while the simulated number lies within, ends included.
    alpha : float
        Chance, over seeds, that right code fails the row; 0 where nothing is left to chance.
    found : float
        Deviation from theory that fails the row with a probability of at least :data:`sim.verify.bars.POWER`.
    own : bool
        Theory is a rule or a declared number of the model itself, worked out apart, and no published result.
    """

    key: str
    label: Label
    theory: float
    simulated: float
    low: float
    high: float
    alpha: float
    found: float
    own: bool = False

    @property
    def deviation(self) -> float:
        """Simulated minus theory."""
        return self.simulated - self.theory

    @property
    def passed(self) -> bool:
        """Whether the two agree."""
        return bool(self.low <= self.simulated <= self.high)


@dataclass(frozen=True)
class Outcome:
    """What one check found.

    Parameters
    ----------
    rows : tuple of Row
    data : dict
        Numbers that the figure shows beyond the rows.
    """

    rows: tuple[Row, ...]
    data: dict[str, Any]

    @property
    def passed(self) -> bool:
        """Whether every row agrees."""
        return all(row.passed for row in self.rows)


@dataclass(frozen=True)
class Check:
    """One exact result, or a family of them.

    Parameters
    ----------
    name : str
        As ``--only`` takes it.
    label : Label
    source : str
        Whose result it is, as the evidence page names it.
    says : Label
        What theory says.
    reduction : Label
        Which numbers of the model are set to what, and why that is the theory's model.
    code : tuple of str
        Production functions that are driven, as dotted names.
    run : callable
    draw : callable
        Figure of an outcome in ``"zh"`` or ``"en"``.
    """

    name: str
    label: Label
    source: str
    says: Label
    reduction: Label
    code: tuple[str, ...]
    run: Callable[[Size], Outcome]
    draw: Callable[[Outcome, str], Figure]
