"""Routes: the operation that a path names, however many templates fit."""

from __future__ import annotations

import itertools

import pytest
from specwire_codegen.mock.document import load_operations
from specwire_codegen.mock.document.document import Document
from specwire_codegen.mock.request.routing import Found, build

TEMPLATES = {
    "/v2/{name}": "/v2/a",
    "/v2/{resource}:getPolicy": "/v2/a:getPolicy",
    "/v2/{resource}:get": "/v2/a:get",
    "/v2/all": "/v2/all",
    "/v2/{name}.{format}": "/v2/a.json",
    "/v2/{name}/parts": "/v2/a/parts",
    "/v2/all/{part}": "/v2/all/b",
    "/{version}/all": "/v3/all",
}


@pytest.mark.parametrize("order", list(itertools.permutations(TEMPLATES))[::2017])
def test_the_template_with_most_literal_text_is_chosen(order: tuple[str, ...]) -> None:
    """Segment by segment, in any order of the document."""
    get = {"responses": {"204": {"description": "d"}}}
    paths = {template: {"get": {"operationId": template, **get}} for template in order}
    operations = load_operations.read(Document({"openapi": "3.2.0", "paths": paths}))
    router = build(operations)
    for template, path in TEMPLATES.items():
        found = router.match("GET", path)
        assert isinstance(found, Found) and found.operation.path == template
