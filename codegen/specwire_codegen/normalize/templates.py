"""Templates: every path begins with a slash, and has its parameters in single braces."""

from __future__ import annotations

import re
from typing import Any

from specwire_codegen import pointer as pointers
from specwire_codegen.grammar import Node, is_extension
from specwire_codegen.normalize.origin import Report, origin_of

_DOUBLE = re.compile(r"\{\{([\w.-]+)\}\}")


def settle(data: Node, report: Report) -> Node:
    """Return the document with its paths as templates; braces that are no parameter's are sent as they stand."""
    paths = data.get("paths")
    if not isinstance(paths, dict):
        return data
    settled: dict[str, Any] = {}
    for path, item in paths.items():
        if is_extension(path):
            settled[path] = item
            continue
        place = origin_of(item, pointers.join("/paths", path))
        mended = _mended(path)
        if re.search(r"[{}]", re.sub(r"\{[^{}]+\}", "", mended)):
            message = f"the path {path!r} has braces that are no parameter's; they are sent as they stand"
            report.warning("bad-path", message, place, "write parameters as {name}, other braces percent-encoded")
        elif mended != path:
            message = f"the path {path!r} is no template; taken for {mended!r}"
            report.warning("bad-path", message, place, "begin it with a slash, and write parameters as {name}")
        if mended != path and (mended in paths or mended in settled):
            report.error("duplicate-path", f"the path {mended!r} stands here again", place, "remove one of the two")
        settled[mended] = item
    return {**data, "paths": settled}


def _mended(path: str) -> str:
    return _DOUBLE.sub(r"{\1}", path if path.startswith("/") else f"/{path}")
