"""`stainless.yml` as a description of a client, and as corrections of its document."""

from __future__ import annotations

import re

from specwire_codegen.migrate.description import Compat, Description
from specwire_codegen.migrate.node import Node
from specwire_codegen.migrate.stainless.casing import casing_of, class_name
from specwire_codegen.migrate.stainless.client_settings import read_client_settings
from specwire_codegen.migrate.stainless.document import read_document_settings
from specwire_codegen.migrate.stainless.examples import read_examples
from specwire_codegen.migrate.stainless.methods import read_methods
from specwire_codegen.migrate.stainless.models import read_models
from specwire_codegen.migrate.stainless.pagination import read_schemes
from specwire_codegen.migrate.stainless.resources import Resource, Walk
from specwire_codegen.migrate.stainless.streaming import read_rules
from specwire_codegen.migrate.stainless.transforms import apply_transforms
from specwire_codegen.migrate.stainless.unwrapping import unwrap
from specwire_codegen.migrate.subject import Subject

_USED = (
    *("organization", "resources", "targets", "client_settings", "environments", "pagination", "streaming", "openapi"),
    *("query_settings", "settings", "readme", "custom_casings", "security", "security_schemes"),
    *("unspecified_endpoints", "errors", "multipart_settings"),
)
_IGNORED = ("edition", "codeflow", "diagnostics", "$schema", "constants")
_SETTINGS = ("unwrap_response_fields", "unwrap_multiproperty_response_fields", "positional_params")
_NO_SETTINGS = (
    *("license", "file_header", "disable_mock_tests", "disable_tests", "sort_schema_properties", "python"),
    *("per_endpoint_security", "mock_server", "require_websocket_dependencies"),
)


def read(config: Node, subject: Subject) -> Description:
    """Return the content of a configuration, and apply its corrections to the document of `subject`."""
    config.only(_USED, _IGNORED)
    description = Description("Stainless", complete=True, compat=Compat("stainless"))
    description.casing |= casing_of(config)
    _read_names(config, description)
    apply_transforms(config, subject)
    read_document_settings(config, subject)
    if (settings := config.get("settings")) is not None:
        settings.only(_SETTINGS, _NO_SETTINGS)
    walk = Walk(subject)
    for resource in _resources(config):
        walk.enter(resource)
    models = read_models(walk.models, subject, description)
    read_methods(walk.methods, subject, description, models, read_schemes(config), read_rules(config))
    unwrap(walk.methods, config, subject)
    _omit(config, subject, description)
    read_client_settings(config, subject, description)
    read_examples(config, subject, description)
    for key, what in (("errors", "error types"), ("multipart_settings", "the form of multipart bodies")):
        if (left := config.get(key)) is not None:
            left.leave(f"{key} is not carried over: {what} follow the document", "compare them with the client")
    return description


def _resources(config: Node) -> list[Resource]:
    stated = config.get("resources")
    if stated is None:
        config.fail("the configuration has no resources", "pass a stainless.yml")
        return []
    return [
        Resource(() if name in ("$client", "$shared") else (name,), node, name == "$shared")
        for name, node in stated.members()
    ]


def _read_names(config: Node, description: Description) -> None:
    """Read class name and prefix of environment variables."""
    node = config.at("client_settings", "default_client_name") or config.at("organization", "name")
    name = node.text() if node is not None else None
    if not name:
        return
    stated = config.at("client_settings", "default_env_prefix")
    prefix = stated.text() if stated is not None else None
    variable = re.sub(r"[^A-Za-z0-9]+", "_", prefix or name).strip("_").upper()
    description.class_name = class_name(name, description.casing)
    if variable[:1].isalpha():
        description.base_url_variable = f"{variable}_BASE_URL"
        if description.compat is not None:
            description.compat.headers_variable = f"{variable}_CUSTOM_HEADERS"


def _omit(config: Node, subject: Subject, description: Description) -> None:
    """Omit the operations that the configuration does not have."""
    routes = subject.routes()
    stated = config.get("unspecified_endpoints")
    for node in stated.items() if stated is not None else ():
        text = node.text()
        found = routes.find(text) if text else []
        if not found:
            node.leave(f"the document has no operation {text!r}", "ignore this if the operation was removed")
        for each in found:
            if each.route not in description.methods:
                description.omitted[each.route] = "unspecified_endpoints"
    for each in routes.operations:
        if each.route not in description.methods:
            description.omitted.setdefault(each.route, "not in the configuration")
