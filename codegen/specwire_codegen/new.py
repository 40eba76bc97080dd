"""Creation of a provider: pinned document, guesses to confirm, and client names."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from os.path import lexists
from pathlib import Path

import attrs
import yaml

from specwire_codegen.config import default_config
from specwire_codegen.diagnostics import Diagnostic, DiagnosticError, SpecwireCodegenError
from specwire_codegen.documents.document import Document
from specwire_codegen.files.access import Access
from specwire_codegen.files.pin import toml
from specwire_codegen.lower import lower
from specwire_codegen.migrate.migration import migrate
from specwire_codegen.normalize import normalize
from specwire_codegen.normalize.guess import Guess
from specwire_codegen.openapi.casing import pascal, titled
from specwire_codegen.output.paths import inside
from specwire_codegen.output.swap import discard
from specwire_codegen.pinning.copies import SOURCE, read_copies
from specwire_codegen.project import require_package_name
from specwire_codegen.python_source import line

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
    copies = read_copies(source, access or Access())
    document = copies.document
    normalized = normalize(document)
    migration = migrate(config, document, name) if config is not None else None
    found = normalized.guesses if migration is None else ()
    copies.verify()
    files = {**copies.texts, SOURCE: copies.source_toml(folder, normalized.data["info"], today)}
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
    for operation, guess in jobs.items():
        method: tuple[str, ...] = ("wait",)
        if (one := named.get(operation)) is not None:
            waiter = one.polling.method if one.polling is not None else None
            method = waiter or (*one.resource, "wait")
        sure = guess.certain and one is not None
        key = operation if _BARE.fullmatch(operation) else toml(operation)
        lines.append(f"{'' if sure else '# '}{key} = {toml('.'.join(method))}\n")
    return (
        "\n# Guesses: methods that poll a job until its status in overlay.yaml is final. Confirm or remove each.\n"
        f"[waits]\n{''.join(lines)}"
    )
