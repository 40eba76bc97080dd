"""Mock servers of the shipped providers."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from specwire_codegen.mock import app as mock_app, server
from specwire_codegen.mock.document import load_operations
from specwire_codegen.mock.document.document import Document
from specwire_codegen.mock.document.operations import MediaType, Operation
from specwire_codegen.mock.document.validation import Validators
from specwire_codegen.mock.values.examples import schema_of
from specwire_codegen.mock.values.sampling import Sampler

from tests.support.paths import SPECS
from tests.support.time_limit import PATIENCE


def names() -> list[str]:
    """Return the providers with a normalized document."""
    return sorted(path.parent.name for path in SPECS.glob("*/normalized.json"))


def target(drawer: Sampler, operation: Operation) -> tuple[str, dict[str, Any]]:
    """Return path and query of a request with all required parameters."""
    path, query = operation.path, {}
    for parameter in operation.parameters:
        if parameter.place == "path":
            path = path.replace(f"{{{parameter.name}}}", str(drawer.draw(parameter.schema)))
        elif parameter.place == "query" and parameter.required:
            query[parameter.name] = drawer.draw(parameter.schema)
    return path, query


def bodies(document: Document, drawer: Sampler, media: MediaType) -> Iterator[dict[str, Any]]:
    """Yield the examples of a request body, or a drawn one, as arguments of the HTTP client."""
    if media.is_json:
        values = [example.value for example in media.examples] or [drawer.draw(schema_of(media))]
        yield from ({"json": value} for value in values)
        return
    drawn = drawer.draw(schema_of(media))
    files = {
        name
        for name, member in document.properties(schema_of(media)).items()
        if any(one.get("format") == "binary" or "contentMediaType" in one for one in document.variants(member))
    }
    yield {
        "data": {name: value for name, value in drawn.items() if name not in files},
        "files": {name: (f"{name}.txt", b"content") for name in sorted(files)},
    }


@pytest.mark.parametrize("provider", names())
def test_every_example_is_accepted(provider: str) -> None:
    """Every response to it is valid."""
    data = json.loads((SPECS / provider / "normalized.json").read_text())
    document = Document(data)
    drawer = Sampler(document, Validators(document, "request"))
    responses = Validators(document, "response")
    with (
        server.serve(mock_app.build(data)) as url,
        httpx2.Client(base_url=url, timeout=PATIENCE, headers={"authorization": "Bearer test-key"}) as client,
    ):
        for operation in load_operations.read(document):
            path, query = target(drawer, operation)
            media = operation.body.media[0] if operation.body else None
            for body in bodies(document, drawer, media) if media else [{}]:
                client.post("/__mock__/reset")
                reply = client.request(operation.method, path, params=query, **body)
                assert reply.is_success, f"{operation.id}: {reply.text}"
                response = operation.success.json
                if response is not None and reply.headers["content-type"] == response.name:
                    wrong = responses.violations(schema_of(response), reply.json(), "body")
                    assert [f"{operation.id}: {violation}" for violation in wrong] == []
