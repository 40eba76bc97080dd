"""Forms that a client sends, as the mock server reads them."""

from typing import Any

from hypothesis import given, strategies as st
from specwire._serialization.form import encode_form
from specwire.support import Style
from specwire_codegen.mock.document.document import Document
from specwire_codegen.mock.document.validation import Validators
from specwire_codegen.mock.request.coercion import Coercion
from specwire_codegen.mock.request.form import FormReader
from specwire_codegen.mock.request.parameters import Deserializer, pairs

EMPTY = Document({"paths": {}})
READER = FormReader(Deserializer(EMPTY, Coercion(EMPTY, Validators(EMPTY, "request"))))
LINE = {"type": "object", "properties": {"label": {"type": "string"}, "count": {"type": "integer"}}}
LINES = {"type": "array", "items": LINE}
FORM = {
    "type": "object",
    "properties": {
        "count": {"type": "integer"},
        "names": {"type": "array", "items": {"type": "string"}},
        "line": LINE,
        "lines": LINES,
        "grid": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
        "either": {"anyOf": [{"type": "array", "items": LINE}, LINE, {"type": "null"}]},
        "whole": LINES,
        "deep": {"type": "object", "properties": {"line": LINE}},
        "spread": {"type": "object", "properties": {"width": {"type": "integer"}}},
        "joined": {"type": "array", "items": {"type": "integer"}},
    },
    "additionalProperties": LINE,
}
ENCODINGS: dict[str, dict[str, Any]] = {
    "whole": {"contentType": "application/json"},
    "deep": {"style": "deepObject"},
    "spread": {"style": "form"},
    "joined": {"explode": False},
}
STYLES = {
    "whole": Style(content_json=True),
    "deep": Style("deepObject"),
    "spread": Style("form"),
    "joined": Style("form", explode=False),
}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers(-(2**53), 2**53)
A_LINE = st.fixed_dictionaries({"label": TEXTS, "count": NUMBERS})
SOME_LINES = st.lists(A_LINE, min_size=1, max_size=3)
VALUES = {
    "count": NUMBERS,
    "names": st.lists(TEXTS, min_size=1, max_size=3),
    "line": A_LINE,
    "lines": SOME_LINES,
    "grid": st.lists(st.lists(NUMBERS, max_size=2), min_size=1, max_size=3),
    "either": SOME_LINES,
    "whole": st.lists(A_LINE, max_size=3),
    "deep": st.fixed_dictionaries({"line": A_LINE}),
    "spread": st.fixed_dictionaries({"width": NUMBERS}),
    "joined": st.lists(NUMBERS, min_size=1, max_size=3),
    "other": A_LINE,
}


@given(values=st.fixed_dictionaries({}, optional=VALUES))
def test_a_form_is_read_as_it_was_sent(values: dict[str, Any]) -> None:
    """Each field by its style, or else as text or JSON."""
    assert READER.read(FORM, ENCODINGS, pairs(encode_form(values, STYLES).decode())) == values


def test_a_text_that_is_not_json_stays_a_text() -> None:
    """Validation reports it."""
    assert READER.read(FORM, ENCODINGS, pairs("line=a&lines=b&lines=1")) == {"line": "a", "lines": ["b", "1"]}
    assert READER.read(FORM, ENCODINGS, pairs("whole=%7B")) == {"whole": None}
