"""`specwire bulk` and `specwire batch`: requests of a method, built from the rows of a file."""

from __future__ import annotations

import inspect
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import attrs
import msgspec
from specwire import AsyncClient, BaseRequest, InvalidRequestError, bulk
from specwire._bulk.budget import expected_tokens
from specwire._bulk.journal import has_outcomes
from specwire._bulk.outcomes import encoded, failure_of, result_line
from specwire._bulk.sinks import Sink, check_ending, file_sink
from specwire._bulk.sources import count_rows
from specwire.support import Request, cancel_batch, run_batch

from specwire_codegen.call.method import Method, inspected, method_of, methods_of
from specwire_codegen.clients.named import NamedClient, client_named
from specwire_codegen.diagnostics import SpecwireCodegenError, UsageError
from specwire_codegen.files.access import Access
from specwire_codegen.openapi.suggest import did_you_mean


@attrs.frozen
class Rows:
    """Rows of a file as requests of a method."""

    found: NamedClient
    method: Method
    input: str
    columns: Mapping[str, str]
    """Argument -> column; empty if the columns are named like the arguments."""
    fixed: Mapping[str, Any]
    """Arguments that are the same for all rows."""
    id: str | None = None

    def build(self, row: Mapping[str, Any]) -> BaseRequest:
        """Return the request of a row."""
        columns = self.columns or {name: name for name in row if name != self.id and name not in self.fixed}
        wanted = [*columns.values(), *([] if self.id is None else [self.id])]
        missing = sorted(column for column in wanted if column not in row)
        if missing:
            raise InvalidRequestError(f"the row has no column {missing[0]!r}: its columns are {', '.join(row)}")
        values = {**{name: row[column] for name, column in columns.items()}, **self.fixed}
        known = {argument.name for argument in self.method.arguments}
        for name in values:
            if name not in known:
                advice = did_you_mean(name, known, "choose columns with --map ARGUMENT=COLUMN")
                raise InvalidRequestError(f"{self.method.path} has no argument {name!r}: {advice}")
        absent = [each.name for each in self.method.arguments if each.required and each.name not in values]
        if absent:
            raise InvalidRequestError(
                f"{self.method.path} needs {', '.join(absent)}: take a column with --map, or give a value with --set"
            )
        call: Any = self.method.call
        request: BaseRequest = call.request(**values)
        return request

    def first(self) -> BaseRequest:
        """Return the request of the first row; raise `SpecwireCodegenError` if the file has none."""
        row = next(iter(bulk.read(self.input)), None)
        if row is None:
            raise SpecwireCodegenError(f"{self.input} has no rows: give a file with at least one")
        request = self.build(row)
        if not isinstance(request, Request):
            raise UsageError(f"{self.method.path} has more than one response: choose a method with one")
        return request

    def count(self) -> int:
        """Return the number of rows."""
        return count_rows(self.input)


@contextmanager
def rows_of(
    root: Path,
    client: str,
    access: Access,
    method: str,
    source: str,
    columns: Sequence[str],
    fixed: Sequence[str],
    identity: str | None,
) -> Iterator[Rows]:
    """Yield the rows of a file as requests of a client's method."""
    with client_named(root, client, access) as found, inspected(found.kind) as looked_at:
        described = method_of(looked_at, method)
        if not hasattr(described.call, "request"):
            raise UsageError(f"{method} makes several calls: choose a method that makes one")
        arguments = {argument.name: argument for argument in described.arguments}
        values = {}
        for name, text in _pairs(fixed, "--set").items():
            if name not in arguments:
                raise UsageError(f"--set: {method} has no argument {name!r}: {did_you_mean(name, arguments, '')}")
            try:
                values[name] = arguments[name].values([text])
            except UsageError as error:
                raise UsageError(f"--set: {str(error).replace(arguments[name].option, name, 1)}") from error
        mapped = _pairs(columns, "--map")
        if both := sorted({*mapped} & {*values}):
            raise UsageError(f"{both[0]!r} is in --map and in --set: leave out one of them")
        yield Rows(found, described, source, mapped, values, identity)


def _pairs(texts: Sequence[str], option: str) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"{option} is {text!r}: write NAME=VALUE")
        if name in pairs:
            raise UsageError(f"{option} has {name!r} twice: leave out one of them")
        pairs[name] = value
    return pairs


