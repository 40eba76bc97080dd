"""Pagination of lists and polling of jobs."""

from __future__ import annotations

from typing import TypeAlias

import attrs

from specwire_codegen.ir.types import TypeExpr


@attrs.frozen
class PageNumber:
    """Pagination by page number; paths consist of Python attribute names."""

    page: str
    items: tuple[str, ...]
    item: TypeExpr
    size: str | None = None
    first: int | None = 0
    total: tuple[str, ...] | None = None
    pages: tuple[str, ...] | None = None
    more: tuple[str, ...] | None = None
    in_body: bool = False


@attrs.frozen
class Offset:
    """Pagination by offset."""

    offset: str
    items: tuple[str, ...]
    item: TypeExpr
    size: str | None = None
    total: tuple[str, ...] | None = None
    more: tuple[str, ...] | None = None
    in_body: bool = False


@attrs.frozen
class Cursor:
    """Pagination by cursor."""

    cursor: str
    items: tuple[str, ...]
    item: TypeExpr
    next: tuple[str, ...] | None = None
    last: tuple[str, ...] | None = None
    more: tuple[str, ...] | None = None
    in_body: bool = False
    header: str | None = None


@attrs.frozen
class NextURL:
    """Pagination by the URL of the next page, in the page or in the `Link` header."""

    items: tuple[str, ...]
    item: TypeExpr
    next: tuple[str, ...] | None = None


Pagination: TypeAlias = PageNumber | Offset | Cursor | NextURL


@attrs.frozen
class Polling:
    """Status values of a job, and the method that waits for it."""

    status: tuple[str, ...]
    success: tuple[str, ...]
    failure: tuple[str, ...]
    attention: tuple[str, ...]
    progress: tuple[str, ...]
    interval: float
    method: tuple[str, ...] | None
