"""The page that tells users what they get when something fails: `python -m tests.faults.page > docs/faults.md`."""

from __future__ import annotations

from .lists import LISTS
from .outcome import CALLS
from .table import FAULTS, Fault

_BEGIN = """\
# What you get when something fails

Nothing is lost, nothing hangs, and what is raised says what happened. This page is made from the table that
`tests/faults` tries on the synchronous and the asynchronous client, on httpx2 and on httpx;
`python -m tests.faults.page` prints it.

- A **read** is a `GET` with a JSON answer; a **write** is a `POST` with one; a **stream** is a `POST` that answers
  events; a **download** is a `GET` that `save()` writes to a file.
- The clients of the table make three tries at most (`RetryPolicy(attempts=3)`, as is the default). A write is not tried
  again where the server may have acted on it. Once it has begun, a download goes on after a break where the server
  takes ranges and says which bytes it has, and a stream where the document says that it is resumable; this one is not.
- After each of these, no connection is in use, and no file is left under the final name unless it is whole. Once the
  server is well again, the next call of the same client works, except at ¹. Messages are one line and hold no key.
- `StreamTruncatedError` comes after the events that came before it.
- What is half-read when a program or its event loop ends, or when nobody refers to it any more, is closed then, without
  a word (`tests/runtime/test_lifecycle.py`).
- Where the document names a header of idempotency keys, a write has one, and is tried again like a read
  (`tests/faults/test_idempotency.py`).
- A traceback has two sections, what the HTTP library said and what these exceptions say (`tests/runtime/test_feel.py`).
"""

_LISTS = """\
What comes of `.iter()` and of `.wait()` (`tests/faults/test_lists.py`). Items that came before an error were given out.
A list ends where a page is empty, where the server says so, or where a page is shorter than one before it and no total
says otherwise; what comes again is never given out twice. The option `max_pages` bounds a list.
"""
_FOOTNOTE = """\
¹ The HTTP library keeps bytes that came with an answer but do not belong to it, and may take them for the start of
the next answer on that connection. Only a server that breaks HTTP/1.1 sends them. Where a 204 or 304 announces a body,
the connection is closed.
"""

_CLOCK = """\
² Byte by byte too, and while the address of the host is looked up, with one exception: where a synchronous client was
given an `http_client`, each single wait for the head of the answer, or for the server to take more of an upload, is
bounded by what is left of the deadline, and the look-up is not.
"""

_ELSEWHERE = (
    ("a connection that breaks off at any byte of an answer", "an error; never a value made of a part", "test_cut.py"),
    ("an upload that breaks off, at its beginning or later", "`APIConnectionError`; not sent again", "test_cut.py"),
    ("a server that reads no more of an upload", "`APITimeoutError` after `timeout`", "test_cut.py"),
    ("a server that answers before it has read the upload", "its answer: the error of its status", "test_cut.py"),
    ("a disk that is full", "the `OSError`; the old file stays", "test_files.py"),
    ("a file that grows or shrinks while it is uploaded", "`APIConnectionError` that says so", "test_files.py"),
    ("cancellation at any `await`", "the cancellation; the connection goes back", "test_cancellation.py"),
    ("a server so slow that `deadline` passes ²", "`APITimeoutError`, whatever tries were left", "test_deadline.py"),
)


def page() -> str:
    """Return the page."""
    parts = [_BEGIN]
    for group in FAULTS:
        names = [call.name for call in CALLS]
        rows = [_row("what happens", *names), _row(*["---"] * (len(names) + 1)), *map(_fault, group.faults)]
        parts.append(f"## {group.title}\n\n" + "\n".join(rows) + "\n")
    rows = [_row("what happens", "what you get"), _row("---", "---")]
    rows += [_row(fault.what, fault.outcome) for fault in LISTS]
    parts.append("## Lists and jobs\n\n" + _LISTS + "\n" + "\n".join(rows) + "\n")
    parts.append(_FOOTNOTE)
    rows = [_row("what happens", "what you get", "held by"), _row("---", "---", "---")]
    rows += [_row(what, result, f"`tests/faults/{test}`") for what, result, test in _ELSEWHERE]
    parts.append("## Cuts, disks and cancellation\n\n" + "\n".join(rows) + "\n")
    parts.append(_CLOCK)
    return "\n".join(parts)


def _fault(fault: Fault) -> str:
    return _row(fault.what, *(str(fault.outcomes[call.name]) for call in CALLS))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(page(), end="")
