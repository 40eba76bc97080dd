"""Self-contained HTML pages of reports: no scripts, no requests, readable in light and dark."""

from __future__ import annotations

import html
from collections.abc import Iterable

from specwire_codegen.characters import escaped


def safe(text: str) -> str:
    """Return text of a document for a page: no markup, and no hidden characters."""
    return html.escape(escaped(text))


def section(name: str, heading: str, note: str, rows: Iterable[str], *, is_open: bool) -> str:
    """Return a part of a page that can be folded, with a table."""
    return (
        f'<details class="{name}"{" open" if is_open else ""}><summary>{heading} <small>{note}</small></summary>'
        f"<table>{''.join(rows)}</table></details>"
    )


def page(title: str, body: str) -> str:
    """Return a page; both parts are HTML."""
    return _PAGE.format(title=title, body=body)


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>
:root {{ color-scheme: light dark }}
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }}
summary {{ cursor: pointer; font-weight: 600; margin: 1rem 0 .5rem; overflow-wrap: anywhere }} summary small {{ font-weight: 400; opacity: .75 }}
table {{ border-collapse: collapse; width: 100% }}
td {{ border-top: 1px solid #8884; overflow-wrap: anywhere; padding: .35rem .5rem; vertical-align: top; width: 50% }}
td small {{ display: block; opacity: .7 }}
.breaking summary {{ color: light-dark(#b3261e, #ff8a80) }} .risky summary {{ color: light-dark(#8a5a00, #ffcc66) }}
@media (max-width: 40rem) {{ td {{ display: block; width: auto }} td + td {{ border: 0; padding-top: 0 }} }}
</style></head><body>{body}</body></html>
"""
