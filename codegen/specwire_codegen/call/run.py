"""Run of `specwire call`."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from specwire import Drift
from specwire._codec.drift_reports import listed

from specwire_codegen.call.method import Method, inspected, method_of, methods_of, summary_of
from specwire_codegen.call.parser import command_parser, parsed_arguments, values_of
from specwire_codegen.call.result import Printer
from specwire_codegen.call.snippet import curl, python
from specwire_codegen.clients.named import NamedClient, client_named
from specwire_codegen.diagnostics import UsageError
from specwire_codegen.files.access import Access, access
from specwire_codegen.mock import TEST_KEY
from specwire_codegen.openapi.suggest import did_you_mean


def call(words: Sequence[str], warn: Callable[[str], object], note: str = "") -> list[list[str]]:
    """Call a method, and print its result; return the rows of a list if no method is named.

    `warn` receives what differs from the document; `note` ends every help.
    """
    first = command_parser(note).parse_args(words)
    if first.client is None:
        raise UsageError("name a client: specwire call CLIENT METHOD; specwire call --help has examples")
    with (
        client_named(Path(getattr(first, "root", "")), first.client, _access(first)) as found,
        inspected(found.kind) as client,
    ):
        known = methods_of(client)
        if first.method not in known:
            rows = _rows(first.method, known)
            if first.arguments and not {"--help", "-h"} & {*first.arguments}:
                listed = f"specwire call {first.client} {first.method} lists its methods"
                raise UsageError(f"{first.method} is not a method: {listed}")
            return rows
        method = method_of(client, first.method)
        parsed = parsed_arguments(first.client, method, first.arguments, _before(first), note)
        _run(found, method, values_of(method, parsed), parsed, warn)
    return []


def _access(first: Namespace) -> Access:
    """Return what the document of a client may refer to."""
    within = map(Path, getattr(first, "refs_within", ()))
    return access(within, getattr(first, "ref", ()), getattr(first, "allow_remote", ()))


def _before(first: Namespace) -> Namespace:
    """Return the options that came before the method."""
    return Namespace(**{name: value for name, value in vars(first).items() if name not in _POSITIONAL})


_POSITIONAL = ("client", "method", "arguments")


def _rows(prefix: str | None, known: Mapping[str, Any]) -> list[list[str]]:
    """Return the methods of a resource, or of all, with their summaries."""
    rows = [
        [path, summary_of(method)]
        for path, method in known.items()
        if prefix is None or path.startswith(f"{prefix.rstrip('.')}.")
    ]
    if not rows:
        raise UsageError(
            f"there is no method {prefix!r}: {did_you_mean(prefix or '', known, 'leave it out to list all')}"
        )
    return rows


def _run(
    found: NamedClient, method: Method, values: Mapping[str, Any], parsed: Namespace, warn: Callable[[str], object]
) -> None:
    options = _options(parsed)
    if getattr(parsed, "python", False):
        sys.stdout.write(python(found.kind, found.package, method.path, values, options))
        return
    if getattr(parsed, "curl", False):
        sys.stdout.write(curl(found.kind, method.path, values, options) + "\n")
        return
    output = getattr(parsed, "output", None)
    select = getattr(parsed, "select", None)
    printer = Printer(Path(output) if output else None, tuple(select.split(".")) if select else ())

    def on_drift(drifts: Sequence[Drift]) -> None:
        warn(f"warning: the response differs from the document: {listed(drifts)}")

    with (
        _served(found, mocked=getattr(parsed, "mock", False)) as more,
        found.kind(**{**options, **more}, on_drift=on_drift) as client,
    ):
        function = method_of(client, method.path).call
        if getattr(parsed, "all", False):
            items = getattr(function, "iter", None)
            if items is None:
                raise UsageError(f"{method.path} has no pages: leave out --all")
            printer.lines(items(**values))
        else:
            printer.value(function(**values))


def _options(parsed: Namespace) -> dict[str, Any]:
    """Return the keywords of the client that options set."""
    found = {name: getattr(parsed, name) for name in ("base_url", "timeout", "max_retries") if hasattr(parsed, name)}
    headers = dict[str, str]()
    for header in getattr(parsed, "header", ()):
        name, colon, value = header.partition(":")
        if not colon:
            raise UsageError("--header needs a name and a value: --header 'X-Name: value'")
        headers[name.strip()] = value.strip()
    return {**found, **({"headers": headers} if headers else {})}


@contextmanager
def _served(found: NamedClient, *, mocked: bool) -> Iterator[dict[str, Any]]:
    """Run a mock server if one is asked for, and yield the keywords of a client for it."""
    if not mocked:
        yield {}
        return
    if found.document is None:
        raise UsageError("--mock needs the document of the client: name a provider or a document")
    from specwire_codegen.mock.app import build
    from specwire_codegen.mock.loopback import direct
    from specwire_codegen.mock.server import serve

    with direct(os.environ), serve(build(found.document)) as url:
        yield {"base_url": url, **({"api_key": TEST_KEY} if found.kind._provider.security is not None else {})}
