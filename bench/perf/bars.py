"""Bars as SVG, with a line at the limit that none can pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

_LEFT, _WIDTH, _BAR, _GAP = 220, 480, 16, 8
_STYLE = "font-family: system-ui, sans-serif; font-size: 12px; fill: #212529"


class Bar(NamedTuple):
    """One value."""

    name: str
    value: float
    label: str
    is_ours: bool


def bars(title: str, found: Sequence[Bar], limit: float, limit_name: str) -> str:
    """Return the values as a chart."""
    bottom = 44 + len(found) * (_BAR + _GAP)

    def shapes() -> Iterator[str]:
        yield f'<rect width="100%" height="{bottom + 24}" fill="#ffffff"/>'
        yield f'<text x="12" y="20">{escape(title)}</text>'
        for place, bar in enumerate(found):
            top = 36 + place * (_BAR + _GAP)
            width = max(_WIDTH * bar.value / limit, 1)
            colour = "#0b7285" if bar.is_ours else "#868e96"
            yield f'<text x="{_LEFT - 8}" y="{top + 12}" text-anchor="end">{escape(bar.name)}</text>'
            yield f'<rect x="{_LEFT}" y="{top}" width="{width:.1f}" height="{_BAR}" fill="{colour}"/>'
            yield f'<text x="{_LEFT + width + 6:.1f}" y="{top + 12}">{escape(bar.label)}</text>'
        yield f'<path d="M{_LEFT + _WIDTH} 30V{bottom}" stroke="#e03131"/>'
        yield f'<text x="{_LEFT + _WIDTH}" y="{bottom + 14}" text-anchor="middle">{escape(limit_name)}</text>'

    body = "\n".join(shapes())
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + 160} {bottom + 24}" style="{_STYLE}">'
    )
    return f"{head}\n{body}\n</svg>\n"
