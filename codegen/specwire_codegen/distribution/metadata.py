"""Metadata of a distribution: its name, version and licence."""

from __future__ import annotations

import re
from importlib.metadata import requires

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, is_normalized_name
from packaging.version import InvalidVersion, Version
from specwire import __version__

from specwire_codegen.diagnostics import UsageError
from specwire_codegen.openapi.casing import words

_LONGEST = 60
"""Longest name made from a title, in characters."""


def distribution_name(title: str) -> str:
    """Return the name of a distribution for an API, such as `pet-store-client`."""
    plain = [word.lower() for word in words(title) if word.isascii()]
    name = "-".join(plain)[:_LONGEST].strip("-") or "api"
    return name if name.endswith("-client") else f"{name}-client"


def require_distribution_name(name: str) -> None:
    """Raise for a name that is not a normalized name of a distribution, or begins with a digit."""
    if not is_normalized_name(name) or name[0].isdigit():
        advice = canonicalize_name(re.sub(r"[^A-Za-z0-9._-]+", "-", name)).strip("-") or "my-client"
        raise UsageError(
            f"{name!r} is not a name of a distribution: use lower-case letters, digits and single hyphens, "
            f"such as {advice if not advice[0].isdigit() else f'my-{advice}'}"
        )


def import_name(distribution: str) -> str:
    """Return the package that a distribution installs."""
    return distribution.replace("-", "_")


def stated_version(version: str) -> str:
    """Return a version that the user chose; raise if it is not a version of PEP 440."""
    try:
        return str(Version(version))
    except InvalidVersion:
        raise UsageError(f"{version!r} is not a version: write one such as 1.2.0 or 2.0.0rc1") from None


def document_version(version: str) -> str:
    """Return the version of a document as a version of PEP 440: a date keeps its numbers, other text is 0.1.0."""
    try:
        return str(Version(version))
    except InvalidVersion:
        numbers = [str(int(each)) for each in re.findall(r"\d{1,9}", version, re.ASCII)[:3]]
        return ".".join(numbers) or "0.1.0"


def stated_license(expression: str) -> str:
    """Return a licence that the user chose, in canonical form; raise if it is not an SPDX expression."""
    try:
        return str(canonicalize_license_expression(expression))
    except InvalidLicenseExpression:
        message = f"{expression!r} is not a licence: write an SPDX expression such as MIT or Apache-2.0"
        raise UsageError(message) from None


def runtime_requirement(extra: str = "") -> str:
    """Return the requirement of the runtime: at least this version, below the next major one (docs/compatibility.md)."""
    major = Version(__version__).major
    return f"specwire{extra}>={__version__},<{major + 1}"


def own_requirements() -> list[str]:
    """Return the requirements of the runtime itself, for a package that has a copy of it."""
    return [str(found) for each in requires("specwire") or () if not (found := Requirement(each)).marker]
