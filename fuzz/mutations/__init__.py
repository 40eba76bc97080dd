"""Mutations: what real documents do to the rules and to each other, done to a document by chance.

A mutation takes a document, which it changes in place, and a source of chance; it returns whether it found a place.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TypeAlias

from .anything import delete, empty, forget, mistype, mistype_scalar, swap
from .names import operation_ids, rename_parameter, rename_path, rename_property, rename_schema, rename_tag
from .operations import answers, hooks, media, parameter, security, servers, version
from .places import Data
from .schemas import constrain, deepen, extract, mislead, nullify, recurse, wrap, write_inline
from .whole import merged, reduced, split

__all__ = ["SINGLE", "Data", "Mutation", "merged", "reduced", "split"]

Mutation: TypeAlias = Callable[[Data, Random], bool]
SINGLE: tuple[Mutation, ...] = (
    *(delete, delete, empty, empty, mistype, mistype, mistype_scalar, forget, swap),
    *(operation_ids, rename_schema, rename_property, rename_property, rename_parameter, rename_tag, rename_path),
    *(extract, write_inline, recurse, mislead, nullify, nullify, constrain, constrain, constrain, wrap, wrap, deepen),
    *(parameter, parameter, media, media, answers, security, servers, hooks, version),
)
"""All mutations of one document; those with more variants are listed more often."""
