"""Numbers as they stand in a field."""

from __future__ import annotations

from decimal import Decimal


def as_typed(value: Decimal) -> Decimal:
    """Without zeros behind the comma, and never as a power of ten: 10 and not 1E+1."""
    return Decimal(f"{value.normalize():f}")
