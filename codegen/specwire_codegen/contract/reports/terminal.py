"""Report as a table for a terminal."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from specwire_codegen.contract.reports.report import Report, Row
from specwire_codegen.diagnostics import printable


def table(report: Report) -> Table:
    """Return the report as a table, one row for each operation."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    made.add_column("operation", no_wrap=True)
    for column in report.columns:
        made.add_column(column, justify="right", no_wrap=True)
    made.add_column("verdict", no_wrap=True)
    made.add_column("", overflow="fold")
    for row in report.rows:
        counts = [f"{count.tried:,}" if count.tried else "" for count in row.counts]
        made.add_row(escape(printable(row.operation_id)), *counts, _verdict(row), escape(printable(row.note)))
    return made


def _verdict(row: Row) -> str:
    if row.findings:
        return f"[red]{len(row.findings)} wrong[/red]"
    return "[green]ok[/green]" if row.checked else "[dim]not called[/dim]"
