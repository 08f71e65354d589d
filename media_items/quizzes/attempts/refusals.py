"""Why somebody cannot take a quiz now. The pages say each in whole sentences."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from media_items.refusals import ChangedMeanwhile, NotNow, Refusal


class NoIdentity(Refusal):
    """Somebody with no proof of who they are may look, and cannot take a quiz."""

    status = 403
    reason = "nameless"


class NotVerified(NotNow):
    """Of a guest link whose host asks for a proven address before the quiz."""

    reason = "not-verified"
    message = _("Verify your email before you start this quiz.")


class NotPublished(NotNow):
    reason = "not-published"
    message = _("This quiz has no published questions yet.")


class NotOpenYet(NotNow):
    reason = "not-open-yet"
    message = _("This quiz isn’t open yet.")


class Closed(NotNow):
    reason = "closed"
    message = _("This quiz is closed.")


class FilmNotReady(NotNow):
    reason = "film-not-ready"
    message = _("The film of this quiz is being prepared. You can start once it is ready.")


class NoAttemptsLeft(NotNow):
    reason = "no-attempts-left"
    message = _("You have no attempts left.")


class TermsChanged(ChangedMeanwhile):
    """The start page that was pressed promised something else; `names` are those of `terms`."""

    reason = "terms-changed"

    def __init__(self, names: Collection[str]) -> None:
        super().__init__()
        self.names = names


class Interrupted(NotNow):
    reason = "interrupted"
    message = _("Your attempt was interrupted. The host can let you continue.")


class AttemptOver(ChangedMeanwhile):
    """It was handed in, or its time was up; nothing is taken any more."""

    reason = "over"
    message = _("This attempt has ended. Nothing can be changed any more.")


class AttemptInterrupted(AttemptOver):
    """The right ended in the middle of it; the host may let the person go on."""

    reason = "interrupted"
    message = _(
        "Not saved: your access ended, so your attempt was interrupted. Ask the host to let you "
        "continue; what you have typed stays here until then."
    )


class AnswerIsFinal(ChangedMeanwhile):
    reason = "final"
    message = _("You’ve already checked this answer. It can’t be changed any more.")


class NothingAnswered(NotNow):
    """An empty answer is not checked: it would be final, and what is right would be seen."""

    reason = "nothing-answered"
    message = _("Answer the question first.")


class NewerElsewhere(ChangedMeanwhile):
    reason = "newer"
    message = _(
        "A newer answer was saved in another tab or on another device. "
        "Reload this page to see that one."
    )


class NotReached(NotNow):
    """Of a film or of a quiz in order: the question comes later."""

    reason = "not-reached"
    message = _("This question comes later.")


class PageIsPast(NotNow):
    reason = "past"
    message = _("You can’t go back to earlier questions in this quiz.")
