"""An operation's credentials are reported exactly if some that were enough before are not any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, combinations, product
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from specwire_codegen.diff.change import Change
from specwire_codegen.diff.compare import changes
from specwire_codegen.ir import Api

from .test_changes import client_of

Stated: TypeAlias = list[dict[str, list[str]]] | None
"""A `security` field; None if it is absent."""

KEY: dict[str, list[str]] = {"key": []}
ADMIN: dict[str, list[str]] = {"admin": []}
GLOBAL: tuple[Stated, ...] = (None, [], [KEY], [KEY, {}])
OWN: tuple[Stated, ...] = (None, [], [{}], [KEY], [{}, KEY], [ADMIN], [KEY, ADMIN], [{**KEY, **ADMIN}])
COMBINATIONS = [*product(GLOBAL, OWN)]
CREDENTIALS = [frozenset(each) for each in chain.from_iterable(combinations(("key", "admin"), n) for n in range(3))]


def document(root: Stated, own: Stated, *, others: bool) -> dict[str, Any]:
    """Return a document with an operation, and with others that use both schemes."""
    responses = {"204": {"description": "done"}}
    called: dict[str, Any] = {"operationId": "things.list", "responses": responses}
    paths: dict[str, Any] = {"/things": {"get": called}}
    if own is not None:
        called["security"] = own
    for name in ("key", "admin") if others else ():
        one = {"operationId": f"{name}s.list", "responses": responses, "security": [{name: []}]}
        paths[f"/{name}s"] = {"get": one}
    schemes = {name: {"type": "apiKey", "in": "header", "name": f"x-{name}"} for name in ("key", "admin")}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Shop", "version": "1"},
        "servers": [{"url": "https://shop.test"}],
        "paths": paths,
        "components": {"securitySchemes": schemes},
        **({} if root is None else {"security": root}),
    }


def is_enough(credentials: frozenset[str], root: Stated, own: Stated) -> bool:
    """Return whether a server of the document accepts a call with these credentials."""
    effective = root if own is None else own
    return not effective or any(credentials.issuperset(each) for each in effective)


def rejects_more(old: tuple[Stated, Stated], new: tuple[Stated, Stated]) -> bool:
    """Return whether some credentials were enough for the operation and are not any more."""
    return any(is_enough(each, *old) and not is_enough(each, *new) for each in CREDENTIALS)


@pytest.fixture(scope="module", params=[True, False], ids=["with others", "alone"])
def clients(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Mapping[int, Api]:
    """Client of every combination."""
    folder = tmp_path_factory.mktemp("credentials")
    return {
        number: client_of(document(root, own, others=request.param), folder / str(number))
        for number, (root, own) in enumerate(COMBINATIONS)
    }


def of_the_operation(found: tuple[Change, ...]) -> Iterator[Change]:
    """Yield the changes of the operation."""
    return (each for each in found if each.subject == "client.things.list()")


def test_credentials_are_reported_if_those_before_are_not_enough(clients: Mapping[int, Api]) -> None:
    """For every pair of `security` at the root and at the operation: one change, or none."""
    wrong = []
    for old, new in product(clients, repeat=2):
        found = changes(clients[old], clients[new])
        reported = [str(each) for each in of_the_operation(found)]
        expected = rejects_more(COMBINATIONS[old], COMBINATIONS[new])
        of_the_client = [each for each in found if each.kind == "client" and each.severity == "breaking"]
        if len(reported) != expected and not (expected and of_the_client):
            wrong.append((COMBINATIONS[old], COMBINATIONS[new], reported))
    assert wrong == []


def test_the_sample_has_both_outcomes() -> None:
    """Hundreds of pairs change what users need, and hundreds do not."""
    outcomes = [rejects_more(old, new) for old, new in product(COMBINATIONS, repeat=2)]
    assert min(sum(outcomes), len(outcomes) - sum(outcomes)) > 200


@pytest.mark.parametrize(
    ("new", "text"),
    [
        ([KEY], "now needs credentials"),
        ([{**KEY, **ADMIN}], "now needs credentials"),
    ],
)
def test_an_operation_without_credentials_needs_some(new: Stated, text: str, tmp_path: Path) -> None:
    """The text does not name what was enough, since nothing was needed."""
    old = client_of(document([KEY], [], others=True), tmp_path / "old")
    found = changes(old, client_of(document([KEY], new, others=True), tmp_path / "new"))
    assert [("risky", f"client.things.list(): {text}")] == [(one.severity, str(one)) for one in found]


def test_the_last_operation_that_needs_credentials_may_go(tmp_path: Path) -> None:
    """An operation with `security: []` needs none before and after, with and without a global requirement."""
    old = client_of(document(None, [], others=True), tmp_path / "old")
    new = client_of(document(None, [], others=False), tmp_path / "new")
    assert [] == [str(each) for each in of_the_operation(changes(old, new))]
