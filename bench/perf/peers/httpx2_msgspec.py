"""Bare httpx2 and msgspec."""

import httpx2

from peers import bare

decoders = bare.decoders


class Sync(bare.BareSync):
    def __init__(self, origin: str) -> None:
        super().__init__(httpx2, origin)


class Async(bare.BareAsync):
    def __init__(self, origin: str) -> None:
        super().__init__(httpx2, origin)
