"""Environments of the peers, made once in a folder and reused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build/bench-envs"
"""Where environments are made by default."""
REQUIREMENTS = {
    "specwire": ("-e", f"{ROOT}[httpx]"),
    "openai": ("openai",),
    "mistralai": ("mistralai",),
    "opc": ("openapi-python-client", "ruff"),
}
SHOWN = ("specwire", "httpx2", "httpx", "msgspec", "openai", "mistralai", "openapi-python-client", "pydantic")
"""Packages whose versions are in the results."""


def python(folder: Path, name: str) -> Path:
    """Return the interpreter of an environment."""
    return folder / name / ("Scripts" if os.name == "nt" else "bin") / "python"


def prepare(folder: Path, name: str) -> None:
    """Make an environment unless it is there."""
    ready = folder / name / "ready"
    if ready.exists():
        return
    print(f"making the environment {name}", file=sys.stderr)
    venv.create(folder / name, with_pip=True, clear=True)
    interpreter = python(folder, name)
    install = [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, *REQUIREMENTS[name]], check=True)
    if name == "opc":
        _generate(folder / name)
    ready.touch()


def variables(folder: Path, name: str) -> dict[str, str]:
    """Return the environment variables for a process of an environment: no proxies, no user's own packages."""
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")}
    return {**kept, "PYTHONPATH": str(folder / name / "generated"), "PYTHONNOUSERSITE": "1", "PYTHONHASHSEED": "0"}


def versions(folder: Path, name: str) -> dict[str, str]:
    """Return the versions of the listed packages in an environment."""
    listing = [str(python(folder, name)), "-m", "pip", "list", "--format=json", "--disable-pip-version-check"]
    packages = json.loads(subprocess.run(listing, check=True, capture_output=True, text=True).stdout)
    return {item["name"]: item["version"] for item in packages if item["name"] in SHOWN}


def _generate(folder: Path) -> None:
    """Generate a client from the document of ours, in the version of OpenAPI that the generator supports."""
    document = json.loads((ROOT / "specs/mistral/normalized.json").read_text(encoding="utf-8"))
    older = {**_without_items(document), "openapi": "3.1.0"}
    (folder / "document.json").write_text(json.dumps(older), encoding="utf-8")
    tool = python(folder.parent, folder.name).with_name("openapi-python-client")
    target = folder / "generated/mistral_opc"
    target.parent.mkdir(exist_ok=True)
    path = os.pathsep.join((str(tool.parent), os.environ["PATH"]))
    arguments = ("generate", "--path", "document.json", "--output-path", str(target), "--meta", "none", "--overwrite")
    subprocess.run(
        [str(tool), *arguments],
        check=True,
        cwd=folder,
        env={**os.environ, "PATH": path},
        stdout=subprocess.DEVNULL,
    )


def _without_items(value: Any) -> Any:
    """Drop `itemSchema`, which OpenAPI has since 3.2."""
    if isinstance(value, dict):
        return {key: _without_items(item) for key, item in value.items() if key != "itemSchema"}
    return [_without_items(item) for item in value] if isinstance(value, list) else value
