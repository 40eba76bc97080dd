"""Survey of one document: it is generated in a separate process, and its client is inspected."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
import resource
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import msgspec
from specwire_codegen.openapi.methods import METHODS
from specwire_codegen.openapi.pointer import unescape


class Emitted(NamedTuple):
    """Operation of a client; its forms, such as for another body, share its id."""

    method: str
    path: str
    id: str


class Survey(msgspec.Struct, frozen=True):
    """Result for one document."""

    document: str
    size: int
    """Size of the document in bytes."""
    generated: bool
    error: str = ""
    warnings: int = 0
    operations: int = 0
    """Operations in the document, counted in its raw text."""
    emitted: int = 0
    """Operations that the client's resources have."""
    missing: tuple[str, ...] = ()
    modules: int = 0
    models: int = 0
    import_errors: tuple[str, ...] = ()
    decoder_errors: tuple[str, ...] = ()
    numbered: tuple[str, ...] = ()
    """Names that end in a number that is not in the document."""
    padded: tuple[str, ...] = ()
    """Methods that differ from another by an underscore only."""
    seconds: float = 0.0
    """Processor time of the generator, without starting Python; independent of other load."""
    memory: float = 0.0
    """Peak resident memory in MB."""


def survey(file: Path, package: str, output: Path) -> Survey:
    """Generate a document as `output/package`, import all of it, and inspect it."""
    from specwire_codegen.diagnostics import SpecwireCodegenError
    from specwire_codegen.incremental import generate
    from specwire_codegen.project import single

    size = file.stat().st_size
    wanted = raw_operations(raw_document(file))
    started = _processor_seconds()
    try:
        made = generate(single(file, package, output), force=True)
    except SpecwireCodegenError as problem:
        return Survey(file.name, size, False, str(problem), operations=len(wanted))
    seconds = _processor_seconds() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.path.insert(0, str(output))
    modules, import_errors = imported(package)
    emitted = client_operations(modules[f"{package}.client"]) if f"{package}.client" in modules else {}
    models = modules.get(f"{package}.models")
    names = tuple(getattr(models, "__all__", ()))
    missing = missing_operations(wanted, emitted.values())
    known = squeezed(file.read_text("utf-8"))
    return Survey(
        document=file.name,
        size=size,
        generated=True,
        warnings=len(made.warnings),
        operations=len(wanted),
        emitted=len(wanted) - len(missing),
        missing=tuple(" ".join(one) for one in missing),
        modules=len(modules) + len(import_errors),
        models=len(names),
        import_errors=tuple(import_errors),
        decoder_errors=tuple(undecodable(models, names)) if models is not None else (),
        numbered=tuple(name for name in [*names, *emitted] if is_numbered(name, known)),
        padded=tuple(name for name in emitted if name.endswith("_")),
        seconds=round(seconds, 3),
        memory=round(memory, 1),
    )


def _processor_seconds() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def raw_document(file: Path) -> dict[str, Any]:
    """Return a document as written, by another parser than the generator's."""
    text = file.read_text("utf-8")
    if file.suffix == ".json":
        data: dict[str, Any] = json.loads(text)
        return data
    import yaml

    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def raw_operations(data: dict[str, Any]) -> set[tuple[str, str]]:
    """Return the method and path of every operation that a raw document has.

    A query string that a path holds against the rules is left out: its parameters become ordinary ones.
    """
    found: set[tuple[str, str]] = set()
    for path, item in data.get("paths", {}).items():
        if not isinstance(item, dict):
            continue
        while "$ref" in item and item["$ref"].startswith("#/"):
            target: Any = data
            for key in item["$ref"][2:].split("/"):
                target = target[unescape(key)]
            item = {**target, **{key: value for key, value in item.items() if key != "$ref"}}
        path = path.partition("?")[0]
        found |= {(method.upper(), path) for method in METHODS if isinstance(item.get(method), dict)}
        found |= {(method, path) for method in item.get("additionalOperations", {})}
    return found


def missing_operations(wanted: Iterable[tuple[str, str]], emitted: Iterable[Emitted]) -> list[tuple[str, str]]:
    """Return the operations of a raw document that a client does not have.

    A fragment is never sent: if paths differ in it only, there are as many operations of the path without it.
    """
    made = Counter((one.method, one.path) for one in set(emitted))
    missing: list[tuple[str, str]] = []
    for method, path in sorted(wanted):
        sent = (method, path.partition("#")[0])
        if not made[sent]:
            missing.append((method, path))
        else:
            made[sent] -= 1
    return missing


def imported(package: str) -> tuple[dict[str, ModuleType], list[str]]:
    """Import a package and every module of it; return the modules by name, and the errors."""
    root = importlib.import_module(package)
    modules, errors = {package: root}, list[str]()
    for info in pkgutil.walk_packages(root.__path__, f"{package}."):
        if info.name == f"{package}.inputs":
            continue  # for type checkers only: it uses names before their definition
        try:
            modules[info.name] = importlib.import_module(info.name)
        except Exception as problem:
            errors.append(f"{info.name}: {type(problem).__name__}: {problem}")
    return modules, errors


def client_operations(module: ModuleType) -> dict[str, Emitted]:
    """Return every operation of the client by its dotted name."""
    client = next(getattr(module, name) for name in module.__all__ if not name.startswith(("Async", "PROVIDER")))
    return dict(_operations_of(client, ()))


def _operations_of(kind: type, path: tuple[str, ...]) -> Iterator[tuple[str, Emitted]]:
    from specwire._client.endpoint import Descriptor
    from specwire.support import Operation, resource as resource_attribute

    attributes = {name: value for each in reversed(kind.__mro__) for name, value in vars(each).items()}
    for name, value in attributes.items():
        if isinstance(value, resource_attribute):
            inner = getattr(importlib.import_module(value._module, value._package), value._kind)
            yield from _operations_of(inner, (*path, name))
        elif isinstance(value, Descriptor):
            build = inspect.unwrap(value.build)
            facts = [build.__globals__.get(one) for one in build.__code__.co_names]
            for fact in facts:
                if isinstance(fact, Operation):
                    yield ".".join((*path, name)), Emitted(fact.method, fact.path.partition("?")[0], fact.id)


def undecodable(models: ModuleType, names: Iterable[str]) -> Iterator[str]:
    """Yield the models that cannot be decoded or described."""
    from specwire._codec.codec import Decoder

    for name in names:
        try:
            Decoder(getattr(models, name))
            msgspec.inspect.type_info(getattr(models, name))
        except Exception as problem:
            yield f"{name}: {type(problem).__name__}: {problem}"


def squeezed(text: str) -> str:
    """Return a document's text as lower-case letters and digits, with quotes between words."""
    return re.sub(r"[^a-z0-9\"]+", "", text.lower())


def is_numbered(name: str, known: str) -> bool:
    """Return whether a name ends in a number that its last word does not have in the document.

    The digest at the end of a shortened class name does not count.
    """
    if is_cut(name):
        return False
    last = re.search(r"([A-Z]?[a-z]*|[A-Z]+)(\d+)_*$", name.rpartition(".")[2])
    return last is not None and re.sub("^n(?=\\d)", "", last[0].rstrip("_").lower()) not in known


def is_cut(name: str) -> bool:
    """Tell whether this is a class name of the maximum length, which ends in a digest."""
    from specwire_codegen.openapi.identifiers import LONGEST_CLASS

    bare = name.rstrip("_")
    return len(bare) == LONGEST_CLASS and re.search(r"_[0-9a-f]{8}$", bare) is not None


if __name__ == "__main__":
    found = survey(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
    sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
