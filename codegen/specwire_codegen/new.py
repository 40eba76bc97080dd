"""A new provider: a pinned copy of its document, guesses to confirm, and the names of its client."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import yaml

from specwire_codegen import fetch
from specwire_codegen.diagnostics import Diagnostic, SpecwireCodegenError
from specwire_codegen.infer import Guess, guesses
from specwire_codegen.load import load
from specwire_codegen.naming import pascal
from specwire_codegen.normalize import normalize
from specwire_codegen.write import digest

_NAME = re.compile(r"[a-z][a-z0-9_]*")


@attrs.frozen
class New:
    """What a new provider begins with."""

    folder: Path
    files: tuple[str, ...]
    guesses: tuple[Guess, ...]
    warnings: tuple[Diagnostic, ...]


def new(root: Path, name: str, source: str, *, today: date) -> New:
    """Write `specs/<name>/` for a document at a path or address; raises when there is such a provider already."""
    if not _NAME.fullmatch(name):
        raise SpecwireCodegenError(f"{name!r} is no provider name: use lower-case letters, digits and underscores")
    folder = root / "specs" / name
    if folder.exists():
        raise SpecwireCodegenError(f"{folder.as_posix()} is there already: choose another name, or remove it")
    remote = fetch.is_remote(source)
    data = fetch.read(source, allow_remote=remote)
    document = load(source, allow_remote=remote)
    normalized = normalize(document)
    found = tuple(guesses(normalized.data))
    suffix = "json" if data.lstrip()[:1] == b"{" else "yaml"
    files: dict[str, bytes] = {
        f"openapi.{suffix}": data,
        "source.toml": _source(source, data, normalized.data["info"], today).encode(),
        "client.toml": _client(name).encode(),
    }
    if found:
        files["overlay.yaml"] = _overlay(normalized.data["info"]["title"], found).encode()
    folder.mkdir(parents=True)
    for file, content in files.items():
        (folder / file).write_bytes(content)
    return New(folder, tuple(files), found, normalized.warnings)


def _source(source: str, data: bytes, info: dict[str, Any], today: date) -> str:
    licence = info.get("license", {})
    facts = {
        **({"url": fetch.shown(source)} if fetch.is_remote(source) else {"file": Path(source).name}),
        "retrieved": today.isoformat(),
        "sha256": digest(data),
        "title": info["title"],
        "version": info["version"],
        "license": licence.get("identifier") or licence.get("name") or "not stated: ask before you publish the copy",
    }
    lines = "".join(f"{key} = {_toml(str(value))}\n" for key, value in facts.items())
    return f"# Where the document came from. Do not edit the copy: corrections go into overlay.yaml.\n{lines}"


def _toml(text: str) -> str:
    """Return a text as a TOML string: a JSON string without surrogates, and without the DEL that JSON allows."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _client(name: str) -> str:
    prefix = name.upper()
    return (
        f'[client]\nclass = "{pascal(name)}"\nkey = "{prefix}_API_KEY"\nbase_url = "{prefix}_BASE_URL"\n\n'
        "# operationId = method; what is not named here is named by its tag and operationId.\n[operations]\n"
    )


def _overlay(title: str, found: Sequence[Guess]) -> str:
    head = {"overlay": "1.0.0", "info": {"title": f"Corrections of {title}", "version": "1"}}
    text = "# Guesses made from names: confirm, correct or remove each. An action that matches nothing is an error.\n"
    text += yaml.safe_dump(head, sort_keys=False) + "actions:\n"
    for guess in found:
        action = [{"target": guess.target, "update": {guess.extension: dict(guess.value)}}]
        lines = yaml.safe_dump(action, sort_keys=False, width=110)
        text += f"  # from {' '.join(guess.reason.split())}\n" + "".join(f"  {line}\n" for line in lines.splitlines())
    return text
