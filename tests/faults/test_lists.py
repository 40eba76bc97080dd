"""Failures of lists and waiters: each row of the table with every client, over sockets."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from specwire.errors import SpecwireError

from tests.faults.catalogue.list_faults import COUNT, LISTS, ListFault, numbered
from tests.support.caller import KEY, Caller
from tests.support.pool import busy
from tests.support.server import Server


@pytest.mark.parametrize("fault", [pytest.param(fault, id=fault.what) for fault in LISTS])
@pytest.mark.parametrize("size", [None, 100])
def test_a_failure_of_a_list_has_its_result(
    fault: ListFault, size: int | None, caller: Caller, client: Any, server: Server
) -> None:
    """All items in order, or one of our errors with the reason; no connection stays in use."""
    server.respond = numbered(fault.serve)
    sizes = {"list": "size", "by_offset": "limit"}
    arguments = {sizes[fault.method]: size} if size is not None and fault.method in sizes else {}

    def call() -> Any:
        if fault.method == "wait":
            return caller.run(client.jobs.wait("j"))
        return caller.list(getattr(client.things, fault.method).iter(**arguments))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some of these pages differ from the document
        if fault.raises is None:
            assert list(range(COUNT)) == [int(item.id) for item in call()]
        else:
            with pytest.raises(SpecwireError) as caught:
                call()
            assert fault.raises is type(caught.value)
            assert fault.message in str(caught.value) and KEY not in str(caught.value)
            assert len(server.received) <= fault.requests
    assert [] == busy(client)
