"""Local files that a document may read, and allowed URLs."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urljoin

import attrs

from specwire_codegen.diagnostics import DiagnosticError, Location, error
from specwire_codegen.files import fetch, nearby
from specwire_codegen.files.access import Access
from specwire_codegen.files.library import Text, UnreachableFileError
from specwire_codegen.files.reach import Reach, reach

if TYPE_CHECKING:
    from specwire_codegen.files.network import Network

_OPAQUE = re.compile(r"(?i)[a-z][a-z0-9+.-]+:")
"""URLs without a host: `urn:`, `data:`. A single letter is a Windows drive."""


@attrs.define
class Disk:
    """Local files that a document may read, and allowed URLs."""

    home: str
    name: str
    """Path or URL of the document as the user gave it."""
    access: Access
    reach: Reach | None
    aliases: dict[str, str] = attrs.field(factory=dict)
    """Requested address -> actual address."""
    known: dict[str, str] = attrs.field(factory=dict)
    """Real path of a file -> its address."""
    _network: Network | None = attrs.field(default=None, init=False)

    @property
    def network(self) -> Network:
        """The fetcher of URLs; its HTTP library is imported for the first one."""
        if self._network is None:
            from specwire_codegen.files.network import Network

            self._network = Network(self.home, self.access.hosts)
        return self._network

    def root(self) -> Text:
        """Return the document's own text; raise DiagnosticError."""
        if fetch.is_remote(self.home):
            asked = self.home
            raw, self.home = self.network.read(asked, asked)
            self.aliases[asked] = self.network.home = self.home
            return Text(raw, self.name, self.home)
        return Text(fetch.read_file(Path(self.home), self.name), self.name, self.home)

    def address(self, written: str, base: str) -> str:
        """Return the address of a reference in the text `base`."""
        if fetch.is_file_address(written):
            return self._file(Path(_local(fetch.path_of(written))))
        written = fetch.with_scheme(written)
        if fetch.is_remote(written) or fetch.is_remote(base):
            address = urljoin(base, written) if fetch.is_remote(base) else written
            fetch.origin_of(address)
            copy = self.access.copy_of(address)
            if copy is None:
                return self.aliases.get(address, address)
            self.aliases[address] = self._file(copy)
            return self.aliases[address]
        folder, meant = Path(base).parent, _local(unquote(written))
        return next(
            (self._file(path) for path in (folder / meant, folder / written) if path.exists()),
            self._file(folder / meant),
        )

    def _file(self, path: Path) -> str:
        plain = os.path.abspath(path)
        known = self.known.setdefault(os.path.realpath(plain), plain)
        if known != plain:
            self.aliases[plain] = known
        return known

    def read(self, address: str, base: str, limit: int) -> Text:
        """Return the text at an address; raise UnreachableFileError."""
        return self._fetched(address, base) if fetch.is_remote(address) else self._opened(address, base, limit)

    def _fetched(self, address: str, base: str) -> Text:
        refusal = self.network.refusal(address, base)
        if refusal is not None:
            finding = error("ref-not-allowed", refusal[0], help=refusal[1])
            # A file that the user's own file names may be missing; a request by a fetched document is an attempt.
            raise UnreachableFileError(finding, remote=not fetch.is_remote(base), refused=True)
        try:
            raw, found = self.network.read(address, base)
            self.aliases[address] = found
        except DiagnosticError as problem:
            finding = problem.diagnostics[0]
            refused = finding.code == "ref-not-allowed"
            message = f"cannot be followed: {finding.message}"
            raise UnreachableFileError(
                attrs.evolve(
                    finding, code="ref-not-allowed" if refused else "unresolved-ref", message=message, location=None
                ),
                remote=not refused,
                refused=refused,
            ) from None
        return Text(raw, fetch.shown(found), found)

    def _opened(self, address: str, base: str, limit: int) -> Text:
        path, name = Path(address), self.shown(address)
        real = path.resolve()
        if fetch.is_remote(base) and not self._is_copy(real):
            help = "map the URL to a local copy: --ref URL-PREFIX=FOLDER"
            raise UnreachableFileError(
                error("ref-not-allowed", "is a local file, but the document that refers to it is remote", help=help),
                refused=True,
            )
        refusal = self.reach.refusal(real) if self.reach is not None and not self._is_copy(real) else None
        if refusal is not None:
            raise UnreachableFileError(error("ref-not-allowed", refusal[0], help=refusal[1]), refused=True)
        root = Path(base if fetch.is_remote(self.home) else self.home).parent
        if not path.exists() or not nearby.is_spelt_so(path, root):
            if _OPAQUE.match(os.path.relpath(path, Path(base).parent)):
                message = "cannot be fetched: only http and https URLs are supported"
                help = "declare a schema with this $id in the document, or refer to a copy"
                raise UnreachableFileError(error("unresolved-ref", message, help=help), remote=True)
            near = nearby.file(path, root)
            help = "check the path"
            if near is not None:
                written = Path(os.path.relpath(near, Path(base).parent)).as_posix()
                shown = Path(os.path.relpath(near, root)).as_posix()
                help = f"did you mean {shown}?" + (f" Write it as {written}" if written != shown else "")
            message = f"cannot be followed: the file {name} does not exist"
            raise UnreachableFileError(error("unresolved-ref", message, help=help))
        try:
            return Text(fetch.read_file(path, name, limit), name, address)
        except DiagnosticError as problem:
            finding = problem.diagnostics[0]
            raise UnreachableFileError(
                error("unresolved-ref", f"cannot be followed: {finding.message}", help=finding.help)
            ) from None

    def _is_copy(self, path: Path) -> bool:
        return any(path.is_relative_to(place.resolve()) for _, place in self.access.copies)

    def shown(self, address: str) -> str:
        """Return an address for messages: a path relative to the path that the user gave."""
        if fetch.is_remote(address):
            return fetch.shown(address)
        if fetch.is_remote(self.home):
            return address
        if address == self.home:
            return self.name
        try:
            return str(Path(self.name).parent / os.path.relpath(address, Path(self.home).parent))
        except ValueError:  # another drive
            return address

    def has(self, address: str) -> bool:
        """Return whether there is a file at an address."""
        return not fetch.is_remote(address) and Path(address).is_file()

    def written(self, address: str, base: str) -> str:
        """Return an address as a reference in the text `base`."""
        if fetch.is_remote(address) or fetch.is_remote(base):
            return fetch.shown(address)
        return quote(Path(os.path.relpath(address, Path(base).parent)).as_posix(), safe="/~!$&'()*+,;=:@-._")

    def sources(self, addresses: Sequence[str]) -> list[list[str]]:
        """Return the names of each address in a pin: paths relative to the common folder, URLs without secrets."""
        local = [os.path.dirname(each) for each in addresses if not fetch.is_remote(each)]
        folder = os.path.commonpath(local) if local else ""

        def written(address: str) -> str:
            if fetch.is_remote(address):
                return fetch.shown(address)
            return Path(os.path.relpath(address, folder)).as_posix()

        named = [[each, *(alias for alias, known in self.aliases.items() if known == each)] for each in addresses]
        return [list(dict.fromkeys(map(written, names))) for names in named]

    def dependency(self, address: str) -> str:
        """Return the address as a file that the output depends on, or without secrets."""
        return self.shown(address)


