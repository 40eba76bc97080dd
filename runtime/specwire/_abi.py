"""ABI between generated clients and the runtime (`docs/compatibility.md`)."""

from __future__ import annotations

ABI = 1
"""Level of this runtime: it grows when generated code begins to use something that older runtimes lack."""
OLDEST = 1
"""Oldest level whose clients run on this runtime; it only grows with the major version."""


def require(package: str, level: int) -> None:
    """Raise ImportError if this runtime is too old or too new for a client."""
    if level > ABI:
        raise ImportError(f"{_stated(package, level)}: pip install --upgrade specwire", name=package)
    if level < OLDEST:
        raise ImportError(f"{_stated(package, level)}: generate the client again, or install its runtime", name=package)


def _stated(package: str, level: int) -> str:
    from specwire import __version__

    supported = str(ABI) if OLDEST == ABI else f"{OLDEST} to {ABI}"
    return f"{package} was generated for ABI {level} of specwire, and specwire {__version__} supports ABI {supported}"
