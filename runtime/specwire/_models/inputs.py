"""Input types for values that have a format in the document."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

UUIDInput: TypeAlias = UUID | str
DateTimeInput: TypeAlias = datetime | str
"""Datetime with a timezone, or RFC 3339 text."""
DateInput: TypeAlias = date | str
TimeInput: TypeAlias = time | str
DurationInput: TypeAlias = timedelta | str
"""Timedelta, or ISO 8601 text."""
DecimalInput: TypeAlias = Decimal | int | float | str
IntTextInput: TypeAlias = int | str
"""Integer, or its digits."""