def described(rows: Rows, prices: bulk.Prices | None) -> list[str]:
    """Return what a run would do: its size, its cost and its first request."""
    request, count = rows.first(), rows.count()
    tokens = expected_tokens(request)
    lines = [f"{count:,} requests of {rows.method.path} ({request.operation.method} {request.operation.path})"]
    lines.append(f"about {count * tokens:,} tokens, if all are like the first, with responses of full length")
    if prices is not None:
        cost = count * tokens * max(prices.input, prices.output) / 1e6
        lines.append(f"a cost of about {cost:,.2f} at most" if cost >= 0.01 else "a cost below 0.01")
    return [*lines, f"first request: {encoded(request).decode()}"]


def has_rows(output: str) -> bool:
    """Return whether an earlier run wrote results or failures; one that could not begin, as without a key, did not."""
    journal = f"{output}.journal"
    return has_outcomes(journal) or (os.path.exists(journal) and os.path.isfile(output) and os.path.getsize(output) > 0)


def async_client(found: NamedClient, options: Mapping[str, Any]) -> AsyncClient:
    """Return the asynchronous client of a package."""
    kind: type[AsyncClient] = getattr(import_module(found.package), f"Async{found.kind.__name__}")
    return kind(**options)


def run_bulk(rows: Rows, output: str, options: Mapping[str, Any], settings: bulk.BulkOptions) -> bulk.Report:
    """Make all calls; return the report."""
    client = async_client(rows.found, options)
    whole: bulk.BulkOptions = {**settings, "build": rows.build, "id": rows.id}
    return bulk.run(bulk.read(rows.input), client, sink=output, **whole)


def batch_workflow(found: NamedClient, name: str) -> Callable[..., Any]:
    """Return the workflow that runs (`run`) or cancels (`cancel_run`) batches of a client's provider."""
    client = inspected(found.kind)
    for path, method in methods_of(client).items():
        if path.rpartition(".")[2] == name and _is_of_batches(method):
            workflow: Callable[..., Any] = inspect.unwrap(method)
            return workflow
    raise SpecwireCodegenError(f"{found.kind.__name__} has no batches of its provider: use specwire bulk")


def _is_of_batches(method: Callable[..., Any]) -> bool:
    names = vars(sys.modules[inspect.unwrap(method).__module__]).values()
    return any(each is run_batch or each is cancel_batch for each in names)


def run_in_batches(
    rows: Rows, output: str, folder: str, options: Mapping[str, Any], tell: Callable[[str], object]
) -> tuple[int, int]:
    """Run all requests in batches of the provider, and write the results; return how many succeeded and failed."""
    workflow = batch_workflow(rows.found, "run")
    check_ending(output)
    if os.path.exists(output) and not os.path.exists(folder):
        raise SpecwireCodegenError(f"{output} exists, but {folder} does not: choose another output")

    def requests() -> Iterator[Any]:
        for number, row in enumerate(bulk.read(rows.input)):
            try:
                request = rows.build(row)
            except InvalidRequestError as error:
                raise InvalidRequestError(f"row {number}: {error}") from error
            yield str(number if rows.id is None else row[rows.id]), request

    with rows.found.kind(**options) as client:
        sending: Any = client
        results: bulk.BatchResults[Any] = sending.send(
            workflow(
                requests(),
                folder=folder,
                on_progress=lambda progress: tell(
                    f"{progress.done:,} of {progress.total:,} requests done, {progress.jobs_ended} of {progress.jobs} jobs ended"
                ),
            )
        )
    succeeded = failed = 0
    with _replacing(output) as good, open(f"{output}.failed.jsonl", "wb") as bad:
        for outcome in results:
            if outcome.succeeded:
                good.write([result_line(outcome)])
                succeeded += 1
            else:
                bad.write(msgspec.json.encode(failure_of(outcome)) + b"\n")
                failed += 1
    if not failed:
        os.remove(f"{output}.failed.jsonl")
    return succeeded, failed


@contextmanager
def _replacing(output: str) -> Iterator[Sink]:
    """Yield a sink whose file, or folder of Parquet files, becomes the output when all results are in it."""
    stem, ending = os.path.splitext(output)
    whole = f"{stem}.incomplete{ending}"
    _remove(whole)
    sink = file_sink(whole)
    try:
        yield sink
        sink.finish()
    finally:
        sink.close()
    _remove(output)
    if os.path.exists(whole):
        os.replace(whole, output)


def _remove(path: str) -> None:
    if os.path.isdir(path):
        shutil.rmtree(path)
    elif os.path.exists(path):
        os.remove(path)


def cancel_batches(found: NamedClient, folder: str, options: Mapping[str, Any]) -> int:
    """Cancel the batches that were started in a folder; return how many."""
    workflow = batch_workflow(found, "cancel_run")
    with found.kind(**options) as client:
        sending: Any = client
        cancelled: int = sending.send(workflow(folder=folder))
    return cancelled
