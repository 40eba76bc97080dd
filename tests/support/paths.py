"""Folders of the repository."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
SPECS = ROOT / "specs"
CASES = ROOT / "tests" / "cases"
