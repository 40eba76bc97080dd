"""Result of a run: checked and skipped operations, with findings and coverage."""

from __future__ import annotations

import attrs

from specwire_codegen.contract.reports.coverage import Coverage
from specwire_codegen.contract.values.finding import Finding
from specwire_codegen.contract.values.redaction import Redactor


@attrs.frozen
class Count:
    """Cases of one suite for one operation."""

    tried: int = 0
    failed: int = 0

    @property
    def passed(self) -> int:
        """The number of cases without a finding."""
        return self.tried - self.failed


@attrs.frozen
class Row:
    """Result for one operation."""

    operation_id: str
    counts: tuple[Count, ...]
    """One for each of the report's columns."""
    findings: tuple[Finding, ...] = ()
    note: str = ""
    """Reason for skipping it, or a note."""
    checked: bool = True
    endpoint: str = ""
    """Method and path."""
    call: str = ""
    """Method of the client."""

    @property
    def tried(self) -> int:
        """All cases."""
        return sum(count.tried for count in self.counts)

    @property
    def failed(self) -> int:
        """All cases with a finding; at least one if there is a finding."""
        return max(sum(count.failed for count in self.counts), min(1, len(self.findings)))


@attrs.frozen
class Report:
    """Result of a run."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    chains: tuple[Finding, ...] = ()
    """Findings in call sequences, which belong to no single operation."""
    coverage: Coverage = Coverage()
    left: tuple[str, ...] = ()
    """What the run created and could not remove."""
    stopped: str = ""
    """Reason for ending before everything was checked."""
    started: float = 0.0
    """Unix time."""
    seconds: float = 0.0

    @property
    def findings(self) -> tuple[tuple[str, Finding], ...]:
        """All findings with their operation."""
        found = [(row.operation_id, finding) for row in self.rows for finding in row.findings]
        return (*found, *(("calls in a row", finding) for finding in self.chains))

    @property
    def problems(self) -> tuple[str, ...]:
        """All findings as text."""
        return tuple(f"{operation_id}: {finding}" for operation_id, finding in self.findings)

    @property
    def conforming(self) -> int:
        """The number of checked operations without a finding."""
        return sum(1 for row in self.rows if row.checked and not row.findings)

    @property
    def checked(self) -> int:
        """The number of checked operations."""
        return sum(1 for row in self.rows if row.checked)

    def redacted(self, redactor: Redactor) -> Report:
        """Return the report without secrets."""
        rows = tuple(
            attrs.evolve(row, findings=_clean(row.findings, redactor), note=redactor.text(row.note))
            for row in self.rows
        )
        return attrs.evolve(
            self, rows=rows, chains=_clean(self.chains, redactor), left=tuple(map(redactor.text, self.left))
        )


def _clean(findings: tuple[Finding, ...], redactor: Redactor) -> tuple[Finding, ...]:
    return tuple(
        attrs.evolve(
            finding,
            message=redactor.text(finding.message),
            exchange=None if finding.exchange is None else redactor.exchange(finding.exchange),
            python=redactor.text(finding.python),
        )
        for finding in findings
    )


def summary(report: Report) -> str:
    """Return the last line: the number of checked operations, and of those that conform."""
    rest = len(report.rows) - report.checked
    skipped = f", {rest} not called" if rest else ""
    return f"{report.title}: {report.conforming} of {report.checked} operations conform to the document{skipped}"
