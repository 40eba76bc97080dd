"""`workflow.yaml` and `gen.yaml` as a description of a client, and as corrections of its document."""

from __future__ import annotations

import re
from pathlib import Path

from specwire_codegen.documents.parse import parse
from specwire_codegen.files import fetch
from specwire_codegen.migrate.companions import companion
from specwire_codegen.migrate.description import Description, Model, Option
from specwire_codegen.migrate.node import Node
from specwire_codegen.migrate.speakeasy.operations import read_operations
from specwire_codegen.migrate.subject import Subject
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.casing import pascal, snake

_WORKFLOW = ("workflowVersion", "speakeasyVersion", "sources", "targets")
_SOURCE = ("inputs", "overlays", "output", "registry", "ruleset", "transformations")
_GEN = ("configVersion", "generation", "python")
_OTHERS = frozenset("typescript go java csharp php ruby terraform unity swift docs postman mcp-typescript cli".split())
_PYTHON = ("envVarPrefix", "sdkClassName")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OVERRIDE = "x-speakeasy-name-override"
_SCHEMAS, _SCHEMES = "/components/schemas", "/components/securitySchemes"


def read(config: Node, subject: Subject, path: Path) -> Description:
    """Return the content of a configuration, and apply its corrections to the document of `subject`.

    `config` is `workflow.yaml`, next to which `gen.yaml` is read too, or `gen.yaml`, or the document itself.
    """
    description = Description("Speakeasy")
    settings: Node | None = None
    if "workflowVersion" in config.value:
        config.only(_WORKFLOW)
        _apply_overlays(config, subject, path.parent.parent if path.parent.name == ".speakeasy" else path.parent)
        settings = _settings_beside(config, path)
    elif config.value.keys() & {"configVersion", "generation"}:
        settings = config
    prefix = _read_settings(settings, description) if settings is not None else None
    _read_schemes(subject, description, config, prefix)
    _read_models(subject, description, config)
    read_operations(subject, description, config.findings, whole="paths" not in config.value)
    return description


def _settings_beside(config: Node, path: Path) -> Node | None:
    for place in (path.parent / "gen.yaml", path.parent / ".speakeasy" / "gen.yaml", path.parent.parent / "gen.yaml"):
        if place.is_file():
            file = place.as_posix()
            value, source = parse(fetch.read_file(place, file), file)
            return Node(value, source, "", config.findings)
    return None


def _apply_overlays(config: Node, subject: Subject, root: Path) -> None:
    """Apply the overlays of the source of the Python target, or of all sources."""
    targets, sources = config.get("targets"), config.get("sources")
    chosen = {
        node.value.get("source")
        for _, node in (targets.members() if targets is not None else ())
        if isinstance(node.value, dict) and node.value.get("target") == "python"
    }
    for name, source in sources.members() if sources is not None else ():
        if chosen and name not in chosen:
            continue
        source.only(_SOURCE)
        overlays, changes = source.get("overlays"), source.get("transformations")
        for each in changes.items() if changes is not None else ():
            each.leave("transformations are not applied", "write the change into overlay.yaml")
        for overlay in overlays.items() if overlays is not None else ():
            location = overlay.get("location") if isinstance(overlay.value, dict) else overlay
            found = companion(location, root) if location is not None else None
            actions = found.get("actions") if found is not None else None
            for action in actions.items() if actions is not None else ():
                if isinstance(action.value, dict):
                    known = {key: action.value[key] for key in action.value if not str(key).startswith("x-speakeasy")}
                    subject.act(known, action)


def _read_settings(settings: Node, description: Description) -> str | None:
    """Read `gen.yaml`; return the prefix of environment variables."""
    settings.only(_GEN, [*_OTHERS, "management", "features", "lock"])
    name, server = settings.at("generation", "sdkClassName"), settings.at("generation", "baseServerUrl")
    if name is not None and (text := name.text()):
        description.class_name = pascal(text)
    if server is not None and server.value:
        server.leave("baseServerUrl is not carried over", "state the server in the document")
    prefix = settings.at("python", "envVarPrefix")
    start = prefix.text() if prefix is not None else None
    if prefix is not None and start and not _NAME.fullmatch(start):
        prefix.fail(f"{start!r} cannot begin an environment variable", "use letters, digits and underscores")
        return None
    if start:
        description.base_url_variable = f"{start}_SERVER_URL"
    return start or None


def _read_schemes(subject: Subject, description: Description, config: Node, prefix: str | None) -> None:
    """Add an argument for each security scheme, with the variable that Speakeasy gives it."""
    stated = subject.get(_SCHEMES)
    for name, scheme in stated.items() if isinstance(stated, dict) else ():
        node = Node(scheme, subject.document, pointers.join(_SCHEMES, name), config.findings)
        chosen = node.get(_OVERRIDE) if isinstance(scheme, dict) else None
        argument = snake((chosen.text() if chosen is not None else None) or name)
        variable = f"{prefix}_{argument.upper()}" if prefix else None
        basic = isinstance(scheme, dict) and scheme.get("scheme") == "basic"
        for role in ("username", "password") if basic else (None,):
            each = f"{prefix}_{role.upper()}" if prefix and role else variable
            description.options.append(Option(role or argument, variable=each, scheme=name, role=role))
    keys = [each.variable for each in description.options if each.role is None]
    description.key_variable = next(filter(None, keys), None)


def _read_models(subject: Subject, description: Description, config: Node) -> None:
    """Add the class names that components state."""
    stated = subject.get(_SCHEMAS)
    taken: set[str] = set()
    for component, schema in stated.items() if isinstance(stated, dict) else ():
        chosen = schema.get(_OVERRIDE) if isinstance(schema, dict) else None
        if isinstance(chosen, str) and chosen and (name := pascal(chosen)) not in taken:
            taken.add(name)
            node = Node(chosen, subject.document, pointers.join(_SCHEMAS, component), config.findings)
            description.models[component] = Model(name, node)
