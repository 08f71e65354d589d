"""The built-in texts of the mails to invited people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from access.invitations.mails.placeholders import PLACEHOLDERS, sample_values
from access.invitations.models import MailKind
from access.mail.texts import Paragraph, TextFamily, register_texts

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NEW_LINK_EXPIRED = "new_link_expired"  # no kind of mail, so not edited by admins; it has no link
MISSED = "missed_session"  # to somebody invited who did not come to a session
WITHOUT_LINK = frozenset[str]({MailKind.CANCELLED, MISSED, NEW_LINK_EXPIRED})

_HELLO = "{hello}"
_WHEN = gettext_lazy("When: {when}. The date is attached for your calendar.")
_ROLE = gettext_lazy("Your role: {role}. You can {role_means}.")
_NOTE = gettext_lazy("{host} writes: “{note}”")
_SAY_NO = gettext_lazy("To say no, open the link and choose Decline.")
_LAST_DAY = gettext_lazy("The invitation works until {last_day}.")
_YOURS = gettext_lazy("The link is meant for you alone and works together with {address}.")
_ANSWER = gettext_lazy("Questions? Answer this mail: it goes to {host}.")
_INVITED = (_WHEN, _ROLE, _NOTE, "{link}", (_SAY_NO, _LAST_DAY, _YOURS), _ANSWER)

_BUILT_IN: dict[str, tuple[StrOrPromise, tuple[Paragraph, ...]]] = {
    MailKind.INVITE: (
        gettext_lazy("{host} invites you to “{title}”"),
        (
            _HELLO,
            gettext_lazy("{host} invites you to the {kind} “{title}” at {site}."),
            *_INVITED,
        ),
    ),
    MailKind.AGAIN: (
        gettext_lazy("Your invitation to “{title}”"),
        (
            _HELLO,
            gettext_lazy("here is your invitation once more: {host} invites you to the {kind} “{title}” at {site}."),  # noqa: E501
            *_INVITED,
        ),
    ),
    MailKind.REMINDER: (
        gettext_lazy("Reminder: {host} invites you to “{title}”"),
        (
            _HELLO,
            gettext_lazy("a reminder: {host} has invited you to the {kind} “{title}” at {site}."),
            *_INVITED,
        ),
    ),
    MailKind.NEW_LINK: (
        gettext_lazy("Your new link to “{title}”"),
        (
            _HELLO,
            gettext_lazy("a new link to the {kind} “{title}” was asked for. This one works; older ones do not."),  # noqa: E501
            _WHEN,
            "{link}",
            (_SAY_NO, _LAST_DAY, _YOURS),
            gettext_lazy("If you did not ask for it, you need not do anything."),
            _ANSWER,
        ),
    ),
    NEW_LINK_EXPIRED: (
        gettext_lazy("Your invitation to “{title}” has expired"),
        (
            _HELLO,
            gettext_lazy("a new link to the {kind} “{title}” was asked for. The invitation worked until {last_day}."),  # noqa: E501
            gettext_lazy("{host} knows that you asked and can prolong it; your link then works again."),  # noqa: E501
            gettext_lazy("If you did not ask for it, you need not do anything."),
            _ANSWER,
        ),
    ),
    MailKind.MOVED: (
        gettext_lazy("New time for “{title}”"),
        (
            _HELLO,
            gettext_lazy("the {kind} “{title}”, to which {host} invites you, has a new time."),
            gettext_lazy("Now: {when}. The new date is attached for your calendar."),
            "{link}",
            (_SAY_NO, _LAST_DAY, _YOURS),
            _ANSWER,
        ),
    ),
    MailKind.CANCELLED: (
        gettext_lazy("Called off: “{title}”"),
        (
            _HELLO,
            gettext_lazy("the {kind} “{title}”, to which {host} invited you, will not take place."),
            gettext_lazy("It was planned for {when}."),
            _ANSWER,
        ),
    ),
    MISSED: (
        gettext_lazy("About “{title}”"),
        (
            _HELLO,
            gettext_lazy("you were invited to the {kind} “{title}” at {site}, which has taken place."),  # noqa: E501
            _NOTE,
            _ANSWER,
        ),
    ),
}  # fmt: skip

register_texts(
    TextFamily(
        placeholders=PLACEHOLDERS,
        built_in=_BUILT_IN,
        without_link=WITHOUT_LINK,
        button=gettext_lazy("Open the invitation"),
        template="emails/access/invitations/invitation.html",
        sample=sample_values,
    )
)
