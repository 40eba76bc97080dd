"""Fields and query parameters that select a stream of events as the response."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from specwire_codegen.normalize.inference.reading import Schemas, describes, resolved, types_of

_FLAGS = frozenset(
    "stream streaming streamed isstream isstreaming streamresponse streamresponses responsestream streamoutput "
    "outputstream streamresult streamresults streamevents enablestream enablestreaming usestream usestreaming dostream "
    "shouldstream withstream withstreaming streamenabled streamingenabled streammode".split()
)
"""Names of boolean switches, without separators."""
_EVENTS = ("sse", "event-stream", "event_stream", "text/event-stream", "server-sent-events", "server_sent_events")
"""Values that select events under any name."""
_STREAMS = (*_EVENTS, "stream", "streaming", "streamed", "events")
"""Values that select events, in a field whose name is that of a switch."""
_SELECTS = re.compile(r"stream|mode|format|type|delivery|transport", re.IGNORECASE)
_FORMS = re.compile(r"stream|respon|output|deliver|answer|repl(y|ies)", re.IGNORECASE)
"""Names of fields for the form of a response."""
_SAYS_EVENTS = (
    r"\b(as|via|using|with|through|by|in|of|return|returns|send|sends|emit|emits) (an? |the )?"
    r"(server[- ]sent events?|sse\b|event[- ]stream|text/event-stream)"
)
"""Description of a flag with any name that makes the server send events."""
_DENIES = r"\b(not|no|never|without|disable[sd]?|instead of|rather than|unless|false)\b"
_SENDS = (
    r"server[- ]sent|\bsse\b|event[- ]?stream|incremental|partial|chunk|token[- ]by[- ]token|"
    r"\bstream(s|ed|ing)?\b.*\b(response|result|output|back|answer|repl(y|ies)|event|token|delta|message|completion|"
    r"progress|generation|data)s?\b|"
    r"\b(response|result|output|answer|event|token|delta|message|completion|progress|generation)s?\b.*\bstream"
)
"""Description of a flag that makes the server send a response in parts."""


@attrs.frozen
class Switch:
    """A field of the body, or a query parameter, and the value of it that selects events."""

    name: str
    value: bool | str
    schema: Mapping[str, Any]
    in_query: bool = False

    def declared(self) -> dict[str, Any]:
        """Return the switch as part of `x-specwire-stream`."""
        return {"field": self.name, "value": self.value, **({"in": "query"} if self.in_query else {})}

    def selects(self, method: str) -> bool:
        """Return whether it selects a stream that is not declared, by its description or, in a POST, by its name."""
        if isinstance(self.value, str) and not _FORMS.search(self.name):
            return False
        if self.value is True and self.name.replace("_", "").replace("-", "").lower() not in _FLAGS:
            return True  # by its description
        if self.in_query or method != "post":
            return describes(self.schema, _SENDS)
        return not self.schema.get("description") or describes(self.schema, _SENDS)


def switches(operation: Mapping[str, Any], body: Mapping[str, Any], schemas: Schemas) -> Iterator[Switch]:
    """Yield the switches of an operation with this body: fields first, flags before enumerations."""
    fields = body.get("properties", {})
    query = {
        str(each.get("name")): each
        for each in operation.get("parameters", ())
        if isinstance(each, Mapping) and each.get("in") == "query"
    }
    found = [
        *(_switch(name, resolved(each, schemas), (each,), in_query=False) for name, each in fields.items()),
        *(
            _switch(name, resolved(each.get("schema"), schemas), (each.get("schema"), each), in_query=True)
            for name, each in query.items()
        ),
    ]
    yield from sorted(filter(None, found), key=lambda one: (one.in_query, one.value is not True, len(one.name)))


def _text(node: Any) -> Mapping[str, Any]:
    return {"description": node["description"]} if isinstance(node, Mapping) and node.get("description") else {}


def _switch(name: str, schema: Mapping[str, Any], places: Sequence[Any], *, in_query: bool) -> Switch | None:
    """Return the switch that a field or parameter is; the last description of its places is its own."""
    is_flag = types_of(schema) == {"boolean"}
    if not is_flag and "enum" not in schema and "const" not in schema:
        return None
    for place in places:
        schema = {**schema, **_text(place)}
    if is_flag:
        plain = name.replace("_", "").replace("-", "").lower()
        allowed = schema.get("enum", [schema.get("const", True)])
        selects_events = describes(schema, _SAYS_EVENTS) and not describes(schema, _DENIES)
        return Switch(name, True, schema, in_query) if (plain in _FLAGS or selects_events) and True in allowed else None
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    known = _STREAMS if _SELECTS.search(name) else _EVENTS
    value = next((each for each in values if isinstance(each, str) and each.lower() in known), None)
    return Switch(name, value, schema, in_query) if value is not None else None
