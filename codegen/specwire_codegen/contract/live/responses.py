"""Differences of a live server's response from the document, with the values that were received."""

from __future__ import annotations

import json
from typing import Any

from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.exchange import Exchange
from specwire_codegen.contract.values.redaction import names_secret
from specwire_codegen.mock.document import load_operations
from specwire_codegen.mock.document.document import Document
from specwire_codegen.mock.document.validation import Validators, Violation
from specwire_codegen.mock.response_check import ResponseCheck

_FINE = (401, 403, 404, 409, 429)
"""Rejections that say nothing about the document: of a key, of an id, of too many requests."""
_ABOUT_MEMBERS = ("required", "additionalProperties", "unevaluatedProperties", "dependentRequired", "propertyNames")
"""Keywords whose messages name the member that is meant."""
_SHOWN = 60
"""Maximum number of characters of a value in a message."""


class Responses:
    """The responses that a document describes."""

    def __init__(self, subject: Subject) -> None:
        """Prepare the schemas of a document."""
        document = Document(dict(subject.document))
        self._operations = {operation.id: operation for operation in load_operations.read(document)}
        validators = Validators(document, "response", exact=True)
        # Many documents leave out the bodies of errors.
        self._check = ResponseCheck(document, validators, _received, undeclared=_FINE, free_bodies=True)

    def violations(self, operation_id: str, exchange: Exchange) -> tuple[str, ...]:
        """Return the differences of a response from the document."""
        operation = self._operations[operation_id]
        watch = self._check.begin(operation, exchange.method, exchange.status or 0, exchange.response_headers)
        watch.feed(exchange.response_body)
        return watch.end()


def _received(violation: Violation, value: Any) -> str:
    """Return a short value that violates the document, unless its name is that of a secret."""
    if violation.keyword in _ABOUT_MEMBERS or any(names_secret(str(step)) for step in violation.path):
        return ""
    for step in violation.path:
        value = value[step]
    shown = json.dumps(value, ensure_ascii=False)
    return f"; received {shown}" if len(shown) <= _SHOWN else ""
