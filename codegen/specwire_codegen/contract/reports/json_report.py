"""Report as JSON."""

from __future__ import annotations

import json
from typing import Any

import attrs

from specwire_codegen.contract.reports.coverage import Share
from specwire_codegen.contract.reports.report import Report, Row
from specwire_codegen.contract.values.exchange import Exchange, text_of
from specwire_codegen.contract.values.finding import Finding


def text(report: Report) -> str:
    """Return the report as JSON."""
    return json.dumps(_report(report), indent=2, ensure_ascii=False) + "\n"


def _report(report: Report) -> dict[str, Any]:
    return {
        "title": report.title,
        "started": report.started,
        "seconds": round(report.seconds, 3),
        "checked": report.checked,
        "conforming": report.conforming,
        "stopped": report.stopped,
        "left": list(report.left),
        "notes": list(report.notes),
        "operations": [_row(report, row) for row in report.rows],
        "sequences": [_finding(finding) for finding in report.chains],
        "coverage": {
            "totals": _shares(report.coverage.totals),
            "keywords": _shares(report.coverage.keywords),
        },
    }


def _shares(shares: tuple[Share, ...]) -> dict[str, dict[str, int]]:
    return {share.name: {"reached": share.reached, "total": share.total} for share in shares}


def _row(report: Report, row: Row) -> dict[str, Any]:
    coverage = report.coverage.operations.get(row.operation_id)
    return {
        "operation": row.operation_id,
        "endpoint": row.endpoint,
        "method": row.call,
        "checked": row.checked,
        "note": row.note,
        "suites": {
            name: {"tried": count.tried, "passed": count.passed, "failed": count.failed}
            for name, count in zip(report.columns, row.counts, strict=True)
        },
        "findings": [_finding(finding) for finding in row.findings],
        "parameters": {} if coverage is None else dict(coverage.parameters),
        "statuses": {} if coverage is None else dict(coverage.statuses),
        "undocumented_statuses": [] if coverage is None else list(coverage.others),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    found = {"side": finding.side, "check": finding.check, "message": finding.message, "python": finding.python}
    return {**found, "exchange": None if finding.exchange is None else _exchange(finding.exchange)}


def _exchange(exchange: Exchange) -> dict[str, Any]:
    kept = attrs.asdict(exchange, recurse=False)
    bodies = {name: text_of(kept[name]) for name in ("body", "response_body")}
    return {**kept, **bodies, "curl": exchange.curl}
