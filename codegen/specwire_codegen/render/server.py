"""Servers of a client, and the keywords that its document adds to the constructor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from specwire_codegen.ir import Api, MutualTLSScheme, Server, UndeclaredScheme
from specwire_codegen.openapi.casing import argument
from specwire_codegen.openapi.identifiers import CLIENT_OPTIONS, distinct
from specwire_codegen.python_source import docstring, line, literal


@attrs.frozen
class Keyword:
    """A keyword of the constructor: `kind` is `environment`, `variable` or `scheme`."""

    name: str
    kind: str
    annotation: str
    key: str
    """The variable or the security scheme, as a literal."""
    doc: str


def own_keywords(api: Api) -> tuple[Keyword, ...]:
    """Return the keywords for servers and their variables, and for the keys of several security schemes."""
    return (*_of_servers(api), *_of_schemes(api))


def constructor_doc(keywords: Sequence[Keyword]) -> str:
    """Return the docstring of a constructor with keywords of its own."""
    own = "".join(f"    {keyword.name}: {keyword.doc}\n" for keyword in keywords)
    return docstring(
        "Create a client.\n\nArgs:\n    api_key: API key.\n"
        f"{own}    options: Options of every client, such as `base_url`, `timeout` and `max_retries`.",
        indent=8,
    )


def _of_servers(api: Api) -> Iterator[Keyword]:
    if len(api.servers) > 1:
        names = ", ".join(literal(server.name) for server in api.servers)
        doc = "Name of the server; see `ENVIRONMENTS`. "
        yield Keyword("environment", "environment", f"_Literal[{names}]", "", doc + _from_environment(api))
    variables = {each.name: each for server in api.servers for each in server.variables}
    for name, variable in variables.items():
        values = dict.fromkeys(
            value for server in api.servers for each in server.variables if each.name == name for value in each.values
        )
        annotation = f"_Literal[{', '.join(map(literal, values))}]" if values else "str"
        doc = f"Part of the server's URL; {line(variable.default) or 'empty'} by default."
        yield Keyword(name, "variable", annotation, literal(name), doc)


def _of_schemes(api: Api) -> Iterator[Keyword]:
    if api.security is None:
        return
    variables: Mapping[str, str] = dict(api.security.variables)
    keyed = [name for name, one in api.security.schemes if not isinstance(one, MutualTLSScheme | UndeclaredScheme)]
    if len(keyed) < 2:
        return
    taken = CLIENT_OPTIONS | {each.name for server in api.servers for each in server.variables}
    names = distinct([(name, argument(name)) for name in keyed], frozenset(taken))
    for name in keyed[1:]:
        where = f"; by default, from `{variables[name]}`" if name in variables else ""
        yield Keyword(names[name], "scheme", "Key", literal(name), f"Key of the security scheme {line(name)}{where}.")


def server_facts(api: Api) -> list[str]:
    """Return the arguments of the provider that describe its servers."""
    servers = ", ".join(f"{literal(server.name)}: {_server(server)}" for server in api.servers)
    found = [f"servers={{{servers}}}"]
    if len(api.servers) > 1:
        found.append(f"environment_variable={literal(environment_variable(api))}")
    return found


def environment_variable(api: Api) -> str:
    """Return the environment variable that names the server."""
    return (api.base_url_variable or f"{api.package.upper()}_BASE_URL").removesuffix("BASE_URL") + "ENVIRONMENT"


def _from_environment(api: Api) -> str:
    return f"By default, from `{environment_variable(api)}`, else {literal(api.servers[0].name)}."


def _server(server: Server) -> str:
    facts = [literal(server.url)]
    if server.description:
        facts.append(f"description={literal(server.description)}")
    if server.variables:
        variables = ", ".join(
            f"{literal(each.name)}: _ServerVariable({literal(each.default)}"
            + (f", {literal(each.values)})" if each.values else ")")
            for each in server.variables
        )
        facts.append(f"variables={{{variables}}}")
    return f"_Server({', '.join(facts)})"


def servers_note(api: Api) -> str:
    """Return the paragraph of a docstring that lists the servers."""
    if len(api.servers) < 2:
        return ""
    lines = [f"- `{server.name}`: {line(server.url)}. {line(server.description)}".rstrip() for server in api.servers]
    return "\n\nServers, by the name to pass as `environment`; the first is the default:\n\n" + "\n".join(lines)
