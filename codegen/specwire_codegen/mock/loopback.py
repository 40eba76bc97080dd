"""Direct connections to this machine, regardless of proxy settings in the environment."""

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Final

HOSTS: Final = ("127.0.0.1", "localhost", "::1")
_EXEMPT: Final = ("NO_PROXY", "no_proxy")


@contextmanager
def direct(environment: MutableMapping[str, str]) -> Iterator[None]:
    """Bypass proxies from the environment for requests to this machine until the block ends."""
    before = {name: environment[name] for name in _EXEMPT if name in environment}
    listed = [host for value in before.values() for host in value.split(",") if host.strip()]
    environment.update(dict.fromkeys(_EXEMPT, ",".join(dict.fromkeys([*listed, *HOSTS]))))
    try:
        yield
    finally:
        for name in _EXEMPT:
            del environment[name]
        environment.update(before)
