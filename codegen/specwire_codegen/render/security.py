"""Security schemes as facts of a provider."""

from __future__ import annotations

from typing import assert_never

from specwire_codegen.ir import (
    ApiKeyScheme,
    BasicScheme,
    BearerScheme,
    DigestScheme,
    HttpScheme,
    MutualTLSScheme,
    OAuth2Scheme,
    Security,
    SecurityScheme,
    UndeclaredScheme,
)
from specwire_codegen.python_source import literal


def security_facts(security: Security) -> list[str]:
    """Return the security arguments of a `Provider`."""
    (name, first), *others = security.schemes
    is_named = bool(others) or isinstance(first, UndeclaredScheme)
    if not is_named and security.required and security.requirements == ((name,),):
        variables = [f"key_variable={literal(variable)}" for _, variable in security.variables]
        return [f"security={_scheme(first)}", *variables]
    schemes = ", ".join(f"{literal(name)}: {_scheme(scheme)}" for name, scheme in security.schemes)
    facts = [f"{{{schemes}}}", literal(security.requirements)]
    if security.variables:
        facts.append(literal(dict(security.variables)))
    if not security.required:
        facts.append("required=False")
    return [f"security=Security({', '.join(facts)})"]


def _scheme(scheme: SecurityScheme) -> str:
    match scheme:
        case BearerScheme():
            return "Bearer()"
        case BasicScheme():
            return "Basic()"
        case DigestScheme():
            return "Digest()"
        case HttpScheme(name):
            return f"Http({literal(name)})"
        case ApiKeyScheme(name, place, prefix):
            stated = f", {literal(prefix)}" if prefix else ""
            return f"ApiKey({literal(name)}, {literal(place)}{stated})"
        case OAuth2Scheme(token_url, refresh_url, device_url, own):
            facts = [literal(token_url)]
            if refresh_url is not None:
                facts.append(literal(refresh_url))
            if device_url is not None:
                facts.append(f"device_url={literal(device_url)}")
            if own:
                facts.append(f"own={literal(dict(own))}")
            return f"OAuth2({', '.join(facts)})"
        case MutualTLSScheme():
            return "MutualTLS()"
        case UndeclaredScheme():
            return "Undeclared()"
        case _:
            assert_never(scheme)
