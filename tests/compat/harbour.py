"""The client of this folder's document, and a server for it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import attrs
import httpx2
from specwire_codegen.generate import build
from specwire_codegen.output.package import write
from specwire_codegen.project import single

HERE = Path(__file__).parent
PACKAGE = "harbour"
SHIP = {"id": "3f1e", "name": "Rex", "homePort": {"portName": "Kiel"}}


def generate(folder: Path, settings: str = "") -> Path:
    """Generate the client as `folder/harbour`, with further lines below `[compat]`."""
    for name in ("openapi.yaml", "client.toml"):
        text = (HERE / name).read_text("utf-8")
        (folder / name).write_text(text.replace("[compat]\n", f"[compat]\n{settings}", 1), "utf-8")
    target = single(folder / "openapi.yaml", PACKAGE, folder)
    write(target.output, build(target).files)
    return target.output


def imported(folder: Path, settings: str = "") -> Any:
    """Return the package of the client, generated below a folder."""
    generate(folder, settings)
    sys.path.insert(0, str(folder))
    return import_module(PACKAGE)


@attrs.define
class Server:
    """Responses by method and path, and the requests that came."""

    responses: dict[tuple[str, str], Callable[[httpx2.Request], httpx2.Response]] = attrs.field(factory=dict)
    requests: list[httpx2.Request] = attrs.field(factory=list)

    def on(self, method: str, path: str, response: Any = None, status: int = 200, **options: Any) -> None:
        """Answer a route with JSON, with a response, or with what a function makes of the request."""

        def made(request: httpx2.Request) -> httpx2.Response:
            if callable(response):
                result: httpx2.Response = response(request)
                return result
            return httpx2.Response(status, json=response) if not options else httpx2.Response(status, **options)

        self.responses[method, path] = made

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request."""
        request.read()
        self.requests.append(request)
        response = self.responses.get((request.method, request.url.path.removeprefix("/v1")))
        return (
            response(request) if response is not None else httpx2.Response(404, json={"code": "none", "message": "no"})
        )

    @property
    def sent(self) -> Any:
        """The JSON body of the last request."""
        return json.loads(self.requests[-1].content)


def events(*data: str) -> bytes:
    """Return server-sent events."""
    return "".join(f"data: {each}\n\n" for each in data).encode()


def pages() -> Callable[[httpx2.Request], httpx2.Response]:
    """Return an answer with three ships on two pages."""

    def page(request: httpx2.Request) -> httpx2.Response:
        after = request.url.params.get("after")
        ships = [{**SHIP, "id": each} for each in (("a", "b") if after is None else ("c",))]
        return httpx2.Response(200, json={"data": ships, "has_more": after is None, "took": 3})

    return page
