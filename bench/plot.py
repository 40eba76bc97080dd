"""Scatter plot as SVG, with the line through the origin that fits the points best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

WIDTH, HEIGHT, MARGIN = 640, 400, 56


def scatter(points: Sequence[tuple[float, float]], across: str, up: str) -> str:
    """Return points as a plot; `across` and `up` name the axes with their units."""
    right = max(x for x, _ in points) * 1.05
    top = max(y for _, y in points) * 1.05
    slope = sum(x * y for x, y in points) / sum(x * x for x, _ in points)

    def place(x: float, y: float) -> tuple[float, float]:
        return MARGIN + (WIDTH - 2 * MARGIN) * x / right, HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * y / top

    def line(start: tuple[float, float], end: tuple[float, float], colour: str) -> str:
        (x1, y1), (x2, y2) = place(*start), place(*end)
        return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'

    def shapes() -> Iterator[str]:
        yield line((0, 0), (right, 0), "#888")
        yield line((0, 0), (0, top), "#888")
        end = min(right, top / slope)
        yield line((0, 0), (end, slope * end), "#c44")
        for x, y in points:
            cx, cy = place(x, y)
            yield f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="3" fill="#247" fill-opacity="0.6"/>'
        for part in (0.25, 0.5, 0.75, 1.0):
            x, _ = place(right * part, 0)
            _, y = place(0, top * part)
            yield f'<text x="{x:.1f}" y="{HEIGHT - MARGIN + 16}" text-anchor="middle">{right * part:.0f}</text>'
            yield f'<text x="{MARGIN - 6}" y="{y + 4:.1f}" text-anchor="end">{top * part:.1f}</text>'
        yield f'<text x="{WIDTH / 2}" y="{HEIGHT - 12}" text-anchor="middle">{across}</text>'
        yield f'<text x="16" y="{MARGIN - 16}">{up}</text>'

    body = "\n".join(shapes())
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">\n{body}\n</svg>\n'
