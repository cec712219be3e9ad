"""What the YAML parser finds wrong, said in Chinese and English with the mend, in words of our own."""

from __future__ import annotations

import re

from ruamel.yaml.error import MarkedYAMLError

Sentence = tuple[str, str]
"""The same in Chinese and English."""

_TABS = ("缩进用了制表符，请改用空格", "tabs are used to indent; use spaces")
WIDE_COLON = (
    "冒号是全角的“：”，请改成半角冒号加空格",
    "the colon is a full-width “：”; write a plain colon and a blank")

_PROBLEMS: tuple[tuple[str, str, str], ...] = (
    (r"mapping values are not allowed here|mapping keys are not allowed here",
     "这里不能再有一个“键: 值”，请检查这一行的缩进；值里含冒号时给值加引号",
     "another “key: value” is not allowed here; check this line's indentation, and quote a value that holds "
     "a colon"),
    (r"could not find expected ':'",
     "键的后面没有冒号，请写成“键: 值”，冒号后空一格",
     "a key lacks its colon; write “key: value” with a blank after the colon"),
    (r"expected ',' or '\}'.*",
     "第 {line} 行的花括号缺少逗号或右括号，请补上；值里含冒号时给值加引号",
     "the brace opened in line {line} lacks a comma or its closing brace; add it, and quote a value that "
     "holds a colon"),
    (r"expected ',' or '\]'.*",
     "第 {line} 行的方括号缺少逗号或右括号，请补上；值里含冒号时给值加引号",
     "the bracket opened in line {line} lacks a comma or its closing bracket; add it, and quote a value that "
     "holds a colon"),
    (r"found unexpected (?:end of stream|document separator)",
     "第 {line} 行的引号没有闭合，请补上另一半",
     "the quote opened in line {line} is never closed; close it"),
    (r"found undefined alias '(.*)'",
     "没有名为 {0} 的锚点，请先用 &{0} 定义，或直接写出内容",
     "there is no anchor called {0}; define it with &{0}, or write the content out"),
    (r"expected <block end>, but found '(?:-|<block sequence start>)'",
     "列表项没有与同一层的其他行对齐，请检查缩进",
     "this list entry does not line up with its level; check the indentation"),
    (r"expected <block end>, but found '<scalar>'",
     "引号之外还有文字，请把整个值放进引号里",
     "text stands outside the quotes; put the whole value inside them"),
    (r"expected <block end>.*",
     "这一行没有与同一层的其他行对齐，请检查缩进",
     "this line does not line up with the others of its level; check the indentation"),
    (r"sequence entries are not allowed here",
     "列表项不能写在这里，请另起一行，以“- ”开头",
     "a list entry cannot stand here; begin a new line with a dash and a blank"),
    (r"expected the node content, but found '<(?:stream|document) (?:end|start)>'",
     "内容到这里就断了：前面有方括号或花括号没有写完，请补上内容和右括号",
     "the text breaks off here: a bracket or brace opened before is not finished; add its content and close "
     "it"),
    (r"expected the node content, but found '<.*>'",
     "这里缺一个值，请补上值，并检查缩进",
     "a value is missing here; add it, and check the indentation"),
    (r"expected the node content, but found '(.*)'",
     "这里缺一个值，只有 {0}，请补上值或删去它",
     "a value is missing here, there is only {0}; add the value or take it out"),
    (r"found character '(.*)' that cannot start any token",
     "值不能以 {0} 开头，请给整个值加引号",
     "a value cannot begin with {0}; put the whole value in quotes"),
    (r"found unknown escape character '(.*)'|expected escape sequence.*",
     "双引号里的反斜杠写法不认识，请改用单引号，或把每个反斜杠写两次",
     "unknown backslash in double quotes; use single quotes, or write each backslash twice"),
    (r"but found another document|found non-comment content after document end marker.*",
     "文件里有第二份内容（在 --- 或 ... 之后），一个文件只写一个情景，请分成两个文件",
     "a second document follows (after --- or ...); a file holds one scenario, make two files of it"),
    (r"could not determine a constructor for the tag.*|found undefined tag handle.*|.*a tag.*",
     "不认识感叹号开头的标签，请删去；若是文字，请加引号",
     "unknown tag after an exclamation mark; take it out, or quote it if it is text"),
    (r"expected alphabetic or numeric character.*|.*an (?:alias|anchor).*",
     "* 或 & 后面应是锚点的名字；若是文字，请加引号",
     "a name must follow * or &; quote it if it is text"),
    (r"expected chomping or indentation indicators.*|expected a comment or a line break.*"
     r"|more indented follow up line.*|expected indentation indicator.*",
     "| 或 > 之后请另起一行写文字，并一起缩进",
     "after | or > begin the text on a new line, all of it indented alike"),
    (r"found incompatible YAML document.*|found duplicate YAML directive|expected '<document start>'.*"
     r"|duplicate tag handle.*",
     "% 开头的行是给解析器的指令，请删去；若是文字，请加引号",
     "a line that begins with % is a directive; take it out, or quote it if it is text"),
    (r"failed to (?:decode|convert|construct).*",
     "这个值的写法不对，若是文字请加引号",
     "this value is not written as its type demands; quote it if it is text"),
    (r"maximum depth.*",
     "嵌套太深，请减少层次",
     "nested too deeply; use fewer levels"),
)
"""What the parser says, as a pattern, with what we say; ``{line}`` is where the thing at fault began."""


def place_and_words(error: MarkedYAMLError, text: str) -> tuple[int | None, Sentence]:
    """Line at fault, counted from 1, and what is wrong there.

    Parameters
    ----------
    error : MarkedYAMLError
    text : str
        The whole file.

    Returns
    -------
    line : int or None
    zh, en : (str, str)
        Neither carries words of the parser's own in the other language.
    """
    mark, began = error.problem_mark or error.context_mark, error.context_mark or error.problem_mark
    line = None if mark is None else int(mark.line) + 1
    first = line if began is None else int(began.line) + 1
    problem = " ".join(str(error.problem or error.context or "").split())
    lines = text.splitlines()
    here = lines[line - 1] if line is not None and line <= len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())] or "'\\t'" in problem:
        return line, _TABS
    if problem.startswith("could not find expected"):
        line = first  # the parser looks for the colon up to the next line
        if "：" in (lines[line - 1] if line is not None and line <= len(lines) else ""):
            return line, _said(WIDE_COLON)
    for pattern, zh, en in _PROBLEMS:
        found = re.fullmatch(pattern, problem)
        if found:
            parts = [part or "" for part in found.groups()]
            return line, _said((zh.format(*parts, line=first), en.format(*parts, line=first)))
    return line, (
        "YAML 写法有误，请检查这一行的缩进、冒号和引号",
        f"broken YAML ({problem}); check indentation, colons and quotes around this line")


def _said(sentence: Sentence) -> Sentence:
    return f"YAML 写法有误：{sentence[0]}", f"broken YAML: {sentence[1]}"


def unreadable_value(value: str) -> Sentence:
    """A scalar that looks like a number or a date and is none."""
    return (
        f"{value} 看着像数字或日期，却不成立，请改正；若是文字，请加引号",
        f"{value} looks like a number or a date and is none; mend it, or quote it if it is text")
