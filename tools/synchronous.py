"""Derive synchronous modules from asynchronous ones, which are written by hand.

`python tools/synchronous.py` writes a `sync_NAME.py` next to each `async_NAME.py` that is listed here; `--check` only
lists those that are out of date, and fails. Only names and keywords differ between the two; code that differs otherwise
is written by hand, in modules that both import.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = (
    *(
        f"runtime/specwire/{name}"
        for name in (
            "_auth/async_grant.py",
            "_client/async_client.py",
            "_client/async_method.py",
            "_client/async_session.py",
            "_compat/async_page.py",
            "_compat/async_response.py",
            "_compat_client/async_client.py",
            "_compat_client/async_method.py",
            "_downloads/async_download.py",
            "_http/async_streamed_calls.py",
            "_pagination/async_pages.py",
            "_pools/async_pools.py",
            "_responses/async_reads.py",
            "_serialization/async_content.py",
            "_streaming/async_streaming.py",
            "_transports/async_messages.py",
            "_transports/async_pyreqwest.py",
        )
    ),
    "codegen/specwire_codegen/contract/client/async_values.py",
    "tests/soak/async_use.py",
)
HEADER = "# Derived from {source} by tools/synchronous.py. Do not edit: run `make generate`.\n"

_RULES = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"async for (\w+) in ([\w.]+):\n\s+yield \1\n", r"yield from \2\n"),
        (r"\[(\w+) async for \1 in ([\w.()]+)\]", r"list(\2)"),
        (r"(?<!\w)\(await ([\w.]+\([\w, =*]*\))\)", r"\1"),
        (r"\n( +)except asyncio\.CancelledError:\n(?:\1 .*\n)+", "\n"),
        (r"\n +await unless_cancelled\(failure\)\n", "\n"),
        (r"await (anyio\.)?sleep\(", "time.sleep("),
        (r"await ", ""),
        (r"async (?=def|for|with)", ""),
        (r"\bAwaitable\[((?:\w|\[\w+\])+)\]", r"\1"),
        (r"\bCoroutine\[Any, Any, ((?:[\w |]|\[\w+\])+)\]", r"\1"),
        (r" \(also a coroutine function\)", ""),
        (r"for all tasks, in one event loop or several,", "for all threads, which may be taken into a fork,"),
        (r"; streams and downloads are not awaited", ", and return the result"),
        (r"\bAsyncHTTPClient\b", "SyncHTTPClient"),
        (r"\bAsyncByteStream\b", "SyncByteStream"),
        (r"\bhandle_async_request\b", "handle_request"),
        (r"\b(_?)Async(?=[A-Z])", r"\1"),
        (r"\basync_(?=[a-z])", "sync_"),
        (r"\b__a(enter|exit|iter|next)__", r"__\1__"),
        (r"\b(_?)a(chunks|close|closing|disconnect|next|iter|read|get|iter_bytes|iter_raw|show)\b", r"\1\2"),
        (r"\bpyreqwest\.Client", "pyreqwest.SyncClient"),
        (r"\bStopAsyncIteration\b", "StopIteration"),
        (r"(\w)_async\b", r"\1"),
        (r"asynchronous=True", "asynchronous=False"),
        (r"\bAsynchronous\b", "Synchronous"),
        (r"\b[Aa]n asynchronous", lambda found: f"{found[0][0]} synchronous"),
        (r"\basynchronous(?!=)", "synchronous"),
        (r"from specwire\S+ import sleep\n", "import time\n"),
    )
]


def synchronous(text: str, source: Path) -> str:
    """Return the synchronous form of an asynchronous module."""
    return _tidy(HEADER.format(source=source.name) + renamed(text), source)


def renamed(text: str) -> str:
    """Return asynchronous code with the names and keywords of synchronous code."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def _tidy(text: str, source: Path) -> str:
    """Return a module with its imports sorted, and formatted."""
    for command in (["check", "--fix-only", "--quiet"], ["format"]):
        arguments = [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(source), "-"]
        text = subprocess.run(arguments, input=text, capture_output=True, text=True, check=True).stdout
    return text


def main() -> int:
    """Write the derived modules, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail where one is out of date")
    check = parser.parse_args().check
    stale = 0
    for name in SOURCES:
        source = ROOT / name
        target = source.with_name(source.name.replace("async_", "sync_"))
        text = synchronous(source.read_text("utf-8"), source)
        if target.exists() and target.read_text("utf-8") == text:
            continue
        stale += 1
        if check:
            print(f"{target.relative_to(ROOT)} is out of date: run `make generate`")
        else:
            target.write_text(text, "utf-8")
    return int(check and stale > 0)


if __name__ == "__main__":
    sys.exit(main())
