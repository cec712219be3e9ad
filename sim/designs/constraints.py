"""Constraints between factors, such as ``ties.atomisation + 0.1 <= participation.x or not policies.fair.on``.

A constraint is read with :mod:`ast` and turned into closures: nothing is evaluated as code. Numbers, text,
true and false, factors by their key path, ``+ − * /``, comparisons (also chained), ``and``, ``or``, ``not``
and parentheses mean what they mean in Python, down to short circuits; a switch counts as 1 or 0 in a sum.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from sim.designs.factors import Kind, Value, shown
from sim.designs.section import wrong
from sim.errors import YiheError
from sim.scenario.bykind import near

LONGEST = 5_000
"""Characters of a constraint."""

DEEPEST = 100
"""Levels of nesting; a sum has one for each of its terms."""

Row = Sequence[Value]
Type = Literal["number", "switch", "text"]
_Meaning = Callable[[Row], Any]

_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_WORDS = {"true": True, "false": False, "True": True, "False": False}
_SHOWN = {"number": ("数字", "a number"), "switch": ("条件", "a condition"), "text": ("文字", "text")}


class Constraint(NamedTuple):
    """A constraint that has been read."""

    text: str
    factors: tuple[str, ...]
    """Every factor it speaks of, in the order of the design."""
    meaning: Callable[[Row], Any]

    def holds(self, row: Row) -> bool:
        """Whether a point satisfies it.

        Parameters
        ----------
        row : sequence
            Values in the order of the names it was read with.

        Raises
        ------
        YiheError
            If it divides by 0 there.
        """
        try:
            return bool(self.meaning(row))
        except ArithmeticError:
            point = ", ".join(shown(value) for value in row)
            raise YiheError(
                f"“{self.text}”在点（{point}）处无法计算（除以 0）：请改写，使分母不为 0",
                f"“{self.text}” cannot be computed at the point ({point}), where it divides by 0: rewrite it",
                key="design.constraints",
            ) from None


def parse(text: str, factors: Mapping[str, Kind], *loc: str | int) -> Constraint:
    """Read a constraint.

    Parameters
    ----------
    text : str
    factors : mapping of str to kind
        Names that may be spoken of; points come in their order.
    loc : key path for errors

    Raises
    ------
    ValidationError
        One sentence: what cannot be read or is unknown, and the mend.
    """
    if len(text) > LONGEST:
        raise wrong(
            f"约束太长（最多 {LONGEST} 个字符），请拆成几条",
            f"the constraint is too long (at most {LONGEST} characters); split it",
            *loc,
        )
    names = list(factors)
    mark = "_f"
    while mark in text:
        mark += "f"
    tree = _syntax(text, names, mark, loc)
    reader = _Reader(factors, mark, loc)
    kind, meaning = reader.expression(tree)
    used = reader.used
    if kind != "switch":
        raise wrong(
            f"“{text}”不是条件：请写成比较，如 a + b <= 1",
            f"“{text}” is no condition: write a comparison, such as a + b <= 1",
            *loc,
        )
    if not used:
        raise wrong(
            f"“{text}”没有提到任何因子，请写因子的键路径",
            f"“{text}” speaks of no factor; name factors by their key paths",
            *loc,
        )
    return Constraint(text, tuple(name for i, name in enumerate(names) if i in used), meaning)


def _syntax(text: str, names: Sequence[str], mark: str, loc: Sequence[str | int]) -> ast.expr:
    try:
        tree = ast.parse(_marked(text, names, mark).strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        lone = re.search(r"(?<![<>=!])=(?!=)", text)
        hint = (
            ("相等请写 ==", "write == for equal")
            if lone
            else (
                "可写 + - * /、比较、and、or、not 和括号，文字加引号",
                "it may hold + - * /, comparisons, and, or, not and parentheses, with text in quotes",
            )
        )
        raise wrong(f"读不懂“{text}”：{hint[0]}", f"“{text}” cannot be read: {hint[1]}", *loc) from None
    level = [tree]
    for _ in range(DEEPEST):
        level = [
            child for node in level for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)
        ]
    if level:
        raise wrong(
            f"约束嵌套太深（最多 {DEEPEST} 层），请拆成几条",
            f"the constraint is nested too deeply (at most {DEEPEST} levels); split it",
            *loc,
        )
    return tree


def _marked(text: str, names: Sequence[str], mark: str) -> str:
    """The text with each factor's path as one word: paths may hold hyphens, which would read as minus."""
    longest_first = sorted(range(len(names)), key=lambda i: -len(names[i]))
    paths = "|".join(re.escape(names[i]) for i in longest_first)
    number = {names[i]: i for i in longest_first}
    pattern = re.compile(rf"""(?P<quoted>"[^"]*"|'[^']*')|(?<![\w.\]])(?P<path>{paths})(?![\w\[]|\.\w)""")
    return pattern.sub(
        lambda m: m["quoted"] if m["quoted"] is not None else f" {mark}{number[m['path']]} ", text
    )


