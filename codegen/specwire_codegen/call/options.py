"""Options of `specwire call` itself, as `argparse` takes them: those before the client, and those of the call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Options: TypeAlias = Mapping[str, Mapping[str, Any]]

FIRST: Options = {
    "--root": {"metavar": "FOLDER", "help": "Project folder with specs/; default: the current one."},
    "--refs-within": {"metavar": "PATH", "action": "append", "help": "Also allow references into this file or folder."},
    "--ref": {"metavar": "URL=PATH", "action": "append", "help": "Read local copies of remote references."},
    "--allow-remote": {
        "metavar": "HOST",
        "action": "append",
        "help": "Allow fetching references of the document from this host.",
    },
}
"""Options that find the client, before its name."""
OPTIONS: Mapping[str, Options] = {
    "connection": {
        "--base-url": {"metavar": "URL", "help": "Base URL of the server."},
        "--timeout": {"metavar": "SECONDS", "type": float, "help": "Seconds to wait for each step."},
        "--max-retries": {"metavar": "N", "type": int, "help": "Retries of a failed request."},
        "--header": {"metavar": "'NAME: VALUE'", "action": "append", "help": "Header to add; repeatable."},
        "--mock": {"action": "store_true", "help": "Call a mock server instead of the API."},
    },
    "output": {
        "--all": {"action": "store_true", "help": "Request all pages, and print each item on a line."},
        "--select": {"metavar": "PATH", "help": "Print only this value, for example choices.0.message."},
        "--output": {"metavar": "FILE", "help": "File to write the response to."},
        "--curl": {"action": "store_true", "help": "Print the request for curl, and send nothing."},
        "--python": {"action": "store_true", "help": "Print the call in Python, and send nothing."},
    },
}


def hyphenated(word: str) -> str:
    """Return a word with hyphens in the name of an option."""
    if not word.startswith("--"):
        return word
    name, equals, value = word.partition("=")
    return name.replace("_", "-") + equals + value
