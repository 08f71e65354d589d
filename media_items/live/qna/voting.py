"""Votes for questions: one a person by whichever proof, taken back at will, never for one's own."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from media_items.live.events.announcing import announce_throttled
from media_items.live.events.facts import FactKind
from media_items.live.qna.models import AudienceQuestion, AudienceQuestionVote
from media_items.live.sessions.models import Participant, is_by
from media_items.refusals import Refusal


class OwnQuestion(Refusal):
    """The author counts as being for it."""

    message = _("This is your own question, so it already has your vote.")


class NotPublished(Refusal):
    """Only what everybody sees is voted for."""

    message = _("This question is no longer shown to everybody.")


@transaction.atomic
def vote(*, question: AudienceQuestion, voter: Participant) -> None:
    """Twice is once. Raises `OwnQuestion` or `NotPublished`."""
    current = _locked(question)
    if current is None or not current.is_public:
        raise NotPublished
    if AudienceQuestion.objects.filter(is_by(voter, "author"), pk=current.pk).exists():
        raise OwnQuestion
    if not AudienceQuestionVote.objects.filter(is_by(voter, "voter"), question=current).exists():
        AudienceQuestionVote.objects.create(question=current, voter=voter)
        AudienceQuestion.objects.filter(pk=current.pk).update(vote_count=F("vote_count") + 1)
        announce_throttled(current.session, FactKind.QNA)


@transaction.atomic
def unvote(*, question: AudienceQuestion, voter: Participant) -> None:
    """Twice is once; also when it is not public any more."""
    current = _locked(question)
    if current is None:
        return
    mine = AudienceQuestionVote.objects.filter(is_by(voter, "voter"), question=current)
    gone, _each = mine.delete()
    if gone:
        AudienceQuestion.objects.filter(pk=current.pk).update(vote_count=F("vote_count") - gone)
        announce_throttled(current.session, FactKind.QNA)


def _locked(question: AudienceQuestion) -> AudienceQuestion | None:
    """The row is the lock: of one person's twenty clicks one counts, and `vote_count` stays
    right."""
    current: AudienceQuestion | None = (
        AudienceQuestion.objects.select_for_update(of=("self",))
        .select_related("session")
        .filter(pk=question.pk)
        .first()
    )
    return current
