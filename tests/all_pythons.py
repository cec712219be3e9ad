"""Wheel and sdist, installed elsewhere than the checkout under every Python: do they give the baselines?

    python tests/all_pythons.py [3.11 3.12 3.13]

For each Python a fresh environment gets the wheel (the first one the sdist as well) with the versions of its
constraints file. There, in an empty folder, ``yihe new``, ``validate`` and ``run`` must work, and scenarios
must give the baselines that were recorded with another Python, bit for bit. It fails where one of these
Pythons is not on the machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PYTHONS = ("3.11", "3.12", "3.13")
HELD = ("old_estate", "everything_at_once", "district_12_grids")
"""Scenarios that are held against their baselines."""

SCRIPTS = "Scripts" if os.name == "nt" else "bin"

WHERE = """
import platform, sys, sim, mesa, numba, numpy
print("Python", platform.python_version(), *(f"· {m.__name__} {m.__version__}" for m in (mesa, numpy, numba)))
sys.exit("site-packages" not in sim.__file__)
"""


def run(*command: str | Path, cwd: Path, **more: str) -> None:
    """Run a command; its output is shown only if it fails."""
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, env={**os.environ, **more}, capture_output=True, text=True,
        check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}")
    if "-c" in command:
        print(done.stdout.strip(), flush=True)


def interpreter(version: str) -> str | None:
    """A Python of this version: on the path, or kept by pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    kept = sorted(pyenv.glob(f"versions/{version}*/bin/python"))
    for found in (shutil.which(f"python{version}"), *map(str, kept)):
        ask = [str(found), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        told = subprocess.run(ask, capture_output=True, text=True, check=False) if found else None
        if told is not None and told.stdout.strip() == version:
            return found
    return None


def data_files() -> set[str]:
    """Every file of the package that is no Python."""
    every = (ROOT / "sim").rglob("*")
    return {
        file.relative_to(ROOT).as_posix() for file in every
        if file.is_file() and file.suffix != ".py" and "__pycache__" not in file.parts}


def built(folder: Path) -> tuple[Path, Path]:
    """Wheel and sdist, made from this checkout."""
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    python = folder / "venv" / SCRIPTS / "python"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "build", cwd=folder)
    run(python, "-m", "build", "--outdir", folder, ROOT, cwd=folder)  # the wheel is made from the sdist
    wheel, = folder.glob("*.whl")
    sdist, = folder.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as file:
        inside = {name for name in file.namelist() if name.startswith("sim/") and not name.endswith(".py")}
    if inside != data_files():
        raise SystemExit(f"the wheel lacks, or has too much: {sorted(inside ^ data_files())}")
    print(f"{wheel.name}: {len(inside)} files that are no Python; {sdist.name}", flush=True)
    return wheel, sdist


def check(package: Path, python: str, version: str, folder: Path) -> None:
    """Install into a fresh environment, and use it in an empty folder."""
    run(python, "-m", "venv", folder / "venv", cwd=folder)
    scripts = folder / "venv" / SCRIPTS
    constraints = ROOT / "constraints" / f"{version}.txt"
    run(scripts / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--constraint",
        constraints, f"{package}[study]", cwd=folder)
    empty = folder / "empty"
    empty.mkdir()
    cache = str(folder / "cache")
    run(scripts / "python", "-c", WHERE, cwd=empty)
    run(scripts / "yihe", "new", "mine", cwd=empty)
    run(scripts / "yihe", "validate", "mine.yaml", cwd=empty)
    run(scripts / "yihe", "run", "mine.yaml", "--weeks", "8", "--workers", "1", "--quiet", cwd=empty,
        XDG_CACHE_HOME=cache)
    for name in HELD:
        run(scripts / "yihe", "diff", ROOT / "tests" / "baselines" / f"{name}.json",
            ROOT / "scenarios" / f"{name}.yaml", "--lang", "en", cwd=empty, XDG_CACHE_HOME=cache)
    print(f"{package.name}: installs, runs, and gives the baselines", flush=True)


def main() -> int:
    wanted = tuple(sys.argv[1:]) or PYTHONS
    lacking = []
    with tempfile.TemporaryDirectory(prefix="yihe-pythons-") as made:
        place = Path(made)
        (place / "dist").mkdir()
        wheel, sdist = built(place / "dist")
        for version in wanted:
            python = interpreter(version)
            if python is None:
                lacking.append(version)
                continue
            for package in (wheel, sdist) if version == wanted[0] else (wheel,):
                folder = place / f"{version}-{package.suffix[1:]}"
                folder.mkdir()
                check(package, python, version, folder)
                shutil.rmtree(folder)
    if lacking:
        print(f"not on this machine: {', '.join(lacking)}")
    return int(bool(lacking))


if __name__ == "__main__":
    sys.exit(main())
