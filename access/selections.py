"""Many people of a list selected at once: as `media_items.selections`, in words about people."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from media_items import selections


class NobodySelected(selections.NothingSelected):
    message = _("Nobody is selected. Select people first, then press Apply.")


class TooManySelected(selections.TooManySelected):
    message = _("You can change up to %(most)d people at once. Select fewer.")


class Selection(selections.Selection):
    nothing: ClassVar[type[selections.NothingSelected]] = NobodySelected
    too_many: ClassVar[type[selections.TooManySelected]] = TooManySelected
