"""The demo's quizzes, written, published, taken and handed in by the services that people use.

Only the dates are written directly, because everything lies in the past.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zlib import crc32

from django.db.models import F, QuerySet
from django.utils import timezone

from access.accounts.models import User
from access.guests.models import GuestAdmission
from access.guests.proofs import GuestProofs
from access.invitations.models import Invitation
from access.invitations.proofs import InvitationProofs
from access.memberships.proofs import account_identity
from demo.course import Item
from demo.course.quiz_shapes import DemoQuestion, DemoQuiz, Took
from demo.days import by_day
from demo.films import Scale
from media_items.abilities import Ability
from media_items.models import MediaItem
from media_items.quizzes.attempts import answering, ending, starting
from media_items.quizzes.attempts.persons import person_digest
from media_items.quizzes.content import Question as Published
from media_items.quizzes.kinds import QuestionKind
from media_items.quizzes.models import (
    Answer,
    AnswerEvent,
    Attempt,
    Exemption,
    Question,
    QuestionOption,
    Quiz,
    QuizVersion,
    Taker,
)
from media_items.quizzes.quizzes import saved_quiz_of
from media_items.quizzes.writing.presets import PRESETS
from media_items.quizzes.writing.publishing import publish
from media_items.visitors import Certainty, Identity, IdentityKind

_MAY_TAKE = frozenset({Ability.VIEW, Ability.TAKE_QUIZ})


def add_quizzes(items: list[Item], *, people: dict[str, User], scale: Scale, now: datetime) -> None:
    """After all items: a quiz may lie on a film. What is published already stays as it is."""
    for item in items:
        if item.quiz is None:
            continue
        row = MediaItem.objects.get(owner=people[item.owner], title=item.title)
        quiz = saved_quiz_of(row)
        if quiz.published is None:
            _write(item.quiz, quiz, owner=people[item.owner], scale=scale)
            _take(item.quiz, quiz, people=people, now=now)


def shift_dates(items: QuerySet[MediaItem], shift: timedelta) -> None:
    """Moves all times of the quizzes of `items` by `shift`."""
    of: dict[Any, tuple[str, tuple[str, ...]]] = {
        QuizVersion: ("quiz__item__in", ("made_at",)),
        Taker: ("quiz__item__in", ("first_at",)),
        Attempt: ("quiz__item__in", ("started_at", "deadline", "ended_at")),
        Answer: ("attempt__quiz__item__in", ("saved_at", "hint_seen_at", "marked_at")),
        AnswerEvent: ("attempt__quiz__item__in", ("at",)),
        Exemption: ("quiz__item__in", ("opens_at", "closes_at")),
    }
    for model, (where, names) in of.items():
        rows = model.objects.filter(**{where: items})
        rows.update(**{name: F(name) + shift for name in names})


# --- writing ------------------------------------------------------------------------------------


def _write(described: DemoQuiz, quiz: Quiz, *, owner: User, scale: Scale) -> None:
    quiz.preset = described.preset
    for name, value in (PRESETS[described.preset] | described.settings).items():
        setattr(quiz, name, value)
    quiz.film = MediaItem.objects.filter(owner=owner, title=described.film).first()
    quiz.full_clean(exclude=["item", "published"])
    quiz.save()
    for position, one in enumerate(described.questions):
        _add_question(one, quiz, position=position, owner=owner, scale=scale)
    publish(quiz=quiz, by=owner)
    made_at = quiz.item.created_at
    quiz.questions.update(changed_at=made_at)
    quiz.versions.update(made_at=made_at)


def _add_question(
    one: DemoQuestion, quiz: Quiz, *, position: int, owner: User, scale: Scale
) -> None:
    question = Question.objects.create(
        quiz=quiz,
        position=position,
        kind=one.kind,
        text=one.text,
        points=one.points,
        rule=one.chosen_rule,
        hint=one.hint,
        explanation=one.explanation,
        is_required=one.is_required,
        accents_matter=one.accents_matter,
        unit=one.unit,
        at_ms=None if one.at is None else round(scale.seconds(one.at) * 1000),
        changed_by=owner,
    )
    QuestionOption.objects.bulk_create(
        QuestionOption(
            question=question,
            position=number,
            text=option.text,
            credit=Decimal(option.credit),
            feedback=option.feedback,
            at_end=option.at_end,
            match=option.match,
            tolerance=option.tolerance,
            margin=option.margin,
        )
        for number, option in enumerate(one.options)
    )


# --- taking -------------------------------------------------------------------------------------


def _take(described: DemoQuiz, quiz: Quiz, *, people: dict[str, User], now: datetime) -> None:
    """In the order in which it happened, while the quiz has no dates."""
    item = MediaItem.objects.filter(pk=quiz.item_id)
    window = {"starts_at": quiz.item.starts_at, "ends_at": quiz.item.ends_at}
    item.update(starts_at=None, ends_at=None)
    quiz = Quiz.objects.select_related("item").get(pk=quiz.pk)
    for who, times in described.more_time.items():
        account = people[who]
        Exemption.objects.create(
            quiz=quiz,
            email=account.email,
            person=person_digest(account.email),
            time_factor=Decimal(times),
            made_by=quiz.item.owner,
        )
    for one in sorted(described.took, key=lambda one: one.ago, reverse=True):
        began = _began(one, window["starts_at"], now)
        _take_once(one, quiz, described, people=people, began=began)
    item.update(**window)


def _began(one: Took, starts_at: datetime | None, now: datetime) -> datetime:
    """Of a quiz with dates: a few minutes after it opened."""
    if starts_at is not None:
        return starts_at + timedelta(minutes=crc32(one.who.encode()) % 30)
    return by_day(now - one.ago) if one.state != "open" else now - one.ago


def _take_once(
    one: Took, quiz: Quiz, described: DemoQuiz, *, people: dict[str, User], began: datetime
) -> None:
    identity = _identity(one.who, quiz.item, people=people)
    attempt = starting.start(quiz=quiz, identity=identity, abilities=_MAY_TAKE)
    published = attempt.version.questions.questions
    answered = zip(published, one.answers, strict=True)
    reached = [question.at_ms or 0 for question, sign in answered if sign != "."]
    Attempt.objects.filter(pk=attempt.pk).update(watched_ms=max(reached, default=0))
    for number, (question, sign) in enumerate(zip(published, one.answers, strict=True)):
        given = answer_of(question, sign, who=one.who, said=described.questions[number].said)
        if given:
            answering.save(attempt=attempt, question_id=question.id, given=given, revision=0)
    if one.state == "handed in":
        attempt = ending.hand_in(attempt=attempt)
    elif one.state == "interrupted":
        ending.interrupt(takers=[attempt.taker_id])
    _date_back(attempt, began=began, minutes=one.minutes)
    if one.state == "time up":
        ending.close_if_overdue(Attempt.objects.get(pk=attempt.pk), timezone.now())


def _date_back(attempt: Attempt, *, began: datetime, minutes: float) -> None:
    attempt.refresh_from_db()
    length = timedelta(minutes=minutes)
    if attempt.deadline:
        attempt.deadline += began - attempt.started_at
    attempt.started_at = began
    if attempt.ended_at:
        attempt.ended_at = began + length
    attempt.save(update_fields=["started_at", "deadline", "ended_at"])
    answers = list(attempt.answers.order_by("pk"))
    for number, answer in enumerate(answers, start=1):
        answer.saved_at = began + length * number / (len(answers) + 1)
        attempt.events.filter(question=answer.question).update(at=answer.saved_at)
    Answer.objects.bulk_update(answers, ["saved_at"])
    attempt.events.filter(what="started").update(at=began)
    attempt.events.filter(question="").exclude(what="started").update(at=began + length)
    Taker.objects.filter(pk=attempt.taker_id, first_at__gt=began).update(first_at=began)


def _identity(who: str, item: MediaItem, *, people: dict[str, User]) -> Identity:
    """As `request.visitor` would say it."""
    if who in people:
        return account_identity(people[who])
    if invitation := Invitation.objects.filter(item=item, email=who).first():
        return Identity(
            key=str(InvitationProofs.key_of(invitation.pk)),
            kind=IdentityKind.INVITEE,
            name=invitation.get_full_name(),
            email=who,
            certainty=Certainty.CONFIRMED,
            role=invitation.role,
        )
    admission = GuestAdmission.objects.get(guest__link__item=item, guest__email=who)
    return Identity(
        key=str(GuestProofs.key_of(admission.pk)),
        kind=IdentityKind.GUEST,
        name=admission.name,
        email=who,
        certainty=Certainty.TYPED,
        role="guest",
        came_by=admission.guest.link.name,
    )


def answer_of(
    question: Published, sign: str, *, who: str, said: tuple[str, ...] = ()
) -> dict[str, Any] | None:
    """Right, in part, wrong or none, the same for the same person each time."""
    if sign == ".":
        return None
    dice = crc32(f"{who} {question.text}".encode())
    match question.kind:
        case QuestionKind.OPEN:
            return {"text": said[dice % len(said)]} if said else None
        case QuestionKind.REFLECTION:
            return {"seen": True}
        case QuestionKind.SHORT_TEXT | QuestionKind.NUMBER:
            accepted = {one.credit == 100: one.text for one in question.options}
            wrong = str(dice % 90 + 7) if question.kind == QuestionKind.NUMBER else "spindle"
            return {"text": {"+": accepted[True], "~": accepted.get(False, wrong)}.get(sign, wrong)}
        case QuestionKind.MATCHING | QuestionKind.ORDERING:
            return _arranged(question, sign)
        case _:
            return _chosen(question, sign, dice)


def _chosen(question: Published, sign: str, dice: int) -> dict[str, Any]:
    right = [one.id for one in question.options if one.is_right]
    wrong = [one.id for one in question.options if not one.is_right]
    if question.kind == QuestionKind.MULTIPLE:
        return {"chosen": {"+": right, "~": right[:1]}.get(sign, [right[0], wrong[0]])}
    among = right if sign == "+" and right else wrong
    return {"chosen": among[dice % len(among)]}


def _arranged(question: Published, sign: str) -> dict[str, Any]:
    ids = [one.id for one in question.options]
    if question.kind == QuestionKind.ORDERING:
        order = {"+": ids, "~": [*ids[:-2], ids[-1], ids[-2]]}.get(sign, ids[::-1])
        return {"order": order}
    partners = [one.match for one in question.options]
    given = {"+": partners, "~": [partners[0], *partners[1:][::-1]]}
    return {"pairs": dict(zip(ids, given.get(sign, [*partners[1:], partners[0]]), strict=True))}
