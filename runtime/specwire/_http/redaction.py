"""Redaction of keys in URLs: in the log of the HTTP library, and in the targets of redirects."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from urllib.parse import unquote_plus, urlsplit, urlunsplit

_LOGGERS = ("httpx2", "httpx")
_FIELD = re.compile(r"(?<=[?&])([^=&#\s]+)=[^&#\s\"']*")


class _Redaction(logging.Filter):
    """Log filter that masks query parameters in the URLs of a record."""

    def __init__(self) -> None:
        super().__init__()
        self.names: frozenset[str] = frozenset()

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(self._masked(each) for each in record.args)
        return True

    def _masked(self, value: object) -> object:
        if isinstance(value, int | float):
            return value
        text = str(value)
        return _FIELD.sub(self._field, text) if "?" in text else value

    def _field(self, match: re.Match[str]) -> str:
        return f"{match[1]}=***" if unquote_plus(match[1]) in self.names else match[0]


_redaction = _Redaction()


def hide_in_logs(names: Iterable[str]) -> None:
    """Mask these query parameters in the log of the HTTP library from now on."""
    _redaction.names |= frozenset(names)
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_redaction)


def without_query(url: str, names: Iterable[str]) -> str:
    """Return a URL without some of its query parameters."""
    gone = frozenset(names)
    parts = urlsplit(url)
    kept = [field for field in parts.query.split("&") if unquote_plus(field.partition("=")[0]) not in gone]
    return urlunsplit(parts._replace(query="&".join(kept)))
