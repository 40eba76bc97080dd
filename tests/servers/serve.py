"""Serve one application of `apps/` on a port: `python serve.py fastapi 8001`. Runs in the frameworks' environment."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

MODULES = {
    "fastapi": "fastapi_app",
    "litestar": "litestar_app",
    "flask-smorest": "smorest_app",
    "django-ninja": "ninja_app.site",
    "drf-spectacular": "drf_app.site",
}
ASGI = ("fastapi", "litestar")


def main(name: str, port: int) -> None:
    """Serve an application until the process is terminated; print `ready` once it listens."""
    sys.path.insert(0, str(Path(__file__).parent / "apps"))
    app = import_module(MODULES[name]).app
    if name in ASGI:
        import uvicorn

        class Server(uvicorn.Server):
            async def startup(self, sockets: list[object] | None = None) -> None:
                await super().startup(sockets)
                print("ready", flush=True)

        Server(uvicorn.Config(app, port=port, log_level="critical")).run()
    else:
        from werkzeug.serving import WSGIRequestHandler, make_server

        class Quiet(WSGIRequestHandler):
            def log(self, *_: object) -> None:
                """Log nothing."""

        server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
        print("ready", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
