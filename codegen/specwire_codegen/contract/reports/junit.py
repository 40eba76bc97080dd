"""Report as JUnit XML, which CI servers show as tests: one suite, one test case for each operation and suite."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree

from specwire_codegen.contract.reports.report import Report, Row, summary
from specwire_codegen.contract.values.finding import Finding

_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot have."""


def text(report: Report) -> str:
    """Return the report as JUnit XML."""
    failures = sum(1 for row in report.rows if row.findings) + bool(report.chains) + len(report.left)
    skipped = sum(1 for row in report.rows if not row.checked)
    started = datetime.fromtimestamp(report.started, UTC)
    suite = ElementTree.Element(
        "testsuite",
        name=_clean(report.title),
        tests=str(len(report.rows) + bool(report.chains) + len(report.left)),
        failures=str(failures),
        errors="0",
        skipped=str(skipped),
        time=f"{report.seconds:.3f}",
        timestamp=started.isoformat(timespec="seconds").removesuffix("+00:00"),
    )
    for row in report.rows:
        _add_row(suite, report, row)
    if report.chains:
        _add_failure(_case(suite, report, "calls in a row"), report.chains)
    for left in report.left:
        failure = ElementTree.SubElement(
            _case(suite, report, "removal"), "failure", type="removal", message=_clean(left)
        )
        failure.text = _clean(left)
    output = ElementTree.SubElement(suite, "system-out")
    output.text = _clean("\n".join([summary(report), *report.notes]))
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _case(suite: ElementTree.Element, report: Report, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", classname=_clean(report.title), name=_clean(name), time="0")


def _add_row(suite: ElementTree.Element, report: Report, row: Row) -> None:
    case = _case(suite, report, row.operation_id)
    if row.findings:
        _add_failure(case, row.findings)
    elif not row.checked:
        ElementTree.SubElement(case, "skipped", message=_clean(row.note))


def _add_failure(case: ElementTree.Element, findings: Sequence[Finding]) -> None:
    first = findings[0]
    failure = ElementTree.SubElement(
        case, "failure", type=f"{first.side}: {first.check}", message=_clean(first.message.partition("\n")[0])
    )
    failure.text = _clean("\n\n".join(map(_described, findings)))


def _described(finding: Finding) -> str:
    parts = [str(finding)]
    if finding.exchange is not None:
        parts.append(finding.exchange.curl)
    if finding.python:
        parts.append(finding.python)
    return "\n\n".join(parts)


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
