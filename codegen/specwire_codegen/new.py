"""Creation of a provider: pinned document, guesses to confirm, and client names."""

from __future__ import annotations

import posixpath
import re
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from os.path import lexists
from pathlib import Path, PurePosixPath
from typing import Any

import attrs
import yaml

from specwire_codegen.config import default_config
from specwire_codegen.diagnostics import Diagnostic, DiagnosticError, SpecwireCodegenError
from specwire_codegen.documents.document import Document
from specwire_codegen.files import fetch
from specwire_codegen.files.access import Access, access_to
from specwire_codegen.files.disk import disk
from specwire_codegen.files.library import Library, Part
from specwire_codegen.files.load import load_from
from specwire_codegen.files.pin import Pinned, PinnedPart, tables, toml
from specwire_codegen.lower import lower
from specwire_codegen.migrate.migration import migrate
from specwire_codegen.normalize import Normalized, normalize
from specwire_codegen.normalize.guess import Guess
from specwire_codegen.openapi.casing import pascal, titled
from specwire_codegen.openapi.identifiers import is_device
from specwire_codegen.output.paths import digest, inside
from specwire_codegen.output.swap import discard
from specwire_codegen.project import require_package_name
from specwire_codegen.python_source import line

_STEP = re.compile(r"(?!\.)[A-Za-z0-9 _.@+-]*[A-Za-z0-9_@+-]")
_UNSAFE = re.compile(r"[^A-Za-z0-9_.@+/-]+")
_OWN = ("openapi.yaml", "openapi.yml", "openapi.json", "overlay.yaml", "client.toml", "source.toml", "normalized.json")
"""Files with a meaning in the folder of a provider."""
_BARE = re.compile(r"[A-Za-z0-9_-]+")
"""Keys that need no quotes in TOML."""


@attrs.frozen
class New:
    """The initial files of a provider."""

    folder: Path
    files: tuple[str, ...]
    guesses: tuple[Guess, ...]
    warnings: tuple[Diagnostic, ...]


def new(
    root: Path, name: str, source: str, access: Access | None = None, *, today: date, config: Path | None = None
) -> New:
    """Write `specs/<name>/` for a document at a path or URL; raise if the provider exists.

    With `config`, the configuration of another generator, names and corrections come from there instead of guesses.
    Each file is read only once, so the written files are those that were analysed.
    """
    require_package_name(name)
    folder = root / "specs" / name
    if lexists(folder):
        raise SpecwireCodegenError(f"{folder.as_posix()} already exists: choose another name, or remove it")
    library = Library(disk(source, (access or Access()).with_more(access_to(source))))
    document = load_from(library)
    normalized = normalize(document)
    migration = migrate(config, document, name) if config is not None else None
    found = normalized.guesses if migration is None else ()
    first, *others = library.all()
    (key, *_), *sources = library.shelf.sources([part.address for part in (first, *others)])
    suffix = "json" if first.raw.lstrip()[:1] == b"{" else "yaml"
    spec = f"openapi.{suffix}"
    places = _places(key, [names[0] for names in sources])
    parts = tuple(
        PinnedPart(file, tuple(names), digest(part.raw))
        for file, names, part in zip(places, sources, others, strict=True)
    )
    copies = {file: part.raw for file, part in zip(places, others, strict=True)}
    _check(normalized, spec, key, first, parts, copies)
    files: dict[str, bytes] = {
        spec: first.raw,
        **copies,
        "source.toml": _source(source, key, first.raw, parts, normalized.data["info"], today).encode(),
    }
    if migration is not None:
        files |= {file: text.encode() for file, text in migration.files.items()}
        _write(folder, files)
        return New(folder, tuple(files), (), (*migration.normalized.warnings, *migration.findings))
    files["client.toml"] = (
        _client(name, normalized.data["info"]["title"]) + _waits(attrs.evolve(document, data=normalized.data), found)
    ).encode()
    if found:
        files["overlay.yaml"] = _overlay(normalized.data["info"]["title"], found).encode()
    _write(folder, files)
    return New(folder, tuple(files), found, normalized.warnings)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Create a folder with these files, all or nothing."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for file, content in files.items():
            path = inside(staged, file)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        staged.chmod(0o755)
        staged.rename(folder)
    except BaseException:
        discard(staged)
        raise


def _places(root: str, sources: Sequence[str]) -> list[str]:
    """Return the path of the copy of each part: its own relative path if possible, else below `parts`."""
    folder = posixpath.dirname(root)
    taken = {name.lower() for name in _OWN}
    folders = set[str]()
    found = []
    for source in sources:
        path = source if fetch.is_remote(source) else posixpath.relpath(source, folder or ".")
        file = path if _is_inside(path) else f"parts/{_apart(source)}"
        while file.lower() in taken | folders or not taken.isdisjoint(_folders_of(file)):
            file = f"parts/{file}"
        taken.add(file.lower())
        folders.update(_folders_of(file))
        found.append(file)
    return found


