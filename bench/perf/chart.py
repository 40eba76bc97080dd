"""Charts: CPU of each client as a multiple of bare httpx2 + msgspec for each kind of work, and bars below a limit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from plan import BARE, OURS, SECTIONS
from report import Samples, relative

_SHOWN = ("import", "call", "acall", "in-flight", "stream-event", "stream-block", "astream-event", "astream-block")
_COLOURS = {
    OURS: "#0b7285",
    BARE: "#868e96",
    "httpx + msgspec": "#ced4da",
    "openai": "#f08c00",
    "mistralai": "#e03131",
    "openapi-python-client": "#9c36b5",
}
_LEFT, _WIDTH, _BAR, _GAP = 290, 560, 12, 18
_MOST = 1000.0
_BARS_LEFT, _BARS_WIDTH, _THICK, _BARS_GAP = 220, 480, 16, 8
_STYLE = "font-family: system-ui, sans-serif; font-size: 12px; fill: #212529"


def chart(samples: Samples) -> str:
    """Return the chart as SVG, on a logarithmic scale."""
    shapes: list[str] = []
    top = 64
    for section in SECTIONS:
        if section.name not in _SHOWN:
            continue
        found = [(name, value) for name, value in relative(samples, section).items() if name in _COLOURS]
        middle = top + _BAR * len(found) / 2 + 4
        shapes.append(_text(_LEFT - 12, middle, section.title, "end"))
        for name, value in found:
            width = max(_place(value) - _LEFT, 1)
            shapes.append(
                f'<rect x="{_LEFT}" y="{top}" width="{width:.1f}" height="{_BAR - 2}" fill="{_COLOURS[name]}"/>'
            )
            shapes.append(_text(_LEFT + width + 4, top + 9, f"{value:.2g}" if value < 10 else f"{value:,.0f}", "start"))
            top += _BAR
        top += _GAP
    grid = [_line(power, top) for power in range(0, 4)]
    head = _text(_LEFT, 16, "CPU as a multiple of bare httpx2 + msgspec (logarithmic; less is better)", "start")
    height = top + 8
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + 60} {height}" style="{_STYLE}">',
            f'<rect width="100%" height="{height}" fill="#ffffff"/>',
            head,
            *_legend(),
            *grid,
            *shapes,
            "</svg>\n",
        )
    )


def _place(value: float) -> float:
    """Return the position of a value; the scale starts at a third."""
    return _LEFT + _WIDTH * math.log(max(value, 1 / 3) * 3) / math.log(_MOST * 3)


def _legend() -> list[str]:
    shapes, left = [], 12
    for name, colour in _COLOURS.items():
        shapes.append(f'<rect x="{left}" y="30" width="10" height="10" fill="{colour}"/>')
        shapes.append(_text(left + 14, 39, name, "start"))
        left += 34 + 7 * len(name)
    return shapes


def _line(power: int, bottom: int) -> str:
    at = _place(10**power)
    return f'<path d="M{at:.1f} 50V{bottom}" stroke="#dee2e6"/>' + _text(at + 3, 58, f"{10**power:,} ×", "start")


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


class Bar(NamedTuple):
    """One value."""

    name: str
    value: float
    label: str
    is_ours: bool


def bars(title: str, found: Sequence[Bar], limit: float, limit_name: str) -> str:
    """Return the values as a chart."""
    bottom = 44 + len(found) * (_THICK + _BARS_GAP)

    def shapes() -> Iterator[str]:
        yield f'<rect width="100%" height="{bottom + 24}" fill="#ffffff"/>'
        yield f'<text x="12" y="20">{escape(title)}</text>'
        for place, bar in enumerate(found):
            top = 36 + place * (_THICK + _BARS_GAP)
            width = max(_BARS_WIDTH * bar.value / limit, 1)
            colour = "#0b7285" if bar.is_ours else "#868e96"
            yield f'<text x="{_BARS_LEFT - 8}" y="{top + 12}" text-anchor="end">{escape(bar.name)}</text>'
            yield f'<rect x="{_BARS_LEFT}" y="{top}" width="{width:.1f}" height="{_THICK}" fill="{colour}"/>'
            yield f'<text x="{_BARS_LEFT + width + 6:.1f}" y="{top + 12}">{escape(bar.label)}</text>'
        yield f'<path d="M{_BARS_LEFT + _BARS_WIDTH} 30V{bottom}" stroke="#e03131"/>'
        yield f'<text x="{_BARS_LEFT + _BARS_WIDTH}" y="{bottom + 14}" text-anchor="middle">{escape(limit_name)}</text>'

    body = "\n".join(shapes())
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_BARS_LEFT + _BARS_WIDTH + 160} {bottom + 24}" style="{_STYLE}">'
    return f"{head}\n{body}\n</svg>\n"
