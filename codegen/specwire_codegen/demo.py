"""Demonstration: `examples/demo.py` with all clients on mock servers, except for the live ones."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from specwire._network.server_url import shown_url

from specwire_codegen.config import ClientConfig, read_config
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.generate import api_of, document_of
from specwire_codegen.mock.app import build
from specwire_codegen.mock.loopback import direct
from specwire_codegen.mock.server import serve
from specwire_codegen.project import Target, provider, providers, read_normalized


def demo(root: Path, live: Sequence[str], environment: Mapping[str, str], tell: Callable[[str], object]) -> int:
    """Run the example and return its exit code; `tell` receives an announcement for each live provider first."""
    script = root / "examples" / "demo.py"
    if not script.is_file():
        raise SpecwireCodegenError(f"{script} does not exist: run this in the project folder")
    announcements = [_announced(provider(root, name), environment) for name in live]
    variables = dict(environment)
    with ExitStack() as stack:
        stack.enter_context(direct(variables))
        for name in providers(root):
            if name not in live:
                target = provider(root, name)
                url = stack.enter_context(serve(build(read_normalized(target))))
                variables |= _at(read_config(target.config, name), url)
        for announcement in announcements:
            tell(announcement)
        return subprocess.run([sys.executable, str(script), *live], env=variables, check=False).returncode


def _at(config: ClientConfig, url: str) -> dict[str, str]:
    """Return the environment variables that direct a client to a mock server, with a valid key."""
    named = {config.base_url_variable: url, config.key_variable: "test-key"}
    return {variable: value for variable, value in named.items() if variable}


def _announced(target: Target, environment: Mapping[str, str]) -> str:
    """Return the announcement for a live provider; raise if its URL or key is unknown."""
    config = read_config(target.config, target.name)
    stated = environment.get(config.base_url_variable or "", "").strip()
    url = stated or api_of(target, document_of(target)[0]).base_url
    if not url:
        raise SpecwireCodegenError(f"{target.name} has no base URL: set {config.base_url_variable}")
    if config.key_variable and not environment.get(config.key_variable, "").strip():
        raise SpecwireCodegenError(f"set {config.key_variable} to a key of {target.name}, which is sent to {url}")
    return (
        f"{target.name} is live: examples/demo.py sends every call to {shown_url(url)}, with the key in "
        f"{config.key_variable}. This includes generations, uploads and batches, and may cost money"
    )
