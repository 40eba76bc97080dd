"""Reports as files, by extension."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from specwire_codegen.contract.reports import html, json_report, junit
from specwire_codegen.contract.reports.report import Report
from specwire_codegen.diagnostics import UsageError

FORMATS: Mapping[str, Callable[[Report], str]] = {
    ".html": html.page,
    ".json": json_report.text,
    ".xml": junit.text,
}


def require_known(path: Path) -> None:
    """Raise `SpecwireCodegenError` for a file whose extension names no format."""
    if path.suffix.lower() not in FORMATS:
        raise UsageError(f"{path.as_posix()} is not a report: use one of the extensions {', '.join(FORMATS)}")


def write(path: Path, report: Report) -> None:
    """Write a report in the format of its extension."""
    path.write_text(FORMATS[path.suffix.lower()](report), "utf-8")
