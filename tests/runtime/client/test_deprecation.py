"""Methods of operations that the API deprecates."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

import pytest
from specwire.support import AsyncResource, Resource, deprecated, endpoint, paginated

from tests.support import sample
from tests.support.caller import Caller
from tests.support.sample import Thing
from tests.support.server import Server, reply


class _Olds:
    get = deprecated(endpoint(sample.get))
    list = deprecated(paginated(sample.list_))
    fresh = endpoint(sample.get)


class Olds(_Olds, Resource):
    """Deprecated methods."""


class AsyncOlds(_Olds, AsyncResource):
    """Deprecated methods."""


@pytest.fixture
def olds(caller: Caller) -> Any:
    """Resource with deprecated methods."""
    made: Any = AsyncOlds() if caller.asynchronous else Olds()
    made._session = caller.client().things._session
    return made


def test_a_call_warns_at_the_caller_s_line(caller: Caller, olds: Any, server: Server) -> None:
    """The warning names the method and appears once per call."""
    server.play(reply({"id": "1"}))
    with pytest.warns(DeprecationWarning) as caught:
        assert Thing(id="1") == caller.run(olds.get("1"))
    [one] = caught
    assert f"{type(olds).__name__}.get is deprecated by the API" == str(one.message)
    assert caller.file_of_call(__file__) == one.filename


@pytest.mark.parametrize("way", ["request", "raw", "iter", "pages", "with_options"])
def test_every_form_of_a_call_warns(way: str, caller: Caller, olds: Any, server: Server) -> None:
    """Requests, raw responses, iterators and methods with other options warn too."""
    server.play(reply({"data": []}))
    with pytest.warns(DeprecationWarning, match="list is deprecated"):
        made = olds.list.with_options(timeout=5)() if way == "with_options" else getattr(olds.list, way)()
        caller.list(made) if way in ("iter", "pages") else caller.run(made)


def test_a_loop_warns_once(caller: Caller, olds: Any, server: Server) -> None:
    """The default filter shows the warning of a line once."""
    server.play(*[reply({"id": "1"})] * 3)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            caller.run(olds.get("1"))
    assert 1 == len(caught)


def test_other_methods_do_not_warn(caller: Caller, olds: Any, server: Server) -> None:
    """The builder and other methods of the resource are unchanged."""
    server.play(reply({"id": "1"}))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Thing(id="1") == caller.run(olds.fresh("1"))
        sample.get("1")


def test_signature_and_docstring_are_kept(olds: Any) -> None:
    """Editors and `help()` show the same as for other methods."""
    assert inspect.signature(olds.fresh) == inspect.signature(olds.get)
    assert olds.fresh.__doc__ == olds.get.__doc__
    assert "<deprecated endpoint get(thing_id, tags, where, ...)>" == repr(type(olds).get)
