"""The commands that call methods of a client: once, for each row of a file, or in batches of the provider."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import cyclopts

from specwire_codegen.cli.console import say, show_rows, tell
from specwire_codegen.cli.options import COMMON, NO_MORE, Above, ClientName, Count, MethodName, Price, Reading, Root
from specwire_codegen.diagnostics import SpecwireCodegenError

Pairs = Annotated[list[str], cyclopts.Parameter(negative="")]

call = cyclopts.App(
    name="call",
    help="Call a method of a client, with its arguments as options.",
    help_flags=[],
    version_flags=[],
)


@call.default
def run(*words: Annotated[str, cyclopts.Parameter(allow_leading_hyphen=True)]) -> int:
    """Call a method of a client, with its arguments as options.

    Parameters
    ----------
    words
        Client, method and arguments: specwire call mistral chat.complete --help

    """
    from specwire_codegen.call.run import call as run_call

    rows = run_call(words, tell, COMMON)
    if rows:
        show_rows(rows, left=2)
    return 0


def bulk(
    client: ClientName,
    method: MethodName,
    *,
    input: str,
    output: str,
    map: Pairs | None = None,
    set: Pairs | None = None,
    id: str | None = None,
    concurrency: Count = 64,
    requests_per_minute: Above | None = None,
    tokens_per_minute: Above | None = None,
    ordered: bool = False,
    dry_run: bool = False,
    resume: bool = False,
    retry_failed: bool = False,
    price_input: Price | None = None,
    price_output: Price | None = None,
    base_url: str | None = None,
    reading: Reading = NO_MORE,
    root: Root = Path(),
) -> int:
    """Make one call for each row of a file, and write each result once.

    A journal next to the output records which rows are finished. For example:
    specwire bulk mistral chat.complete --input rows.jsonl --output out.parquet --set model=mistral-small-latest

    Parameters
    ----------
    client
        Name of a provider, a package with a client, or a document.
    method
        Method to call, such as chat.complete.
    input
        Rows: a file that ends in .jsonl or .parquet, or a folder of Parquet files.
    output
        File to write: .jsonl, or .parquet for a folder of Parquet files.
    map
        ARGUMENT=COLUMN: take an argument from a column of another name. May be repeated; then only these are taken.
    set
        ARGUMENT=VALUE: give an argument the same value for all rows, whatever their columns are. May be repeated.
    id
        Column with the id of a row.
    concurrency
        Most requests in flight.
    requests_per_minute
        Most requests in a minute.
    tokens_per_minute
        Most tokens of requests and responses in a minute.
    ordered
        Write results in the order of the rows.
    dry_run
        Print the number of rows, tokens and the first request, and call nothing.
    resume
        Continue a run whose output exists.
    retry_failed
        Continue, and call rows again that failed.
    price_input
        Price of a million input tokens, for the cost.
    price_output
        Price of a million output tokens.
    base_url
        Base URL of the server.

    """
    from specwire.bulk import BulkOptions, Prices, Rate

    from specwire_codegen.call.rows import described, has_rows, rows_of, run_bulk

    prices = None
    if price_input is not None or price_output is not None:
        prices = Prices(input=price_input or 0.0, output=price_output or 0.0)
    with rows_of(root, client, reading.access, method, input, map or (), set or (), id) as rows:
        if dry_run:
            for line in described(rows, prices):
                say(line)
            return 0
        if has_rows(output) and not (resume or retry_failed):
            raise SpecwireCodegenError(f"{output} has rows of an earlier run: add --resume, or choose another output")
        rows.first()
        settings: BulkOptions = {
            "concurrency": concurrency,
            "rate": Rate(requests_per_minute=requests_per_minute, tokens_per_minute=tokens_per_minute),
            "ordered": ordered,
            "retry_failed": retry_failed,
            "prices": prices,
            "total": rows.count(),
        }
        try:
            report = run_bulk(rows, output, _options(base_url), settings)
        except (KeyboardInterrupt, SystemExit):
            tell(f"{output} has the results so far: add --resume to continue")
            raise
    cost = "" if report.cost is None else f", cost {report.cost:,.2f}"
    before = f", {report.skipped:,} before" if report.skipped else ""
    say(f"{report.succeeded:,} succeeded, {report.failed:,} failed{before}, {report.seconds:,.1f} s{cost}")
    if report.failed:
        tell(f"the failed rows are in {output}.failed.jsonl: --retry-failed calls them again")
    return 0


def batch(
    client: ClientName,
    method: MethodName,
    *,
    input: str,
    output: str,
    map: Pairs | None = None,
    set: Pairs | None = None,
    id: str | None = None,
    folder: str | None = None,
    dry_run: bool = False,
    cancel: bool = False,
    base_url: str | None = None,
    reading: Reading = NO_MORE,
    root: Root = Path(),
) -> int:
    """Run one request for each row of a file in batches of the provider, at its lower price.

    The same command continues after an interruption. Example:
    specwire batch mistral chat.complete --input rows.jsonl --output out.jsonl --set model=mistral-small-latest

    Parameters
    ----------
    client
        Name of a provider, or a package with its client.
    method
        Method to call, such as chat.complete.
    input
        Rows: a file that ends in .jsonl or .parquet, or a folder of Parquet files.
    output
        File to write: .jsonl, or .parquet for a folder of Parquet files.
    map
        ARGUMENT=COLUMN: take an argument from a column of another name. May be repeated; then only these are taken.
    set
        ARGUMENT=VALUE: give an argument the same value for all rows, whatever their columns are. May be repeated.
    id
        Column with the id of a row.
    folder
        Folder for the files of the batch; by default the output with .batch.
    dry_run
        Print the number of rows, tokens and the first request, and send nothing.
    cancel
        Cancel the jobs of this batch.
    base_url
        Base URL of the server.

    """
    from specwire_codegen.call.rows import cancel_batches, described, rows_of, run_in_batches

    folder = folder or f"{output}.batch"
    with rows_of(root, client, reading.access, method, input, map or (), set or (), id) as rows:
        if dry_run:
            for line in described(rows, None):
                say(line)
            return 0
        if cancel:
            say(f"{cancel_batches(rows.found, folder, _options(base_url)):,} jobs cancelled")
            return 0
        rows.first()
        try:
            succeeded, failed = run_in_batches(rows, output, folder, _options(base_url), tell)
        except KeyboardInterrupt:
            tell(f"the provider goes on with the jobs in {folder}: the same command continues, --cancel cancels them")
            raise
    say(f"{succeeded:,} succeeded, {failed:,} failed")
    if failed:
        tell(f"the failed rows are in {output}.failed.jsonl")
    return 0


def _options(base_url: str | None) -> dict[str, Any]:
    return {} if base_url is None else {"base_url": base_url}
