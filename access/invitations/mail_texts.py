"""The words of the mails to invited people: the built-in ones, and those an admin wrote instead.

SECURITY: an admin's text is no template of Django's, which could read any setting or model. It is
plain text with a closed list of {placeholders}; anything else in braces makes the text broken, and
a broken text is never sent: the built-in one is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from access.invitations.mail_words import isolated
from access.invitations.models import MailKind, MailText
from media_items.refusals import Invalid

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

type Words = str | StrPromise

NEW_LINK_EXPIRED = "new_link_expired"  # no mail of its own for admins: there is nothing to open

PLACEHOLDERS: dict[str, Promise] = {
    "hello": gettext_lazy("A greeting, with the person's first name where it is known"),
    "name": gettext_lazy("The invited person's name, or the address where there is none"),
    "address": gettext_lazy("The invited person's address"),
    "host": gettext_lazy("The name of the person who invites"),
    "title": gettext_lazy("The title of the media item"),
    "kind": gettext_lazy("What it is, as in “video” or “live event”"),
    "when": gettext_lazy("Day and time of a scheduled item, with its time zone; else empty"),
    "role": gettext_lazy("The person's role"),
    "role_means": gettext_lazy("What the role lets them do; goes on after “you can”"),
    "note": gettext_lazy("The host's personal note; may be empty"),
    "link": gettext_lazy("The personal link; alone on a line, it becomes a button"),
    "last_day": gettext_lazy("Until when the invitation works; empty where it has no end"),
    "site": gettext_lazy("The name of this site"),
}
WITHOUT_LINK = frozenset({MailKind.CANCELLED, NEW_LINK_EXPIRED})
_FIELD = re.compile(r"\{([^{}\n]*)\}")

_HELLO = "{hello}"
_WHEN = gettext_lazy("When: {when}. The date is attached for your calendar.")
_ROLE = gettext_lazy("Your role: {role}. You can {role_means}.")
_NOTE = gettext_lazy("{host} writes: “{note}”")
_SAY_NO = gettext_lazy("To say no, open the link and choose Decline.")
_LAST_DAY = gettext_lazy("The invitation works until {last_day}.")
_YOURS = gettext_lazy("The link is meant for you alone and works together with {address}.")
_ANSWER = gettext_lazy("Questions? Answer this mail: it goes to {host}.")
_INVITED = (_WHEN, _ROLE, _NOTE, "{link}", (_SAY_NO, _LAST_DAY, _YOURS), _ANSWER)

type Paragraph = Words | tuple[Words, ...]

_BUILT_IN: dict[str, tuple[Words, tuple[Paragraph, ...]]] = {
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
}  # fmt: skip


class BrokenText(Invalid):
    """This text cannot be sent. The message says why, for the admin who wrote it."""


@dataclass(frozen=True)
class Written:
    """One mail's words; text and HTML say the same."""

    subject: str
    text: str
    html: str


def built_in(kind: str) -> tuple[str, str]:
    """Subject and body as an admin would write them, in the active language."""
    subject, paragraphs = _BUILT_IN[kind]
    return str(subject), "\n\n".join(
        "\n".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in paragraphs
    )


def check_text(*, kind: str, subject: str, body: str) -> None:
    """Raises `BrokenText`."""
    for part, words in ((subject, _("The subject is empty.")), (body, _("The body is empty."))):
        if not part.strip():
            raise BrokenText(words)
        for name in _FIELD.findall(part):
            if name not in PLACEHOLDERS:
                raise BrokenText(_("There is no placeholder {%s}.") % name)
    if "\n" in subject.strip() or "\r" in subject.strip():
        raise BrokenText(_("The subject is longer than one line."))
    has_link = "{link}" in body
    if "{link}" in subject or (has_link and kind in WITHOUT_LINK):
        raise BrokenText(_("The {link} cannot stand here."))
    if not has_link and kind not in WITHOUT_LINK:
        raise BrokenText(_("The {link} is missing: nobody could come in."))


