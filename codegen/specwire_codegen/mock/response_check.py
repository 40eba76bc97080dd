"""Check of a server's responses against the document, for the proxy and for live contract runs."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

import attrs

from specwire_codegen.mock.document.document import Document
from specwire_codegen.mock.document.operations import Operation, Response, media_names
from specwire_codegen.mock.document.validation import Validators
from specwire_codegen.mock.request.content_negotiation import declared
from specwire_codegen.mock.response_bodies import Describe, Json, Reader, Values, reader
from specwire_codegen.openapi.media_types import base_type

MOST: Final = 20
"""Maximum number of departures of one response."""
HELD: Final = 16 * 1024 * 1024
"""Maximum number of bytes of a response, or of one event, to check."""
_BODILESS = (204, 205, 304)
_LISTS = ("link", "set-cookie", "vary", "www-authenticate", "warning")
"""Headers that a response may have several times."""


@attrs.frozen(eq=False)
class ResponseCheck:
    """Check of responses."""

    document: Document
    validators: Validators
    describe: Describe = lambda violation, value: ""
    """What to add to a violation of a value; by default nothing, so that no value is in a message."""
    undeclared: Collection[int] = ()
    """Statuses that need not be declared."""
    free_bodies: bool = False
    """True if responses may have bodies where the document declares none."""

    def begin(self, operation: Operation, method: str, status: int, headers: Sequence[tuple[str, str]]) -> "Watch":
        """Return the check of a response whose body is still to come."""
        found = operation.under(str(status), f"{status // 100}XX", "default")
        if not found:
            listed = ", ".join(one.status for one in operation.responses) or "none"
            return Watch([] if status in self.undeclared else [f"status {status} is not declared: {listed}"])
        response = found[0]
        watch = Watch([*self._of_headers(response, headers)])
        content_type = next((value for name, value in headers if name.lower() == "content-type"), "")
        if method == "HEAD" or status in _BODILESS or (self.free_bodies and not response.media):
            return watch
        media = declared(response.media, base_type(content_type)) if content_type else None
        values = Values(self.document, self.validators, self.describe)
        if media is not None:
            watch.reader = reader(values, media, content_type)
        else:
            what = f"content type {base_type(content_type)!r}" if content_type else "a body without content type"
            watch.undeclared = f"{what} is not declared: {media_names(response.media)}"
        if response.media and all(one.is_json for one in response.media) and not isinstance(watch.reader, Json):
            watch.missing = f"a body is expected: {media_names(response.media)}"
        return watch

    def _of_headers(self, response: Response, headers: Sequence[tuple[str, str]]) -> Iterator[str]:
        for header in response.headers:
            name = header.name.lower()
            values = {value for one, value in headers if one.lower() == name}
            if header.required and not values:
                yield f"header {header.name} is required"
            is_list = name in _LISTS or {"array", "object"} & {*self.document.types(header.schema)}
            if len(values) > 1 and not is_list:
                yield f"header {header.name} has {len(values)} different values, and one is declared"


@attrs.define(eq=False)
class Watch:
    """Check of one response; it holds the body, or the current event of a stream, up to a limit."""

    departures: list[str]
    reader: Reader | None = None
    undeclared: str = ""
    """Departure of any body at all."""
    missing: str = ""
    """Departure of a response without a body."""

    def feed(self, chunk: bytes) -> None:
        """Check the next bytes."""
        if not chunk:
            return
        self.missing = ""
        if self.undeclared:
            self._note((self.undeclared,))
            self.undeclared = ""
        if self.reader is not None:
            self._note(self.reader.feed(chunk))
            if len(self.reader.held) > HELD:
                self.reader = None

    def end(self) -> tuple[str, ...]:
        """Return the departures of the complete response, each once."""
        if self.missing:
            self._note((self.missing,))
        if self.reader is not None:
            self._note(self.reader.end())
        return tuple(self.departures)

    def _note(self, found: Iterable[str]) -> None:
        for departure in islice(found, MOST):
            if departure not in self.departures and len(self.departures) < MOST:
                self.departures.append(departure)
