"""Reading a policy's source for numbers that nobody declared.

A number of the model is a ``Param``: it has unit, range, source and grade. What a policy's functions may hold
besides is arithmetic; what its module or class may hold is a constant with a docstring, which says why it is
no choice.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple

ARITHMETIC: dict[float, str] = {
    0.0: "nothing, the first, nobody",
    1.0: "the whole of a share, the next one",
    2.0: "the mean of two, a square",
}
"""Numbers that functions may hold, up to their sign, and what for."""

TINY = 1e-9
"""A number up to this only keeps a division off zero."""

AMOUNTS = frozenset({
    "hours", "notice", "relevance", "ease", "reward", "honour", "substance", "voice", "mixing", "contacts",
    "norm", "forum", "seats"})
"""Columns of an offer that say how much: there 1 and 2 are choices like any other, and 0 says none."""

_DECLARING = ("Param", "Field")


class Bare(NamedTuple):
    """A number that stands in the source undeclared."""

    line: int
    text: str


def bare_numbers(source: str, *, leave_out: frozenset[str] = frozenset()) -> list[Bare]:
    """Modelling numbers in a policy's source that are not declared with ``Param``.

    Parameters
    ----------
    source : str
    leave_out : frozenset of str
        Names of classes that are held to another rule: institutions.

    Returns
    -------
    list of Bare
        In the order of lines. Functions under a decorator ``outcome`` and calls at the top of the module
        (``category(…)``) are left out as well: they are no part of a policy.
    """
    found = {
        (node.lineno, node.col_offset): Bare(node.lineno, ast.unparse(node))
        for node in _undeclared(ast.parse(source).body, leave_out)}
    return [found[at] for at in sorted(found)]


def _undeclared(body: list[ast.stmt], leave_out: frozenset[str]) -> Iterator[ast.expr]:
    """Of a module's or a class's statements."""
    for node, following in zip_longest(body, body[1:]):
        if isinstance(node, ast.ClassDef):
            if node.name not in leave_out:
                yield from _undeclared(node.body, frozenset())
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if not any(_called(decorator) == "outcome" for decorator in node.decorator_list):
                yield from _in(node)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            explained = _number(node.value) is not None and _is_text(following)
            yield from () if explained or _declares(node) else _in(node.value)
        elif isinstance(node, (ast.If, ast.For, ast.While, ast.With, ast.Try)):
            yield from _in(node)


def _in(node: ast.AST) -> Iterator[ast.expr]:
    """Numbers within a function or a value that are no arithmetic, and amounts of offers."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant):
            number = _number(part)
            if number is not None and number not in ARITHMETIC and number > TINY:
                yield part
        elif isinstance(part, ast.Call):
            yield from (given for given in _amounts(part) if _number(given))
        elif isinstance(part, ast.Dict):
            for key, value in zip(part.keys, part.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in AMOUNTS and _number(value):
                    yield value


def _amounts(call: ast.Call) -> Iterator[ast.expr]:
    """Arguments of a call that say how much, if it offers something or sets a lever."""
    name = _called(call)
    if name == "offer":
        # Hours and notice may stand without their names; the number that tells offers apart is whole.
        yield from (given for given in call.args if isinstance(_number(given), float))
    if name == "add" and call.args and isinstance(call.args[0], ast.Constant):
        yield from call.args[1:]
    yield from (given.value for given in call.keywords if given.arg in AMOUNTS)


def _number(node: ast.AST) -> float | int | None:
    """The number that an expression is, literally and up to its sign."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        return _number(node.operand)
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _called(node: ast.expr) -> str:
    """Name of what is called, without what it belongs to."""
    function = node.func if isinstance(node, ast.Call) else node
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_text(node: ast.stmt | None) -> bool:
    """Whether a statement is the docstring of what stands before it."""
    text = node.value if isinstance(node, ast.Expr) else None
    return isinstance(text, ast.Constant) and isinstance(text.value, str) and bool(text.value.strip())


def _declares(node: ast.Assign | ast.AnnAssign) -> bool:
    """Whether a field is declared here, or given a block of declared numbers: ``Terms(mixing=0.5)``."""
    if not isinstance(node, ast.AnnAssign) or "ClassVar" in ast.unparse(node.annotation):
        return False
    name = _called(node.value) if isinstance(node.value, ast.Call) else ""
    return name in _DECLARING or (name != "" and name == ast.unparse(node.annotation))
