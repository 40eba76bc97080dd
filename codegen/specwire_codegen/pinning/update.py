"""New versions of pinned documents: their changes for users of the client, and their pins."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import attrs

from specwire_codegen.diagnostics import Diagnostic, DiagnosticError, SpecwireCodegenError, merged
from specwire_codegen.diff.compare import changes
from specwire_codegen.diff.report import Report
from specwire_codegen.documents.document import Document
from specwire_codegen.files import fetch
from specwire_codegen.files.access import Access, read_access
from specwire_codegen.files.library import Library
from specwire_codegen.files.load import load, load_from
from specwire_codegen.files.pin import Pin, PinnedPart, pinned, read_pin
from specwire_codegen.files.reach import is_near
from specwire_codegen.generate import api_of, document_of
from specwire_codegen.ir import Api
from specwire_codegen.output.files import replace_files
from specwire_codegen.output.paths import digest, inside
from specwire_codegen.overrides.overrides import find_overrides, without_forms
from specwire_codegen.overrides.pins import check_pins
from specwire_codegen.pinning.copies import Copies, read_copies
from specwire_codegen.project import Target


@attrs.frozen
class Update:
    """The version of a document that its source has now."""

    target: Target
    copies: Copies
    info: Mapping[str, Any]
    """`info` of the normalized document."""
    pin: Pin | None
    edited: tuple[Path, ...]
    """Copies that differ from the pin and from the new version: an update replaces their edits."""
    is_new: bool
    """Whether a file differs from the pin."""
    is_moved: bool
    """Whether the source differs from the recorded one."""
    present: str
    """Version of the present document; empty if it cannot be read."""
    report: Report | None
    """Changes of the client; None if the present document cannot be read."""
    findings: tuple[Diagnostic, ...]
    """What `generate` reports for the new version, and not for the present one."""

    @property
    def shown_source(self) -> str:
        """Source of the document, without secrets."""
        return fetch.shown(self.copies.source)

    @property
    def version(self) -> str:
        """Version of the new document."""
        return str(self.info["version"])


def find_update(target: Target, access: Access, origin: str | None = None) -> Update:
    """Read the document of a provider from its source, or from `origin`, and compare it with the present one."""
    pin = read_pin(target.source)
    copies = _read(target, pin, access, origin)
    copies.verify()
    _require_place(target, copies)
    new = _client(target, copies.document, access)
    try:
        old = _client(target, _present(target, pin, access), access)
    except SpecwireCodegenError:
        old = None
    known = {(each.code, each.message) for each in old.findings} if old is not None else set()
    return Update(
        target=target,
        copies=copies,
        info=new.document.data["info"],
        pin=pin,
        edited=tuple(_edited(target, pin, copies)),
        is_new=pin is None
        or _digests(pin.sha256, pin.parts) != _digests(digest(copies.texts[copies.spec]), copies.parts),
        is_moved=pin is not None and origin is not None and copies.origin(target.spec.parent) != pin.origin,
        present=old.api.version if old is not None else "",
        report=_report(target.name, old, new) if old is not None else None,
        findings=tuple(each for each in new.findings if (each.code, each.message) not in known),
    )


def _report(name: str, old: _Client, new: _Client) -> Report:
    before, after = (f"{name} {client.api.version}" for client in (old, new))
    return Report(before, f"{after} (new)" if before == after else after, new.api.version, changes(old.api, new.api))


def apply_update(update: Update, today: date) -> tuple[Path, ...]:
    """Pin a new version: all of its files, or none; return the paths that were written or removed.

    Raises SpecwireCodegenError if a copy was edited since `find_update`.
    """
    target, copies = update.target, update.copies
    if tuple(_edited(target, update.pin, copies)) != update.edited:
        raise SpecwireCodegenError("the copies were changed during the update: run it again")
    folder = target.spec.parent
    contents: dict[Path, bytes | None] = {}
    for file, data in copies.texts.items():
        contents[_inside(folder, file)] = data
    for path in (target.spec, *_parts(target, update.pin)):
        if path.is_file():
            contents.setdefault(path, None)
    # The last one, so that an update that was killed is noticed: the copies then differ from their pin.
    contents[target.source] = copies.source_toml(folder, update.info, today)
    wanted = {path: data for path, data in contents.items() if not _holds(path, data)}
    replace_files(wanted)
    _remove_empty(folder, (path for path, data in wanted.items() if data is None))
    return tuple(wanted)


def _read(target: Target, pin: Pin | None, access: Access, origin: str | None) -> Copies:
    source = origin or _source(target, pin)
    if not fetch.is_remote(source) and os.path.realpath(source) == os.path.realpath(target.spec):
        raise SpecwireCodegenError(f"{source} is the copy itself: name the document that it is a copy of")
    try:
        return read_copies(source, access.with_more(read_access(target.config)), tuple(_others(target, pin)))
    except DiagnosticError as problem:
        first, *rest = problem.diagnostics
        if origin is not None or first.code not in ("no-such-file", "not-fetched"):
            raise
        help = f"{first.help}; if the document has moved, name its new place: --from FILE or URL"
        raise DiagnosticError((attrs.evolve(first, help=help), *rest)) from None


@attrs.frozen
class _Client:
    api: Api
    document: Document
    findings: tuple[Diagnostic, ...]


def _client(target: Target, document: Document, access: Access) -> _Client:
    """Return the client of a document, even if `client.toml` and overrides have names that it lacks."""
    findings: list[Diagnostic] = []
    try:
        normalized, warnings = document_of(target, access, source=document)
        api = api_of(target, normalized)
    except DiagnosticError as problem:
        findings += problem.diagnostics
        lenient = attrs.evolve(target, foreign=True)
        normalized, warnings = document_of(lenient, access, source=document)
        api = api_of(lenient, normalized)
    findings += (*warnings, *api.warnings)
    if target.overrides is not None and target.override_pins is not None:
        overrides, problems = find_overrides(target.overrides, api)
        whole = without_forms(api, overrides)
        stale = check_pins(whole, overrides, target.override_pins)
        findings += (*problems, *(each for each in stale if each.code != "pin-dead"))
    return _Client(api, normalized, merged(findings))


def _present(target: Target, pin: Pin | None, access: Access) -> Document:
    """Return the document as it is in the folder of the provider, edited or not."""
    if pin is not None:
        return load_from(Library(pinned(target.spec, pin)))
    return load(target.spec, access.with_more(read_access(target.config)))


def _source(target: Target, pin: Pin | None) -> str:
    """Return the path or URL that `source.toml` names; raise SpecwireCodegenError without one."""
    path = target.source.as_posix()
    if pin is None:
        raise SpecwireCodegenError(
            f"{path} does not exist, so {target.spec.as_posix()} is your own document: edit it, or name where its "
            "versions come from: --from FILE or URL"
        )
    if not pin.origin:
        recorded = f" but {pin.source!r}" if pin.source else ""
        raise SpecwireCodegenError(
            f"{path} does not say where the document is{recorded}: name it with --from FILE or URL"
        )
    if fetch.is_remote(pin.origin):
        return pin.origin
    place = target.source.parent / pin.origin
    if "\0" in pin.origin:
        raise SpecwireCodegenError(
            f"{path} names a path with a NUL character: name the document with --from FILE or URL"
        )
    if not is_near(place, target.source):
        message = f"{path} names {pin.origin!r}, which is hidden or too far away: to allow it, use --from FILE"
        raise SpecwireCodegenError(message)
    return os.path.normpath(place)


def _require_place(target: Target, copies: Copies) -> None:
    """Raise if the copy of the document would replace a file that is not the document."""
    place = target.spec.with_name(copies.spec)
    if place != target.spec and os.path.lexists(place):
        raise SpecwireCodegenError(f"{place.as_posix()} is not the document of {target.name}: move it elsewhere")


def _digests(root: str | None, parts: tuple[PinnedPart, ...]) -> tuple[object, ...]:
    return root, sorted((part.sha256, sorted(part.sources)) for part in parts)


def _parts(target: Target, pin: Pin | None) -> Iterator[Path]:
    """Yield the copies of the parts of the present document."""
    for part in pin.parts if pin is not None else ():
        yield _inside(target.spec.parent, part.file)


def _inside(folder: Path, file: str) -> Path:
    """Return the path of a copy; raise SpecwireCodegenError if links lead it out of the folder."""
    inside(folder, file)
    return folder / file


def _edited(target: Target, pin: Pin | None, copies: Copies) -> Iterator[Path]:
    """Yield the files that hold neither the pinned nor the new version."""
    folder = target.spec.parent
    present = pin.edited(target.spec) if pin is not None else iter((target.spec,))
    for path in present:
        file = copies.spec if path == target.spec else path.relative_to(folder).as_posix()
        if path.is_file() and path.read_bytes() != copies.texts.get(file):
            yield path


def _others(target: Target, pin: Pin | None) -> Iterator[str]:
    """Yield the files of the provider's folder that are not copies."""
    folder = target.spec.parent
    copies = {target.spec, *_parts(target, pin)}
    found = (path for path in folder.rglob("*") if path not in copies and not path.is_dir())
    yield from (path.relative_to(folder).as_posix() for path in found)


def _holds(path: Path, data: bytes | None) -> bool:
    return data is not None and path.is_file() and not path.is_symlink() and path.read_bytes() == data


def _remove_empty(folder: Path, removed: Iterator[Path]) -> None:
    """Remove the folders that the removal of copies has left empty."""
    for path in removed:
        for parent in path.parents:
            if parent == folder or any(parent.iterdir()):
                break
            parent.rmdir()
