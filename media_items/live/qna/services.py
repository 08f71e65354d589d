"""What happens to a question: asked, taken, answered, published, dismissed.

Taking is one conditional UPDATE, so that of two who take it at once one has it. Everything else
locks the question's row first and judges it as it is now. All of it may be done twice.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.live.events.announcing import announce
from media_items.live.events.facts import MODERATORS, FactKind, only
from media_items.live.qna.models import AudienceQuestion, AudienceQuestionState, Group
from media_items.live.sessions.models import LiveSession, LiveSettings, Participant
from media_items.live.sessions.services import locked, settings_of
from media_items.refusals import ChangedMeanwhile, NotNow, Refusal


class OnlyWithName(Refusal):
    """Questions without a name are not allowed. Never asked with the name instead."""

    message = _("Anonymous questions are now switched off. Untick this to ask with your name.")


class Changed(ChangedMeanwhile):
    """Taken back, or changed by somebody else: this cannot be done to it any more."""

    message = _("This question has changed in the meantime. You now see the current version.")


class TakenByAnother(Refusal):
    """`by` has taken it; None: that person is not known any more."""

    message = _("Somebody else has already taken this question.")

    def __init__(self, by: Participant | None) -> None:
        said = _("%(name)s has already taken this question.") % {"name": by}
        super().__init__(said if by else "")
        self.by = by


class AnsweredMeanwhile(ChangedMeanwhile):
    """There is an answer that the writer of this one has not read; `question` is as it is now."""

    message = _("Somebody else has answered in the meantime. Send again to replace their answer.")

    def __init__(self, question: AudienceQuestion) -> None:
        super().__init__()
        self.question = question


@transaction.atomic
def ask(
    *, session: LiveSession, author: Participant, text: str, without_name: bool = False
) -> AudienceQuestion:
    """Under the session's lock, as everything that is written in it: nobody asks in a session that
    is ending, or while being removed or erased. Raises `OnlyWithName` or `NotNow`."""
    session = locked(session)
    if session.ended_at or not Participant.objects.inside().filter(pk=author.pk).exists():
        raise NotNow(_("This was not sent."))
    if without_name and not settings_of(session.item).anonymous_questions:
        raise OnlyWithName
    question: AudienceQuestion = AudienceQuestion.objects.create(
        session=session, author=author, text=text, is_anonymous=without_name
    )
    _announce(question)
    return question


@transaction.atomic
def take_back(*, question: AudienceQuestion, author: Participant) -> None:
    """Their own question, gone with its votes, while nobody has begun with it. Raises `Changed`."""
    current = _find_locked(question)
    if current is None:
        return
    if current.author_id != author.pk or current.state != AudienceQuestionState.WAITING:
        raise Changed
    _announce(current)
    current.delete()


@transaction.atomic
def take(*, question: AudienceQuestion, by: Participant) -> None:
    """Raises `TakenByAnother` or `Changed`."""
    free = AudienceQuestion.objects.filter(pk=question.pk).in_group(Group.NEW)
    if free.update(taken_at=timezone.now(), taken_by=by):
        _announce(question)
        return
    current = AudienceQuestion.objects.select_related("taken_by").filter(pk=question.pk).first()
    if current is None or current.state != AudienceQuestionState.TAKEN:
        raise Changed
    _refuse_if_taken_by_another(current, by)


@transaction.atomic
def put_back(*, question: AudienceQuestion) -> None:
    """Free to be taken again. Any moderator may put it back, not only the one who took it."""
    current = _locked(question)
    if current.state == AudienceQuestionState.TAKEN:
        current.taken_at = current.taken_by = None
        _save(current, "taken_at", "taken_by")


@transaction.atomic
def answer(
    *, question: AudienceQuestion, by: Participant, text: str, seen: str, publish: bool = False
) -> None:
    """The first answer, or a better one. `seen` is the `answer_version` that `by` has read.

    Raises `TakenByAnother`, `AnsweredMeanwhile` or `Changed`.
    """
    current = _locked(question)
    if current.dismissed_at:
        raise Changed
    _refuse_if_taken_by_another(current, by)
    is_sent_twice = current.answer == text and current.answered_by_id == by.pk
    if current.answer_version != seen and not is_sent_twice:
        raise AnsweredMeanwhile(current)
    _take_if_free(current, by)
    current.answer = text
    current.answered_at, current.answered_by = timezone.now(), by
    if publish and current.published_at is None:
        current.published_at = current.answered_at
    _save(current, "answer", "answered_at", "answered_by", "published_at", "taken_at", "taken_by")


@transaction.atomic
def mark_answered_live(*, question: AudienceQuestion, by: Participant) -> None:
    """Raises `TakenByAnother` or `Changed`."""
    current = _locked(question)
    if current.answered_live_at and not current.dismissed_at:
        return
    if current.dismissed_at or current.answered_at:
        raise Changed
    _refuse_if_taken_by_another(current, by)
    _take_if_free(current, by)
    current.answered_live_at, current.answered_by = timezone.now(), by
    _save(current, "answered_live_at", "answered_by", "taken_at", "taken_by")


@transaction.atomic
def publish(*, question: AudienceQuestion) -> None:
    """Shown to everybody from now on, with its answer or without. Raises `Changed`."""
    current = _locked(question)
    if current.dismissed_at:
        raise Changed
    if current.published_at is None:
        current.published_at = timezone.now()
        _save(current, "published_at")


@transaction.atomic
def unpublish(*, question: AudienceQuestion) -> None:
    """Its votes stay, for when it is published again."""
    current = _locked(question)
    if current.published_at is not None:
        current.published_at = None
        _save(current, "published_at", everybody=True)


@transaction.atomic
def dismiss(*, question: AudienceQuestion, by: Participant) -> None:
    """Not taken up: only its author and moderators see it, until it is brought back. Raises
    `TakenByAnother` or `Changed`."""
    current = _locked(question)
    if current.dismissed_at:
        return
    if current.answered_at or current.answered_live_at:
        raise Changed
    _refuse_if_taken_by_another(current, by)
    current.dismissed_at = timezone.now()
    _save(current, "dismissed_at", everybody=current.published_at is not None)


@transaction.atomic
def reopen(*, question: AudienceQuestion) -> None:
    """As it was before it was dismissed, or marked as answered live; one that was erased stays
    dismissed."""
    current = _locked(question)
    if current.dismissed_at and current.text:
        current.dismissed_at = None
        _save(current, "dismissed_at")
    elif current.answered_live_at and not current.answered_at:
        current.answered_live_at = current.answered_by = None
        _save(current, "answered_live_at", "answered_by")


@transaction.atomic
def set_anonymous_questions(*, session: LiveSession, allowed: bool) -> None:
    """Kept for the item's later sessions too. What was asked without a name stays without one."""
    session = locked(session)
    LiveSettings.objects.update_or_create(
        item=session.item, defaults={"anonymous_questions": allowed}
    )
    announce(session, FactKind.QNA)


