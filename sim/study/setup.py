"""From a study file to everything its runs need: base, arms, points and replicates. Nothing is run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.designs.methods import Sobol
from sim.designs.names import ARM, of_policy
from sim.designs.points import Points, make, size
from sim.errors import YiheError
from sim.params import Label
from sim.scenario.datafiles import check_data_files
from sim.scenario.merge import parse_path, put, show_path
from sim.scenario.reading import load, set_paths
from sim.scenario.schema import Scenario
from sim.scenario.yamlfile import Origins
from sim.study.file import LARGE, StudyFile, contrast_arms
from sim.study.plan import CONTROLS, compared_policies, no_such_arm
from sim.study.reading import read_study
from sim.study.runtable import RunTable
from sim.study.statistics import FEWEST_SEEDS
from sim.study.tables import Keep
from sim.study.variants import check_policies, vary
from sim.study.work import Rules

CHECKED_POINTS = 200
"""Points whose scenarios are built before anything runs; the others are checked as they run."""


@dataclass(frozen=True)
class Setup:
    """A study ready to be run.

    Parameters
    ----------
    file : StudyFile
    path : Path
        Where it was read from.
    base : Scenario
        With the study's own arms, if it writes them out.
    arms : dict of str to Scenario
        Resolved; of a study whose arms are a factor, one arm that stands for all.
    labels : dict of str to Label
    control : str
    points : Points, optional
        The design; None if points are asked for one by one, as in a calibration.
    table : RunTable
        With the least number of replicates.
    origins : Origins
        Where each key of the file stands.
    kept : Keep, optional
        What is kept of each run, if an algorithm needs more than the file says.
    """

    file: StudyFile
    path: Path
    base: Scenario
    arms: dict[str, Scenario]
    labels: dict[str, Label]
    control: str
    points: Points | None
    table: RunTable
    origins: Origins
    kept: Keep | None = None

    @property
    def rules(self) -> Rules:
        """How runs are done and what is kept."""
        run = self.file.run
        keep = self.kept or self.file.keep.keep(self.file.report.outcomes)
        return Rules(run.timeout, run.retries, keep)

    @property
    def contrasts(self) -> tuple[str, ...]:
        """What the report analyses: as the file says, or every arm against the control."""
        if self.file.report.of:
            return self.file.report.of
        others = tuple(f"{arm} - {self.control}" for arm in self.arms if arm != self.control)
        return others or tuple(self.arms)


def prepare(path: Path, *, quick: bool = False, replicates: int | None = None, yes: bool = False) -> Setup:
    """Read a study file and everything it names.

    Parameters
    ----------
    path : Path
    quick : bool
        In its quick form.
    replicates : int, optional
        A fixed number of seeds instead of the file's own rule.
    yes : bool
        Whether a very large study was agreed to.

    Raises
    ------
    YiheError
        Any mistake, with its place and the mend.
    """
    file, origins = read_study(path, quick=quick)
    if replicates is not None:
        file = StudyFile.model_validate(
            {**file.model_dump(), "replicates": {"min": replicates, "max": replicates}})
    place = _Place(path, origins)
    base = _base(file, path, place)
    base = _with_own_arms(file, base, place)
    arms, labels = _arms(file, base, place)
    control = _control(file, arms, place)
    for scenario in arms.values():
        check_data_files(scenario)
    _known_arms(file, arms, place)
    seed = base.seed if file.seed is None else file.seed
    _seeds_enough(file, place)
    points = None
    if file.design is None and file.calibrate is None and file.optimise is None:
        _agreed(len(arms) * file.replicates.max, yes, f"{len(arms)} × {file.replicates.max:,}", place)
    factors: tuple[str, ...] = ()
    rows: list[tuple[Any, ...]] = [()]
    if file.design is not None:
        _not_too_large(file, len(arms), yes, path, place)
        points = _points(file, seed, path, base, arms, place)
        factors = tuple(points.table.columns)
        rows = [tuple(row) for row in points.table.astype(object).itertuples(index=False, name=None)]
        _arms_named(arms, factors, rows, place)
        _no_differences(file, factors, place)
    chosen = [*factors, *_names(file.calibrate, "parameters"), *_names(file.optimise, "factors")]
    compared = compared_policies(list(arms.values())) | {
        named for factor in chosen if (named := of_policy(str(factor))) is not None}
    table = RunTable(arms, compared, seed, (file.replicates.min,) * len(rows), factors, rows)
    setup = Setup(file, path, base, arms, labels, control, points, table, origins)
    _check_factors(setup, place)
    return setup


def _names(section: dict[str, Any] | None, key: str) -> tuple[str, ...]:
    """Keys of a mapping within a section; nothing if it is no mapping, which its reader refuses."""
    found = (section or {}).get(key)
    return tuple(found) if isinstance(found, dict) else ()


class _Place:
    """Where in the study file something stands."""

    def __init__(self, file: Path, origins: Origins) -> None:
        self.file, self.origins = file, origins

    def error(self, zh: str, en: str, key: str) -> YiheError:
        """A mistake at a key."""
        return YiheError(zh, en, file=self.file, key=key, line=self._line(key))

    def moved(self, error: YiheError, key: str) -> YiheError:
        """A mistake found deeper down, said of the study file's own key."""
        below = f"（{error.key}）" if error.key and error.key not in key else ""
        return self.error(f"{below}{error.zh}", f"{below and f'({error.key}) '}{error.en}", key)

    def _line(self, key: str) -> int | None:
        """Line of the key, or of the nearest key above it."""
        above = [path for path in self.origins if key.startswith(show_path(path))]
        return self.origins[max(above, key=len)].line if above else None


