"""What a certificate says of a person and of a score, in words for anybody."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from media_items.quizzes.grading.forms.fields import shown
from media_items.visitors import Certainty


def words_of(certainty: str) -> str:
    match certainty:
        case Certainty.SIGNED_IN:
            return _("signed in with their account")
        case Certainty.CONFIRMED:
            return _("email address confirmed")
        case _:
            return _("name as typed by the person, not verified")


def share_words(percent: Decimal) -> str:
    return _("%(share)s%%") % {"share": shown(percent)}
