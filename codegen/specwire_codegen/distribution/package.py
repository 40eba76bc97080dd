"""`specwire package`: a distribution from a document, written again when the document changes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs

from specwire_codegen.diagnostics import Diagnostic, SpecwireCodegenError
from specwire_codegen.diff.compare import changes
from specwire_codegen.diff.report import Report, changelog
from specwire_codegen.distribution import metadata
from specwire_codegen.distribution.calls import calls
from specwire_codegen.distribution.kept import RECORD, Record, place, read_record
from specwire_codegen.distribution.relocation import relocated, runtime_copy
from specwire_codegen.distribution.texts import Backend, Facts, texts
from specwire_codegen.files.access import Access
from specwire_codegen.files.pin import toml
from specwire_codegen.generate import Built, api_of, build, document_of, refuse_warnings
from specwire_codegen.ir import Api
from specwire_codegen.output.files import replace_file
from specwire_codegen.output.manifest import MANIFEST, manifest
from specwire_codegen.output.package import holds, write
from specwire_codegen.output.paths import digest
from specwire_codegen.project import Target, require_package_name, single
from specwire_codegen.python_source import markdown

_CHANGELOG = "CHANGELOG.md"
_DOCUMENT = "openapi.json"
_UNRELEASED = "## [Unreleased]\n"
_VERSION = re.compile(r'(?m)^(\[project\]\n(?:(?!\[).*\n)*?version = )"([^"\n]*)"')


@attrs.frozen
class Options:
    """Choices of the user; None means that of the last run in the folder, or the default."""

    name: str | None = None
    version: str | None = None
    license: str | None = None
    backend: Backend | None = None
    vendor_runtime: bool | None = None


@attrs.frozen
class Packaged:
    """A distribution after a run."""

    folder: Path
    name: str
    version: str
    changed: tuple[str, ...]
    kept: tuple[str, ...]
    """Files that the owner edited or deleted, and that would be written differently now."""
    report: Report | None
    """The changes since the last run; None for the first."""
    called: int
    """Number of operations that the tests call."""
    operations: int
    warnings: tuple[Diagnostic, ...]


def package(
    target: Target,
    folder: Path | None,
    options: Options,
    access: Access | None = None,
    *,
    today: date,
    strict: bool = False,
    force: bool = False,
) -> Packaged:
    """Write the distribution of a target's client to a folder, by default one with its name; keep edited files."""
    name = options.name
    if name is None:
        named = _recorded_name(folder)
        name = named or metadata.distribution_name(target.name)
    metadata.require_distribution_name(name)
    package_name = metadata.import_name(name)
    require_package_name(package_name)
    folder = folder if folder is not None else Path(name)
    last = read_record(folder)
    built = build(target, access)
    if strict:
        refuse_warnings(built.warnings)
    chosen = _chosen(options, last)
    license_ = None if (stated := chosen["license"]) is None else metadata.stated_license(str(stated))
    report = _report(folder, last, built.api, name, target)
    version = _version(folder, options.version, last, built.api)
    document = json.loads(built.normalized)
    sample = tuple(calls(built.api, document))
    vendored = bool(chosen["vendor_runtime"])
    clients = _packages(target, built, package_name, vendored=vendored)
    facts = Facts(
        name=name,
        package=package_name,
        packages=tuple(clients),
        version=version,
        api=built.api,
        calls=sample,
        backend="uv" if chosen["backend"] == "uv" else "hatchling",
        vendored=vendored,
        license=license_,
        documentation=_documentation(document),
    )
    files = {**texts(facts), _DOCUMENT: built.normalized}
    changed = [
        f"src/{package}/{change}"
        for package, sources in clients.items()
        for change in write(folder / "src" / package, sources, force=force)
    ]
    written, kept = place(folder, files, last, force=force)
    changed += written
    if "pyproject.toml" in kept and _set_version(folder / "pyproject.toml", version):
        changed.append("pyproject.toml")
    if _note_changes(folder / _CHANGELOG, report, version, built.api, today):
        changed.append(_CHANGELOG)
    config = target.config.read_text("utf-8") if target.config.is_file() else ""
    recorded = {
        each: last.files.get(each, "") if each in kept else digest(text.encode()) for each, text in files.items()
    }
    options_now = {**chosen, "name": name, "document": built.api.version}
    record = Record(recorded, options_now, config).text()
    if not holds(folder / RECORD, record):
        replace_file(folder / RECORD, record)
    operations = len({operation.id for operation in built.api.operations})
    return Packaged(
        folder,
        name,
        version,
        tuple(changed),
        tuple(kept),
        report,
        len({call.route for call in sample}),
        operations,
        built.warnings,
    )


def _recorded_name(folder: Path | None) -> str | None:
    found = read_record(folder).options.get("name") if folder is not None else None
    return found if isinstance(found, str) else None


