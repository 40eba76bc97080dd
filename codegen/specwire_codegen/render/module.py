"""Templates and the import block of a module."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Set as AbstractSet
from contextlib import suppress
from functools import cache
from importlib.util import cache_from_source
from pickle import UnpicklingError
from tempfile import mkstemp
from types import MappingProxyType
from zlib import crc32

import jinja2
from jinja2.bccache import Bucket

from specwire_codegen.openapi.identifiers import HELPERS, SHADOWING
from specwire_codegen.render.names import names_used

RUNTIME = "specwire.support"
"""The one module of the runtime that generated code imports."""
_KNOWN = {
    "Any": "typing",
    "ClassVar": "typing",
    "Literal": "typing",
    "NotRequired": "typing",
    "Protocol": "typing",
    "TYPE_CHECKING": "typing",
    "TypeAlias": "typing",
    "TypedDict": "typing",
    "AsyncIterable": "collections.abc",
    "Iterable": "collections.abc",
    "Mapping": "collections.abc",
    "Sequence": "collections.abc",
    "Callable": "collections.abc",
    "UUID": "uuid",
    "Decimal": "decimal",
    "date": "datetime",
    "datetime": "datetime",
    "time": "datetime",
    "timedelta": "datetime",
    **dict.fromkeys(
        "ADDITIONAL UNSET OpenModel Unknown Unset WireModel union "
        "UUIDInput DateTimeInput DateInput TimeInput DurationInput DecimalInput IntText IntTextInput "
        "FileInput Formats Style BinaryBody DownloadRequest FormBody JsonBody MixedRequest PagedRequest Request "
        "StreamRequest TextBody BaseRequest given json_body lines_body multipart_body same_arguments with_fields "
        "BinaryPayload Cursor EmptyPayload EventError EventsPayload JsonPayload NextURL Offset Operation PageNumber "
        "Polling ErrorEnvelope TextPayload "
        "Workflow accumulated deprecated downloaded downloaded_or_streamed endpoint workflow mixed paginated streamed "
        "switched "
        "AsyncClient AsyncResource Client Resource resource NonRetryableErrors Provider "
        "ApiKey Basic Bearer Digest Http MutualTLS OAuth2 Security Undeclared".split(),
        RUNTIME,
    ),
}
_ALIASED = {
    "_Union": ("typing", "Union"),
    "AbstractSet": ("collections.abc", "Set"),
    "_constant": (RUNTIME, "constant"),
    "_wait": (RUNTIME, "wait"),
    "_field": ("msgspec", "field"),
    **{f"_{name}": ("typing", name) for name in ("Literal", "Unpack")},
    **{f"_{name}": (RUNTIME, name) for name in "AsyncClientOptions AsyncKey ClientOptions Key Server".split()},
    "_ServerVariable": (RUNTIME, "ServerVariable"),
    **{f"_{name}": (_KNOWN.get(name, "builtins"), name) for name in (*SHADOWING, *HELPERS)},
}
IMPORTED: Mapping[str, tuple[str, str]] = {**{name: (module, name) for name, module in _KNOWN.items()}, **_ALIASED}
"""Names that a package imports: local name -> module and name there."""


_TEMPLATES = os.path.join(os.path.dirname(os.path.dirname(__file__)), "templates")


class _Bytecode(jinja2.BytecodeCache):
    """Bytecode of templates, kept where Python keeps that of modules; to compile them takes longer than to render."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load the bytecode of a template, if there is any for its text."""
        with suppress(OSError, EOFError, UnpicklingError), open(_bytecode_path(bucket), "rb") as file:
            bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the bytecode of a template, unless Python keeps none or its folder cannot be written."""
        if sys.dont_write_bytecode:
            return
        path = _bytecode_path(bucket)
        with suppress(OSError):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            handle, name = mkstemp(dir=os.path.dirname(path))
            with os.fdopen(handle, "wb") as file:
                bucket.write_bytecode(file)
            os.replace(name, path)


def _bytecode_path(bucket: Bucket) -> str:
    """Return the path of the bytecode of a template for this version of Jinja and these options."""
    given = bucket.environment
    options = (given.trim_blocks, given.lstrip_blocks, given.keep_trailing_newline, given.autoescape)
    environment = crc32(repr((jinja2.__version__, *options)).encode())
    return cache_from_source(os.path.join(_TEMPLATES, f"{bucket.key}-{environment:08x}.jinja"))


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("specwire_codegen", "templates"),
        bytecode_cache=_Bytecode(),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # output is Python and Markdown, and `source` escapes every value
    )


def render_template(name: str, context: Mapping[str, object]) -> str:
    """Render a template with prepared values."""
    return _environment().get_template(name).render(context)


IMPORTS = "\0"
"""Marks the place of imports in a rendered module; no text of a document can have it."""


def rendered(name: str, context: Mapping[str, object], imports: Callable[[AbstractSet[str]], str]) -> str:
    """Render the template of a module; `imports` returns its import lines for the names that it uses."""
    text = render_template(name, {**context, "imports": IMPORTS})
    return text.replace(IMPORTS, imports(names_used(text)), 1)


def import_block(
    used: AbstractSet[str],
    extra: Mapping[str, str] = MappingProxyType({}),
    known: Mapping[str, tuple[str, str]] = IMPORTED,
) -> str:
    """Return the import lines for the known names among those that a module uses.

    `extra` are further names, each with its import line. A name that turns out to be an argument's is imported
    unnecessarily; the formatter removes such lines.
    """
    needed = {name: extra[name] for name in used & extra.keys()}
    lines = set(needed.values())
    for here in used & known.keys() - needed.keys():
        module, name = known[here]
        lines.add(f"from {module} import {name}" + (f" as {here}" if here != name else ""))
    return "\n".join(sorted(lines))
