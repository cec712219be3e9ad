"""Colour, line and marker of each arm; needs no matplotlib, so that words can do without it."""

from __future__ import annotations

from typing import Literal, NamedTuple

Line = Literal["-"] | tuple[float, tuple[float, ...]]
"""A line style of matplotlib: solid, or an offset with dashes and gaps in line widths."""


class ArmStyle(NamedTuple):
    """How one arm is drawn everywhere: colour, line and marker all differ, so that no one cue is needed."""

    color: str
    line: Line
    marker: str


CONTROL_STYLE = ArmStyle("#5a5a5a", (0, (4, 1.6)), "o")
"""The control: grey and dashed."""

_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")

_LINES: tuple[Line, ...] = (
    "-",
    (0, (6, 1.5, 1.2, 1.5)),
    (0, (1.2, 1.2)),
    (0, (8, 2)),
    (0, (3, 1, 1, 1, 1, 1)),
    (0, (2, 2)),
    (0, (10, 1.5, 3, 1.5)),
)

_PLAIN_MARKERS = ("o", "<", ">", "d", "h", "p", "8")

_MARKERS = ("s", "^", "D", "v", "P", "X", "*")


def arm_styles(arms: list[str], control: str | None) -> dict[str, ArmStyle]:
    """Style of each arm, the same in every figure.

    Parameters
    ----------
    arms : list of str
        Keys in the order of the study.
    control : str or None

    Returns
    -------
    dict of str to ArmStyle
        Colours repeat after seven arms, with other lines and markers: the first 49 all look different.
    """
    styles: dict[str, ArmStyle] = {}
    i = 0
    for arm in arms:
        if arm == control:
            styles[arm] = CONTROL_STYLE
            continue
        turn, place = divmod(i, len(_COLORS))
        shifted = (place + turn) % len(_LINES)
        styles[arm] = ArmStyle(_COLORS[place], _LINES[shifted], _MARKERS[shifted])
        i += 1
    return styles


def regime_styles(arms: list[tuple[str, str, bool]]) -> dict[str, ArmStyle]:
    """Styles where arms cross regimes with and without policies: colour by regime, dashed without.

    Parameters
    ----------
    arms : list of (key, regime, has policies)
    """
    regimes = list(dict.fromkeys(regime for _, regime, _ in arms))
    styles = {}
    for arm, regime, policies in arms:
        place = regimes.index(regime)
        marker = (_MARKERS if policies else _PLAIN_MARKERS)[place]
        styles[arm] = ArmStyle(_COLORS[place], "-" if policies else (0, (4, 1.6)), marker)
    return styles
