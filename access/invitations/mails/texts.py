"""The built-in texts of the mails to invited people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from access.invitations.mails.placeholders import PLACEHOLDERS, sample_values
from access.invitations.models import MailKind
from access.mail.text_shapes import Paragraph, TextFamily
from access.mail.texts import register_texts

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NEW_LINK_EXPIRED = "new_link_expired"  # no kind of mail, so not edited by admins; it has no link
MISSED = "missed_session"  # to somebody invited who did not come to a session
WITHOUT_LINK = frozenset[str]({MailKind.CANCELLED, MISSED, NEW_LINK_EXPIRED})

_HELLO = "{hello}"
_WHEN = gettext_lazy("When: {when}. The date is attached for your calendar.")
_ROLE = "{role_means}"
_NOTE = gettext_lazy("{host} writes: “{note}”")
_SAY_NO = gettext_lazy("To decline, open the link and choose Decline.")
_LAST_DAY = gettext_lazy("The invitation expires on {last_day}.")
_YOURS = gettext_lazy("This link works only for {address}.")
_ANSWER = gettext_lazy("Questions? Reply to this email to reach {host}.")
_INVITED = (_WHEN, _ROLE, _NOTE, "{link}", (_SAY_NO, _LAST_DAY, _YOURS), _ANSWER)

_BUILT_IN: dict[str, tuple[StrOrPromise, tuple[Paragraph, ...]]] = {
    MailKind.INVITE: (
        gettext_lazy("{host} invites you to “{title}”"),
        (
            _HELLO,
            gettext_lazy("{host} invites you to “{title}” at {site}."),
            *_INVITED,
        ),
    ),
    MailKind.AGAIN: (
        gettext_lazy("Your invitation to “{title}”"),
        (
            _HELLO,
            gettext_lazy("Here is your invitation again: {host} invites you to “{title}” at {site}."),  # noqa: E501
            *_INVITED,
        ),
    ),
    MailKind.REMINDER: (
        gettext_lazy("Reminder: {host} invites you to “{title}”"),
        (
            _HELLO,
            gettext_lazy("This is a reminder: {host} has invited you to “{title}” at {site}."),
            *_INVITED,
        ),
    ),
    MailKind.STARTS_SOON: (
        gettext_lazy("“{title}” starts soon"),
        (
            _HELLO,
            gettext_lazy("“{title}”, to which {host} invited you at {site}, starts soon."),
            _WHEN,
            "{link}",
            (_SAY_NO, _YOURS),
            _ANSWER,
        ),
    ),
    MailKind.NEW_LINK: (
        gettext_lazy("Your new link to “{title}”"),
        (
            _HELLO,
            gettext_lazy("Here is a new link to “{title}”. Older links no longer work."),
            _WHEN,
            "{link}",
            (_SAY_NO, _LAST_DAY, _YOURS),
            gettext_lazy("If you didn’t ask for it, ignore this email."),
            _ANSWER,
        ),
    ),
    NEW_LINK_EXPIRED: (
        gettext_lazy("Your invitation to “{title}” has expired"),
        (
            _HELLO,
            gettext_lazy("Somebody asked for a new link to “{title}”, but the invitation expired on {last_day}."),  # noqa: E501
            gettext_lazy("We’ve told {host}, who can extend it. Your link then works again."),
            gettext_lazy("If you didn’t ask for it, ignore this email."),
            _ANSWER,
        ),
    ),
    MailKind.MOVED: (
        gettext_lazy("New time for “{title}”"),
        (
            _HELLO,
            gettext_lazy("“{title}”, to which {host} invited you, has a new time."),
            (
                gettext_lazy("New time: {when}. The new date is attached for your calendar."),
                gettext_lazy("Before, it was {before}."),
            ),
            "{link}",
            (_SAY_NO, _LAST_DAY, _YOURS),
            _ANSWER,
        ),
    ),
    MailKind.CANCELLED: (
        gettext_lazy("Cancelled: “{title}”"),
        (
            _HELLO,
            gettext_lazy("“{title}”, to which {host} invited you, has been cancelled."),
            gettext_lazy("The planned time was {when}."),
            _ANSWER,
        ),
    ),
    MISSED: (
        gettext_lazy("About “{title}”"),
        (
            _HELLO,
            gettext_lazy("You were invited to “{title}” at {site}. It has now taken place."),
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
