"""Report of checked and skipped operations, with findings."""

from __future__ import annotations

import attrs
from rich.markup import escape
from rich.table import Table

from specwire_codegen.diagnostics import printable

HIDDEN = "***"


@attrs.frozen
class Row:
    """Result for one operation."""

    operation_id: str
    counts: tuple[int, ...]
    """One for each of the report's columns."""
    problems: tuple[str, ...] = ()
    note: str = ""
    """Reason for skipping it, or a note."""
    checked: bool = True


@attrs.frozen
class Report:
    """Result of a run."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    chains: tuple[str, ...] = ()
    """Problems of call sequences, which belong to no single operation."""

    @property
    def problems(self) -> tuple[str, ...]:
        """All findings."""
        found = [f"{row.operation_id}: {problem}" for row in self.rows for problem in row.problems]
        return (*found, *(f"calls in a row: {problem}" for problem in self.chains))

    def without(self, secret: str) -> Report:
        """Return the report with a secret redacted."""
        if not secret:
            return self
        rows = tuple(
            attrs.evolve(row, problems=_clean(row.problems, secret), note=row.note.replace(secret, HIDDEN))
            for row in self.rows
        )
        return attrs.evolve(self, rows=rows, chains=_clean(self.chains, secret))


def _clean(texts: tuple[str, ...], secret: str) -> tuple[str, ...]:
    return tuple(text.replace(secret, HIDDEN) for text in texts)


def table(report: Report) -> Table:
    """Return the report as a table, one row for each operation."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    made.add_column("operation", no_wrap=True)
    for column in report.columns:
        made.add_column(column, justify="right", no_wrap=True)
    made.add_column("verdict", no_wrap=True)
    made.add_column("", overflow="fold")
    for row in report.rows:
        counts = [f"{count:,}" if count else "" for count in row.counts]
        made.add_row(escape(printable(row.operation_id)), *counts, _verdict(row), escape(printable(row.note)))
    return made


def _verdict(row: Row) -> str:
    if row.problems:
        return f"[red]{len(row.problems)} wrong[/red]"
    return "[green]ok[/green]" if row.checked else "[dim]not called[/dim]"


def summary(report: Report) -> str:
    """Return the last line: the number of checked operations, and of those that conform."""
    checked = [row for row in report.rows if row.checked]
    good = sum(1 for row in checked if not row.problems)
    rest = len(report.rows) - len(checked)
    skipped = f", {rest} not called" if rest else ""
    return f"{report.title}: {good} of {len(checked)} operations conform to the document{skipped}"