def _chosen(options: Options, last: Record) -> dict[str, object]:
    """Return the options of this run: those given, else those of the last run, else the defaults."""
    defaults: dict[str, object] = {"license": None, "backend": "hatchling", "vendor_runtime": False}
    before = {key: last.options.get(key, value) for key, value in defaults.items()}
    given = {key: getattr(options, key) for key in defaults}
    return {key: before[key] if value is None else value for key, value in given.items()}


def _version(folder: Path, given: str | None, last: Record, api: Api) -> str:
    """Return the version given, else that of a changed document, else that of the last run."""
    if given is not None:
        return metadata.stated_version(given)
    found = _VERSION.search(_text(folder / "pyproject.toml"))
    if found is not None and last.options.get("document") == api.version:
        return found[2]
    return metadata.document_version(api.version)


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""


def _set_version(path: Path, version: str) -> bool:
    """Put a version into a project file that its owner edited; return whether it changed."""
    text = _text(path)
    changed = _VERSION.sub(lambda found: f"{found[1]}{toml(version)}", text, count=1)
    if changed != text:
        replace_file(path, changed)
    return changed != text


def _documentation(document: Mapping[str, object]) -> str | None:
    found = document.get("externalDocs")
    url = found.get("url") if isinstance(found, dict) else None
    return url if isinstance(url, str) and re.fullmatch(r"https?://[!-~]{1,500}", url) else None


def _packages(target: Target, built: Built, package: str, *, vendored: bool) -> dict[str, dict[str, str]]:
    """Return the packages of the distribution: the client, and the package of its overrides if it has some."""
    overrides = f"{package}_overrides"
    moves: dict[str, str] = {}
    if target.overrides is not None:
        moves = {
            f"specwire_overrides.{target.overrides.name}": overrides,
            "specwire_overrides": overrides,
            f"specwire_clients.{target.name}": package,
        }
    if vendored:
        moves["specwire"] = f"{package}.specwire"
    files = {name: text for name, text in built.files.items() if name != MANIFEST}
    client = {name: relocated(text, moves) if name.endswith(".py") else text for name, text in files.items()}
    if vendored:
        copy = runtime_copy(f"{package}.specwire")
        client |= {f"specwire/{name}": text for name, text in copy.items()}
    inputs = json.loads(built.files[MANIFEST])["inputs"]
    found = {package: {**client, MANIFEST: manifest(client, inputs)}}
    if target.overrides is not None:
        modules = {name: relocated(text, moves) for name, text in _override_modules(target.overrides)}
        modules["py.typed"] = ""
        found[overrides] = {**modules, MANIFEST: manifest(modules, {})}
    return found


def _override_modules(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the modules of a provider's overrides, and those that providers share, whose names have an underscore."""
    for path in (*sorted(folder.glob("*.py")), *sorted(folder.parent.glob("_[a-z]*.py"))):
        yield path.name, path.read_text("utf-8")


def _report(folder: Path, last: Record, api: Api, name: str, target: Target) -> Report | None:
    """Return the changes since the last run, by the names that the client had then."""
    document = folder / _DOCUMENT
    if not document.is_file() or not last.options:
        return None
    with TemporaryDirectory(prefix="specwire-") as home:
        spec = Path(home, "openapi.json")
        spec.write_bytes(document.read_bytes())
        if last.config:
            Path(home, "client.toml").write_text(last.config, "utf-8")
        before = attrs.evolve(single(spec, "client", Path(home)), name=target.name, foreign=True)
        try:
            old = api_of(before, document_of(before)[0])
        except SpecwireCodegenError:  # its owner edited it
            return None
    return Report(name, name, api.version, changes(old, api))


def _note_changes(path: Path, report: Report | None, version: str, api: Api, today: date) -> bool:
    """Add what changed to the changelog; return whether it did."""
    text = _text(path)
    heading = f"## [{version}] - {today.isoformat()}\n"
    if not path.exists() and report is None:
        first = f"First version, of {markdown(f'{api.title} {api.version}')}."
        replace_file(path, f"# Changelog\n\n{heading}\n{first}\n")
        return True
    if not text:
        return False
    new = text
    if f"## [{version}]" not in text and _UNRELEASED in text:
        new = text.replace(_UNRELEASED, heading, 1)
    if report is not None and report.changes:
        entry = changelog(report).partition("\n")[2].strip("\n")
        section = _UNRELEASED if f"## [{version}]" in text else heading
        if section in new:
            new = new.replace(section, f"{section}\n{entry}\n", 1)
        else:
            start = found.start() if (found := re.search(r"(?m)^## ", new)) is not None else len(new)
            new = f"{new[:start]}{section}\n{entry}\n\n{new[start:]}"
    if new != text:
        replace_file(path, new)
    return new != text
