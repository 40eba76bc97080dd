"""Modules of resources: each resource has its own, whatever the words of its name."""

from __future__ import annotations

import importlib
import itertools
import json
import sys
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import Specwire, specwire

__all__ = ["specwire"]

WORDS = ("big", "blue", "boat")


def methods() -> Iterator[str]:
    """Yield methods of resources whose modules could have the same name: the words joined with dots and underscores."""
    for size in range(1, len(WORDS) + 1):
        for signs in itertools.product("._", repeat=size - 1):
            resource = "".join(word + sign for word, sign in itertools.zip_longest(WORDS[:size], signs, fillvalue=""))
            yield f"{resource}.go"


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("named_by", ["client.toml", "operationId"])
def test_every_method_is_on_the_client_and_makes_its_own_call(
    tmp_path: Path, specwire: Specwire, monkeypatch: pytest.MonkeyPatch, named_by: str, turned: bool
) -> None:
    """A resource below another and one whose name has an underscore do not replace each other."""
    wanted = sorted(methods(), reverse=turned)
    ids = {method: method if named_by == "operationId" else f"o{number}" for number, method in enumerate(wanted)}
    done: dict[str, Any] = {"responses": {"204": {"description": "d"}}}
    paths = {f"/{number}": {"get": {"operationId": ids[method], **done}} for number, method in enumerate(wanted)}
    document = {"openapi": "3.1.0", "info": {"title": "Boats", "version": "1"}, "paths": paths}
    (tmp_path / "openapi.json").write_text(json.dumps(document), "utf-8")
    if named_by == "client.toml":
        lines = [f'{ids[method]} = "{method}"\n' for method in wanted]
        (tmp_path / "client.toml").write_text("[operations]\n" + "".join(lines), "utf-8")
    package = f"boats_{named_by[-2:].lower()}_{turned:d}"
    code, _, err = specwire(
        "generate", str(tmp_path / "openapi.json"), "--package", package, "-o", str(tmp_path / "out")
    )
    assert code == 0, err
    monkeypatch.syspath_prepend(str(tmp_path / "out"))
    client = getattr(importlib.import_module(package), f"Boats{named_by[-2:].title()}{turned:d}")(base_url="http://x")
    assert ids == {method: attrgetter(method)(client).request().operation.id for method in wanted}
    for name in [each for each in sys.modules if each.partition(".")[0] == package]:
        del sys.modules[name]
