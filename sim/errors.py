"""What goes wrong through the user's input, said in one sentence in the user's language."""

from __future__ import annotations

import os
from pathlib import Path


class YiheError(Exception):
    """A user's mistake: where it is and how to mend it.

    Parameters
    ----------
    zh, en : str
        One sentence each: what is wrong and the mend.
    file : str or Path, optional
        The file at fault.
    key : str, optional
        Path of the key inside the file, such as ``policies[0].intensity``.
    line : int, optional
        Line in the file, counted from 1.
    """

    def __init__(
        self,
        zh: str,
        en: str,
        *,
        file: str | Path | None = None,
        key: str | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(zh, en)
        self.zh = zh
        self.en = en
        self.file = None if file is None else str(file)
        self.key = key
        self.line = line

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way back from a worker process."""
        return (_rebuild, (self.zh, self.en, self.file, self.key, self.line))

    def sentence(self, lang: str) -> str:
        """The whole message in ``"zh"`` or ``"en"``: place first, then what is wrong and the mend."""
        place = self.file or ""
        if self.line is not None:
            place += f":{self.line}"
        if self.key:
            place += (" " if place else "") + self.key
        text = self.zh if lang == "zh" else self.en
        separator = "：" if lang == "zh" else ": "
        return f"{place}{separator}{text}" if place else text

    def __str__(self) -> str:
        return self.sentence(default_language())


def _rebuild(zh: str, en: str, file: str | None, key: str | None, line: int | None) -> YiheError:
    return YiheError(zh, en, file=file, key=key, line=line)


def default_language() -> str:
    """``YIHE_LANG`` if it is ``zh`` or ``en``, otherwise Chinese."""
    lang = os.environ.get("YIHE_LANG", "")
    return lang if lang in ("zh", "en") else "zh"
