"""Demonstration: `examples/demo.py` with all included clients on mock servers, except for the live ones."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from specwire._network.server_url import shown_url
from specwire.support import Provider

from specwire_codegen.clients.included import CLIENTS, all_included, find_included, read_json
from specwire_codegen.clients.named import class_of
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.mock import TEST_KEY
from specwire_codegen.mock.app import build
from specwire_codegen.mock.loopback import direct
from specwire_codegen.mock.server import serve
from specwire_codegen.openapi.suggest import did_you_mean

_SCRIPTS = (Path(__file__).with_name("demo_script.py"), Path(__file__).parents[2] / "examples" / "demo.py")
"""The example in the wheel, and in a checkout."""


def demo(live: Sequence[str], environment: Mapping[str, str], tell: Callable[[str], object]) -> int:
    """Run the example and return its exit code; `tell` receives an announcement for each live provider first."""
    script = next((path for path in _SCRIPTS if path.is_file()), None)
    if script is None:
        raise SpecwireCodegenError("the example of the demo is missing: install specwire again")
    known = all_included()
    for name in live:
        if name not in known:
            listed = f"use one of {', '.join(known)}"
            raise SpecwireCodegenError(f"unknown provider {name!r}: {did_you_mean(name, known, listed)}")
    announcements = [_announced(_provider_of(name), environment) for name in live]
    variables = dict(environment)
    with ExitStack() as stack:
        stack.enter_context(direct(variables))
        for name in known:
            document = find_included(name)
            if name not in live and document is not None:
                url = stack.enter_context(serve(build(read_json(document))))
                variables |= _at(_provider_of(name), url)
        for announcement in announcements:
            tell(announcement)
        return subprocess.run([sys.executable, str(script), *live], env=variables, check=False).returncode


def _provider_of(name: str) -> Provider:
    return class_of(f"{CLIENTS}.{name}")._provider


def _at(provider: Provider, url: str) -> dict[str, str]:
    """Return the environment variables that direct a client to a mock server, with a valid key."""
    named = {provider.base_url_variable: url, provider.key_variable: TEST_KEY}
    return {variable: value for variable, value in named.items() if variable}


def _announced(provider: Provider, environment: Mapping[str, str]) -> str:
    """Return the announcement for a live provider; raise if its URL or key is unknown."""
    stated = environment.get(provider.base_url_variable or "", "").strip()
    url = stated or provider.base_url
    if not url:
        raise SpecwireCodegenError(f"{provider.name} has no base URL: set {provider.base_url_variable}")
    if provider.key_variable and not environment.get(provider.key_variable, "").strip():
        raise SpecwireCodegenError(f"set {provider.key_variable} to a key of {provider.name}, which is sent to {url}")
    return (
        f"{provider.name} is live: examples/demo.py sends every call to {shown_url(url)}, with the key in "
        f"{provider.key_variable}. This includes generations, uploads and batches, and may cost money"
    )
