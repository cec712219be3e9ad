"""Reading a policy's source: it may write its own variables, and nothing of the community's.

A policy acts through levers and offers. One whose source puts an outcome's name, or anything that belongs to
someone else, on the left of an assignment would decree its result.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from sim.outcomes import OUTCOMES

RESIDENT_OUTCOMES = (
    "attachment", "autonomy", "efficacy", "fatigue", "habit", "hours", "last_any", "last_other",
    "last_public", "skill", "stage", "trust", "trust_bad", "trust_good", "participation", "satisfaction",
)
"""Columns of residents, and words, that stand for what policies are judged by."""

_WRITERS = ("at", "copyto", "put", "place", "putmask", "setattr")
_IN_PLACE = ("fill", "sort", "partition", "itemset", "setfield", "put", "resize")


class Offence(NamedTuple):
    """Something written that is not the policy's own."""

    line: int
    what: str
    why: str
    """``outcome``, ``not own`` or ``borrowed``."""


def offences(source: str, *, leave_out: frozenset[str] = frozenset()) -> list[Offence]:
    """What a policy's source writes that is not its own.

    Parameters
    ----------
    source : str
    leave_out : frozenset of str
        Names of classes that are held to another rule: institutions, which own their columns.
    """
    tree = ast.parse(source)
    tree.body = [
        node for node in tree.body if not (isinstance(node, ast.ClassDef) and node.name in leave_out)]
    lent = _borrowed(tree)
    found: list[Offence] = []
    for target in _targets(tree):
        line = getattr(target, "lineno", 0)
        for part in ast.walk(target):
            if isinstance(part, ast.Name) and part.id in OUTCOMES:
                found.append(Offence(line, part.id, "outcome"))
        inner: ast.expr = target
        while isinstance(inner, ast.Subscript):
            inner = inner.value
        line = line or getattr(inner, "lineno", 0)
        if isinstance(inner, ast.Attribute):
            outcome = inner.attr in OUTCOMES or inner.attr in RESIDENT_OUTCOMES
            found.append(Offence(line, ast.unparse(inner), "outcome" if outcome else "not own"))
        if isinstance(inner, ast.Name) and inner is not target and inner.id in lent:
            found.append(Offence(line, inner.id, "borrowed"))
    return found


def _targets(tree: ast.AST) -> Iterator[ast.expr]:
    """Everything on the left of an assignment, and everything a call writes in place."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.Delete)):
            for target in node.targets:
                yield from _each(target)
        elif isinstance(node, (ast.AugAssign, ast.AnnAssign, ast.For, ast.NamedExpr)):
            yield from _each(node.target)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            yield from _each(node.optional_vars)
        elif isinstance(node, ast.Call):
            yield from _written_by(node)


def _each(target: ast.expr) -> Iterator[ast.expr]:
    """``a, b[0] = …`` writes both."""
    if isinstance(target, (ast.Tuple, ast.List)):
        for part in target.elts:
            yield from _each(part)
    elif isinstance(target, ast.Starred):
        yield from _each(target.value)
    else:
        yield target


def _written_by(call: ast.Call) -> Iterator[ast.expr]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in _WRITERS and call.args:
        yield ast.Subscript(call.args[0], ast.Slice())
    if name in _IN_PLACE and isinstance(call.func, ast.Attribute):
        yield ast.Subscript(call.func.value, ast.Slice())
    for keyword in call.keywords:
        if keyword.arg == "out":
            yield ast.Subscript(keyword.value, ast.Slice())


def _borrowed(tree: ast.AST) -> set[str]:
    """Names bound to something of someone else's: ``r = view.residents`` or ``skill = r.skill[:]``."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, (ast.Attribute, ast.Subscript)):
            names |= {node.target.id} if isinstance(node.target, ast.Name) else set()
        elif isinstance(node, ast.Assign) and isinstance(node.value, (ast.Attribute, ast.Subscript)):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
            for target in node.targets:
                if isinstance(target, ast.Tuple):
                    names |= {
                        name.id for name, value in zip(target.elts, node.value.elts, strict=False)
                        if isinstance(name, ast.Name) and isinstance(value, (ast.Attribute, ast.Subscript))
                    }
    return names
