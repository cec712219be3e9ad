"""The record of a search: an Optuna journal that outlives a kill at any moment.

Optuna's own file backend is not enough: after a kill in the middle of a write it passes over the torn last
line when reading, but appends to it when writing, which fails and soon leaves a file that cannot be read at
all; and a lock left behind holds everyone up for half a minute. So a torn line is cut off before the file
is opened, a lock is held that dies with its process, and locks left by others are taken away under it. One
trial is one line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim.errors import YiheError
from sim.scenario.reasons import reason
from sim.study.lock import Lock

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import FrozenTrial

FILE = "search.journal"
Way = Literal["maximize", "minimize"]
_NAME = "search"
_SETTINGS = "settings"


class Journal:
    """The trials of one search, as a context: inside it the folder belongs to this process.

    Parameters
    ----------
    folder : Path
        Made if it does not exist.
    directions : list of {"maximize", "minimize"}
    settings : mapping
        What makes the search what it is, in JSON. A record made with other settings is refused.

    Raises
    ------
    YiheError
        If another process is at work here, the file is damaged, or its settings are others.
    """

    def __init__(self, folder: Path, directions: list[Way], settings: Mapping[str, Any]) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = Lock(folder / f"{FILE}.writer")
        except OSError as error:
            zh, en = reason(error)
            raise YiheError(
                f"无法写入这个文件夹（{zh}）", f"this folder cannot be written ({en})", file=folder
            ) from None
        try:
            self.file = folder / FILE
            mend(self.file)
            self._study = _opened(self.file, directions)
            self._agree(json.loads(json.dumps(settings)))
        except BaseException:
            self._lock.release()
            raise

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def trials(self) -> list[FrozenTrial]:
        """Every trial, in order."""
        return self._study.get_trials(deepcopy=False)

    def add(self, trial: FrozenTrial) -> None:
        """Write one trial, in one line that is on the disk when this returns."""
        self._study.add_trial(trial)

    def _agree(self, settings: dict[str, Any]) -> None:
        recorded = self._study.user_attrs.get(_SETTINGS)
        if recorded is None and not self.trials():  # new, or killed before this line was written
            self._study.set_user_attr(_SETTINGS, settings)
            return
        changed = [key for key in settings if (recorded or {}).get(key) != settings[key]]
        if changed:
            raise YiheError(
                f"文件夹里的搜索用的是另一种设置（{'、'.join(changed)}）：请换一个文件夹，或移走 {FILE}",
                f"the search in this folder was made with other settings ({', '.join(changed)}): choose "
                f"another folder, or move {FILE} away",
                file=self.file,
            )


def mend(file: Path) -> None:
    """Cut a torn last line off a journal, and take away locks left behind; only under the process lock.

    Raises
    ------
    YiheError
        If anything but the end is damaged.
    """
    for left in file.parent.glob(f"{file.name}.lock*"):
        left.unlink(missing_ok=True)
    if not file.exists():
        return
    data = file.read_bytes()
    lines = data.splitlines(keepends=True)
    good = 0
    for number, line in enumerate(lines, start=1):
        if not _whole(line):
            if number < len(lines):
                raise YiheError(
                    "搜索记录损坏：请移走这个文件后重来，已完成的运行不会重做",
                    "the record of the search is damaged: move this file away and begin again; finished runs "
                    "are not done again",
                    file=file,
                    line=number,
                )
            break
        good += len(line)
    if good < len(data):
        with file.open("rb+") as handle:
            handle.truncate(good)
            os.fsync(handle.fileno())


def _whole(line: bytes) -> bool:
    if not line.endswith(b"\n"):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _opened(file: Path, directions: list[Way]) -> Study:
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

    backend = JournalFileBackend(str(file), lock_obj=JournalFileOpenLock(str(file)))
    return optuna.create_study(
        storage=JournalStorage(backend), study_name=_NAME, directions=directions, load_if_exists=True
    )
