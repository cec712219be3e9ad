"""Every mistake in a ``design:`` section has its own sentence, with the key path and the mend."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from sim.designs.points import make, size
from sim.designs.registry import METHODS, AnyDesign
from sim.designs.section import read
from sim.errors import YiheError
from sim.scenario.yamlfile import parse

X: dict[str, Any] = {"a.x": [0, 1], "b.y": [0, 1]}
SWITCH = "policies.fair.on"


def mistake(section: Any, folder: Path = Path()) -> YiheError:
    with pytest.raises(YiheError) as caught:
        make(read(AnyDesign, section, key="design", file="s.yaml"), 1, folder)
    error = caught.value
    assert any("\u4e00" <= c <= "\u9fff" for c in error.zh)
    assert not any("\u4e00" <= c <= "\u9fff" for c in error.en)
    return error


def grid(**factors: Any) -> dict[str, Any]:
    return {
        "method": "grid",
        "factors": {name.replace("__", "."): factor for name, factor in factors.items()},
    }


def over(**changes: Any) -> dict[str, Any]:
    return {"method": "grid", "factors": X, **changes}


MISTAKES: list[tuple[Any, str, str]] = [
    # the section
    (5, "design", "must be a mapping"),
    ({"factors": X}, "design.method", "method is missing; there are: grid, "),
    (over(method="sobool"), "design.method", "there is no method sobool; did you mean sobol?"),
    (over(method="LHS"), "design.method", "did you mean latin_hypercube?"),
    (over(method="Latin-Hypercube"), "design.method", "did you mean latin_hypercube?"),
    (over(method="zzz"), "design.method", "there are: grid"),
    (over(method=["grid"]), "design.method", "did you mean grid?"),
    (over(n=5), "design.n", "there is no key n; there are: method, constraints, factors"),
    (over(contraints=[]), "design.contraints", "did you mean constraints?"),
    ({"method": "grid"}, "design.factors", "factors is missing"),
    (over(factors={}), "design.factors", "there are no factors"),
    # a factor
    (grid(a__x=5), "design.factors.a.x", "must be a range [low, high]"),
    (grid(a__x={}), "design.factors.a.x", "nothing to vary"),
    (grid(a__x=[]), "design.factors.a.x.values", "there are no values"),
    (grid(a__x=[1, 1]), "design.factors.a.x", "low equals high (1)"),
    (
        grid(a__x=[0.6, 0]),
        "design.factors.a.x",
        "low (0.6) exceeds high (0); swap them, or write values: [0.6, 0]",
    ),
    (grid(a__x={"low": 1}), "design.factors.a.x.high", "high is missing"),
    (grid(a__x={"high": 1}), "design.factors.a.x.low", "low is missing"),
    (grid(a__x={"low": "1", "high": 2}), "design.factors.a.x.low", "a number, without quotes"),
    (grid(a__x={"low": float("nan"), "high": 2}), "design.factors.a.x.low", "finite"),
    (grid(a__x={"low": 0, "high": 2, "scale": "log"}), "design.factors.a.x.low", "above 0, not 0"),
    (grid(a__x={"low": 1, "high": 2, "scale": "ln"}), "design.factors.a.x.scale", "'linear' or 'log'"),
    (grid(a__x={"low": 0.5, "high": 2, "integer": True}), "design.factors.a.x.low", "a whole number"),
    (grid(a__x={"low": 0, "high": 2.5, "integer": True}), "design.factors.a.x.high", "a whole number"),
    (
        grid(a__x={"low": 0, "high": 2, "integer": True, "steps": 9}),
        "design.factors.a.x.steps",
        "no 9 whole numbers",
    ),
    (grid(a__x={"low": 0, "high": 2, "steps": 1}), "design.factors.a.x.steps", "it must be at least 2"),
    (
        grid(a__x={"low": 0, "high": 2, "default": 3}),
        "design.factors.a.x.default",
        "must lie from 0 to 2, not 3",
    ),
    (grid(a__x={"low": 0, "high": 2, "step": 3}), "design.factors.a.x.step", "did you mean steps?"),
    (grid(a__x=[1, 2, 2]), "design.factors.a.x.values", "2 is there twice"),
    (grid(a__x=[1, 2, 1.0]), "design.factors.a.x.values", "1 is there twice"),
    (grid(a__x=[1, "b", 3]), "design.factors.a.x.values", "mix numbers, switches or text"),
    (grid(a__x=[1, True, 3]), "design.factors.a.x.values", "mix numbers, switches or text"),
    (grid(a__x=[1, None, 3]), "design.factors.a.x.values[1]", "must be a finite number, true, false or text"),
    (grid(a__x=[1, 2, float("inf")]), "design.factors.a.x.values[2]", "finite"),
    (grid(a__x={"values": [1, 2], "low": 0}), "design.factors.a.x.low", "with values there is no low"),
    (grid(a__x={"values": [1, 2], "scale": "log"}), "design.factors.a.x.scale", "belongs to a range"),
    (grid(a__x={"values": [1, 2], "default": "b"}), "design.factors.a.x.default", "numbers"),
    # names
    (over(factors={"a..x": [0, 1]}), "design.factors.a..x", "is no key path"),
    (over(factors={"a.x ": [0, 1]}), "design.factors.a.x ", "is no key path"),
    (over(factors={"seed": [0, 1]}), "design.factors.seed", "seeds are set under replicates"),
    (over(factors={"point": [0, 1]}), "design.factors.point", "cannot be a factor"),
    (over(factors={"arm": [0, 1]}), "design.factors.arm", "names of arms"),
    (over(factors={SWITCH: [0, 1]}), f"design.factors.{SWITCH}", "write values: [false, true]"),
    (over(factors={"policies[0].on": [True, False]}), "design.factors.policies[0].on", "by id"),
    (over(factors={"a": ["p", "q"], "a.x": [0, 1]}), "design.factors.a.x", "a.x and a overlap"),
    # settings of methods
    (over(method="latin_hypercube"), "design.n", "n is missing"),
    (over(method="latin_hypercube", n=1), "design.n", "1 will not do; it must be at least 2"),
    (over(method="latin_hypercube", n="9"), "design.n", "a whole number"),
    (over(method="sobol_sequence", n=2_000_000), "design.n", "it must be at most 1000000"),
    (over(method="sobol", n=200), "design.n", "make 200 into 128 or 256"),
    (over(method="morris", trajectories=1), "design.trajectories", "at least 2"),
    (over(method="morris", trajectories=5, levels=5), "design.levels", "make 5 into 6"),
    (over(method="sobol", n=8, factors={"a.x": ["p"]}), "design.factors.a.x.values", "one value only"),
    (
        over(method="sobol", n=8, factors={"a.x": {"low": 0, "high": 1, "steps": 3}}),
        "design.factors.a.x.steps",
        "belongs to grid",
    ),
    (
        over(method="morris", trajectories=5, factors={"a.x": {"low": 0, "high": 1, "group": "g"}}),
        "design.factors.a.x.group",
        "belongs to sobol",
    ),
    (
        over(method="sobol", n=8, factors={"a.x": {"low": 0, "high": 1, "group": "b.y"}, "b.y": [0, 1]}),
        "design.factors.a.x.group",
        "is a factor; give the group another name",
    ),
    (
        over(method="factorial", factors={"a.x": [1, 2, 3], "b.y": [0, 1]}),
        "design.factors.a.x.values",
        "not 3",
    ),
    (over(method="factorial", factors={"a.x": [0, 1]}), "design.factors", "two factors or more"),
    (over(method="factorial", resolution="VI"), "design.resolution", "'III', 'IV', 'V' or 'full'"),
    (
        over(method="factorial", resolution="full", factors={f"f{i}.x": [0, 1] for i in range(15)}),
        "design.resolution",
        "use resolution: V",
    ),
    (over(method="one_at_a_time"), "design.factors.a.x.default", "give its default"),
    # lists
    ({"method": "zip", "factors": {"a.x": [1, 2], "b.y": [1]}}, "design.factors", "(a.x: 2, b.y: 1)"),
    ({"method": "zip", "factors": {"a.x": []}}, "design.factors.a.x", "the list is empty"),
    ({"method": "zip", "factors": {"a.x": [1, "b"]}}, "design.factors.a.x", "mixes"),
    ({"method": "zip", "factors": {"a.x": 3}}, "design.factors.a.x", "a list"),
    ({"method": "points", "points": []}, "design.points", "there are no points"),
    ({"method": "points", "points": [{}]}, "design.points[0]", "there are no factors"),
    ({"method": "points", "points": [{"a.x": 1}, {"b.y": 1}]}, "design.points[1]", "a.x is missing"),
    (
        {"method": "points", "points": [{"a.x": 1}, {"a.x": 1, "b.y": 1}]},
        "design.points[1].b.y",
        "not in the first",
    ),
    ({"method": "points", "points": [{"a.x": 1}, {"a.x": True}]}, "design.points", "a.x mixes"),
    # constraints
    (over(constraints="a.x < b.y"), "design.constraints", "a list"),
    (
        over(constraints=["a.x < b.z"]),
        "design.constraints[0]",
        "b.z in a constraint is no factor; did you mean b.y?",
    ),
    (over(constraints=["a.x < zzz"]), "design.constraints[0]", "the factors are: a.x, b.y"),
    (over(constraints=["a.x < b.y", "a.x = 1"]), "design.constraints[1]", "write == for equal"),
    (over(constraints=["a.x <"]), "design.constraints[0]", "cannot be read"),
    (over(constraints=["a.x + b.y"]), "design.constraints[0]", "is no condition"),
    (over(constraints=["1 < 2"]), "design.constraints[0]", "speaks of no factor"),
    (over(constraints=["a.x ** 2 < 1"]), "design.constraints[0]", "has no place in a constraint"),
    (over(constraints=["abs(a.x) < 1"]), "design.constraints[0]", "has no place in a constraint"),
    (over(constraints=["__import__('os').system('x') == 0"]), "design.constraints[0]", "has no place"),
    (
        over(constraints=["a.x and b.y < 1"]),
        "design.constraints[0]",
        "“a.x” must be a condition here, and is a number",
    ),
    (over(constraints=["a.x == 'b'"]), "design.constraints[0]", "compares text"),
    (over(constraints=["a.x + 'b' < 1"]), "design.constraints[0]", "must be a number here, and is text"),
    (over(constraints=["-" * 400 + "a.x < 1"]), "design.constraints[0]", "nested too deeply"),
    (over(constraints=["(" * 300 + "a.x < 1" + ")" * 300]), "design.constraints[0]", "cannot be read"),
    (over(constraints=["a.x < 1 " * 1000]), "design.constraints[0]", "too long"),
    (over(constraints=["a.x < 0"]), "design.constraints", "none of the 4 points satisfies “a.x < 0”"),
    (over(constraints=["a.x < 1", "a.x > 0"]), "design.constraints", "“a.x < 1 and a.x > 0”"),
    (over(constraints=["1 / a.x < 1"]), "design.constraints", "divides by 0"),
    (
        over(method="latin_hypercube", n=20, constraints=["a.x < 0.0001"]),
        "design.constraints",
        "of 10,000 points drawn only",
    ),
    (
        over(method="sobol_sequence", n=20, constraints=["a.x + b.y > 3"]),
        "design.constraints",
        "only 0 satisfy",
    ),
    *[
        (
            over(method=method, constraints=["a.x < b.y"], **settings),
            "design.constraints",
            "use latin_hypercube or sobol_sequence",
        )
        for method, settings in [
            ("sobol", {"n": 8}),
            ("morris", {"trajectories": 4}),
            ("factorial", {}),
            ("one_at_a_time", {}),
        ]
    ],
    # size
    (
        over(factors={f"f{i}.x": {"low": 0, "high": 1, "steps": 10} for i in range(9)}),
        "design",
        "the design has 1,000,000,000 points",
    ),
]


@pytest.mark.parametrize(
    ("section", "key", "words"), MISTAKES, ids=[f"{i}-{m[1]}" for i, m in enumerate(MISTAKES)]
)
def test_a_mistake_has_its_sentence(section: Any, key: str, words: str) -> None:
    error = mistake(section)
    assert (error.key, words in error.en) == (key, True), error.sentence("en")


TABLES: list[tuple[str, str | None, int | None, str]] = [
    ("", None, None, "holds no points"),
    ("a.x,b.y\n", None, None, "holds no points"),
    ("a.x,a.x\n1,2\n", "a.x", 1, "there twice"),
    ("a.x,\n1,2\n", None, 1, "column 2 has no name"),
    ("point\n1\n", None, 1, "no column of a factor"),
    ("a.x,b.y\n1,2\n3\n", None, 3, "1 cells and the header 2"),
    ("a.x,b.y\n1,2\n3,\n", "b.y", 3, "is empty"),
    ("a.x,b.y\n1,2\n\n3,two\n", "b.y", 4, "holds numbers, but here it says “two”"),
    ("a.x,b.y\n1,2\n3,nan\n", "b.y", 3, "“nan”"),
    ("a.x,b.y\n1,true\n3,2\n", "b.y", 3, "true or false"),
    ("a.x,a..y\n1,2\n", "a..y", None, "is no key path"),
    ("a.x,a\n1,2\n", "a", None, "overlap"),
]


@pytest.mark.parametrize(("text", "key", "line", "words"), TABLES)
def test_a_mistake_in_a_table_has_its_place(
    tmp_path: Path, text: str, key: str | None, line: int | None, words: str
) -> None:
    (tmp_path / "p.csv").write_text(text, "utf-8")
    error = mistake({"method": "table", "file": "p.csv"}, tmp_path)
    assert (error.key, error.line, words in error.en) == (key, line, True), error.sentence("en")
    assert error.file == str(tmp_path / "p.csv")


DECLARED: list[tuple[str, str, int, str]] = [
    ("a.x\n0.5\n", "b.y", 1, "lacks this column"),
    ("a.x,b.y,c.z\n0.5,p,1\n", "c.z", 1, "no such column"),
    ("a.x,b.y,b.yy\n0.5,p,1\n", "b.yy", 1, "did you mean b.y?"),
    ("a.x,b.y\n0.5,p\n1.5,p\n", "a.x", 3, "1.5 is not among what factors allows (0 – 1)"),
    ("a.x,b.y\n0.5,p\n1,r\n", "b.y", 3, "(p, q)"),
    ("a.x,b.y\nzero,p\n", "a.x", 2, "holds numbers"),
]


@pytest.mark.parametrize(("text", "key", "line", "words"), DECLARED)
def test_a_table_is_held_to_the_factors_declared(
    tmp_path: Path, text: str, key: str, line: int, words: str
) -> None:
    (tmp_path / "p.csv").write_text(text, "utf-8")
    error = mistake(
        {"method": "table", "file": "p.csv", "factors": {"a.x": [0, 1], "b.y": ["p", "q"]}}, tmp_path
    )
    assert (error.key, error.line, words in error.en) == (key, line, True), error.sentence("en")


def test_a_table_that_is_missing_or_no_text_is_said_so(tmp_path: Path) -> None:
    missing = mistake({"method": "table", "file": "p.csv"}, tmp_path)
    assert "its path is relative to the study file" in missing.en
    (tmp_path / "p.csv").write_bytes("a.x\n社区\n".encode("gbk"))
    assert "save it as CSV UTF-8" in mistake({"method": "table", "file": "p.csv"}, tmp_path).en


def test_constraints_of_a_table_know_its_columns(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("a.x,b.y\n1,2\n", "utf-8")
    error = mistake({"method": "table", "file": "p.csv", "constraints": ["a.x < b.z"]}, tmp_path)
    assert error.key == "design.constraints[0]"
    assert "did you mean b.y?" in error.en


def test_the_first_mistake_in_the_file_is_said_with_its_line() -> None:
    text = "design:\n  method: sobol\n  n: 8\n  factors:\n    a.x: [1, 0]\n    b.y: [3, 3]\n"
    tree, origins = parse(text, "s.yaml")
    with pytest.raises(YiheError) as caught:
        read(AnyDesign, tree["design"], key="design", file="s.yaml", origins=origins)
    assert (caught.value.file, caught.value.line, caught.value.key) == ("s.yaml", 5, "design.factors.a.x")


def test_a_design_too_large_to_make_still_tells_its_size() -> None:
    huge = over(factors={f"f{i}.x": {"low": 0, "high": 1, "steps": 1000} for i in range(6)})
    assert size(read(AnyDesign, huge, key="design")) == 10**18


@pytest.mark.parametrize(
    ("module", "section"),
    [
        ("SALib.sample.sobol", over(method="sobol", n=8)),
        ("SALib.sample.morris", over(method="morris", trajectories=2)),
    ],
)
def test_a_missing_extra_is_said_so(module: str, section: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert "SALib is missing: install the calibrate extra" in mistake(section).en


def test_editors_are_told_every_method_and_both_forms_of_a_factor() -> None:
    schema = TypeAdapter(AnyDesign).json_schema()
    assert [one["properties"]["method"]["const"] for one in schema["oneOf"]] == list(METHODS)
    assert [one["type"] for one in schema["$defs"]["Factor"]["anyOf"]] == ["array", "object"]


ANYTHING = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-3, 300),
        st.floats(),
        st.text(max_size=5),
        st.sampled_from(["a.x", "1"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(["low", "high", "values", "scale", "default", "a.x", ""]), inner, max_size=4
        ),
    ),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(sorted(METHODS)),
    st.dictionaries(
        st.sampled_from(["factors", "n", "points", "constraints", "trajectories", "levels", "file", "zzz"]),
        ANYTHING,
    ),
    st.dictionaries(st.sampled_from(["a.x", "b.y", "arm", SWITCH, "a..b"]), ANYTHING, max_size=3),
)
def test_whatever_is_written_gives_points_or_a_sentence(
    method: str, section: dict[str, Any], factors: dict[str, Any]
) -> None:
    for tree in (section, {**section, "factors": factors}):
        key = ""
        try:
            points = make(read(AnyDesign, {**tree, "method": method}, key="design"), 1, Path("nowhere"))
        except YiheError as error:
            key = error.key or "none"
        assert key.startswith("design") or (len(points) > 0 and points.unit.shape == points.table.shape)
