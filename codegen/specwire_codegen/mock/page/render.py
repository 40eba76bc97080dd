"""The page as HTML without external resources; text of the document stays text."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import attrs
from jinja2 import Environment

from specwire_codegen.mock import TEST_KEY
from specwire_codegen.mock.document.document import Document
from specwire_codegen.mock.document.operations import Operation
from specwire_codegen.mock.page.form import Forms
from specwire_codegen.mock.recording import LoggedRequest

SHOWN: Final = 50
"""Number of recent requests on the page."""
_FOLDER: Final = Path(__file__).parent
_DESCRIPTION: Final = 2000


@attrs.frozen(eq=False)
class Page:
    """The page of one document."""

    document: Document
    operations: Sequence[Operation]
    forms: Forms
    schemes: Mapping[str, Mapping[str, Any]]
    keys: frozenset[str] = attrs.field(repr=False)
    note: str = ""
    """What else the server does, such as a profile."""
    _style: str = attrs.field(factory=lambda: (_FOLDER / "page.css").read_text("utf-8"), init=False)
    _script: str = attrs.field(factory=lambda: (_FOLDER / "page.js").read_text("utf-8"), init=False)

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the page, which allow its own script and style alone."""
        policy = (
            *("default-src 'none'", "connect-src 'self'", "img-src data:"),
            *(f"script-src '{_hash(self._script)}'", f"style-src '{_hash(self._style)}'"),
            *("base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"),
        )
        return {
            "content-security-policy": "; ".join(policy),
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "cache-control": "no-store",
        }

    def render(self, url: str, chosen: str, records: Sequence[LoggedRequest]) -> str:
        """Return the page with the form of an operation, by default the first one."""
        info = self.document.data.get("info", {})
        selected = next((one for one in self.operations if one.id == chosen), next(iter(self.operations), None))
        template = Environment(autoescape=True).from_string((_FOLDER / "page.html.jinja").read_text("utf-8"))
        requirement = next(iter(selected.security), ()) if selected else ()
        return template.render(
            title=_text(info.get("title")) or "API",
            version=_text(info.get("version")),
            description=_text(info.get("description"))[:_DESCRIPTION],
            note=self.note,
            operations=self.operations,
            groups=_by_tag(self.operations),
            form=self.forms.form(selected) if selected else None,
            secured=bool(requirement),
            schemes=[_shown_scheme(self.schemes.get(name, {})) for name in requirement],
            key=TEST_KEY if TEST_KEY in self.keys else "",
            records=[*reversed(records[-SHOWN:])],
            last=records[-1].id if records else "",
            url=url,
            style=self._style,
            script=self._script,
        )


def _by_tag(operations: Sequence[Operation]) -> list[tuple[str, list[Operation]]]:
    tags = list(dict.fromkeys(operation.tag for operation in operations))
    ranked = sorted(operations, key=lambda one: tags.index(one.tag))
    return [(tag, list(rows)) for tag, rows in groupby(ranked, lambda one: one.tag)]


def _shown_scheme(scheme: Mapping[str, Any]) -> dict[str, str]:
    names = {"type": "type", "scheme": "scheme", "in": "place", "name": "name"}
    return {shown: _text(scheme.get(key)) for key, shown in names.items()}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
