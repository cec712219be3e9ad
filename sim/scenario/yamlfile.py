"""YAML 1.2 in and out, with the line of every key.

Nodes are walked here rather than left to a loader, because messages need the key path and line of each
value, and because a duplicate key must be refused with both its places.
"""

from __future__ import annotations

import difflib
import io
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from sim.errors import YiheError
from sim.scenario.merge import Path, show_path
from sim.scenario.reasons import reason
from sim.scenario.yamlproblems import WIDE_COLON, place_and_words, unreadable_value

MOST_VALUES = 200_000
"""More values than any honest file holds; stops aliases that multiply without end."""

_STRING = "tag:yaml.org,2002:str"
_MERGE = "tag:yaml.org,2002:merge"
_PLAIN = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


class Place(NamedTuple):
    """Where a value was written; nowhere for a value from the command line or from Python."""

    file: str | None
    line: int | None


Origins = dict[Path, Place]
"""Place of each key path."""


def read_text(file: FilePath) -> str:
    """Text of a scenario file.

    Raises
    ------
    YiheError
        If it is missing, a folder, unreadable or no text in UTF-8.
    """
    try:
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        names = [p.name for p in file.parent.glob("*.y*ml")] if file.parent.is_dir() else []
        guess = difflib.get_close_matches(file.name, names, n=1)
        zh, en = (
            (f"是否想写 {guess[0]}？", f"did you mean {guess[0]}?")
            if guess
            else ("请检查路径", "check the path")
        )
        raise YiheError(f"找不到这个文件，{zh}", f"there is no such file; {en}", file=file) from None
    except IsADirectoryError:
        raise YiheError(
            "这是文件夹，请指明其中的 .yaml 文件", "this is a folder; name a .yaml file in it", file=file
        ) from None
    except UnicodeDecodeError:
        raise YiheError(
            "不是 UTF-8 文本，请另存为 UTF-8 编码的 YAML 文件",
            "this is no UTF-8 text; save it as YAML in UTF-8",
            file=file,
        ) from None
    except OSError as error:
        if file.is_dir():  # Windows says "permission denied" of folders
            raise YiheError(
                "这是文件夹，请指明其中的 .yaml 文件", "this is a folder; name a .yaml file in it", file=file
            ) from None
        zh, en = reason(error)
        raise YiheError(
            f"无法读取（{zh}），请检查权限",
            f"cannot be read ({en}); check its permissions",
            file=file,
        ) from None


def parse(text: str, file: str | None) -> tuple[dict[str, Any], Origins]:
    """A YAML text as plain mappings, lists and scalars, with the place of every key path.

    Raises
    ------
    YiheError
        If it is empty, broken, no mapping, or repeats a key.
    """
    reader = YAML(typ="safe", pure=True)
    try:
        root = reader.compose(io.StringIO(text))
        if root is None:
            raise YiheError(
                "文件是空的，可用 yihe new 生成一份样例",
                "the file is empty; yihe new writes one to start from",
                file=file,
            )
        walk = _Walk(reader, file)
        tree = walk.value(root, (), ())
    except ReaderError as error:
        raise YiheError(
            "含有不可显示的字符，不像文本文件，请另存为 UTF-8 文本",
            "it holds characters that no text has; save it as plain UTF-8 text",
            file=file,
        ) from error
    except MarkedYAMLError as error:
        raise _broken(error, text, file) from error
    except YAMLError as error:
        raise YiheError(
            "YAML 写法有误，请检查缩进、冒号和引号", f"broken YAML ({error})", file=file
        ) from error
    if not isinstance(tree, dict):
        zh, en = "最外层应是“键: 值”，例如 yihe: 1", "the file must hold keys and values, such as yihe: 1"
        if isinstance(tree, str) and "：" in tree:
            zh, en = WIDE_COLON
        raise YiheError(zh, en, file=file, line=1)
    return tree, walk.origins


def write(tree: Any) -> str:
    """A tree as YAML, keys in their order."""
    writer = YAML()
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.width = 110
    out = io.StringIO()
    writer.dump(tree, out)
    return out.getvalue()


def _broken(error: MarkedYAMLError, text: str, file: str | None) -> YiheError:
    line, (zh, en) = place_and_words(error, text)
    return YiheError(zh, en, file=file, line=line)


class _Walk:
    def __init__(self, reader: YAML, file: str | None) -> None:
        self.reader = reader
        self.file = file
        self.origins: Origins = {}
        self.count = 0

    def value(self, node: Node, path: Path, above: tuple[Node, ...]) -> Any:
        self.count += 1
        if any(node is other for other in above) or self.count > MOST_VALUES:
            raise self._error(
                node,
                path,
                "锚点引用了自身或展开过大，请直接写出内容",
                "an anchor refers to itself or grows without end; write the content out",
            )
        if not isinstance(node, ScalarNode) and node.tag not in _PLAIN:
            tag = str(node.tag).replace("tag:yaml.org,2002:", "!!")
            zh, en = f"标签 {tag} 在这里没有意义，请去掉", f"the tag {tag} means nothing here; take it out"
            raise self._error(node, path, zh, en)
        if isinstance(node, MappingNode):
            return self._mapping(node, path, (*above, node))
        if isinstance(node, SequenceNode):
            return self._sequence(node, path, (*above, node))
        try:
            return self.reader.constructor.construct_object(node, deep=True)
        except ValueError:
            raise self._error(node, path, *unreadable_value(str(node.value))) from None

    def _sequence(self, node: SequenceNode, path: Path, above: tuple[Node, ...]) -> list[Any]:
        values = []
        for i, child in enumerate(node.value):
            inner = (*path, i)
            self.origins[inner] = Place(self.file, child.start_mark.line + 1)
            values.append(self.value(child, inner, above))
        return values

    def _mapping(self, node: MappingNode, path: Path, above: tuple[Node, ...]) -> dict[str, Any]:
        own: dict[str, Any] = {}
        inherited: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key_node, child in node.value:
            line = key_node.start_mark.line + 1
            if key_node.tag == _MERGE:
                sources = child.value if isinstance(child, SequenceNode) else [child]
                for source in sources:
                    values = self.value(source, path, above)
                    if not isinstance(values, dict):
                        raise self._error(source, path, "<< 只能合并映射", "<< merges only mappings")
                    inherited = {**values, **inherited}
                continue
            key = self._key(key_node, path)
            if key in lines:
                raise YiheError(
                    f"与第 {lines[key]} 行重复，请只保留一处",
                    f"it is already given in line {lines[key]}; keep one",
                    file=self.file,
                    key=show_path((*path, key)),
                    line=line,
                )
            lines[key] = line
            self.origins[(*path, key)] = Place(self.file, line)
            own[key] = self.value(child, (*path, key), above)
        return {**inherited, **own}

    def _key(self, node: Node, path: Path) -> str:
        if not isinstance(node, ScalarNode) or node.tag != _STRING:
            shown = node.value if isinstance(node, ScalarNode) else "{…}"
            raise self._error(
                node, path, f"键 {shown} 须是文字，请加引号", f"the key {shown} must be text; quote it"
            )
        return str(node.value)

    def _error(self, node: Node, path: Path, zh: str, en: str) -> YiheError:
        return YiheError(zh, en, file=self.file, key=show_path(path) or None, line=node.start_mark.line + 1)
