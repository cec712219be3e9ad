"""A command line that could not be read, said in one sentence in Chinese or English.

Both are made from what the parser's exceptions know. An exception without a sentence of ours is said in the
parser's own English.
"""

from __future__ import annotations

import re
from typing import Any

_VALUES = (
    (r"(.+) is not a valid integer(?: range)?", "{0} 不是整数", "{0} is no whole number"),
    (r"(.+) is not a valid (?:float|number)(?: range)?", "{0} 不是数字", "{0} is no number"),
    (r"(.+) is not a valid boolean", "{0} 不是 true 或 false", "{0} is neither true nor false"),
    (r"(.+) is not in the range (.+)", "{0} 超出范围 {1}", "{0} is not in the range {1}"),
    (r"(.+) is not one of (.+)", "{0} 不在可选项 {1} 之中", "{0} is not one of {1}"),
    (r"(.+) does not exist", "{0} 不存在", "{0} does not exist"),
    (r"Input should be a valid integer.*", "应为整数", "must be a whole number"),
    (r"Input should be a valid number.*", "应为数字", "must be a number"),
    (r"Input should be greater than or equal to (.+)", "不得小于 {0}", "must be at least {0}"),
    (r"Input should be less than or equal to (.+)", "不得大于 {0}", "must be at most {0}"),
    (r"zh \| en", "应为 zh 或 en", "must be zh or en"),
)
"""Reasons why a value is refused, in Chinese and English."""


def language_asked(arguments: list[str]) -> str | None:
    """Language asked for on a command line that may not be readable; None if there is none, or a wrong one.

    Parameters
    ----------
    arguments : list of str
    """
    for at, word in enumerate(arguments):
        asked = word.removeprefix("--lang=") if word.startswith("--lang=") else ""
        if word == "--lang" and at + 1 < len(arguments):
            asked = arguments[at + 1]
        if asked in ("zh", "en"):
            return asked
    return None


def sentence(error: Any, lang: str) -> str:
    """One sentence for a usage error.

    Parameters
    ----------
    error : click.UsageError
        Of whichever copy of click.
    lang : {"zh", "en"}
    """
    english = " ".join(str(error.format_message()).split()).rstrip(".")
    if lang != "zh":
        said = _english(error, english)
        return f"{said}{'' if said.endswith('?') else ';'} see --help"
    said = _chinese(error, english)
    return f"命令有误：{said}{'' if said.endswith('？') else '；'}用 --help 查看用法"


def _english(error: Any, english: str) -> str:
    kind = type(error).__name__
    if kind == "NoSuchOption":
        names = list(getattr(error, "possibilities", None) or ())
        return f"no option {error.option_name}" + (f"; did you mean {' or '.join(names)}?" if names else "")
    if kind == "NoSuchCommand" or english.startswith("No such command"):
        found, *names = re.findall(r"'([^']*)'", english) or [""]
        return f"no command {found}" + (f"; did you mean {' or '.join(names)}?" if names else "")
    if kind == "MissingParameter":
        return f"{_parameter(error, 'en')} is missing"
    if kind == "BadOptionUsage":
        return f"option {error.option_name} needs a value"
    if found_extra := re.match(r"Got unexpected extra argument(?:s|\(s\))? \((.*)\)", english):
        return f"too many arguments: {found_extra[1]}"
    if kind == "BadParameter":
        return f"{_parameter(error, 'en')}: {_value(str(error.message).rstrip('.'), 'en')}"
    return english


def _chinese(error: Any, english: str) -> str:
    kind = type(error).__name__
    if kind == "NoSuchOption":
        return f"没有选项 {error.option_name}{_guess(error)}"
    if kind == "NoSuchCommand" or english.startswith("No such command"):
        found = re.search(r"No such command '([^']*)'", english)
        return f"没有命令 {found[1] if found else ''}{_guess(error, english)}"
    if kind == "MissingParameter":
        return f"缺少 {_parameter(error)}"
    if kind == "BadOptionUsage":
        return f"选项 {error.option_name} 的用法不对（后面应有一个值）"
    if found := re.match(r"Got unexpected extra argument(?:s|\(s\))? \((.*)\)", english):
        return f"多出了 {found[1]}"
    if kind == "BadParameter":
        return f"{_parameter(error)} 的值不对：{_value(str(error.message).rstrip('.'), 'zh')}"
    return english


def _guess(error: Any, english: str = "") -> str:
    """A hint of what was meant."""
    names = list(getattr(error, "possibilities", None) or re.findall(r"'([^']*)'", english)[1:])
    return f"，是否想写 {' 或 '.join(names)}？" if names else ""


def _parameter(error: Any, lang: str = "zh") -> str:
    """The option or argument at fault, as it is written."""
    hint = getattr(error, "param_hint", None)
    if not hint and getattr(error, "param", None) is not None:
        parameter = error.param
        names = [name for name in parameter.opts if name.startswith("--")]
        hint = names[0] if names else parameter.metavar or parameter.name.upper()
    hint = " / ".join(hint) if isinstance(hint, (list, tuple)) else str(hint or "")
    return hint.replace("'", "").strip() or {"zh": "参数", "en": "an argument"}[lang]


def _value(message: str, lang: str) -> str:
    for pattern, *said in _VALUES:
        found = re.fullmatch(pattern, message)
        if found:
            return said[lang == "en"].format(*(part.replace("'", "") for part in found.groups()))
    return message