def write(*, kind: str, subject: str, body: str, values: Mapping[str, str]) -> Written:
    """Fills in the values. A line one of whose placeholders has nothing to say is left out.

    Raises `BrokenText`.
    """
    check_text(kind=kind, subject=subject, body=body)
    paragraphs = _paragraphs(body, values)
    # SECURITY: joined after filling in; a note has lines, and a header must not.
    words = " ".join(_fill(subject, values).split())
    blocks = [_block(line, values) for line in paragraphs]
    return Written(
        subject=words,
        text="\n\n".join("\n".join(_line(line, values) for line in one) for one in paragraphs)
        + "\n",
        html=render_to_string(
            "emails/access/invitations/invitation.html", {"subject": words, "blocks": blocks}
        ),
    )


def _paragraphs(body: str, values: Mapping[str, str]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for line in map(str.strip, body.splitlines()):
        if not line:
            found.append([])
        elif all(values[name] for name in _FIELD.findall(line)):
            found[-1].append(line)
    return [one for one in found if one]


def _fill(line: str, values: Mapping[str, str]) -> str:
    return _FIELD.sub(
        lambda match: values[match[1]] if match[1] == "link" else isolated(values[match[1]]), line
    )


def _line(line: str, values: Mapping[str, str]) -> str:
    if line == "{link}":
        return f"{_('Open the invitation')}:\n{values['link']}"
    return _fill(line, values)


def _block(paragraph: list[str], values: Mapping[str, str]) -> dict[str, str]:
    """A paragraph of the HTML part: words, or the one button."""
    if paragraph == ["{link}"]:
        return {"link": values["link"]}
    shown = format_html_join(
        mark_safe("<br>"), "{}", ((_html(line, values),) for line in paragraph)
    )
    return {"words": shown}


def _html(line: str, values: Mapping[str, str]) -> SafeString:
    pieces = _FIELD.split(line)  # words and names take turns
    return format_html_join(
        "",
        "{}",
        (
            (piece if number % 2 == 0 else _html_value(piece, values[piece]),)
            for number, piece in enumerate(pieces)
        ),
    )


def _html_value(name: str, value: str) -> SafeString:
    if name == "link":
        return format_html('<a href="{}">{}</a>', value, value)
    shown = format_html_join(mark_safe("<br>"), "{}", ((line,) for line in value.split("\n")))
    return format_html('<bdi dir="auto">{}</bdi>', shown)


class Texts:
    """The texts of one language, looked up once for many mails."""

    def __init__(self, language: str) -> None:
        self.language = language
        rows = MailText.objects.filter(language=language, broken_at=None)
        self._theirs: dict[str, MailText] = {row.kind: row for row in rows}

    def write(self, kind: str, values: Mapping[str, str]) -> Written:
        """The admin's text; the built-in one where there is none or it is broken."""
        if theirs := self._theirs.get(kind):
            try:
                return write(kind=kind, subject=theirs.subject, body=theirs.body, values=values)
            except BrokenText as broken:
                del self._theirs[kind]
                mark_broken(theirs, why=str(broken))
        subject, body = built_in(kind)
        return write(kind=kind, subject=subject, body=body, values=values)


def mark_broken(text: MailText, *, why: str) -> None:
    """Keeps it from being used until it is saved again; the site's admins are told once."""
    from access.invitations.tasks import send_broken_text_mails

    marked = MailText.objects.filter(
        pk=text.pk, broken_at=None, subject=text.subject, body=text.body
    ).update(broken_at=timezone.now(), broken_why=why[:300])
    if marked:
        transaction.on_commit(partial(send_broken_text_mails.enqueue, text.pk))


def in_language(kind: str, language: str) -> tuple[str, str]:
    """The built-in subject and body of a language."""
    with override(language):
        return built_in(kind)
