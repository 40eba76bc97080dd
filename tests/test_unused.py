"""Code that nothing uses: every name of the hand-written packages is used by other code than tests.

vulture compares names, so a name that is used anywhere counts as used. What Python, a library or a user's own code
calls is listed here, each with its reason; an entry that is not needed any more is an error too.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from vulture import Vulture

from tests.support.paths import ROOT

OURS = ("runtime", "codegen", "overrides")
USERS = ("generated", "tests/cases", "examples", "bench")
"""Users of the hand-written packages: code of clients, and programs."""
CALLED_FROM_OUTSIDE = {
    "ENVIRONMENTS": "users read it",
    "__getattr__": "Python calls it",
    "__instancecheck__": "Python calls it",
    "_close_all": "registered with `atexit` by a decorator",
    "_repr_pretty_": "IPython calls it",
    "_retry_connection": "aiohttp reads it",
    **dict.fromkeys(
        ("add_arguments", "add_text", "add_usage", "end_section", "format_help", "start_section"), "argparse calls it"
    ),
    "arg_types": "the library of JSONPath reads it",
    "caches": "passed by the name of a kind",
    "dropped": "users read it",
    "dump_bytecode": "called by Jinja",
    "dump_ir": "a verb of the command line",
    **dict.fromkeys(("contract", "doctor", "mcp"), "a verb of the command line, imported by its name"),
    "exclude_computed_fields": "users of a client in the style of Stainless use it",
    "extra_json": "users of a client in the style of Stainless use it",
    "extract_cookies": "httpx calls it",
    "function_extensions": "the library of JSONPath reads it",
    "get_next_page": "users of a client in the style of Stainless use it",
    "has_next_page": "users of a client in the style of Stainless use it",
    "ignore_aliases": "PyYAML calls it",
    "instrumented": "users call it",
    "iter_lines": "users of a client in the style of Stainless use it",
    "mock_client": "a fixture for users",
    "model_construct": "users of a client in the style of Stainless use it",
    "model_fields": "users of a client in the style of Stainless use it",
    "needs": "states the order of passes, which a test checks",
    "next_page_info": "users of a client in the style of Stainless use it",
    "operation_label": "names of tests",
    "parse_obj": "users of a client in the style of Stainless use it",
    "patch": "users of a client in the style of Stainless use it",
    "respond": "users call it",
    "retries_taken": "users of a client in the style of Stainless use it",
    "return_type": "the library of JSONPath reads it",
    "round_trip": "users of a client in the style of Stainless use it",
    "save_to": "users call it",
    "serialize_as_any": "users of a client in the style of Stainless use it",
    "should_exit": "uvicorn reads it",
    "verification_uri_complete": "users read it",
    "whence": "an argument of the protocol of files",
    "write_to_file": "users of a client in the style of Stainless use it",
}


def unused(root: Path, ours: Iterable[str], users: Iterable[str]) -> set[str]:
    """Return the names in some folders that neither these folders nor their users use."""
    found = Vulture()
    found.scavenge([str(root / folder) for folder in (*ours, *users)])
    return {
        item.name
        for item in found.get_unused_code()
        if any(item.filename.is_relative_to(root / folder) for folder in ours)
    }


def test_all_code_is_used() -> None:
    """Code that only tests use is unused; the list of exceptions is minimal."""
    assert sorted(CALLED_FROM_OUTSIDE) == sorted(unused(ROOT, OURS, USERS))


def test_unused_code_is_found(tmp_path: Path) -> None:
    """Functions, methods and constants; those of the users do not count."""
    texts = {
        "ours/a.py": "def used(): ...\ndef unused(): ...\nCONSTANT = 1\nclass Used:\n    def method(self): ...\n",
        "ours/sub/b.py": "def lonely(): ...\n",
        "users/c.py": "from ours.a import Used, used\nUsed()\nused()\ndef own(): ...\n",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    assert {"unused", "CONSTANT", "method", "lonely"} == unused(tmp_path, ["ours"], ["users"])
