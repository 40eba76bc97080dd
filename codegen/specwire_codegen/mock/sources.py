"""Documents to serve: providers of a project, included ones, files, URLs and standard input."""

from pathlib import Path
from typing import Any, Final

import attrs

from specwire_codegen.clients.included import find_included, read_json
from specwire_codegen.clients.targets import is_document, target_named, unknown_name
from specwire_codegen.diagnostics import Diagnostic
from specwire_codegen.files import fetch
from specwire_codegen.files.access import Access
from specwire_codegen.project import STANDARD_INPUT, Target, provider, providers, read_normalized, single

_PACKAGE: Final = "client"


@attrs.frozen(eq=False)
class Source:
    """A normalized document."""

    name: str
    document: dict[str, Any]
    warnings: tuple[Diagnostic, ...] = ()


def read(root: Path, source: str, access: Access | None = None, overlays: tuple[Path, ...] = ()) -> Source:
    """Return the document that a user names; raise SpecwireCodegenError if there is none.

    A provider in `specs/` comes before an included one, and both come before a file.
    """
    if source != STANDARD_INPUT and not fetch.is_remote(source) and not overlays:
        if source in providers(root):
            return Source(source, read_normalized(provider(root, source)))
        if (target := target_named(root, source)) is not None:
            return _normalized(target, access or Access())
        included = find_included(source)
        if included is not None and not Path(source).is_file():
            return Source(source, read_json(included))
        if not Path(source).is_file() and not is_document(source):
            raise unknown_name(root, source, "provider", "a file, a URL, or - for standard input")
    return _read_document(source, access or Access(), overlays)


def _read_document(source: str, access: Access, overlays: tuple[Path, ...]) -> Source:
    return _normalized(attrs.evolve(single(source, _PACKAGE, Path()), overlays=overlays), access)


def _normalized(target: Target, access: Access) -> Source:
    from specwire_codegen.generate import document_of  # all stages of generation

    document, warnings = document_of(target, access)
    title = document.data.get("info", {}).get("title")
    return Source(title if isinstance(title, str) and title else fetch.shown(target.origin), document.data, warnings)