def _folders_of(file: str) -> frozenset[str]:
    return frozenset(str(each) for each in PurePosixPath(file.lower()).parents)


def _is_inside(source: str) -> bool:
    steps = PurePosixPath(source).parts
    safe = all(_STEP.fullmatch(step) and not is_device(step) for step in steps)
    return safe and not fetch.is_remote(source) and steps[0].lower() not in ("override_pins", "parts")


def _apart(source: str) -> str:
    """Return a portable path for the copy of a file from elsewhere."""
    plain = _UNSAFE.sub("_", source.partition("://")[2] or source).strip("._/") or "part"
    steps = [step.lstrip(".") or "_" for step in plain.split("/") if step]
    return "/".join(f"_{step}" if is_device(step) else step for step in steps)


def _check(
    normalized: Normalized, spec: str, key: str, first: Part, parts: tuple[PinnedPart, ...], copies: Mapping[str, bytes]
) -> None:
    """Raise SpecwireCodegenError if the pinned copies result in another document."""
    if not parts:
        return
    names = {key: spec, **{source: part.file for part in parts for source in part.sources}}
    again = normalize(load_from(Library(Pinned(key, names, {spec: first.raw, **copies}))))
    if again.data != normalized.data:
        raise SpecwireCodegenError("the document cannot be pinned: bundle it into one file first")


def _source(
    source: str, key: str, data: bytes, parts: tuple[PinnedPart, ...], info: Mapping[str, Any], today: date
) -> str:
    licence = info.get("license", {})
    facts = {
        **({"url": key} if fetch.is_remote(source) else {"file": key}),
        "retrieved": today.isoformat(),
        "sha256": digest(data),
        "title": info["title"],
        "version": info["version"],
        "license": licence.get("identifier") or licence.get("name") or "unknown: ask before you publish the copy",
    }
    lines = "".join(f"{key} = {toml(str(value))}\n" for key, value in facts.items())
    head = "# Origin of the document. Do not edit the copies: put corrections into overlay.yaml.\n"
    return head + lines + "".join(tables(parts))


def _client(name: str, title: str) -> str:
    prefix = name.upper()
    return (
        f'[client]\nclass = "{titled(pascal(name), title)}"\nkey = "{prefix}_API_KEY"\n'
        f'base_url = "{prefix}_BASE_URL"\n\n'
        "# operationId = method; other methods are named after path, tag and operationId.\n[operations]\n"
    )


def _overlay(title: str, found: Sequence[Guess]) -> str:
    head = {"overlay": "1.0.0", "info": {"title": f"Corrections of {title}", "version": "1"}}
    text = "# Guesses from names: confirm, correct or remove each. An action without a match is an error.\n"
    text += yaml.safe_dump(head, sort_keys=False)
    text += "actions:\n" if any(guess.certain for guess in found) else "actions: []\n"
    for guess in sorted(found, key=lambda guess: not guess.certain):
        action = [{"target": guess.target, "update": {guess.extension: dict(guess.value)}}]
        lines = yaml.safe_dump(action, sort_keys=False, width=110).splitlines()
        mark, sign = ("  ", "from") if guess.certain else ("  # ", "uncertain, so commented out; from")
        text += f"  # {sign} {line(guess.reason)}\n" + "".join(f"{mark}{each}\n" for each in lines)
    return text


def _waits(document: Document, found: Sequence[Guess]) -> str:
    """Return the names of waiters, each in the group of the method that reads the job."""
    jobs = {guess.operation: guess for guess in found if guess.extension == "x-specwire-polling" and guess.operation}
    if not jobs:
        return ""
    try:
        operations = lower(document, default_config("client"), "client").operations
    except DiagnosticError:  # `generate` reports which names must be chosen first
        operations = ()
    named = {one.id: one for one in operations}
    lines: list[str] = []
    for operation in jobs:
        method: tuple[str, ...] = ("wait",)
        if (one := named.get(operation)) is not None:
            waiter = one.polling.method if one.polling is not None else None
            method = waiter or (*one.resource, "wait")
        sure = jobs[operation].certain and one is not None
        key = operation if _BARE.fullmatch(operation) else toml(operation)
        lines.append(f"{'' if sure else '# '}{key} = {toml('.'.join(method))}\n")
    return (
        "\n# Guesses: methods that poll a job until its status in overlay.yaml is final. Confirm or remove each.\n"
        f"[waits]\n{''.join(lines)}"
    )
