"""Encoder of `application/x-www-form-urlencoded` bodies."""

from __future__ import annotations

from collections.abc import Mapping

from specwire._serialization.percent import form_urlencode, percent_query
from specwire._serialization.style import Style, named_error, pairs

_FORM = Style()
_NO_STYLES: Mapping[str, Style] = {}


def encode_form(values: Mapping[str, object], styles: Mapping[str, Style] = _NO_STYLES) -> bytes:
    """Encode a form body; styles have the same meaning as in a query, and `None` and `UNSET` are left out."""
    found: list[str] = []
    for name, value in values.items():
        style = styles.get(name, _FORM)
        escape = percent_query if style.allow_reserved and not style.content_json else form_urlencode
        try:
            found.extend(pairs(name, value, style, form_urlencode, escape))
        except (TypeError, ValueError) as error:
            raise named_error("form field", name, error) from None
    return "&".join(found).encode("ascii")
