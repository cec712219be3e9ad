"""Broken YAML: one sentence a mistake, with its line and the mend, in words of our own in both languages."""

from __future__ import annotations

import re

import pytest

from sim.errors import YiheError
from sim.scenario.yamlfile import parse

HEAD = "yihe: 1\nname: a\n"

# name: text after the head, line at fault, words of the Chinese and of the English sentence
BROKEN: dict[str, tuple[str, int, str, str]] = {
    "two colons in a line": ("title: a: b\n", 3, "含冒号时给值加引号", "quote a value"),
    "key without colon": ("ties\nseed: 1\n", 3, "键的后面没有冒号", "lacks its colon"),
    "full-width colon": ("seed：1\nweeks: 3\n", 3, "全角", "full-width"),
    "brace left open": ("ties: {homophily: 0.1\nseed: 1\n", 4, "第 3 行的花括号", "brace opened in line 3"),
    "bracket left open": ("policies: [1, 2\n", 4, "第 3 行的方括号", "bracket opened in line 3"),
    "text that breaks off": ("policies: [1,\n", 4, "内容到这里就断了", "the text breaks off here"),
    "comma missing": ("ties: {a: 1 b: 2}\n", 3, "缺少逗号", "lacks a comma"),
    "double quote left open": ('source: "abc\nseed: 1\n', 5, "第 3 行的引号没有闭合", "opened in line 3"),
    "single quote left open": ("source: 'abc\nseed: 1\n", 5, "第 3 行的引号没有闭合", "is never closed"),
    "text after a quote": ('source: "a" b\n', 3, "引号之外还有文字", "outside the quotes"),
    "tab": ("ties:\n\thomophily: 0.1\n", 4, "制表符", "tabs"),
    "unknown anchor": ("ties: *nope\n", 3, "没有名为 nope 的锚点", "no anchor called nope"),
    "star without a name": ("source: * note\n", 3, "锚点的名字", "must follow * or &"),
    "uneven indentation": ("ties:\n   a: 1\n  b: 2\n", 5, "没有与同一层的其他行对齐", "does not line up"),
    "uneven list": ("policies:\n  - kind: a\n - kind: b\n", 5, "列表项没有与", "list entry does not line up"),
    "list in a line": ("policies: - a\n", 3, "列表项不能写在这里", "a list entry cannot stand here"),
    "closing bracket alone": ("ties: ]\n", 3, "只有 ]", "there is only ]"),
    "value begins with @": ("source: @abc\n", 3, "不能以 @ 开头", "cannot begin with @"),
    "backslash": ('source: "C:\\data"\n', 3, "反斜杠", "backslash"),
    "second document": ("---\nname: b\n", 3, "第二份内容", "second document"),
    "unknown tag": ("source: !!python/name:os.system x\n", 3, "感叹号", "exclamation mark"),
    "text after a bar": ("source: |x\n  a\n", 3, "| 或 > 之后", "after | or >"),
    "directive": ("%abc\n", 4, "% 开头的行", "begins with %"),
    "no such date": ("source: 2020-13-45\n", 3, "看着像数字或日期", "a number or a date"),
    "binary that is none": ("source: !!binary 'abc'\n", 3, "若是文字请加引号", "quote it if it is text"),
    "duplicate key": ("seed: 1\nseed: 2\n", 4, "与第 3 行重复", "already given in line 3"),
}
TOKENS = {"YAML", "nope", "zh", "en"}
"""Latin words that a Chinese sentence may hold: a name, or what the file itself says."""


@pytest.mark.parametrize("name", BROKEN)
def test_broken_yaml_is_one_sentence_in_words_of_our_own(name: str) -> None:
    text, line, zh, en = BROKEN[name]
    with pytest.raises(YiheError) as caught:
        parse(HEAD + text, "a.yaml")
    error = caught.value
    assert (error.file, error.line) == ("a.yaml", line)
    assert zh in error.zh
    assert en in error.en
    assert set(re.findall("[A-Za-z]{2,}", error.zh)) <= TOKENS, error.zh
    assert not re.search("[\u4e00-\u9fff]", error.en)
    assert "\n" not in error.zh + error.en


def test_a_file_all_in_full_width_colons_is_told_so() -> None:
    with pytest.raises(YiheError) as caught:
        parse("yihe：1\nname：a\n", "a.yaml")
    assert "全角" in caught.value.zh


def test_what_the_parser_says_of_anything_else_stays_out_of_the_chinese_sentence() -> None:
    from ruamel.yaml.error import MarkedYAMLError, StringMark

    from sim.scenario.yamlproblems import place_and_words

    mark = StringMark("a.yaml", 0, 1, 0, "x\ny\n", 2)
    line, (zh, en) = place_and_words(MarkedYAMLError(problem="some new finding", problem_mark=mark), "x\ny\n")
    assert line == 2
    assert "finding" not in zh
    assert "some new finding" in en
