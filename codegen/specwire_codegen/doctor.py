"""`specwire doctor`: what the environment has, what is missing, and what would go wrong."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

import attrs
from specwire._network.server_url import shown_url

from specwire_codegen.build_cache import targets
from specwire_codegen.config import read_config
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.files.access import Access
from specwire_codegen.project import provider, providers

_REQUIREMENT = re.compile(r"""([A-Za-z0-9._-]+).*?(?:;.*extra == ["']([\w-]+)["'])?\s*$""")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_DEVELOPMENT = frozenset({"dev", "docs"})


@attrs.frozen
class Finding:
    """A fact about the environment."""

    topic: str
    name: str
    value: str
    state: Literal["ok", "note", "wrong"] = "ok"
    """`note` is something that only some users need; `wrong` is to be put right."""


def examine(root: Path, environment: Mapping[str, str]) -> list[Finding]:
    """Examine Python, the installed packages, the settings of the network, and the providers of a project."""
    return [*_python(), *_packages(), *_network(environment), *_project(root, environment)]


def _python() -> Iterator[Finding]:
    yield Finding("python", platform.python_implementation(), platform.python_version())
    yield Finding("python", "platform", platform.platform(terse=True))
    yield Finding("python", "encoding", f"{sys.stdout.encoding}, files {sys.getfilesystemencoding()}")


def _packages() -> Iterator[Finding]:
    yield Finding("packages", "specwire", version("specwire"))
    missing = dict[str, list[str]]()
    for name, extra in _requirements().items():
        try:
            yield Finding("packages", name, version(name))
        except PackageNotFoundError:
            missing.setdefault(extra, []).append(name)
    for extra, names in missing.items():
        command = f'pip install "specwire[{extra}]"' if extra else "pip install specwire"
        yield Finding("packages", ", ".join(names), f"not installed: {command}", "note" if extra else "wrong")


def _requirements() -> dict[str, str]:
    """Return the packages that specwire requires, each with the first extra that does; "" for all installations."""
    found = dict[str, str]()
    for requirement in requires("specwire") or ():
        if match := _REQUIREMENT.match(requirement):
            name, extra = match[1], match[2] or ""
            if name != "specwire" and extra not in _DEVELOPMENT:
                found.setdefault(name, extra)
    return found


def _network(environment: Mapping[str, str]) -> Iterator[Finding]:
    for name in _PROXIES:
        if value := environment.get(name):
            yield Finding("network", name, shown_url(value))
    for name in ("NO_PROXY", "no_proxy"):
        if value := environment.get(name):
            yield Finding("network", name, value)
    for name in _CERTIFICATES:
        if value := environment.get(name):
            path = Path(value)
            there = path.is_dir() if name.endswith("DIR") else path.is_file()
            state: Literal["ok", "wrong"] = "ok" if there and os.access(path, os.R_OK) else "wrong"
            yield Finding("network", name, value if state == "ok" else f"{value} cannot be read", state)


def _project(root: Path, environment: Mapping[str, str]) -> Iterator[Finding]:
    names = providers(root)
    if not names:
        yield Finding("project", "specs/", "there are no providers in this folder", "note")
    for name in names:
        target = provider(root, name)
        try:
            config = read_config(target.config, name)
        except SpecwireCodegenError as problem:
            yield Finding("project", name, str(problem), "wrong")
            continue
        if not target.output.is_dir():
            yield Finding("project", name, f"not generated: specwire generate {name}", "wrong")
        elif targets.is_current(target, Access()):
            yield Finding("project", name, "generated, and nothing has changed since")
        else:
            yield Finding("project", name, f"may be out of date: specwire check {name}", "note")
        for variable in filter(None, (config.key_variable, config.base_url_variable)):
            is_key = variable == config.key_variable
            value = environment.get(variable, "").strip()
            stated = "set" if is_key else shown_url(value)
            yield Finding("project", variable, stated if value else "not set", "ok" if value or not is_key else "note")
