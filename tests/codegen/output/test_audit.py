"""Audit of a package: the constructs of clients pass, and every other one is rejected."""

from __future__ import annotations

import pytest
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.output import audit as audit_module
from specwire_codegen.output.audit import audit

IMPORTS = "from specwire.support import UNSET, Request, Unset, given\nfrom .. import models\n"
OTHERS = {"models/__init__.py": "", "api.md": "# API\n", "py.typed": ""}


def audited(source: str, name: str = "operations/pets.py") -> None:
    audit({**OTHERS, name: f"{IMPORTS}\n{source}\n"})


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring."""',
        '_GET = given({"a": 1, 2: -1.5, "c": ("d", None, True)})',
        "def get(*, a: int | Unset = UNSET, b: list[models.Pet] | None = None) -> Request[None]:\n"
        '    """Get."""\n    return Request(_GET, query=given({"a": a}), body=None if b is UNSET else given(b or {}))\n'
        "_GET = given()",
        '__all__ = ["Pet"]',
        "_ERRORS = {404: models.Pet}\n_GET_ERRORS = _ERRORS | {422: models.Pet}",
        'class Pet(Request, kw_only=True, tag="x"):\n    """A pet."""\n    a: int | Unset = UNSET',
        "from typing import Protocol\n"
        'class A(Protocol):\n    """A."""\n    def __call__(self, a: int, *, b: int | Unset = UNSET) -> Request[None]: ...',
        "from typing import TYPE_CHECKING, Literal, TypeAlias\n"
        "if TYPE_CHECKING:\n    A: TypeAlias = 'Literal[\"os.system\"] | str'",
    ],
)
def test_constructs_of_clients_pass(source: str) -> None:
    """Docstrings, data, calls of the runtime, classes, builders and aliases."""
    audited(source)


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "from os import system",
        "from os import system as given",
        "from typing import get_type_hints",
        "from specwire.support import _encode",
        "from ... import models",
        "from ..models import os as given",
        "from ..secrets import key",
        "print('x')",
        "eval('1')",
        "A = print",
        "A = print('x')",
        "A = given('x').x",
        "A = given('x')()",
        "A = models.Pet('x')",
        "A = models.__builtins__",
        "A = __builtins__",
        "A = given(__import__('os'))",
        "A = given(undefined)",
        "A = given(*[1])",
        "A = given(**{'a': 1})",
        "A = {**{'a': 1}}",
        "A = [a for a in 'abc']",
        "A = (a := 1)",
        "A = f'{given}'",
        "A = b'bytes'",
        "A = ...",
        "A = lambda x: x",
        "A = lambda x=print(): 1",
        "A = 1 + 1",
        "A = given() | {1: 2}",
        "A = UNSET | {1: print()}",
        "A = undefined | {1: 2}",
        "A = UNSET + {1: 2}",
        "A = 1 if given else 2",
        "A = not given",
        "A = given[print()]",
        "A = given('x', key=print())",
        "A, B = 1, 2",
        "A.b = 1",
        "A += 1",
        "del given",
        "assert given",
        "global A",
        "while True: pass",
        "for a in 'abc': pass",
        "with given: pass",
        "try: pass\nexcept ValueError: pass",
        "raise ValueError",
        "if given: pass",
        "a: print() = 1",
        "a: int[print()] = 1",
        "a: 'print()' = 1",
        "from typing import TypeAlias\nA: TypeAlias = 'print()'",
        "from typing import Literal\nA: Literal[print()]",
        "from typing import TypedDict\nA = TypedDict('A', {'a': 'print()'})",
        "from typing import TypedDict\nA = TypedDict('A', {print(): 'int'})",
        "class A(print): pass",
        "class A(given()): pass",
        "class A(str): pass",
        "class A(models.Pet): pass",
        "class A(Request, metaclass=given): pass",
        "class A(Request, tag=given()): pass",
        "class A(Request):\n    def a(self) -> int: return 1",
        *(
            f'from typing import Protocol\nclass A(Protocol):\n    """A."""\n    {member}'
            for member in (
                "a: int = 1",
                "def a(self) -> int: ...",
                "def __call__(self) -> int: return given()",
                "def __call__(self) -> print(): ...",
                "def __call__(self) -> int: 'text'",
                "def __call__(this) -> int: ...",
                "def __call__(self): ...",
                "def __call__(self, a) -> int: ...",
                "def __call__(self, a, /) -> int: ...",
                "def __call__(self, *a: int) -> int: ...",
                "def __call__(self, *, a: int = print()) -> int: ...",
                "@given\n    def __call__(self) -> int: ...",
                "def __call__(self) -> int: ...\n    def a(self) -> int: ...",
            )
        ),
        "class A(Request):\n    print()",
        "class A(Request):\n    a: int = print()",
        "@given\nclass A(Request): pass",
        "@given\ndef a() -> int: return 1",
        "async def a() -> int: return 1",
        "def a(): return 1",
        "def a(b) -> int: return 1",
        "def a(*b: int) -> int: return 1",
        "def a(**b: int) -> int: return 1",
        "def a(b: int = print()) -> int: return 1",
        "def a(b: print()) -> int: return 1",
        "def a() -> print(): return 1",
        "def a() -> int:\n    import os\n    return 1",
        "def a() -> int:\n    yield 1",
        "def a() -> int:\n    return",
        "def a(given: int) -> int: return given(1)",
        "A = '\u202e'",
        "A = '\U000e0041'",
        "A = '\ufe0f'",
        "a b",
    ],
)
def test_any_other_construct_is_rejected(source: str) -> None:
    """Every other statement, expression, import, call, base, decorator and hidden character."""
    with pytest.raises(SpecwireCodegenError, match=r"^internal error: operations/pets\.py"):
        audited(source)


@pytest.mark.parametrize("name", ["x.txt", "../x.py", "a-b.py", "x", "a/../b.py", "/x.py", "a b.py"])
def test_a_file_is_a_module_or_known(name: str) -> None:
    """Other files than modules, `api.md` and `py.typed` are rejected."""
    with pytest.raises(SpecwireCodegenError, match="not a module name"):
        audited("", name)


def test_overrides_are_imported_from_their_package_only() -> None:
    """They are referenced and not called."""
    imports = "from specwire_overrides.acme import files as _files\nfrom specwire.support import endpoint\n"
    source = f"{imports}A = endpoint(_files.a)\n"
    audit({"client.py": source}, "specwire_overrides.acme")
    with pytest.raises(SpecwireCodegenError, match="an import of files"):
        audit({"client.py": source})
    with pytest.raises(SpecwireCodegenError, match="a call of _files.a"):
        audit({"client.py": f"{source}B = _files.a()\n"}, "specwire_overrides.acme")


PARTS = '''"""Title.

class Looks(like, one):
"""

from specwire.support import WireModel


class One(WireModel):
    two: Two
    """Text.

class Another: of the text
    """


class Two(WireModel):
    one: One
'''


@pytest.mark.parametrize("size", [1, 60, 150, 10_000])
def test_a_large_module_is_checked_in_parts(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Text that looks like a class does not end a part; names may be bound in a later one."""
    monkeypatch.setattr(audit_module, "_PART", size)
    audit({"models.py": PARTS})
    with pytest.raises(SpecwireCodegenError, match=r"models\.py:18 contains Three, which is not defined"):
        audit({"models.py": PARTS.replace("one: One", "one: Three")})
    with pytest.raises(SpecwireCodegenError, match=r"models\.py:18 does not parse"):
        audit({"models.py": PARTS.replace("one: One", "one: (")})
    with pytest.raises(SpecwireCodegenError, match=r"models\.py:18 contains .*unexpected syntax"):
        audit({"models.py": PARTS.replace("one: One", "one: One if x else y")})
