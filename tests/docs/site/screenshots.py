"""Screenshots of the documentation site, to look at: `python -m tests.docs.site.screenshots SITE FOLDER`.

Each page is taken at the width of a desktop and of a phone, light and dark. What is wider than a phone is printed.
"""

from __future__ import annotations

import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.support.browser import Browser, browser

PAGES = ("", "tutorial", "cli", "call", "faults", "architecture", "runtime", "clients/mistral", "diagnostics")
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
_TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


def take(site: Path, folder: Path) -> list[str]:
    """Write the pictures of a site; return the pages that do not fit, and what the browser complains about."""
    folder.mkdir(parents=True, exist_ok=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    problems = []
    with browser() as tab:
        for page in PAGES:
            for size, (width, height) in SIZES.items():
                for dark in (False, True):
                    url = f"http://127.0.0.1:{server.server_port}/{page}"
                    tab.open(url, width=width, height=height, dark=dark)
                    tab.evaluate("localStorage.clear()")  # the site remembers the colours of the last page
                    tab.open(url, width=width, height=height, dark=dark)
                    name = f"{page.replace('/', '-') or 'home'}-{size}-{'dark' if dark else 'light'}.png"
                    tab.screenshot(folder / name)
                    if _is_too_wide(tab):
                        problems.append(f"/{page} is wider than a {size}")
        tab.leave()
        problems += tab.problems
    server.shutdown()
    server.server_close()
    return problems


def _is_too_wide(tab: Browser) -> bool:
    return bool(tab.evaluate(_TOO_WIDE))


if __name__ == "__main__":
    found = take(Path(sys.argv[1]), Path(sys.argv[2]))
    print("\n".join(dict.fromkeys(found)))
    sys.exit(1 if found else 0)
