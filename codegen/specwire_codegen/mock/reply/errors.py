"""Error replies in the format of the document."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import attrs

from specwire_codegen.mock.document.document import Document
from specwire_codegen.mock.document.operations import MediaType, Operation, Response
from specwire_codegen.mock.document.pointers import ABSENT, find, place
from specwire_codegen.mock.document.validation import Violation
from specwire_codegen.mock.reply.responses import Header, Whole, json_reply
from specwire_codegen.mock.values.examples import Examples, schema_of

MESSAGES: Final = ("/error/message", "/message", "/detail", "/description", "/error", "/errors/0/message", "/title")
"""Usual pointers to the message of an error body, the most common first."""

ROW: Final = {"loc", "msg", "type"}
"""The members of a row in a list of violations."""

KINDS: Final = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    405: "method_not_allowed",
    413: "request_too_large",
    415: "unsupported_media_type",
    422: "invalid_request_error",
    429: "rate_limit_error",
}


@attrs.frozen(eq=False)
class Errors:
    """Factory of error replies."""

    document: Document
    examples: Examples

    def reply(
        self,
        operation: Operation | None,
        status: int,
        message: str | None = None,
        violations: Sequence[Violation] = (),
        headers: Sequence[Header] = (),
    ) -> Whole:
        """Return an error reply; without a message, the document's own example is unchanged."""
        response = None if operation is None else _response(operation, status)
        media = None if response is None else response.json
        text = "; ".join([message or "a failure was asked for", *map(str, violations)])
        if media is None:
            return json_reply(status, _default_body(status, text), headers=headers)
        value = self.examples.value(media)
        if message is not None:
            value = self._with_message(media, value, text, violations)
        stated = response is not None and response.status.isdigit() and bool(media.examples)
        return json_reply(status, value if stated else self._with_kind(media, value, status), media.name, headers)

    def event(self, operation: Operation, pointer: str | None) -> Any:
        """Return the data of an event that reports an error within a stream."""
        where = pointer or "/error"
        bodies = [
            self.examples.value(media)
            for one in operation.responses
            if not one.status.startswith("2")
            for media in one.media
            if media.is_json
        ]
        shaped = next((body for body in bodies if find(body, where) not in (ABSENT, None)), None)
        return shaped or place({}, where, {"message": "the stream was made to fail", "type": "server_error"})

    def _with_message(self, media: MediaType, value: Any, text: str, violations: Sequence[Violation]) -> Any:
        """Return the body with the message, and with each violation if it has a list for them."""
        shapes = [value, *self.examples.values(media), self.examples.drawer.draw(schema_of(media))]
        forms = (form for one in shapes for form in (*_details(one, text, violations), *_messages(one, text)))
        return next((form for form in forms if self.examples.fits(media, form)), value)

    def _with_kind(self, media: MediaType, value: Any, status: int) -> Any:
        """Return the body with the kind of error, unless the document's example is for this exact status."""
        for pointer in ("/error/type", "/type"):
            changed = place(value, pointer, KINDS.get(status, "server_error"))
            if isinstance(find(value, pointer), str) and self.examples.fits(media, changed):
                return changed
        return value


def _details(value: Any, text: str, violations: Sequence[Violation]) -> Iterator[Any]:
    rows = find(value, "/detail")
    if not isinstance(rows, list):
        return
    kept = {key: one for key, one in (rows[0] if rows and isinstance(rows[0], dict) else {}).items() if key in ROW}
    facts = [((one.where, *one.path), one.message, one.keyword) for one in violations] or [(("body",), text, "value")]
    listed = [{**kept, "loc": list(where), "msg": message, "type": kind} for where, message, kind in facts]
    yield place(value, "/detail", listed)


def _messages(value: Any, text: str) -> Iterator[Any]:
    for pointer in MESSAGES:
        if isinstance(find(value, pointer), str):
            yield place(value, pointer, text)


def _response(operation: Operation, status: int) -> Response | None:
    """Return the documented response for an error status, else the closest one."""
    near = [one for one in operation.responses if one.status[0] in "45" and one.json]
    same = [one for one in near if one.status[0] == str(status)[0]]
    fits = operation.under(str(status), f"{str(status)[0]}XX", "default")
    return next(iter([*(one for one in fits if one.json), *same, *near]), None)


def _default_body(status: int, message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": KINDS.get(status, "server_error"), "code": str(status)}}
