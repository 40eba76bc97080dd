"""What users may give where the document has a format."""

from __future__ import annotations

from collections.abc import Set
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

AbstractSet: TypeAlias = Set
UUIDInput: TypeAlias = UUID | str
DateTimeInput: TypeAlias = datetime | str
"""A datetime with a timezone, or RFC 3339 text."""
DateInput: TypeAlias = date | str
TimeInput: TypeAlias = time | str
DurationInput: TypeAlias = timedelta | str
"""A timedelta, or ISO 8601 text."""
DecimalInput: TypeAlias = Decimal | int | float | str
