"""Columns that the database computes and stores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage
from django.db import models


class StoredField(models.GeneratedField):
    """`models.GeneratedField` with `db_persist`, which every database that Foyer runs on can. Its
    check does not ask the database: `manage.py check` answers where none is reached."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"db_persist": True} | kwargs)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return super().check(**kwargs | {"databases": None})

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.GeneratedField", args, kwargs
