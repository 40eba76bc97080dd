"""Runs of many requests: JSON Lines, Parquet or any rows in, one outcome for each row out, through crashes and limits.

::

    from specwire import bulk
    from specwire_clients.mistral import AsyncMistral

    client = AsyncMistral()
    requests = (
        client.chat.complete.request(model="mistral-small-latest", messages=row["messages"])
        for row in bulk.read("rows.jsonl")
    )
    bulk.run(requests, client, sink="results.jsonl", concurrency=64)

Call it again to continue after a crash: no row is lost, doubled, or paid again.
"""

from typing import TYPE_CHECKING

from specwire._lazy import by_module, lazy as _lazy

if TYPE_CHECKING:
    from specwire._batch.results import (
        BatchResults as BatchResults,
    )
    from specwire._batch.run import (
        BatchProgress as BatchProgress,
    )
    from specwire._bulk.budget import (
        Prices as Prices,
        Rate as Rate,
    )
    from specwire._bulk.entry import (
        BulkOptions as BulkOptions,
    )
    from specwire._bulk.outcomes import (
        Failure as Failure,
        Outcome as Outcome,
        Report as Report,
    )
    from specwire._bulk.progress import (
        Progress as Progress,
    )
    from specwire._bulk.sources import (
        read as read,
    )
    from specwire._cluster.entry import (
        arun as arun,
        run as run,
    )

_MODULES = by_module(
    {
        "_batch.results": "BatchResults",
        "_batch.run": "BatchProgress",
        "_bulk.budget": "Prices Rate",
        "_bulk.entry": "BulkOptions",
        "_bulk.outcomes": "Failure Outcome Report",
        "_bulk.progress": "Progress",
        "_bulk.sources": "read",
        "_cluster.entry": "arun run",
    }
)
__getattr__ = _lazy("specwire", _MODULES, home=__name__)

if not TYPE_CHECKING:  # checkers take the names from the imports above
    __all__ = sorted(_MODULES)


def __dir__() -> list[str]:
    return sorted(_MODULES)