def _base(file: StudyFile, path: Path, place: _Place) -> Scenario:
    base = path.parent / file.base
    if not base.is_file():
        raise place.error(
            f"找不到 {base}，路径应相对于研究文件",
            f"there is no {base}; the path is relative to the study file", "base")
    own = {"weeks": file.weeks, "warmup": file.warmup}
    return load(base, [(key, value) for key, value in own.items() if value is not None])


def _with_own_arms(file: StudyFile, base: Scenario, place: _Place) -> Scenario:
    """The base with the arms that a study writes out itself, and those claims that are about them."""
    if not isinstance(file.arms, dict):
        return base
    claims = [
        claim for claim, said in zip(base.tree().get("targets", ()), base.targets, strict=True)
        if {said.treatment, said.control} <= file.arms.keys()]
    try:
        bare = set_paths(base, [("targets", []), ("arms", file.arms)])
        return set_paths(bare, [("targets", claims)])
    except YiheError as error:
        key = error.key or ""
        raise place.moved(error, key if key.startswith("arms") else "arms") from error


def _arms(
    file: StudyFile, base: Scenario, place: _Place,
) -> tuple[dict[str, Scenario], dict[str, Label]]:
    names = list(base.arms) if file.arms is None or isinstance(file.arms, dict) else list(file.arms)
    for name in names:
        if name not in base.arms:
            unknown = no_such_arm(name, base.arms)
            raise place.error(unknown.zh, unknown.en, "arms")
    if not names:
        alone = base.model_copy(update={"arms": {}, "targets": ()})
        alone._file = base._file
        return {base.name: alone}, {base.name: base.title}
    return {name: base.arm(name) for name in names}, {name: base.arm_label(name) for name in names}


def _control(file: StudyFile, arms: dict[str, Scenario], place: _Place) -> str:
    against = file.report.contrasts.against
    if against is not None and against not in arms:
        error = no_such_arm(against, arms)
        raise place.error(error.zh, error.en, "report.contrasts.against")
    return against or next((name for name in CONTROLS if name in arms), next(iter(arms)))


def _known_arms(file: StudyFile, arms: dict[str, Scenario], place: _Place) -> None:
    """Refuse contrasts of arms that are not there."""
    said = [(of, "report.of") for of in file.report.of]
    if file.replicates.stop is not None:
        said.append((file.replicates.stop.contrast, "replicates.stop.contrast"))
    if file.report.discovery is not None:
        said.append((file.report.discovery.of, "report.discovery.of"))
    for text, key in said:
        for arm in contrast_arms(text):
            if arm is not None and arm not in arms:
                error = no_such_arm(arm, arms)
                raise place.error(error.zh, error.en, key)
    stop = file.replicates.stop
    if stop is not None and contrast_arms(stop.contrast)[1] is None:
        raise place.error(
            f"“{stop.contrast}” 不是两个方案之差，应写成 {' - '.join(list(arms)[:2])}",
            f"“{stop.contrast}” is no difference of two arms; write it like {' - '.join(list(arms)[:2])}",
            "replicates.stop.contrast")


def _seeds_enough(file: StudyFile, place: _Place) -> None:
    if isinstance(file.design, Sobol) and file.replicates.min < FEWEST_SEEDS:
        raise place.error(
            f"Sobol 指数至少需要 {FEWEST_SEEDS} 个种子，才分得清因素与运气：请改大",
            f"Sobol indices need at least {FEWEST_SEEDS} seeds to tell factors from luck: use more",
            "replicates")


