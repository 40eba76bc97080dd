"""httpx2, imported and nothing more: what the import of any client on it costs at least."""

import httpx2


class Sync:
    """Nothing is made; the import is all."""

    def __init__(self, origin: str) -> None:
        self.library = httpx2
