"""Versions of a client to compare: providers, documents on disk or at a URL, and both in a revision of Git."""

from __future__ import annotations

import io
import re
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs

from specwire_codegen.clients.targets import readable_target, target_named, target_names
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.diff.compare import changes
from specwire_codegen.diff.report import Report
from specwire_codegen.files import fetch
from specwire_codegen.files.access import Access
from specwire_codegen.generate import api_of, document_of
from specwire_codegen.ir import Api
from specwire_codegen.openapi.suggest import nearest
from specwire_codegen.project import Target, providers, single

_REVISION = re.compile(r"([^:]+):(.+)")
_SUFFIXES = (".yaml", ".yml", ".json", ".toml", ".md", ".txt")
_AT_ONCE = 500
"""Number of paths on a command line."""
_PACKAGE = "client"
"""Name of the package of a document that has no other."""


@attrs.frozen
class Version:
    """One version, as the user named it."""

    shown: str
    target: Target

    def api(self, access: Access) -> Api:
        """Return the client of this version."""
        document, _ = document_of(self.target, access)
        return api_of(self.target, document)


@contextmanager
def versions(root: Path, old: str, new: str) -> Iterator[tuple[Version, Version]]:
    """Provide the two versions that a user named.

    A document without names of its own takes those of the client that it is compared with.
    """
    with TemporaryDirectory(prefix="specwire-") as folder:
        one, other = (_version(root, name, Path(folder, side)) for name, side in ((old, "old"), (new, "new")))
        yield _named_as(one, other), _named_as(other, one)


def report_of(root: Path, old: str, new: str, access: Access) -> Report:
    """Return the changes between two versions that a user named."""
    with versions(root, old, new) as (one, other):
        before, after = one.api(access), other.api(access)
        return Report(one.shown, other.shown, after.version, changes(before, after))


def _named_as(one: Version, other: Version) -> Version:
    target, theirs = one.target, other.target
    if target.name != _PACKAGE or target.config.is_file() or target.overlay is not None:
        return one
    named = attrs.evolve(target, name=theirs.name)
    if theirs.config.is_file():
        named = attrs.evolve(
            named, config=theirs.config, overlay=theirs.overlay, overlays=theirs.overlays, foreign=True
        )
    return attrs.evolve(one, target=named)


def _version(root: Path, name: str, folder: Path) -> Version:
    if fetch.is_remote(name):
        return Version(fetch.shown(name), single(name, _PACKAGE, folder))
    known = readable_target(root, name)
    if known is not None:
        return Version(name, known)
    if Path(name).exists() or (found := _REVISION.fullmatch(name)) is None:
        if not Path(name).exists() and (similar := nearest(name, target_names(root))) is not None:
            raise SpecwireCodegenError(f"unknown client {name!r}: did you mean {similar!r}?")
        return Version(name, single(name, _PACKAGE, folder))
    revision, place = found.groups()
    _check_out(root, revision, place, folder)
    is_file = (folder / place).is_file() and place not in providers(folder)
    target = single(folder / place, _PACKAGE, folder) if is_file else target_named(folder, place)
    if target is None:
        raise SpecwireCodegenError(f"revision {revision!r} has neither the file nor the provider {place!r}")
    return Version(name, target)


def _check_out(root: Path, revision: str, place: str, folder: Path) -> None:
    """Write the documents of a revision, with all files that they may refer to."""
    named = ("--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    commit = _git(root, "rev-parse", *named).decode().strip()
    if not commit:
        raise SpecwireCodegenError(f"{revision!r} is not a revision, and {revision}:{place} is not a file")
    names = list(_texts(_git(root, "ls-tree", "-r", "-l", "-z", commit)))
    for start in range(0, len(names), _AT_ONCE):
        archive = _git(root, "archive", "--format=tar", commit, "--", *names[start : start + _AT_ONCE])
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
    (folder / ".git").mkdir(parents=True)  # a document may read its repository


def _texts(listed: bytes) -> Iterator[str]:
    """Yield the paths of regular files that documents may refer to, from the output of `git ls-tree`."""
    for entry in listed.decode("utf-8", "surrogateescape").split("\0"):
        facts, _, path = entry.partition("\t")
        if not path.endswith(_SUFFIXES):
            continue
        mode, _, _, size = facts.split()
        if mode.startswith("100") and int(size) <= fetch.MAX_BYTES:
            yield path


def _git(root: Path, *arguments: str) -> bytes:
    """Return the output of a Git command; empty if it fails."""
    command = ["git", "--literal-pathspecs", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        raise SpecwireCodegenError("git is not installed: name files instead of revisions") from None
    return done.stdout if done.returncode == 0 else b""
