"""Encoder of `application/x-www-form-urlencoded` bodies."""

from __future__ import annotations

from collections.abc import Mapping

from specwire._codec.codec import encode
from specwire._codec.formats import NO_FORMATS, Formats
from specwire._serialization.percent import form_urlencode, percent_query
from specwire._serialization.style import Style, is_box, is_given, items_of, named_error, pairs

_NO_STYLES: Mapping[str, Style] = {}
_TEXT, _BASE64 = Style(), Style(base64=True)


def encode_form(
    values: Mapping[str, object], styles: Mapping[str, Style] = _NO_STYLES, formats: Formats = NO_FORMATS
) -> bytes:
    """Encode a form body; `None` and `UNSET` are left out.

    Styles have the same meaning as in a query. Without one, each item of a list is a field, and an object or a nested
    list is sent as JSON.
    """
    found: list[str] = []
    for name, value in values.items():
        try:
            found.extend(_fields(name, value, styles.get(name), formats))
        except (TypeError, ValueError) as error:
            raise named_error("form field", name, error) from None
    return "&".join(found).encode("ascii")


def _fields(name: str, value: object, style: Style | None, formats: Formats) -> list[str]:
    if style is not None and not style.content_json:
        return pairs(name, value, style, form_urlencode, percent_query if style.allow_reserved else form_urlencode)
    text = (_BASE64 if name in formats.base64 else _TEXT).text
    items = items_of(value) if style is None else [value]
    texts = [
        encode(item, formats).decode() if style is not None or is_box(item) else text(item)
        for item in items
        if is_given(item)
    ]
    return [f"{form_urlencode(name)}={form_urlencode(each)}" for each in texts]
