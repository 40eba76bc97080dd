"""Copies of all files of a document, and the `source.toml` with their origins."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

import attrs

from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.documents.document import Document
from specwire_codegen.files import fetch
from specwire_codegen.files.access import Access, access_to
from specwire_codegen.files.disk import disk
from specwire_codegen.files.library import Library
from specwire_codegen.files.load import load_from
from specwire_codegen.files.pin import Pinned, PinnedPart, tables, toml
from specwire_codegen.files.reach import is_near
from specwire_codegen.normalize import normalize
from specwire_codegen.openapi.identifiers import is_device
from specwire_codegen.output.paths import digest

SOURCE = "source.toml"
_STEP = re.compile(r"(?!\.)[A-Za-z0-9 _.@+-]*[A-Za-z0-9_@+-]")
_UNSAFE = re.compile(r"[^A-Za-z0-9_.@+/-]+")
_OWN = ("openapi.yaml", "openapi.yml", "openapi.json", "overlay.yaml", "client.toml", SOURCE, "normalized.json")
"""Files with a meaning in the folder of a provider."""


@attrs.frozen
class Copies:
    """The files of a document, each as it was read."""

    document: Document
    source: str
    """Path or URL that the user named."""
    key: str
    """Name of the document among the references of its files."""
    spec: str
    """File name of the copy of the document itself."""
    texts: Mapping[str, bytes]
    """Contents by path in the folder of the provider, the document first."""
    parts: tuple[PinnedPart, ...]

    def verify(self) -> None:
        """Raise SpecwireCodegenError if the copies result in another document."""
        if not self.parts:
            return
        names = {self.key: self.spec, **{source: part.file for part in self.parts for source in part.sources}}
        again = load_from(Library(Pinned(self.key, names, self.texts)))
        if again.data != self.document.data and normalize(again).data != normalize(self.document).data:
            raise SpecwireCodegenError("the document cannot be pinned: bundle it into one file first")

    def source_toml(self, folder: Path, info: Mapping[str, Any], today: date) -> bytes:
        """Return the `source.toml` for a folder with these copies; `info` is that of the normalized document."""
        licence = info.get("license", {})
        facts = {
            **({"url": self.key} if fetch.is_remote(self.source) else {"file": self.key}),
            **({"from": origin} if (origin := self.origin(folder)) not in ("", self.key) else {}),
            "retrieved": today.isoformat(),
            "sha256": digest(self.texts[self.spec]),
            "title": info["title"],
            "version": info["version"],
            "license": licence.get("identifier") or licence.get("name") or "unknown: ask before you publish the copy",
        }
        lines = "".join(f"{key} = {toml(str(value))}\n" for key, value in facts.items())
        head = "# Origin of the document. Do not edit the copies: put corrections into overlay.yaml, and take new\n"
        head += f"# versions with specwire update {folder.name}.\n"
        return (head + lines + "".join(tables(self.parts))).encode()

    def origin(self, folder: Path) -> str:
        """Return where a new version can be read: a URL without secrets, or a path from `folder`; empty if too far."""
        if fetch.is_remote(self.source):
            return fetch.shown(self.source)
        path = Path(fetch.path_of(self.source)) if fetch.is_file_address(self.source) else Path(self.source)
        if not is_near(path, folder / SOURCE):
            return ""
        place = path.parent.resolve() / path.name  # a link with the name of the latest version stays a link
        return Path(os.path.relpath(place, folder.resolve())).as_posix()


def read_copies(source: str, access: Access, taken: Collection[str] = ()) -> Copies:
    """Return the document at a path or URL with all of its files, each read once.

    `taken` are paths in the folder of the provider that belong to other files.
    """
    library = Library(disk(source, access.with_more(access_to(source))))
    document = load_from(library)
    first, *others = library.all()
    (key, *_), *sources = library.shelf.sources([part.address for part in (first, *others)])
    spec = f"openapi.{'json' if first.raw.lstrip()[:1] == b'{' else 'yaml'}"
    places = _places(key, [names[0] for names in sources], taken)
    parts = tuple(
        PinnedPart(file, tuple(names), digest(part.raw))
        for file, names, part in zip(places, sources, others, strict=True)
    )
    copies = {file: part.raw for file, part in zip(places, others, strict=True)}
    return Copies(document, source, key, spec, {spec: first.raw, **copies}, parts)


def _places(root: str, sources: Sequence[str], taken: Collection[str]) -> list[str]:
    """Return the path of the copy of each part: its own relative path if possible, else below `parts`."""
    folder = posixpath.dirname(root)
    files = {name.lower() for name in (*_OWN, *taken)}
    folders = {each for name in taken for each in _folders_of(name)}
    found: list[str] = []
    for source in sources:
        path = source if fetch.is_remote(source) else posixpath.relpath(source, folder or ".")
        wanted = path if _is_inside(path) else f"parts/{_apart(source)}"
        names = (wanted, *(f"parts{number}/{wanted}" for number in ("", *range(2, 2 + len(files) + len(folders)))))
        file = next(
            each for each in names if each.lower() not in files | folders and files.isdisjoint(_folders_of(each))
        )
        files.add(file.lower())
        folders.update(_folders_of(file))
        found.append(file)
    return found


def _folders_of(file: str) -> Iterator[str]:
    return map(str, PurePosixPath(file.lower()).parents)


def _is_inside(source: str) -> bool:
    steps = PurePosixPath(source).parts
    safe = all(_STEP.fullmatch(step) and not is_device(step) for step in steps)
    return safe and not fetch.is_remote(source) and steps[0].lower() not in ("override_pins", "parts")


def _apart(source: str) -> str:
    """Return a portable path for the copy of a file from elsewhere."""
    plain = _UNSAFE.sub("_", source.partition("://")[2] or source).strip("._/") or "part"
    steps = [step.lstrip(".") or "_" for step in plain.split("/") if step]
    return "/".join(f"_{step}" if is_device(step) else step for step in steps)