class _Reader:
    """Types and meaning of a parsed constraint."""

    def __init__(self, factors: Mapping[str, Kind], mark: str, loc: Sequence[str | int]) -> None:
        self.names, self.kinds, self.loc = list(factors), list(factors.values()), loc
        self.marked = {f"{mark}{i}": i for i in range(len(self.names))}
        self.used: set[int] = set()

    def expression(self, node: ast.expr) -> tuple[Type, _Meaning]:
        if isinstance(node, ast.Constant):
            return self.constant(node.value)
        if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
            return self.name(node)
        if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
            return self.arithmetic(node, _ARITHMETIC[type(node.op)])
        if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.Invert):
            return self.unary(node)
        if isinstance(node, ast.BoolOp):
            return self.boolean(node)
        if isinstance(node, ast.Compare) and all(type(op) in _COMPARISONS for op in node.ops):
            return self.comparison(node)
        raise wrong(
            f"“{self.source(node)}”不能用在约束里：只可用 + - * /、比较、and、or、not 和括号",
            f"“{self.source(node)}” has no place in a constraint: it may hold + - * /, comparisons, and, or, "
            "not and parentheses",
            *self.loc,
        )

    def constant(self, value: object) -> tuple[Type, _Meaning]:
        if isinstance(value, bool):
            return "switch", lambda row: value
        if isinstance(value, (int, float)):
            return "number", lambda row: value
        if isinstance(value, str):
            return "text", lambda row: value
        raise wrong(
            f"“{value}”不能用在约束里：请写数字、true、false 或带引号的文字",
            f"“{value}” has no place in a constraint: use numbers, true, false or text in quotes",
            *self.loc,
        )

    def name(self, node: ast.expr) -> tuple[Type, _Meaning]:
        text = self.source(node)
        if text in _WORDS:
            return self.constant(_WORDS[text])
        at = self.marked.get(node.id) if isinstance(node, ast.Name) else None
        if at is not None:
            self.used.add(at)
            kind = self.kinds[at]
            return "number" if kind == "integer" else kind, lambda row: row[at]
        guess = near(text, self.names)
        hint = (
            (f"是否想写 {guess}？", f"did you mean {guess}?")
            if guess
            else (
                f"可用的因子有：{'、'.join(self.names)}；文字请加引号",
                f"the factors are: {', '.join(self.names)}; put text in quotes",
            )
        )
        raise wrong(
            f"约束中的 {text} 不是因子，{hint[0]}",
            f"{text} in a constraint is no factor; {hint[1]}",
            *self.loc,
        )

    def arithmetic(self, node: ast.BinOp, act: Callable[[Any, Any], Any]) -> tuple[Type, _Meaning]:
        left, right = self.sized(node.left), self.sized(node.right)
        return "number", lambda row: act(left(row), right(row))

    def unary(self, node: ast.UnaryOp) -> tuple[Type, _Meaning]:
        if isinstance(node.op, ast.Not):
            condition = self.condition(node.operand)
            return "switch", lambda row: not condition(row)
        inner = self.sized(node.operand)
        return "number", (lambda row: -inner(row)) if isinstance(node.op, ast.USub) else (
            lambda row: +inner(row)
        )

    def boolean(self, node: ast.BoolOp) -> tuple[Type, _Meaning]:
        parts = [self.condition(part) for part in node.values]
        if isinstance(node.op, ast.And):
            return "switch", lambda row: all(part(row) for part in parts)
        return "switch", lambda row: any(part(row) for part in parts)

    def comparison(self, node: ast.Compare) -> tuple[Type, _Meaning]:
        sides = [self.expression(side) for side in (node.left, *node.comparators)]
        acts = [_COMPARISONS[type(op)] for op in node.ops]
        for i, op in enumerate(node.ops):
            texts = {sides[i][0] == "text", sides[i + 1][0] == "text"}
            ordered = not isinstance(op, (ast.Eq, ast.NotEq))
            if len(texts) == 2 or (texts == {True} and ordered):
                raise wrong(
                    f"“{self.source(node)}”拿文字与别的比较：文字只能用 == 或 != 与文字比较",
                    f"“{self.source(node)}” compares text: text can only be == or != other text",
                    *self.loc,
                )
        meanings = [meaning for _, meaning in sides]

        def chained(row: Row) -> bool:
            left = meanings[0](row)
            for act, side in zip(acts, meanings[1:], strict=True):
                right = side(row)
                if not act(left, right):
                    return False
                left = right
            return True

        return "switch", chained

    def sized(self, node: ast.expr) -> _Meaning:
        """A number; a switch counts as 1 or 0."""
        kind, meaning = self.expression(node)
        if kind == "text":
            raise self.unfit(node, "number", kind)
        return meaning

    def condition(self, node: ast.expr) -> _Meaning:
        kind, meaning = self.expression(node)
        if kind != "switch":
            raise self.unfit(node, "switch", kind)
        return meaning

    def unfit(self, node: ast.expr, wanted: Type, found: Type) -> Exception:
        text, (zh, en), (zh_is, en_is) = self.source(node), _SHOWN[wanted], _SHOWN[found]
        return wrong(
            f"“{text}”这里应是{zh}，却是{zh_is}", f"“{text}” must be {en} here, and is {en_is}", *self.loc
        )

    def source(self, node: ast.expr) -> str:
        """The part of the text as the user wrote it."""
        return re.sub(
            r"\b_f+\d+\b",
            lambda m: self.names[self.marked[m[0]]] if m[0] in self.marked else m[0],
            ast.unparse(node),
        )
