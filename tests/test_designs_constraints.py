"""Constraints mean what they mean in Python, and nothing else can be said in them."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.designs.constraints import Constraint, parse
from sim.designs.factors import Kind
from sim.errors import YiheError

KINDS: dict[str, Kind] = {
    "ties.atomisation": "number",
    "policies[0].intensity": "number",
    "policies.own-fair.start": "integer",
    "policies.own-fair.on": "switch",
    "policies.own.on": "switch",
    "regime": "text",
}
PLAIN = dict(zip(KINDS, ["x", "y", "n", "p", "q", "r"], strict=True))


def names(kind: str) -> st.SearchStrategy[str]:
    found = [name for name, its in KINDS.items() if its == kind or (kind == "number" and its == "integer")]
    return st.sampled_from(found)


def pair(strategy: st.SearchStrategy[str], between: list[str]) -> st.SearchStrategy[str]:
    return st.tuples(strategy, st.sampled_from(between), strategy).map(lambda t: f"({t[0]} {t[1]} {t[2]})")


def operand(number: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(pair(number, ["+", "-", "*", "/"]), number.map("-{}".format))


NUMBERS = st.recursive(
    st.one_of(names("number"), names("switch"), st.integers(0, 9).map(str), st.floats(0, 2).map(repr)),
    operand,
    max_leaves=6,
)
ORDER = ["<", "<=", ">", ">=", "==", "!="]
COMPARED = st.one_of(
    pair(NUMBERS, ORDER),
    st.tuples(pair(NUMBERS, ["< 1 <="]), st.just("")).map(lambda t: t[0]),
    st.sampled_from(["regime == 'one_core'", 'regime != "it is"', "'one_core' == regime"]),
    names("switch"),
)
CONDITIONS = st.recursive(
    COMPARED, lambda inner: st.one_of(pair(inner, ["and", "or"]), inner.map("(not {})".format)), max_leaves=5
).filter(lambda text: any(name in text for name in KINDS))  # one without a factor is refused
ROWS = st.tuples(
    st.floats(-2, 2),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.integers(-3, 3),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["one_core", "it is"]),
)


def in_python(text: str) -> str:
    for name in sorted(PLAIN, key=len, reverse=True):
        text = text.replace(name, PLAIN[name]) if name != "regime" else text.replace("regime", "r")
    return text


@settings(max_examples=250, deadline=None)
@given(CONDITIONS, ROWS)
def test_a_constraint_is_what_python_makes_of_it(text: str, row: tuple[Any, ...]) -> None:
    tree = ast.parse(in_python(text), mode="eval")
    assert {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} <= set(PLAIN.values())
    constraint = parse(text, KINDS, "constraints", 0)
    values = dict(zip(PLAIN.values(), row, strict=True))
    try:
        wanted = bool(eval(compile(tree, "", "eval"), {"__builtins__": {}}, values))
    except ZeroDivisionError:
        with pytest.raises(YiheError, match=r"除以 0|divides by 0"):
            constraint.holds(row)
        return
    assert constraint.holds(row) is wanted


def constraint(text: str) -> Constraint:
    return parse(text, KINDS, "constraints", 0)


ROW = (0.5, 1.0, 3, True, False, "one_core")


@pytest.mark.parametrize(
    ("text", "holds", "factors"),
    [
        (
            "ties.atomisation + 0.1 <= policies[0].intensity",
            True,
            ("ties.atomisation", "policies[0].intensity"),
        ),
        ("policies.own-fair.start-3==0", True, ("policies.own-fair.start",)),
        ("policies.own-fair.on + policies.own.on <= 1", True, ("policies.own-fair.on", "policies.own.on")),
        ("policies.own.on == false and not policies.own.on", True, ("policies.own.on",)),
        ("0 < ties.atomisation < 0.5", False, ("ties.atomisation",)),
        ("regime == 'regime' or regime == \"one_core\"", True, ("regime",)),
        (
            "policies.own.on or 1 / policies.own-fair.start < 1",
            True,
            ("policies.own-fair.start", "policies.own.on"),
        ),
        ("ties.atomisation == 0.5 or 1 / (ties.atomisation - 0.5) > 1", True, ("ties.atomisation",)),
        ("'_f0' != regime", True, ("regime",)),
    ],
)
def test_known_answers(text: str, holds: bool, factors: tuple[str, ...]) -> None:
    assert constraint(text).holds(ROW) is holds
    assert constraint(text).factors == factors


@pytest.mark.parametrize(
    "text",
    [
        "_f0 < 1",
        "ties < 1",
        "ties.atomisation.x < 1",
        "policies[1].intensity < 1",
        "x.ties.atomisation < 1",
        "None == regime",
        "lambda: regime",
        "[regime] == regime",
        "regime if regime == 'a' else regime",
        "(regime := 'a') == regime",
        "regime is regime",
        "regime in 'abc'",
        "ties.atomisation @ 2 < 1",
        "~policies.own.on",
        "1j < ties.atomisation",
        "f'{regime}' == regime",
        "().__class__ == regime",
        "regime.__class__ == 'a'",
        "{} == regime",
        "\x00 < regime",
        "ties.atomisation < 1; 2",
        "... == regime",
        "policies[regime].x < 1",
        "",
    ],
)
def test_nothing_else_can_be_said(text: str) -> None:
    with pytest.raises(ValidationError):
        constraint(text)
