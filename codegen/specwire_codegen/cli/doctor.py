"""The command that examines the environment."""

from __future__ import annotations

import os
from json import dumps
from pathlib import Path

import attrs

from specwire_codegen.cli.console import is_json, pour, show_rows
from specwire_codegen.cli.options import Root


def doctor(*, root: Root = Path()) -> int:
    """Examine the environment: Python, packages, network settings, providers; exit with 1 if something is wrong.

    Example: specwire doctor --json

    Keys are never printed. With --json, the findings are JSON, one per line.
    """
    from specwire_codegen.doctor import examine

    findings = examine(root, os.environ)
    if is_json():
        for finding in findings:
            pour(f"{dumps(attrs.asdict(finding))}\n")
    else:
        show_rows([[each.state, each.topic, each.name, each.value] for each in findings], left=4)
    return int(any(finding.state == "wrong" for finding in findings))
