"""Print constraints that install the lowest versions that `pyproject.toml` allows of what users install.

What those need in turn, and the tools of the tests, keep the versions of `constraints.txt`.
"""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXTRAS = ("aiohttp", "bulk", "dask", "httpx", "otel", "codegen", "mock", "mcp", "pyreqwest")
COUPLED = {"distributed": "dask", "httpcore2": "httpx2", "opentelemetry-sdk": "opentelemetry-api"}
"""Packages that are released together with another, and require exactly its version."""
FREE = {"fastapi", "importlib-metadata", "multidict", "opentelemetry-semantic-conventions", "pydantic-core"}
"""Packages whose version depends on that of another."""


def normal(name: str) -> str:
    """Return the normalized form of a package's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def lowest(requirements: list[str]) -> dict[str, str]:
    """Return the lowest version of each requirement; extras of this project are skipped."""
    found = (re.fullmatch(r"([\w.-]+)(?:\[.*\])?>=([^,]+).*", each) for each in requirements if "specwire" not in each)
    return {normal(each[1]): each[2] for each in found if each}


def main() -> None:
    """Print one constraint per line."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    requirements = [
        *project["dependencies"],
        *(one for extra in EXTRAS for one in project["optional-dependencies"][extra]),
    ]
    bounds = lowest(requirements)
    bounds |= {name: bounds[other] for name, other in COUPLED.items()}
    pinned = dict(
        line.strip().split("==") for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if "==" in line
    )
    others = {normal(name): version for name, version in pinned.items() if normal(name) not in {*bounds, *FREE}}
    print(*(f"{name}=={version}" for name, version in sorted((bounds | others).items())), sep="\n")


if __name__ == "__main__":
    main()