def _local(path: str) -> str:
    """Return a path on this machine; raise ValueError for a network path, which makes Windows log in there."""
    if path[:2].count("/") + path[:2].count("\\") > 1:
        raise ValueError(path)
    return path


def disk(source: str | Path, access: Access) -> Disk:
    """Return the shelf of a document at a path or URL."""
    name = fetch.shown(source)
    if fetch.is_remote(source):
        return Disk(str(source), name, access, None)
    path = Path(fetch.path_of(str(source))) if fetch.is_file_address(str(source)) else Path(source)
    home = os.path.realpath(path)
    return Disk(home, str(path), access, reach(path, access.within), known={home: home})


@attrs.define
class StandardInput(Disk):
    """Files below the working directory, and the document itself from standard input."""

    raw: bytes = b""

    def root(self) -> Text:
        """Return the document's own text."""
        return Text(self.raw, self.name, self.home)


def standard_input(access: Access) -> StandardInput:
    """Read standard input, and return its document as a shelf."""
    name = "<stdin>"
    raw = sys.stdin.buffer.read(fetch.MAX_BYTES + 1)
    fetch.check_size(len(raw), Location(name))
    place = disk(Path.cwd() / "stdin", access)
    return StandardInput(place.home, name, access, place.reach, raw=raw)
