"""The module of the classes of pages, by the names of the published client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from specwire_codegen.classes.annotation import out
from specwire_codegen.compat.imports import COMPAT
from specwire_codegen.ir import (
    Api,
    Cursor,
    JsonPayload,
    ModelRef,
    NextURL,
    Nullable,
    ObjectModel,
    Offset,
    Operation,
    PageNumber,
)
from specwire_codegen.python_source import docstring
from specwire_codegen.render.module import import_block, rendered
from specwire_codegen.render.signature import MODELS


@attrs.frozen
class PageClass:
    """A class of pages: the annotations of its fields by name."""

    name: str
    fields: Mapping[str, str]


def page_name(operation: Operation, api: Api) -> str:
    """Return the name of the class of an operation's pages, without `Sync` and `Async`."""
    assert api.compat is not None
    if operation.id in api.compat.pages:
        return api.compat.pages[operation.id]
    match operation.pagination:
        case Cursor():
            return "CursorPage"
        case Offset():
            return "OffsetPage"
        case NextURL():
            return "URLPage"
        case PageNumber() | None:
            return "NumberPage"


def render_pages(api: Api, header: str) -> str | None:
    """Return the source of the module of pages, or None if no operation has any."""
    classes: dict[str, dict[str, str]] = {}
    for operation in api.operations:
        if operation.pagination is not None:
            fields = dict(_fields(operation, api))
            name = page_name(operation, api)
            if name in classes:
                same = classes[name]
                fields = {each: kind if same[each] == kind else "Any" for each, kind in fields.items() if each in same}
            classes[name] = fields
    if not classes:
        return None
    context = {
        "title": docstring(f"Pages of lists, which iterate over the items of all pages that follow.\n\n{header}"),
        "classes": [PageClass(name, fields) for name, fields in sorted(classes.items())],
    }
    extra = {"models": "from . import models"}
    return rendered("compat_pages.py.jinja", context, lambda used: import_block(used, extra, known=COMPAT))


def _fields(operation: Operation, api: Api) -> Iterator[tuple[str, str]]:
    """Yield the fields of a page, with those of its items generic."""
    payload, pagination = operation.payload, operation.pagination
    models = {model.name: model for model in api.models}
    if not isinstance(payload, JsonPayload) or not isinstance(payload.type, ModelRef) or pagination is None:
        return
    page = models[payload.type.name]
    if not isinstance(page, ObjectModel):
        return
    for field in page.fields:
        if (field.name,) == tuple(pagination.items):
            yield field.name, "list[ItemT]"
        elif field.required_in_response:
            yield field.name, out(field.type, MODELS)
        else:
            yield field.name, out(field.type if isinstance(field.type, Nullable) else Nullable(field.type), MODELS)