def _locked(question: AudienceQuestion) -> AudienceQuestion:
    """As it is now, for this transaction alone. Raises `Changed` when it is gone."""
    current = _find_locked(question)
    if current is None:
        raise Changed
    return current


def _find_locked(question: AudienceQuestion) -> AudienceQuestion | None:
    current: AudienceQuestion | None = (
        AudienceQuestion.objects.select_for_update(of=("self",))
        .select_related("taken_by", "answered_by", "session")
        .filter(pk=question.pk)
        .first()
    )
    return current


def _refuse_if_taken_by_another(question: AudienceQuestion, by: Participant) -> None:
    """Only while it has no answer: any moderator may improve one that is there."""
    if question.state == AudienceQuestionState.TAKEN and question.taken_by_id != by.pk:
        raise TakenByAnother(question.taken_by)


def _take_if_free(question: AudienceQuestion, by: Participant) -> None:
    """Answering a question takes it, too."""
    if question.taken_at is None:
        question.taken_at, question.taken_by = timezone.now(), by


def _save(question: AudienceQuestion, *fields: str, everybody: bool = False) -> None:
    question.save(update_fields=fields)
    _announce(question, everybody=everybody)


def _announce(question: AudienceQuestion, *, everybody: bool = False) -> None:
    """To those who can see it. `everybody`: it was public until now.

    SECURITY: the fact for its author names no question and is heard on their own streams alone, so
    that nobody learns from it who asked without a name.
    """
    if everybody or question.is_public:
        announce(question.session, FactKind.QNA)
        return
    announce(question.session, FactKind.QNA, to=MODERATORS)
    announce(question.session, FactKind.QNA, to=only(question.author_id))
