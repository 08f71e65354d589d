"""Quizzes in the registry of personal data."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.personal_data import Section, Subject
from media_items.quizzes.attempts.exemptions import came
from media_items.quizzes.attempts.spent import forget_closed
from media_items.quizzes.attempts.windows import ended_before
from media_items.quizzes.models import AnswerEvent, Exemption
from media_items.quizzes.people import erasing
from media_items.quizzes.people.records import records_of

MOST_SHOWN = 200  # quizzes, and answers of an attempt; the page says how many more there are


class QuizData:
    """Attempts stay with the quiz and go with it: no time of their own."""

    name = "quizzes"

    def sections(self, subject: Subject) -> list[Section]:
        return [
            Section(
                template="media_items/quizzes/people/_record.html",
                data=one,
                who_sees=_("Hosts of a quiz see your name, your answers and your score."),
                goes=_("What you typed in a quiz is deleted, and so are its certificates."),
                stays=_(
                    "The times and points of your quiz attempts are kept without your name. Where "
                    "attempts are limited, it stays known how many you used, as long as the quiz "
                    "can be taken."
                ),
            )
            for one in records_of(subject, at_most=MOST_SHOWN)
        ]

    def export(self, subject: Subject) -> list[dict[str, Any]]:
        return [one.as_json() for one in records_of(subject, at_most=None)]

    def erase(self, subject: Subject, *, moment: datetime) -> None:
        erasing.erase(subject, moment=moment)

    def erase_older_than(self, cutoff: datetime) -> int:
        """What was saved when, after its own days; and addresses that were given an exemption and
        never came, once it is over, or where it never is; and how many attempts people erased had
        used, once the quiz is over for everybody."""
        now = timezone.now()
        kept_from = now - timedelta(days=settings.QUIZ_EVENTS_KEPT_DAYS)
        events, _of = AnswerEvent.objects.filter(at__lt=kept_from).delete()
        return events + _forget_who_never_came(now, cutoff) + forget_closed(now)


def _forget_who_never_came(moment: datetime, cutoff: datetime) -> int:
    """Over is what nobody can save an answer by any more; what never ends goes by its age, once it
    holds. Of who came it stays with them: their
    attempts count by it, and it says until when they could answer."""
    over = ended_before(moment)
    is_over = Q(closes_at__lt=over) | Q(closes_at=None, quiz__item__ends_at__lt=over)
    has_begun = Q(opens_at__lt=moment) | Q(opens_at=None)
    never_ends = Q(closes_at=None, quiz__item__ends_at=None) & has_begun
    waiting = list(Exemption.objects.filter(is_over | never_ends, taker=None, made_at__lt=cutoff))
    known = came(waiting)
    gone = [one.pk for one in waiting if one.pk not in known]
    return Exemption.objects.filter(pk__in=gone).delete()[0]
