"""Resources of a client: plain ones, and those whose methods return responses."""

from __future__ import annotations

from specwire._client import resource


class Resource(resource.Resource):
    """A group of operations of a synchronous client."""


class AsyncResource(resource.AsyncResource):
    """A group of operations of an asynchronous client."""


class RawResource(resource.Resource):
    """A group of operations whose methods return responses that were read."""


class AsyncRawResource(resource.AsyncResource):
    """A group of operations whose methods return responses that were read."""


class LegacyRawResource(resource.Resource):
    """A group of operations whose methods return responses that were read, of the older generation."""


class AsyncLegacyRawResource(resource.AsyncResource):
    """A group of operations whose methods return responses that were read, of the older generation."""


class OpenResource(resource.Resource):
    """A group of operations whose methods return open responses, as context managers."""


class AsyncOpenResource(resource.AsyncResource):
    """A group of operations whose methods return open responses, as context managers."""