def _points(
    file: StudyFile, seed: int, path: Path, base: Scenario, arms: dict[str, Scenario], place: _Place,
) -> Points:
    assert file.design is not None
    trees = [scenario.tree() for scenario in (base, *arms.values())]
    found = {name: [look_up(tree, name) for tree in trees] for name in file.design.kinds}
    defaults = {
        name: here[0] for name, values in found.items()
        if (here := [value for value in values if isinstance(value, (bool, int, float, str))])}
    try:
        return make(file.design, seed, path.parent, defaults)
    except YiheError as error:
        if error.file is not None:
            raise
        raise place.error(error.zh, error.en, error.key or "design") from error


def _not_too_large(file: StudyFile, arms: int, yes: bool, path: Path, place: _Place) -> None:
    assert file.design is not None
    points = size(file.design, path.parent)
    arms = 1 if ARM in file.design.kinds else arms
    sizes = f"{points:,} × {arms} × {file.replicates.max:,}"
    _agreed(points * arms * file.replicates.max, yes, sizes, place)


def _agreed(runs: int, yes: bool, sizes: str, place: _Place) -> None:
    """Refuse a very large study that nobody agreed to."""
    if runs > LARGE and not yes:
        raise place.error(
            f"点数 × 方案 × 重复次数共 {sizes} = {runs:,} 次运行；确实要做请加 --yes，或减少其中之一",
            f"points × arms × replicates come to {sizes} = {runs:,} runs; add --yes if that is meant, or "
            "make one of them smaller", "design")


def _arms_named(
    arms: dict[str, Scenario], factors: Sequence[str], rows: Sequence[tuple[Any, ...]], place: _Place,
) -> None:
    """Refuse a factor of arms that names one that is not there."""
    named = {str(row[factors.index(ARM)]) for row in rows} if ARM in factors else set()
    for name in sorted(named - arms.keys()):
        error = no_such_arm(name, arms)
        raise place.error(error.zh, error.en, f"design.factors.{ARM}")


def _no_differences(file: StudyFile, factors: Sequence[str], place: _Place) -> None:
    """Where each point runs one arm alone, no difference of two arms exists."""
    if ARM not in factors:
        return
    said = {"report.of": file.report.of, "report.discovery.of": ()}
    stop, discovery = file.replicates.stop, file.report.discovery
    said["replicates.stop.contrast"] = () if stop is None else (stop.contrast,)
    said["report.discovery.of"] = () if discovery is None else (discovery.of,)
    for key, texts in said.items():
        if any(contrast_arms(text)[1] is not None for text in texts):
            raise place.error(
                "方案是因子时，每个点只运行一个方案，两方案之差不存在：请把 arm 移出因子",
                "with arm as a factor each point runs one arm alone, and a difference of two does not exist: "
                "take arm out of the factors", key)


def _check_factors(setup: Setup, place: _Place) -> None:
    """Build scenarios of some points, so that a wrong path or value is found before anything runs."""
    table = setup.table
    if not table.factors:
        return
    try:
        check_policies(setup.arms, table.factors)
    except YiheError as error:
        raise place.error(error.zh, error.en, f"design.factors.{error.key}") from error
    step = max(1, len(table.points) // CHECKED_POINTS)
    first = table.points[0]
    for at, factor in enumerate(table.factors):
        for value in sorted({point[at] for point in table.points}, key=repr)[::-1][:1]:
            _build(setup.arms, table.factors, (*first[:at], value, *first[at + 1:]), factor, place)
    for point in list(table.points)[::step]:
        _build(setup.arms, table.factors, point, None, place)


def _build(
    arms: dict[str, Scenario], factors: Sequence[str], values: Sequence[Any], factor: str | None,
    place: _Place,
) -> None:
    try:
        vary(arms, factors, values)
    except YiheError as error:
        at = next((name for name in factors if error.key and _same(error.key, name)), factor)
        raise place.moved(error, f"design.factors.{at}" if at else "design") from error


def look_up(tree: Any, path: str) -> Any:
    """Value at a key path of a scenario's tree; None if there is none."""
    try:
        put(tree, parse_path(path), None)
    except LookupError:
        return None
    for step in parse_path(path):
        if isinstance(tree, (list, tuple)) and isinstance(step, str):
            tree = next((entry for entry in tree if step in (entry.get("id"), entry.get("kind"))), None)
        elif isinstance(step, str):
            tree = tree.get(step) if isinstance(tree, dict) else None
        else:
            tree = tree[step]
    return tree


def _same(key: str, factor: str) -> bool:
    """Whether an error's key path is that of a factor, which may name a policy by its id."""
    return key == factor or key.rsplit(".", 1)[-1] == factor.rsplit(".", 1)[-1]
