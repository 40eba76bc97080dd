"""The tree of resources: methods and models by their place."""

from __future__ import annotations

import attrs

from specwire_codegen.documents.routes import Routed, Routes
from specwire_codegen.migrate.node import Node
from specwire_codegen.migrate.subject import Subject
from specwire_codegen.openapi.casing import snake

_USED = ("methods", "models", "subresources", "skip", "only", "deprecated", "description")
_IGNORED = ("terraform", "mcp", "standalone_api", "custom", "cli", "name", "type")
_METHOD = (
    *("type", "endpoint", "to", "paginated", "streaming", "skip", "only", "deprecated", "body_param_name"),
    *("positional_params", "unwrap_response", "default_request_options", "description"),
)
_NO_METHOD = ("skip_test_reason", "docs", "terraform", "mcp", "cli", "reason", "params_type_name")
_DEPTH = 20
"""Maximum depth of resources, and number of aliases in a row."""


@attrs.frozen
class Resource:
    """A resource and its place in the tree."""

    path: tuple[str, ...]
    node: Node
    shared: bool = False
    """True if it holds models of several resources."""


@attrs.frozen
class Method:
    """A method of the client, and its operation."""

    name: str
    node: Node
    operation: Routed[str]


@attrs.frozen
class Model:
    """A named model; `path` is how the configuration refers to it."""

    path: str
    node: Node
    shared: bool


def is_wanted(node: Node) -> bool:
    """Return whether a part of the configuration concerns the Python client."""
    skip, only = node.get("skip"), node.get("only")
    if skip is not None and (skip.value is True or (skip.value is not False and "python" in skip.texts())):
        return False
    return only is None or "python" in only.texts()


@attrs.define
class Walk:
    """Everything that the tree of resources holds, in its order."""

    subject: Subject
    methods: list[Method] = attrs.field(factory=list)
    models: list[Model] = attrs.field(factory=list)
    _routes: Routes[str] | None = None

    def enter(self, resource: Resource) -> None:
        """Collect the methods and models of a resource and of the resources below it."""
        node = resource.node
        if len(resource.path) > _DEPTH:
            node.fail(f"resources are nested deeper than {_DEPTH} levels", "flatten them")
            return
        node.only(_USED, _IGNORED)
        if not is_wanted(node):
            return
        for name, child in _members(node, "models"):
            if not isinstance(child.value, dict) or is_wanted(child):
                self.models.append(Model(".".join((*resource.path, name)), child, resource.shared))
        for name, child in _members(node, "methods"):
            self._method(resource, name, child)
        for name, child in _members(node, "subresources"):
            self.enter(Resource((*resource.path, name), child))

    def _method(self, resource: Resource, name: str, node: Node) -> None:
        if isinstance(node.value, dict):
            node.only(_METHOD, _NO_METHOD)
            if not is_wanted(node):
                return
        endpoint = self._endpoint(resource, node)
        if endpoint is None:
            return
        if self._routes is None:
            self._routes = self.subject.routes()
        found = self._routes.find(endpoint)
        dotted = ".".join(map(snake, (*resource.path, name)))
        if len(found) == 1:
            self.methods.append(Method(dotted, node, found[0]))
            return
        help_ = self._routes.help(endpoint, len(found))
        what = "no operation" if not found else "several operations"
        node.leave(f"{dotted} is left out: the document has {what} {endpoint!r}", help_)

    def _endpoint(self, resource: Resource, node: Node, depth: int = 0) -> str | None:
        if not isinstance(node.value, dict):
            return node.text()
        kind = node.get("type")
        if kind is not None and kind.value == "alias" and (to := node.get("to")) is not None:
            target = resource.node.at("methods", str(to.value))
            if target is None or depth > _DEPTH:
                to.leave(
                    f"the alias leads to {to.value!r}, which is not a method", "name a method of the same resource"
                )
                return None
            return self._endpoint(resource, target, depth + 1)
        if kind is not None and kind.value != "http":
            node.leave(f"methods of the type {kind.value!r} are not generated", "write it by hand, in overrides/")
            return None
        endpoint = node.get("endpoint")
        if endpoint is None:
            node.fail(f"the method {node.name} has no endpoint", "write endpoint: get /path")
            return None
        return endpoint.text()


def _members(node: Node, key: str) -> list[tuple[str, Node]]:
    stated = node.get(key)
    return [(name, child) for name, child in stated.members() if child.value is not None] if stated is not None else []
