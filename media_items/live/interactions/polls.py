"""The life of a poll.

    written (draft) ──► started ──► closed, with its results shown or not

Starting locks the session, so that one is open at a time; a constraint says it too. Answering locks
the poll against being closed meanwhile. An answer may be changed until then: people press by
mistake, or change their mind in the discussion.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.live.events.announcing import announce, announce_throttled
from media_items.live.events.facts import MODERATORS, FactKind
from media_items.live.interactions.models import Poll, PollAnswer, PollOption
from media_items.live.sessions.models import LiveSession, Participant, is_by
from media_items.live.sessions.services import locked
from media_items.refusals import ChangedMeanwhile, NotNow, Refusal


class AnotherIsOpen(Refusal):
    """One poll at a time: `poll` is open."""

    def __init__(self, poll: Poll) -> None:
        super().__init__(
            _("“%(question)s” is open. Close it, then start this one.")
            % {"question": poll.question}
        )
        self.poll = poll


CHANGED = _("This poll has changed in the meantime. You now see the current version.")


@transaction.atomic
def write_poll(
    *,
    session: LiveSession,
    by: Participant,
    question: str,
    options: Sequence[str],
    shows_results: bool,
) -> Poll:
    """A draft, which only those who moderate see."""
    poll: Poll = Poll.objects.create(
        session=session, made_by=by, question=question, shows_results=shows_results
    )
    _write_options(poll, options)
    announce(session, FactKind.POLLS, to=MODERATORS)
    return poll


@transaction.atomic
def rewrite_poll(*, poll: Poll, question: str, options: Sequence[str], shows_results: bool) -> None:
    """While nobody has been asked yet. Raises `ChangedMeanwhile`."""
    current = _locked(poll)
    if not current.is_draft:
        raise ChangedMeanwhile(CHANGED)
    current.question, current.shows_results = question, shows_results
    current.save(update_fields=["question", "shows_results"])
    current.options.all().delete()
    _write_options(current, options)
    announce(poll.session, FactKind.POLLS, to=MODERATORS)


@transaction.atomic
def delete_poll(*, poll: Poll) -> None:
    """A draft only; what was asked stays for the report. Twice is once.

    Raises `ChangedMeanwhile`.
    """
    current = Poll.objects.select_for_update().filter(pk=poll.pk).first()
    if current is None:
        return
    if not current.is_draft:
        raise ChangedMeanwhile(CHANGED)
    current.delete()
    announce(poll.session, FactKind.POLLS, to=MODERATORS)


@transaction.atomic
def start_poll(*, poll: Poll) -> None:
    """Twice is once. Raises `AnotherIsOpen` or `ChangedMeanwhile`."""
    session = locked(poll.session)
    current = _locked(poll)
    if current.is_open:
        return
    if current.closed_at or session.ended_at:
        raise ChangedMeanwhile(CHANGED)
    another = open_poll_of(session)
    if another is not None:
        raise AnotherIsOpen(another)
    current.started_at = timezone.now()
    current.save(update_fields=["started_at"])
    announce(session, FactKind.POLLS)


@transaction.atomic
def close_poll(*, poll: Poll) -> None:
    """Nobody answers it any more. Twice is once.

    Raises `ChangedMeanwhile`.
    """
    current = _locked(poll)
    if current.is_draft:
        raise ChangedMeanwhile(CHANGED)
    if current.closed_at is None:
        current.closed_at = timezone.now()
        current.save(update_fields=["closed_at"])
        announce(poll.session, FactKind.POLLS)


@transaction.atomic
def show_results(*, poll: Poll, to_everybody: bool) -> None:
    """At any time. Raises `ChangedMeanwhile`."""
    current = _locked(poll)
    if current.shows_results != to_everybody:
        current.shows_results = to_everybody
        current.save(update_fields=["shows_results"])
        announce(poll.session, FactKind.POLLS)


@transaction.atomic
def answer_poll(*, poll: Poll, option: PollOption, voter: Participant) -> None:
    """Once a person, by whichever proof; the last one counts. Raises `NotNow`."""
    current = Poll.objects.select_for_update(no_key=True).filter(pk=poll.pk).first()
    if current is None or not current.is_open or option.poll_id != current.pk:
        raise NotNow(_("This poll has been closed in the meantime."))
    PollAnswer.objects.filter(is_by(voter, "voter"), poll=current).exclude(voter=voter).delete()
    PollAnswer.objects.update_or_create(poll=current, voter=voter, defaults={"option": option})
    announce_throttled(poll.session, FactKind.POLLS)


def open_poll_of(session: LiveSession) -> Poll | None:
    """One query."""
    poll: Poll | None = session.polls.filter(started_at__isnull=False, closed_at=None).first()
    return poll


def _write_options(poll: Poll, options: Sequence[str]) -> None:
    PollOption.objects.bulk_create(
        PollOption(poll=poll, number=number, text=text)
        for number, text in enumerate(options, start=1)
    )


def _locked(poll: Poll) -> Poll:
    """Raises `ChangedMeanwhile` when it is gone."""
    current: Poll | None = Poll.objects.select_for_update().filter(pk=poll.pk).first()
    if current is None:
        raise ChangedMeanwhile(CHANGED)
    return current
