"""Error message of a server, extracted from an error body as one readable sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from specwire._errors.base import LIMIT, cut

_MESSAGES = (
    "message detail description error error_description errmsg error_message errorMessage msg faultstring "
    "exception_message title userMessage defaultMessage faultString Message Detail Error"
).split()
"""Keys of the message, the best first; an object below one of them is an envelope."""
_ENVELOPES = ("fault", "Fault", "exception", "problem", "response", "data", "result")
_DETAILS = (
    "errors validation_errors validationErrors field_errors fieldErrors non_field_errors invalid-params "
    "invalid_params violations fieldViolations field_violations details issues Errors"
).split()
"""Keys of the details: objects by field, or lists."""
_LISTS = ("extra",)
"""Keys of the details if they are a list; objects under these keys hold anything."""
_STATUSES = ("statusText", "status_text", "status", "reason_phrase")
"""Keys of the status name, as a last resort."""
_PLACES = ("loc", "field", "pointer", "path", "propertyPath", "param", "key", "target", "name", "property", "source")
_WHOLE = frozenset({*_MESSAGES, *_DETAILS, *_ENVELOPES}) - {"title", "description"}
"""Keys of lists about the request as a whole, rather than a field of that name."""
_DEEPEST = 8
_ELEMENT = re.compile(r"<(?:\w+:)?(\w+)(?: [^<>]*)?>\s*([^<>\s][^<>]*)</")
_ELEMENTS = ("message", "errormessage", "faultstring", "text", "detail", "description", "title", "error", "code")
"""Elements of the message in an XML error, the best first, in lower case."""
_TITLE = re.compile(r"<title[^<>]*>([^<>]+)</", re.IGNORECASE)
_LONGEST_XML = 10_000


def summary(raw: Any, limit: int = LIMIT) -> str:
    """Return the message of an error body, or an empty string."""
    return cut(_message_in(raw, _DEEPEST), limit)


def title_of_html(text: str) -> str:
    """Return the title of an HTML page, such as `502 Bad Gateway`, or an empty string."""
    from html import unescape  # few servers send HTML

    found = _TITLE.search(text[:_LONGEST_XML])
    return cut(unescape(found[1])) if found is not None else ""


def summary_of_xml(text: str) -> str:
    """Return the message of an XML error, such as those of object stores and SOAP, or an empty string."""
    from html import unescape  # few servers send XML

    found = {name.lower(): content for name, content in reversed(_ELEMENT.findall(text[:_LONGEST_XML]))}
    return cut(unescape(next((found[key] for key in _ELEMENTS if found.get(key)), "")))


def _message_in(raw: Any, depth: int) -> str:
    if depth == 0:
        return ""
    match raw:
        case str():
            return raw
        case list():
            return _joined(_item(each, depth - 1) for each in raw[:20])
        case dict():
            return _of_object(raw, depth - 1)
        case _:
            return ""


def _of_object(raw: Mapping[str, Any], depth: int) -> str:
    if _is_by_field(raw, depth):
        return _by_field(raw, depth)
    texts = list(_sentences(raw, depth))
    if not any(texts):
        texts = [next((text for key in _ENVELOPES if (text := _message_in(raw.get(key), depth))), "")]
    details = [_detail(raw[key], depth) for key in _DETAILS if key in raw]
    details += [_message_in(raw[key], depth) for key in _LISTS if isinstance(raw.get(key), list)]
    if not any([*texts, *details]):
        texts = [next((raw[key] for key in _STATUSES if isinstance(raw.get(key), str)), "")]
    return _joined([*texts, *details])


def _sentences(raw: Mapping[str, Any], depth: int) -> Iterator[str]:
    """Yield the message, preceded by its error code if there is one, as in OAuth and CouchDB."""
    found = {key: text for key in _MESSAGES if (text := _message_in(raw.get(key), depth))}
    code, reason = raw.get("error"), found.get("error_description") or raw.get("reason")
    if (
        isinstance(code, str)
        and code
        and isinstance(reason, str)
        and reason
        and not found.keys() & {"message", "detail"}
    ):
        yield f"{code}: {reason}"
    elif found:
        yield next(iter(found.values()))


def _detail(raw: Any, depth: int) -> str:
    return _by_field(raw, depth) if isinstance(raw, dict) and not _is_error(raw) else _message_in(raw, depth)


def _is_by_field(raw: Any, depth: int) -> bool:
    """Return True if an object only maps field names to lists of errors, or to one object for each item of a list."""
    if not isinstance(raw, dict) or not raw or depth == 0:
        return False
    return all(
        all(isinstance(each, str) or each == {} or _is_by_field(each, depth - 1) for each in value)
        if isinstance(value, list) and value
        else _is_by_field(value, depth - 1)
        for value in raw.values()
    )


def _is_error(raw: Mapping[str, Any]) -> bool:
    return any(isinstance(raw.get(key), str) for key in _MESSAGES)


def _by_field(raw: Mapping[str, Any], depth: int, above: str = "") -> str:
    texts: list[str] = []
    for name, value in list(raw.items())[:20]:
        place = above if not above and name in _WHOLE else f"{above}.{name}" if above else name
        if isinstance(value, list) and {} in value:  # an object for each item, empty without errors
            value = {str(index): each for index, each in enumerate(value) if each}
        if isinstance(value, dict) and depth > 1 and not _is_error(value):
            texts.append(_by_field(value, depth - 1, place))
        elif text := _message_in(value, depth):
            texts.append(f"{place}: {text}" if place else text)
    return _joined(texts)


def _item(raw: Any, depth: int) -> str:
    """Return the message of a list item, preceded by the location that it refers to."""
    text = _message_in(raw, depth)
    place = _place(raw) if isinstance(raw, dict) else ""
    if isinstance(raw, dict) and not text:
        reasons = (raw.get(key) for key in (("reason", "code") if place else ("reason",)))
        text = next((reason for reason in reasons if isinstance(reason, str)), "")
    place = place if text else ""
    return f"{place}: {text}" if place and place not in text else text


def _place(raw: Mapping[str, Any]) -> str:
    for key in _PLACES:
        match raw.get(key):
            case str(place) if place:
                return place
            case [*parts] if parts:
                return ".".join(str(part) for part in parts[:10] if isinstance(part, str | int))
            case {"pointer": str(pointer)} | {"parameter": str(pointer)}:
                return pointer
            case _:
                pass
    return ""


def _joined(texts: Iterator[str] | list[str]) -> str:
    """Join sentences without repetition."""
    found = [text for text in dict.fromkeys(each.strip() for each in texts) if text]
    joined = ""
    for text in found:
        separator = "" if not joined else " " if joined[-1] in ".!?" else "; "
        joined += separator + text
        if len(joined) > 4 * LIMIT:
            break
    return joined
