"""Files that a configuration names."""

from __future__ import annotations

from pathlib import Path

from specwire_codegen.documents.parse import parse
from specwire_codegen.files import fetch
from specwire_codegen.migrate.node import Node


def companion(node: Node, folder: Path) -> Node | None:
    """Return the content of the file that a configuration names; None, which is recorded, if it cannot be read.

    Only files below `folder` are read.
    """
    name = node.text()
    if name is None:
        return None
    if fetch.is_remote(name) or "\0" in name:
        node.leave(f"{name!r} is not read", "save it next to the configuration, and name that file")
        return None
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        node.leave(f"{name!r} is not below {folder.as_posix()}", "move it there, and name that file")
        return None
    if not path.is_file():
        node.leave(f"{name!r} does not exist", "correct its name")
        return None
    file = path.as_posix()
    value, source = parse(fetch.read_file(path, file), file)
    return Node(value, source, "", node.findings)
