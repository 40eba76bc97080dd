"""Report as one self-contained HTML page: no other file, no network, and text of documents is only ever text."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import attrs
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from specwire_codegen.contract.reports.coverage import OperationCoverage, Share
from specwire_codegen.contract.reports.report import Report, Row
from specwire_codegen.contract.values.exchange import Exchange, text_of
from specwire_codegen.contract.values.finding import Finding, Side
from specwire_codegen.diagnostics import printable

_FOLDER = Path(__file__).parents[2] / "templates" / "contract"
_SHOWN = 3000
"""Maximum number of characters of a response."""
_LINE = 200
"""Maximum number of characters of a message in the list at the top."""
_REMEDIES: Mapping[Side, str] = {
    "server": "differs from the document: correct the server, or the document if the server is right.",
    "client": "does not follow the document: generate it again; if that does not help, report a bug.",
    "document": "contradicts itself, or moved away from client and server: correct it, or generate the client again.",
}
_CIRCLE = 100.0
"""Length of the circle of a ring, so that lengths are percentages."""


@attrs.frozen
class _Ring:
    """Share as a ring."""

    share: Share
    length: float

    @property
    def percent(self) -> int:
        """The whole percentage, 100 only if everything is reached."""
        return int(self.length)


@attrs.frozen
class _Shown:
    """Finding for the page."""

    finding: Finding
    curl: str
    response: str


@attrs.frozen
class _Operation:
    """Operation for the page."""

    row: Row
    verdict: str
    """`wrong`, `ok` or `skipped`."""
    suites: tuple[tuple[str, int, int, int], ...]
    findings: tuple[_Shown, ...]
    coverage: OperationCoverage
    words: str
    """What the filter searches."""
    anchor: str


@attrs.frozen
class _Line:
    """Finding in the list at the top, which leads to its operation."""

    side: Side
    operation: str
    message: str
    anchor: str


def page(report: Report) -> str:
    """Return the report as an HTML page."""
    style, script = (_FOLDER.joinpath(name).read_text("utf-8") for name in ("report.css", "report.js"))
    operations = [_operation(report, row, f"operation-{number}") for number, row in enumerate(report.rows)]
    sides = Counter(finding.side for _, finding in report.findings)
    return (
        _environment()
        .get_template("report.html.jinja")
        .render(
            report=report,
            operations=operations,
            groups=[*_lines(operations), *(_line(one, "calls in a row", "sequences") for one in report.chains)],
            remedies=_REMEDIES,
            chains=[_shown(finding) for finding in report.chains],
            rings=[_ring(share) for share in report.coverage.totals if share.total],
            keywords=[_ring(share) for share in report.coverage.keywords],
            sides=[(side, sides[side]) for side in ("server", "client", "document") if sides[side]],
            started=datetime.fromtimestamp(report.started, UTC).strftime("%Y-%m-%d %H:%M UTC"),
            verdicts=Counter(operation.verdict for operation in operations),
            style=style,
            script=script,
            style_hash=_hash(style),
            script_hash=_hash(script),
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["printable"] = _visible
    return environment


def _visible(text: str) -> str:
    """Return a text of several lines without hidden characters."""
    return "\n".join(map(printable, text.split("\n")))


def _hash(text: str) -> str:
    """Return the hash by which a content security policy allows an inline text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _ring(share: Share) -> _Ring:
    return _Ring(share, _CIRCLE * share.reached / share.total if share.total else _CIRCLE)


def _lines(operations: Sequence[_Operation]) -> Iterator[_Line]:
    """Yield the first finding of each side in each operation."""
    for one in operations:
        first = {finding.side: finding for finding in reversed(one.row.findings)}
        yield from (_line(finding, one.row.operation_id, one.anchor) for finding in first.values())


def _line(finding: Finding, operation: str, anchor: str) -> _Line:
    text = " ".join(finding.message.split())
    return _Line(finding.side, operation, text if len(text) <= _LINE else f"{text[:_LINE]}...", anchor)


def _operation(report: Report, row: Row, anchor: str) -> _Operation:
    verdict = "wrong" if row.findings else "ok" if row.checked else "skipped"
    counts = zip(report.columns, row.counts, strict=True)
    sides = " ".join({f"{finding.side} {finding.check}" for finding in row.findings})
    return _Operation(
        row,
        verdict,
        tuple((name, count.tried, count.passed, count.failed) for name, count in counts),
        tuple(map(_shown, row.findings)),
        report.coverage.operations.get(row.operation_id, OperationCoverage()),
        f"{row.operation_id} {row.endpoint} {row.call} {row.note} {sides}".lower(),
        anchor,
    )


def _shown(finding: Finding) -> _Shown:
    exchange = finding.exchange
    return _Shown(finding, "" if exchange is None else exchange.curl, "" if exchange is None else _response(exchange))


def _response(exchange: Exchange) -> str:
    if exchange.status is None:
        return ""
    headers = "".join(f"{name}: {value}\n" for name, value in exchange.response_headers)
    body = text_of(exchange.response_body)
    return f"HTTP {exchange.status}\n{headers}\n{body[:_SHOWN]}{'...' if len(body) > _SHOWN else ''}"
