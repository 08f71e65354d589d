"""The one shape of points and scores in columns: as exact as `scoring.rules.kept` makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from media_items.quizzes.scoring.rules import PLACES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_DIGITS = 20


def points_field(name: StrOrPromise) -> models.DecimalField:
    """Empty where nothing is marked yet."""
    return models.DecimalField(
        name, null=True, blank=True, max_digits=_DIGITS, decimal_places=PLACES
    )
