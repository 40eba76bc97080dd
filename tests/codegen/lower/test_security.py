"""Credentials of operations: never less than the document requires."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from specwire_codegen.generate import api_of, document_of
from specwire_codegen.ir import Api, UndeclaredScheme
from specwire_codegen.project import single

SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "token": {"type": "http", "scheme": "bearer"},
    "in_body": {"type": "apiKey", "in": "body", "name": "key"},
    "odd": {"type": "odd"},
    "untyped": {},
    "no_scheme": {"type": "http"},
    "bad_header": {"type": "apiKey", "in": "header", "name": "X Key"},
    "framing": {"type": "apiKey", "in": "header", "name": "Content-Length"},
}
USABLE = frozenset({"key", "token"})
NAMES = (*SCHEMES, "missing")
SINGLE = tuple((name,) for name in NAMES)
PAIRS = tuple(combinations(("key", "token", "odd", "missing"), 2))


def api(folder: Path, security: list[dict[str, list[str]]], *, whole: bool) -> Api:
    """Return the API of an operation with this requirement, its own or the document's."""
    operation: dict[str, Any] = {"operationId": "read", "responses": {"204": {"description": "Done."}}}
    data = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/x": {"get": operation if whole else {**operation, "security": security}}},
        "components": {"securitySchemes": SCHEMES},
        **({"security": security} if whole else {}),
    }
    (folder / "t.yaml").write_text(yaml.safe_dump(data), "utf-8")
    target = single(folder / "t.yaml", "t", folder)
    return api_of(target, document_of(target)[0])


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("first", [*SINGLE, *PAIRS])
@pytest.mark.parametrize("second", [None, *SINGLE, *PAIRS])
def test_no_requirement_is_weakened(
    tmp_path: Path, whole: bool, first: tuple[str, ...], second: tuple[str, ...] | None
) -> None:
    """Each alternative is complete and documented; supported ones come first."""
    stated = [names for names in (first, second) if names is not None]
    found = api(tmp_path, [{name: [] for name in names} for names in stated], whole=whole)
    security, (operation,) = found.security, found.operations
    assert security is not None and operation.secure
    ways = [frozenset(names) for names in operation.security or security.requirements]
    required = {frozenset(names) for names in stated}
    assert set(ways) == ({names for names in required if names <= USABLE} or required)
    undeclared = {name for name, scheme in security.schemes if isinstance(scheme, UndeclaredScheme)}
    assert undeclared == {name for names in ways for name in names} - USABLE


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_an_empty_alternative_allows_anonymous_calls(tmp_path: Path, whole: bool, name: str) -> None:
    """An unsupported scheme next to it does not change that."""
    security = api(tmp_path, [{name: []}, {}], whole=whole).security
    assert security is not None and () in security.requirements and not security.required
    assert not any(isinstance(scheme, UndeclaredScheme) for _, scheme in security.schemes)
