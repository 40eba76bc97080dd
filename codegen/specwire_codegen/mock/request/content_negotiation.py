"""Media type matching and selection by an Accept header."""

from collections.abc import Sequence

from specwire_codegen.mock.document.operations import MediaType

CONCRETE = {"audio/*": "audio/mpeg", "image/*": "image/png", "text/*": "text/plain", "video/*": "video/mp4"}


def within(name: str, media_range: str) -> bool:
    """Return True if a media type matches a range such as `audio/*`."""
    if media_range in {"*/*", "*", name}:
        return True
    kind, _, rest = media_range.partition("/")
    return rest == "*" and name.partition("/")[0] == kind


def declared(media: Sequence[MediaType], name: str) -> MediaType | None:
    """Return the most specific declared media type that matches a concrete one."""
    fits = [one for one in media if within(name, one.name)]
    return min(fits, key=lambda one: one.name.count("*"), default=None)


def concrete(name: str) -> str:
    """Return a concrete media type for a declared range."""
    return CONCRETE.get(name, "application/octet-stream") if "*" in name else name


def preferred(media: Sequence[MediaType], accept: str) -> MediaType | None:
    """Return the media type that the Accept header prefers; on a tie, JSON, else the first."""
    if not media:
        return None
    ranked = sorted(media, key=lambda one: (-_quality(accept, one.name), not one.is_json))
    return ranked[0]


def _quality(accept: str, name: str) -> float:
    fits = []
    for item in accept.split(","):
        media_range, *parameters = (part.strip() for part in item.lower().split(";"))
        if within(name, media_range) or within(media_range, name):
            fits.append((-media_range.count("*"), _weight(parameters)))
    return max(fits, default=(0, 0.0))[1]


def _weight(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
