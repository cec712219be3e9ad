"""Every method by name, and the ``design:`` section as the class its ``method`` names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator

from sim.designs.base import Design
from sim.designs.listed import Listed, Table, Zip
from sim.designs.methods import Factorial, Grid, LatinHypercube, Morris, OneAtATime, Sobol, SobolSequence
from sim.designs.section import wrong
from sim.scenario.bykind import ByKind, near

METHODS: dict[str, type[Design]] = {
    "grid": Grid,
    "one_at_a_time": OneAtATime,
    "latin_hypercube": LatinHypercube,
    "sobol_sequence": SobolSequence,
    "sobol": Sobol,
    "morris": Morris,
    "factorial": Factorial,
    "table": Table,
    "zip": Zip,
    "points": Listed,
}
"""Every method by name."""

_OTHER_NAMES = {
    "lhs": "latin_hypercube",
    "latin": "latin_hypercube",
    "random": "latin_hypercube",
    "oat": "one_at_a_time",
    "ofat": "one_at_a_time",
    "saltelli": "sobol",
    "full_factorial": "grid",
    "fractional_factorial": "factorial",
    "csv": "table",
    "list": "points",
    "cases": "points",
    "elementary_effects": "morris",
}
"""What others call them."""


def _known(value: object) -> object:
    if isinstance(value, Design) or not isinstance(value, Mapping):
        return value
    name = value.get("method")
    if name is None:
        raise wrong(
            f"缺少 method，可写：{'、'.join(METHODS)}",
            f"method is missing; there are: {', '.join(METHODS)}",
            "method",
        )
    if not isinstance(name, str) or name not in METHODS:
        word = str(name).lower().replace("-", "_").replace(" ", "_")
        guess = word if word in METHODS else _OTHER_NAMES.get(word) or near(word, tuple(METHODS))
        hint = (
            (f"是否想写 {guess}？", f"did you mean {guess}?")
            if guess
            else (f"可写：{'、'.join(METHODS)}", f"there are: {', '.join(METHODS)}")
        )
        raise wrong(
            f"没有名为 {name} 的设计方法，{hint[0]}", f"there is no method {name}; {hint[1]}", "method"
        )
    return value


AnyDesign = Annotated[
    Design, ByKind("method", Design, lambda: tuple(METHODS), METHODS.get), BeforeValidator(_known)
]
"""A design of the class its ``method`` names."""
