"""`generators.yml` as a description of a client, and as corrections of its document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from specwire_codegen.migrate.companions import companion
from specwire_codegen.migrate.description import Description
from specwire_codegen.migrate.fern.authentication import read_authentication
from specwire_codegen.migrate.fern.operations import read_operations
from specwire_codegen.migrate.fern.schemas import read_schemas
from specwire_codegen.migrate.merging import merge
from specwire_codegen.migrate.node import Node
from specwire_codegen.migrate.subject import Subject

_USED = ("api", "groups", "auth-schemes")
_IGNORED = ("default-group", "readme", "aliases", "reviewers", "metadata", "whitelabel", "autorelease")
_API = ("auth", "auth-schemes", "headers", "environments", "default-environment", "default-url", "specs", "path")
_NO_API = ("origin", "settings", "namespace")
_SPEC = ("openapi", "overrides", "overlays", "origin", "namespace", "settings")


def read(config: Node, subject: Subject, folder: Path) -> Description:
    """Return the content of a configuration, and apply its corrections to the document of `subject`.

    `config` is `generators.yml`, or the document itself.
    """
    description = Description("Fern")
    audiences: frozenset[str] = frozenset()
    if "openapi" not in config.value and "swagger" not in config.value:
        config.only(_USED, _IGNORED)
        api = config.get("api")
        if api is not None and isinstance(api.value, dict):
            api.only((*_API, "overrides", "overlays"), _NO_API)
            _read_overrides(api, subject, folder)
            _read_environments(api, subject)
        audiences = _read_python(config, description)
    read_authentication(config, subject, description)
    read_schemas(subject, description, config.findings)
    read_operations(subject, description, config.findings, audiences, whole="paths" not in config.value)
    return description


def _read_overrides(api: Node, subject: Subject, folder: Path) -> None:
    specs = api.get("specs")
    holders = [api, *(each for each in (specs.items() if specs is not None else ()) if isinstance(each.value, dict))]
    for holder in holders:
        if holder is not api:
            holder.only(_SPEC, ("asyncapi", "proto", "openrpc"))
        for key in ("overrides", "overlays"):
            for node in _listed(holder.get(key)):
                found = companion(node, folder)
                if found is None:
                    continue
                if key == "overrides":
                    merge(found.value, "", found, subject, "overrides")
                    continue
                actions = found.get("actions")
                for action in actions.items() if actions is not None else ():
                    if isinstance(action.value, dict):
                        subject.act(action.value, action)


def _listed(node: Node | None) -> Iterator[Node]:
    if node is not None:
        yield from node.items() if isinstance(node.value, list) else [node]


def _read_environments(api: Node, subject: Subject) -> None:
    stated, default = api.get("environments"), api.get("default-environment")
    if stated is None:
        return
    servers: list[dict[str, str]] = []
    for name, node in stated.members():
        url = node.get("url") if isinstance(node.value, dict) else node
        if url is None:
            node.leave(f"the environment {name} has several URLs", "state servers of single operations in the document")
        elif (text := url.text()) is not None:
            servers.append({"url": text, "name": name})
    if default is not None:
        servers.sort(key=lambda each: each["name"] != default.value)
    if servers and subject.get("/servers") != servers:
        subject.replace("/servers", servers, stated, "environments")


def _read_python(config: Node, description: Description) -> frozenset[str]:
    """Read the group that generates the Python client; return its audiences."""
    groups = config.get("groups")
    for _, group in groups.members() if groups is not None else ():
        generators = group.get("generators")
        for node in generators.items() if generators is not None else ():
            name, stated = node.get("name"), node.get("config")
            if name is None or "python" not in str(name.value):
                continue
            for keys in (("client_class_name",), ("client", "exported_class_name"), ("client", "class_name")):
                chosen = stated.at(*keys) if stated is not None else None
                if chosen is not None and description.class_name is None:
                    description.class_name = chosen.text()
            audiences = group.get("audiences")
            return frozenset(audiences.texts()) if audiences is not None else frozenset()
    return frozenset()
