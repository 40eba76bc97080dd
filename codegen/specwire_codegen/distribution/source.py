"""The document of a distribution, and the name that its client takes from it."""

from __future__ import annotations

from pathlib import Path

from specwire_codegen.clients.targets import readable_target
from specwire_codegen.distribution.kept import read_record
from specwire_codegen.distribution.metadata import distribution_name, import_name, require_distribution_name
from specwire_codegen.files.access import Access
from specwire_codegen.files.load import load
from specwire_codegen.project import Target, single

_GENERIC = frozenset("api openapi schema service spec swagger".split())
"""File names that do not describe an API."""


def target_of(root: Path, source: str, name: str | None, folder: Path | None, access: Access) -> Target:
    """Return the target of a provider or document, named after the distribution, the file or the title."""
    known = readable_target(root, source)
    if known is not None:
        return known
    if name is None and folder is not None:
        recorded = read_record(folder).options.get("name")
        name = recorded if isinstance(recorded, str) else None
    if name is None:
        stem = Path(source).stem
        title = load(source, access).data.get("info", {}).get("title", stem) if stem.lower() in _GENERIC else stem
        name = distribution_name(str(title))
    require_distribution_name(name)
    package = import_name(name)
    for suffix in ("_client", "_sdk"):
        package = package.removesuffix(suffix) or package
    return single(source, package, Path())
