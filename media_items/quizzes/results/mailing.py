"""Mails to those who took a quiz, that their results can be read. Each person gets one.

The first people get theirs at the press; where there are more a task goes on, chunk by chunk, each
committed with its mails: who was asked for one stands on their row. So whatever runs twice, or at
the same time, or once more after it was killed, writes to nobody twice.

SECURITY: the mail has a link and no score: what may be shown, and when, the page decides. Addresses
are asked for when they are needed and stored by the outbox alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet
from django.tasks import task
from django.utils import timezone

from media_items.quizzes import turns
from media_items.quizzes.attempts.locking import lock_quiz, lock_takers
from media_items.quizzes.models import Quiz, ResultsMailing, Taker
from media_items.quizzes.results import people, trail
from media_items.quizzes.results.outlook import Outlook, has_news, news_of, outlook_of
from media_items.quizzes.results.rows import addresses_of
from media_items.signals import Account

AT_ONCE = 200
_WAS_TOLD = Q(results_mailed_at__isnull=False)

type Send = Callable[[Sequence[tuple[int, str]], Account | None], None]
type Due = Callable[[Sequence[tuple[int, str]], Mapping[int, datetime]], Sequence[tuple[int, str]]]
_send: list[Send] = []
_due: list[Due] = []


def send_by(send: Send, *, due: Due) -> None:
    """Called once from `AppConfig.ready`. `send` asks for a mail to each (key of a `Taker`,
    address); `due` says of such people who gets one, where what was sent before somebody's
    moment does not matter."""
    _send[:], _due[:] = [send], [due]


@dataclass(frozen=True)
class Plan:
    """`to` get a mail now, and `unreachable` have no address that may be written to; of the first
    `AT_ONCE` who got none; `same` are those at whose address somebody else gets one, or has got it.
    `later` come after them. `told` have got theirs; for `again` of them there is something new
    since. `outlook`: what those who get one would see."""

    to: Sequence[tuple[int, str]]
    unreachable: int
    same: int
    later: int
    told: int
    again: int
    outlook: Outlook


def plan_of(quiz: Quiz) -> Plan:
    """What `mail_results` would do now. Changes nothing. A fixed number of queries."""
    waiting = _waiting(quiz)
    first = list(waiting[:AT_ONCE])
    reachable = _reachable(quiz, first)
    to = _who_is_due(reachable)
    everybody = people.takers_of(quiz).filter(people.FINISHED)
    has_more = has_news(quiz, timezone.now())
    again = everybody.filter(_WAS_TOLD, has_more, erased_at=None).order_by("pk")
    written_to = {pk for pk, _email in to}
    looking = [one for one in first if one.pk in written_to] or list(again[:AT_ONCE])
    return Plan(
        to=to,
        unreachable=len(first) - len(reachable),
        same=len(reachable) - len(to),
        later=waiting.count() - len(first),
        told=everybody.exclude(results_mailed_at=None).count(),
        again=again.count(),
        outlook=outlook_of(quiz, looking),
    )


@transaction.atomic
def mail_results(*, quiz: Quiz, by: Account, again: bool = False) -> ResultsMailing | None:
    """The first people at once, the others by a task. Twice is once: who got one is not written to
    again, with `again` not before there is something new for them (`outlook.has_news`); and while
    one is under way it is this one, which goes on where it had given up. None where there is nobody
    to write to."""
    lock_quiz(quiz)
    row = under_way(quiz)
    if row is not None:
        _try_again(row)
        return row
    before = timezone.now() if again else None
    total = _waiting(quiz, before).count()
    if not total:
        return None
    row = ResultsMailing.objects.create(
        quiz=quiz, made_by=by, people_total=total, again_before=before
    )
    if mail_next(mailing_id=row.pk):
        transaction.on_commit(partial(mail_results_on.enqueue, row.pk))
    row.refresh_from_db()
    return row


def under_way(quiz: Quiz) -> ResultsMailing | None:
    return ResultsMailing.objects.filter(quiz_id=quiz.pk, finished_at=None).first()


@transaction.atomic
def mail_next(*, mailing_id: int) -> bool:
    """Goes through the next people; False when nobody is left."""
    rows = ResultsMailing.objects.filter(pk=mailing_id, finished_at=None)
    row = rows.select_for_update(of=("self",)).select_related("quiz__item", "made_by").first()
    if row is None:
        return False
    reached = list(_rest(row).values_list("pk", flat=True)[:AT_ONCE])
    lock_takers(reached)
    # Asked again: what has come to them while they were locked is seen.
    waiting = list(_waiting(row.quiz, row.again_before).filter(pk__in=reached))
    before = row.again_before
    news = news_of(row.quiz, waiting, before) if before else {}
    to = _who_is_due(_reachable(row.quiz, waiting), news)
    told = [pk for pk, _email in to]
    Taker.objects.filter(pk__in=told).update(results_mailed_at=timezone.now())
    if to:
        for send in _send:
            send(to, row.made_by)
    row.people_done += len(reached)
    row.mailed += len(to)
    row.reached = max(reached, default=row.reached)
    row.starts, row.seen_at = 0, timezone.now()
    is_over = not _rest(row).exists()
    if is_over:
        row.finished_at = row.seen_at
        if row.mailed:
            trail.note_change(row.quiz, trail.MAILED, by=row.made_by, now={"people": row.mailed})
    row.save()
    return not is_over


@task()
def mail_results_on(mailing_id: int) -> None:
    """Chunk by chunk, each committed with its mails. Running it again mails nobody twice."""
    step = partial(mail_next, mailing_id=mailing_id)
    turns.take_turn(ResultsMailing, mailing_id, step=step, task=mail_results_on)


def _try_again(row: ResultsMailing) -> None:
    """Nothing where it is under way."""
    if ResultsMailing.objects.filter(pk=row.pk).begin_anew():
        transaction.on_commit(partial(mail_results_on.enqueue, row.pk))


def take_up() -> int:
    """Queues a task for each that has stopped. Returns how many; called every few seconds by each
    worker."""
    return turns.take_up(ResultsMailing, mail_results_on)


def _waiting(quiz: Quiz, again_before: datetime | None = None) -> QuerySet[Taker]:
    finished = people.takers_of(quiz).filter(people.FINISHED, erased_at=None)
    wanted = ~_WAS_TOLD
    if again_before is not None:
        wanted |= has_news(quiz, again_before)
    return finished.filter(wanted).order_by("pk")


def _rest(row: ResultsMailing) -> QuerySet[Taker]:
    return _waiting(row.quiz, row.again_before).filter(pk__gt=row.reached)


def _who_is_due(
    people: Sequence[tuple[int, str]], news: Mapping[int, datetime] | None = None
) -> Sequence[tuple[int, str]]:
    for due in _due if people else ():
        people = due(people, news or {})
    return people


def _reachable(quiz: Quiz, takers: Sequence[Taker]) -> list[tuple[int, str]]:
    """The keys of each with the address that may be written to."""
    behind = addresses_of(takers, quiz.item)
    return [
        (one.pk, behind[one.pk].email)
        for one in takers
        if one.pk in behind and behind[one.pk].may_be_mailed
    ]
