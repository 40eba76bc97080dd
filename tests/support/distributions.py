"""Wheels in new environments, without downloads: what they need is copied from the environment of the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement


def run(*command: str | Path, folder: Path, **environment: str) -> str:
    """Run a command in another folder, without the paths of the tests' environment."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def wheel_in(folder: Path) -> Path:
    """Return the only wheel of a folder."""
    (wheel,) = folder.glob("*.whl")
    return wheel


def needed(requirements: list[str], extras: set[str]) -> dict[str, Distribution]:
    """Return requirements and their own requirements, by name."""
    found: dict[str, Distribution] = {}
    waiting = [(Requirement(each), extras) for each in requirements]
    while waiting:
        requirement, asked = waiting.pop()
        marker = requirement.marker
        if marker is not None and not any(marker.evaluate({"extra": extra}) for extra in (asked or {""})):
            continue
        if requirement.name == "specwire":
            waiting += [(Requirement(each), requirement.extras) for each in requirements]
        elif requirement.name not in found or requirement.extras:
            found[requirement.name] = one = distribution(requirement.name)
            waiting += [(Requirement(each), requirement.extras) for each in one.requires or ()]
    return found


def installed(wheel: Path, folder: Path, *extras: str) -> Path:
    """Install a wheel with its requirements in a new environment; return the folder of programs."""
    run(sys.executable, "-m", "venv", "--without-pip", folder, folder=wheel.parent)
    programs = folder / "bin"
    (packages,) = (folder / "lib").glob("python*/site-packages")
    metadata = Distribution.at(unpacked(wheel, folder / "wheel"))
    for one in needed(metadata.requires or [], set(extras)).values():
        for file in one.files or ():
            source, target = Path(str(one.locate_file(file))), packages / file
            if source.is_file() and source.suffix != ".pyc":
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", programs / "python"]
    run(*pip, "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-compile", wheel, folder=folder)
    run(*pip, "check", "--disable-pip-version-check", folder=folder)
    return programs


def unpacked(wheel: Path, folder: Path) -> Path:
    """Unpack a wheel; return the folder of its metadata."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    (metadata,) = folder.glob("*.dist-info")
    return metadata
