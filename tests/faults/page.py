"""Page of failures and their results: `python -m tests.faults.page > docs/faults.md`."""

from __future__ import annotations

from tests.faults.catalogue.faults import FAULTS, Fault
from tests.faults.catalogue.list_faults import LISTS
from tests.faults.catalogue.outcomes import CALLS

_BEGIN = """\
# Failures

This page lists what you get for each failure. It is generated from the table that `tests/faults` runs with the
synchronous and the asynchronous client, on httpx2 and on httpx; `python -m tests.faults.page` prints it.

- A **read** is a `GET` with a JSON response, a **write** a `POST` with one. A **stream** is a `POST` with a stream of
  events, a **download** a `GET` that `save()` writes to a file.
- The clients make at most three attempts, which is the default. A write is not repeated if the server may have executed
  it. Once it has begun, a download resumes if the server supports ranges and identifies the version. A stream resumes
  if the document declares it resumable; this one is not.
- After every failure, no connection remains in use, and no file exists under the final name unless it is complete. The
  next call of the same client works once the server does, except for ¹.
- Messages have one line and contain no credentials. A traceback has two parts: the HTTP library's exception and the
  client's.
- `StreamTruncatedError` is raised after the events that arrived before it.
- Responses that are left half-read are closed without a warning when they are no longer referenced, or when the program
  or its event loop ends.
- If the document names an idempotency key header, a write sends a key and is repeated like a read.
"""

_LISTS = """\
Results of `.iter()` and `.wait()`. Items before an error have been returned, and no item is returned twice. A list ends
at an empty page, where the server ends it, or at a page that is shorter than an earlier one if no total contradicts.
`max_pages` limits a list.
"""
_FOOTNOTE = """\
¹ The HTTP library keeps bytes after a response, and may read them as the start of the next response on that connection.
Only servers that violate HTTP/1.1 send them. If a 204 or 304 announces a body, the connection is closed.
"""

_CLOCK = """\
² Also if the response arrives byte by byte, and during DNS lookup. There is one exception: with your own synchronous
`http_client`, the deadline bounds each wait separately. DNS lookup, slow response headers and slow uploads can then
exceed it.
"""

_ELSEWHERE = (
    ("a connection interrupted at any byte of a response", "an error, never a value from a part", "test_cut.py"),
    ("an interrupted upload", "`APIConnectionError`; not repeated", "test_cut.py"),
    ("a server that stops reading an upload", "`APITimeoutError` after `timeout`", "test_cut.py"),
    ("a server that responds before it has read the upload", "the error of its status", "test_cut.py"),
    ("a full disk", "the `OSError`; the old file remains", "test_files.py"),
    ("a file that grows or shrinks during its upload", "`APIConnectionError` with the reason", "test_files.py"),
    ("cancellation at any `await`", "the cancellation; the connection is released", "test_cancellation.py"),
    ("a server so slow that `deadline` passes ²", "`APITimeoutError`, without further attempts", "test_deadline.py"),
)


def page() -> str:
    """Return the page."""
    parts = [_BEGIN]
    for group in FAULTS:
        names = [call.name for call in CALLS]
        rows = [_row("failure", *names), _row(*["---"] * (len(names) + 1)), *map(_fault, group.faults)]
        parts.append(f"## {group.title}\n\n" + "\n".join(rows) + "\n")
    rows = [_row("failure", "result"), _row("---", "---")]
    rows += [_row(fault.what, fault.outcome) for fault in LISTS]
    parts.append("## Lists and jobs\n\n" + _LISTS + "\n" + "\n".join(rows) + "\n")
    parts.append(_FOOTNOTE)
    rows = [_row("failure", "result", "tested in"), _row("---", "---", "---")]
    rows += [_row(what, result, f"`tests/faults/{test}`") for what, result, test in _ELSEWHERE]
    parts.append("## Interruptions, disks and cancellation\n\n" + "\n".join(rows) + "\n")
    parts.append(_CLOCK)
    return "\n".join(parts)


def _fault(fault: Fault) -> str:
    return _row(fault.what, *(str(fault.outcomes[call.name]) for call in CALLS))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(page(), end="")
