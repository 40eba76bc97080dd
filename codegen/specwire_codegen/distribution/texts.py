"""Texts of a distribution: metadata, README, tests and CI."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import attrs

from specwire_codegen.distribution.calls import Call, first_calls
from specwire_codegen.distribution.metadata import own_requirements, runtime_requirement
from specwire_codegen.files.pin import toml
from specwire_codegen.ir import Api, BasicScheme, DigestScheme, MutualTLSScheme, SecurityScheme, UndeclaredScheme
from specwire_codegen.mock import TEST_KEY
from specwire_codegen.openapi.identifiers import distinct
from specwire_codegen.output.formatting import formatted
from specwire_codegen.python_source import docstring, line, literal, markdown, summarized
from specwire_codegen.render.module import render_template

Backend = Literal["hatchling", "uv"]
_KEY = literal(TEST_KEY)


@attrs.frozen
class Facts:
    """Facts about a distribution."""

    name: str
    package: str
    packages: tuple[str, ...]
    """All packages that it installs."""
    version: str
    api: Api
    calls: tuple[Call, ...]
    backend: Backend
    vendored: bool
    license: str | None
    documentation: str | None


def texts(facts: Facts) -> dict[str, str]:
    """Return the files of a distribution by path, without the client and the changelog."""
    api = facts.api
    python = {
        "tests/conftest.py": _rendered("conftest.py", _test_facts(facts)),
        "tests/test_calls.py": _rendered("test_calls.py", _test_facts(facts)),
        "tests/test_readme.py": _rendered("test_readme.py", _test_facts(facts)),
    }
    return {
        "pyproject.toml": _rendered("pyproject.toml", _metadata(facts)),
        "README.md": _rendered("README.md", _introduction(facts)),
        ".github/workflows/ci.yml": _rendered("ci.yml", {}),
        ".gitignore": "__pycache__/\n.venv/\nbuild/\ndist/\n",
        **formatted(python),
        "tests/__init__.py": f'"""Tests of the client of {_quotable(api.title)}."""\n',
    }


def _rendered(name: str, context: dict[str, object]) -> str:
    return render_template(f"distribution/{name}.jinja", context)


def _quotable(text: str) -> str:
    return line(text).replace("\\", "").replace('"', "")


def _metadata(facts: Facts) -> dict[str, object]:
    description = f"Python client of {line(facts.api.title)}"
    return {
        "name": toml(facts.name),
        "version": toml(facts.version),
        "description": toml(description[:200]),
        "license": None if facts.license is None else toml(facts.license),
        "dependencies": ", ".join(map(toml, own_requirements() if facts.vendored else [runtime_requirement()])),
        "mock": toml(runtime_requirement("[mock]")),
        "documentation": None if facts.documentation is None else toml(facts.documentation),
        "packages": [toml(each) for each in facts.packages],
        "folders": [toml(f"src/{each}") for each in facts.packages],
        "backend": facts.backend,
        "vendored": facts.vendored,
    }


def _introduction(facts: Facts) -> dict[str, object]:
    api, first = facts.api, first_calls(list(facts.calls))
    snippets = formatted({f"call_{number}.py": _shown(call) for number, call in enumerate(first)})
    sentence, rest = summarized(api.description)
    arguments, hint = _constructor(api)
    # The error example makes the first call again, as a statement of its own.
    again = formatted({"first.py": f"{first[0].source}\n"})["first.py"] if first else "pass\n"
    return {
        "title": markdown(facts.name),
        "api": markdown(f"{api.title} {api.version}"),
        "description": "\n\n".join(markdown(each) for each in (sentence, *rest.split("\n\n")[:1]) if each.strip()),
        "name": facts.name,
        "package": facts.package,
        "client": api.class_name,
        "compat": api.compat is not None,
        "runtime": f"{facts.package}.specwire" if facts.vendored else "specwire",
        "constructor": arguments,
        "anonymous": not _are_credentials_declared(api),
        "hint": hint,
        "calls": list(snippets.values()),
        "first": again.rstrip("\n").replace("\n", "\n    "),
    }


def _shown(call: Call) -> str:
    """Return a call as a statement that shows its result."""
    match call.kind:
        case "stream":
            return f"with {call.source} as events:\n    for event in events:\n        print(event)\n"
        case "pages":
            return (
                f"for item in client.{call.name}.iter({call.arguments}):  # fetches pages as needed\n    print(item)\n"
            )
        case "download":
            return f"print(len({call.source}.read()))\n"
        case _:
            return f"print({call.source})\n"


def _are_credentials_declared(api: Api) -> bool:
    return api.security is None or api.security.declares(api.security.requirements)


def _constructor(api: Api) -> tuple[str, str]:
    """Return the arguments of the client, and a comment on what it reads from the environment."""
    if not _are_credentials_declared(api):
        return (
            'api_key=ANONYMOUS, headers={"Authorization": "..."}',
            "  # the document does not declare the credentials",
        )
    if api.security is None or not api.security.variables:
        found = "" if api.base_url else 'base_url="https://..."'
        return ("", "") if not found or api.base_url_variable else (found, "")
    names = ", ".join(f"{variable}" for _, variable in api.security.variables[:1])
    return "", f"  # reads {names}; or {api.class_name}(api_key=...)"


def _test_facts(facts: Facts) -> dict[str, object]:
    api = facts.api
    schemes = () if api.security is None else api.security.schemes
    given = [
        (name, _credential(scheme))
        for name, scheme in schemes
        if not isinstance(scheme, MutualTLSScheme | UndeclaredScheme)
    ]
    keys = ", ".join(f"{literal(name)}: {value}" for name, value in given)
    credentials = f"api_key={given[0][1]}, " if len(schemes) == len(given) == 1 else f"credentials={{{keys}}}, "
    plain = next((call for call in facts.calls if call.kind in ("plain", "pages")), None)
    return {
        "package": facts.package,
        "client": api.class_name,
        "credentials": credentials if given else "",
        "calls": list(_named(facts.calls)),
        "plain": plain,
        "base_url_variable": literal(api.base_url_variable or f"{api.package.upper()}_BASE_URL"),
        "variables": list(_variables(api)),
    }


def _variables(api: Api) -> Iterator[tuple[str, str]]:
    """Yield the environment variables of keys, and a value for each."""
    if api.security is not None:
        schemes = dict(api.security.schemes)
        for scheme, variable in api.security.variables:
            pair = isinstance(schemes.get(scheme), BasicScheme | DigestScheme)
            yield literal(variable), literal(f"{TEST_KEY}:{TEST_KEY}") if pair else _KEY


def _credential(scheme: SecurityScheme) -> str:
    return f"({_KEY}, {_KEY})" if isinstance(scheme, BasicScheme | DigestScheme) else _KEY


def _named(found: Sequence[Call]) -> Iterator[dict[str, Any]]:
    """Yield the facts of each call, with a name for its test."""
    names = distinct([(call.name, call.name.replace(".", "_").strip("_")) for call in found], frozenset())
    for call in found:
        yield {
            **attrs.asdict(call),
            "source": call.source,
            "test": names[call.name],
            "doc": docstring(f"{call.route}.", indent=4),
        }
