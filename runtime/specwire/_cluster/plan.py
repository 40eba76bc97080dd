"""What every worker of a run must know, and what a run on a cluster refuses."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeAlias, cast

import msgspec

from specwire._auth.credential import StaticCredential
from specwire._bulk.entry import BulkOptions, Target, check_options
from specwire._client.async_client import AsyncClient
from specwire._client.sync_client import Client
from specwire._cluster.leases import Lease
from specwire.errors import ConfigurationError

MakeClient: TypeAlias = Callable[[], Client | AsyncClient]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A run, as it is sent to workers: it contains no client and no key."""

    run: str
    """Random text that marks the run."""
    client: MakeClient
    output: str
    """Folder of the results."""
    options: BulkOptions
    lease: Lease | None = None
    """Where workers lease budget; None without limits per minute."""

    @property
    def journal(self) -> str:
        """Folder of the journals of all partitions."""
        return f"{self.output}.journal"

    @property
    def failures(self) -> str:
        """File of the rows that failed."""
        return f"{self.output}.failed.jsonl"

    def __repr__(self) -> str:
        """Leave out what functions may contain: engines log the arguments of their tasks."""
        return f"<run of requests into {self.output}>"


def output_of(sink: Target) -> str:
    """Return the folder of the results, for workers in other directories too; raise `ConfigurationError`."""
    if callable(sink):
        raise ConfigurationError("on a cluster, the sink is a folder of Parquet files: name it .parquet")
    path = os.path.abspath(os.fspath(sink))
    if not path.endswith(".parquet"):
        raise ConfigurationError(
            f"the output {path!r} has an unknown ending: on a cluster it is a folder of Parquet files, named .parquet"
        )
    return path


def checked_options(options: BulkOptions) -> BulkOptions:
    """Return the keywords of a run that workers get; raise `ConfigurationError` for those of one machine only."""
    if options.get("journal") is not None:
        raise ConfigurationError("a run on a cluster keeps its journals next to the output: leave out journal=")
    check_options(options)
    kept = {name: value for name, value in options.items() if name not in ("progress", "total", "journal")}
    return cast("BulkOptions", kept)


def check_client(client: Any) -> None:
    """Raise `ConfigurationError` unless workers can make their own client."""
    if isinstance(client, Client | AsyncClient):
        name = type(client).__name__
        raise ConfigurationError(
            f"a client and its key are not sent to workers: give a function that makes one there, such as {name} itself, "
            "and set the key in the environment of the workers"
        )
    if not callable(client):
        raise ConfigurationError(f"client is {client!r}: give a function that makes a client on each worker")


def require_client(made: Any) -> None:
    """Raise `ConfigurationError` unless the function for the client made one."""
    if not isinstance(made, Client | AsyncClient):
        raise ConfigurationError(f"the function for the client made a {type(made).__name__}: let it return a client")


def check_sendable(plan: Plan, dumps: Callable[[Any], bytes]) -> None:
    """Raise `ConfigurationError` if the functions of a run cannot be sent to workers, or contain the key."""
    try:
        data = dumps((plan.client, plan.options))
    except Exception as error:
        raise ConfigurationError(
            f"the functions of the run cannot be sent to workers: {error}. Build requests with the functions of the "
            "package's `operations`, which need no client"
        ) from error
    if any(secret.encode() in data for secret in _secrets(plan.client)):
        raise ConfigurationError(
            "the function that makes the client contains its key, which schedulers would store: read it on the worker, "
            "from the environment or a file"
        )


def _secrets(make: MakeClient) -> list[str]:
    """Return the secrets of the client, if this process has what the function needs."""
    try:
        client = make()
    except Exception:  # keys are on the workers only
        return []
    require_client(client)
    credentials = client._session._credentials
    sources = credentials._sources.values() if credentials is not None else ()
    found = [secret for source in sources if isinstance(source, StaticCredential) for secret in source.auth.secrets]
    return [*found, *(value for name, value in (client._session.options.headers or {}).items() if _is_secret(name))]


def _is_secret(name: str) -> bool:
    return any(part in name.lower() for part in ("auth", "key", "token", "secret", "cookie"))
