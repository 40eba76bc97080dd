"""Client by name: of a project, of an installed package, or of a document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
from specwire import Client

from specwire_codegen.clients.included import CLIENTS, find_included, read_json
from specwire_codegen.clients.targets import (
    import_client,
    imported,
    is_document,
    make_importable,
    target_named,
    unknown_name,
)
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.files.access import Access
from specwire_codegen.project import Target


@attrs.frozen(eq=False)
class NamedClient:
    """A synchronous client class, with the document that it was generated from if that is at hand."""

    kind: type[Client]
    package: str
    read: Callable[[], dict[str, Any] | None] = lambda: None
    """Read the normalized document, which takes longer than to import the client."""

    @cached_property
    def document(self) -> dict[str, Any] | None:
        """The normalized document; None if it is not at hand."""
        return self.read()


@contextmanager
def client_named(root: Path, name: str, access: Access) -> Iterator[NamedClient]:
    """Find the client of a project or of a package, or generate that of a document; it can be used in the block."""
    target = target_named(root, name)
    if target is not None:
        yield _of_project(target, access)
    elif (package := _installed(name)) is not None:
        included = find_included(name)
        yield NamedClient(class_of(package), package, lambda: None if included is None else read_json(included))
    elif is_document(name):
        from specwire_codegen.clients.generated import generated_client

        with TemporaryDirectory(prefix="specwire-") as folder:
            made = generated_client(name, access, Path(folder))
            yield NamedClient(class_of(made.target.name), made.target.name, lambda: made.document)
    elif name.isidentifier() and (root / name / "client.py").is_file():
        make_importable(root)  # the command `specwire`, unlike `python`, does not import from the current folder
        yield NamedClient(class_of(name), name)
    else:
        raise unknown_name(root, name, "client", "a package, or a document")


def _of_project(target: Target, access: Access) -> NamedClient:
    package = import_client(target)
    if not (target.output / "client.py").is_file():
        raise SpecwireCodegenError(f"the client of {target.name} is missing: run specwire generate {target.name}")

    def read() -> dict[str, Any]:
        from specwire_codegen.generate import document_of

        return document_of(target, access)[0].data

    return NamedClient(class_of(package), package, read)


def _installed(name: str) -> str | None:
    """Return the package of an included or installed client, or None."""
    for package in (f"{CLIENTS}.{name}", name):
        try:
            if all(part.isidentifier() for part in package.split(".")) and find_spec(f"{package}.client") is not None:
                return package
        except ModuleNotFoundError:
            continue
    return None


def class_of(package: str) -> type[Client]:
    """Return the synchronous client of a package; raise `SpecwireCodegenError` if it cannot be imported."""
    module = imported(package, package, "install it")
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Client) and value.__module__ == module.__name__:
            return value
    raise SpecwireCodegenError(f"{package} has no client: generate it with specwire generate")
