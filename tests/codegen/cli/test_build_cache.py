"""Build cache: it may be missing, damaged or another user's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.command_line import Specwire, project, specwire

__all__ = ["project", "specwire"]


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe{",
        b"[" * 200_000,
        b'{"dependencies": [' + b"9" * 6000 + b"]}",
        b'{"dependencies": [1, null, {}]}',
        b'{"dependencies": ["a\\u0000b", "/dev/zero"]}',
        b'{"dependencies": {}}',
        b'"dependencies"',
        b"",
    ],
)
def test_a_damaged_cache_is_ignored(project: Path, specwire: Specwire, content: bytes) -> None:
    """A run generates everything, and the next one is skipped again."""
    assert 0 == specwire("generate")[0]
    (cached,) = (project.parents[1] / "cache" / "specwire").iterdir()
    cached.write_bytes(content)
    code, out, _ = specwire("generate")
    assert 0 == code and "0 changed" in out
    assert "unchanged" in specwire("generate")[1]


def test_a_pipe_at_the_path_of_the_cache_is_not_read(project: Path, specwire: Specwire) -> None:
    """Reading it would block."""
    assert 0 == specwire("generate")[0]
    (cached,) = (project.parents[1] / "cache" / "specwire").iterdir()
    cached.unlink()
    os.mkfifo(cached)
    code, out, _ = specwire("generate")
    assert 0 == code and "0 changed" in out
