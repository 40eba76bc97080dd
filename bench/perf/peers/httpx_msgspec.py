"""Bare httpx and msgspec."""

import httpx

from peers import bare

decoders = bare.decoders


class Sync(bare.BareSync):
    def __init__(self, origin: str) -> None:
        super().__init__(httpx, origin)


class Async(bare.BareAsync):
    def __init__(self, origin: str) -> None:
        super().__init__(httpx, origin)
