"""Clients of older generators run on this runtime, and clients of newer ones say what they need.

`tests/cases/abi/level_N` is a client as the generator wrote it at level N; it is never generated again. `names_N.txt`
has the names that generated code may import at that level. Until the level is released, `UPDATE=1` writes both.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import specwire
import specwire.compat
import specwire.support
from specwire._abi import ABI, OLDEST
from specwire_codegen.generate import document_of
from specwire_codegen.incremental import generate
from specwire_codegen.mock.app import build
from specwire_codegen.mock.server import serve
from specwire_codegen.output.audit import IMPORTS
from specwire_codegen.project import single

from tests.support.paths import CASES

FROZEN = CASES / "abi"
LEVELS = range(OLDEST, ABI + 1)
RELEASED = 0
"""Newest level in a release."""
IMPORTED = frozenset(place for table in IMPORTS for place in table.values())
MODULES = {"specwire.support": specwire.support, "specwire.compat": specwire.compat}

if os.environ.get("UPDATE") and ABI > RELEASED:
    shutil.rmtree(FROZEN / f"level_{ABI}", ignore_errors=True)
    generate(single(FROZEN / "kinds.yaml", f"level_{ABI}", FROZEN), force=True)
    named = sorted(f"{module}.{name}\n" for module, name in IMPORTED if module in MODULES)
    (FROZEN / f"names_{ABI}.txt").write_text("".join(named), "utf-8")


def names(level: int) -> set[tuple[str, str]]:
    """Return the names of the runtime, by module, that clients of a level may import."""
    lines = (FROZEN / f"names_{level}.txt").read_text("utf-8").splitlines()
    return {(module, name) for module, _, name in (line.rpartition(".") for line in lines)}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Mock server of the document of the frozen clients."""
    document, _ = document_of(single(FROZEN / "kinds.yaml", "kinds", FROZEN))
    with serve(build(document.data, keys=("abi-key",))) as found:
        yield found


@pytest.fixture(params=LEVELS)
def package(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of each level."""
    monkeypatch.syspath_prepend(FROZEN)
    return importlib.import_module(f"level_{request.param}")


def test_a_client_of_every_level_makes_every_kind_of_call(package: Any, url: str) -> None:
    """Values, errors, pages, waiting, streams, uploads, downloads and forms."""
    name = next(each for each in package.__all__ if each.startswith("Level"))
    with getattr(package, name)("abi-key", base_url=url) as client:
        lines = [{"kind": "book", "isbn": "1", "count": 2}, {"kind": "voucher", "amount": "1.50"}]
        order = client.orders.create(lines=lines, due=date(2026, 1, 2), labels={"a": "b"})
        assert isinstance(order, package.models.Order)
        assert specwire.from_dict(package.models.Order, specwire.to_dict(order)) == order
        assert client.orders.retrieve(order.id).id == order.id
        assert [each.id for each in client.orders.list.iter(limit=1)]
        assert client.orders.wait(order.id, interval=0).state == "sent"
        with client.orders.events.list(order.id) as events:
            assert all(isinstance(event, package.models.Order) for event in events)
        client.orders.invoice.update(order.id, file=b"%PDF")
        assert client.orders.invoice.retrieve(order.id).read()
        assert isinstance(client.login(user="me", scopes=["a", "b"]), str)
        assert client.orders.retrieve.raw(order.id).status_code == 200
        assert client.orders.retrieve.request("1") == client.orders.retrieve.request("1")
        assert client.orders.delete(order.id) is None
        with pytest.raises(specwire.APIStatusError, match="is a required property"):
            client.orders.create(lines=[{"kind": "book"}])


def test_the_asynchronous_client_of_every_level_calls(package: Any, url: str) -> None:
    """It is a class of its own."""

    async def main() -> str:
        name = next(each for each in package.__all__ if each.startswith("AsyncLevel"))
        async with getattr(package, name)("abi-key", base_url=url) as client:
            async with client.orders.events.list("1") as events:
                assert [event async for event in events]
            found: str = (await client.orders.create(lines=[])).id
            return found

    assert asyncio.run(main())


@pytest.mark.parametrize("level", LEVELS)
def test_the_names_of_every_level_exist(level: int) -> None:
    """Clients of older generators import them."""
    for module, name in names(level):
        assert getattr(MODULES[module], name) is not None


def test_new_names_need_a_new_level() -> None:
    """A client that imports a name which its level lacks would fail on older runtimes without a clear message."""
    used = {each for each in IMPORTED if each[0] in MODULES}
    assert used <= names(ABI), "raise ABI in specwire/_abi.py, then run: UPDATE=1 python -m pytest tests/compatibility"


@pytest.mark.parametrize(("level", "advice"), [(ABI + 1, "pip install --upgrade specwire"), (0, "generate the client")])
@pytest.mark.parametrize("compat", [False, True])
def test_a_client_of_another_level_says_what_to_do(tmp_path: Path, level: int, advice: str, compat: bool) -> None:
    """At import, in one line, before any other import can fail."""
    (tmp_path / "openapi.yaml").write_bytes((FROZEN / "kinds.yaml").read_bytes())
    if compat:
        (tmp_path / "client.toml").write_text('[compat]\nstyle = "stainless"\n', "utf-8")
    generate(single(tmp_path / "openapi.yaml", "kinds", tmp_path))
    init = tmp_path / "kinds" / "__init__.py"
    text = init.read_text("utf-8")
    assert text.count(f"abi={ABI}") == 1
    init.write_text(text.replace(f"abi={ABI}", f"abi={level}"), "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", "import kinds"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    last = done.stderr.splitlines()[-1]
    assert done.returncode == 1 and last.startswith(f"ImportError: kinds was generated for ABI {level} of specwire")
    assert advice in last
