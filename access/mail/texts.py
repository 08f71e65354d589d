"""Mails whose text an admin may replace: the built-in texts, the admin's own, and filling in.

SECURITY: an admin's text is no template of Django's, which could read any setting or model. It is
plain text with a closed list of {placeholders}; anything else in braces makes the text broken, and
a broken text is never sent: the built-in one is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from access.mail import outbox
from access.mail.kinds import OutgoingKind, register
from access.mail.messages import compose
from access.mail.models import MailText, OutgoingMail
from access.mail.readers import choice_at, written_for
from access.typed_text import isolated
from media_items.refusals import Invalid

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

type Paragraph = StrOrPromise | tuple[StrOrPromise, ...]

_FIELD = re.compile(r"\{([^{}\n]*)\}")


@dataclass(frozen=True)
class TextFamily:
    """Built-in texts that share their placeholders and look.

    `built_in`: subject and paragraphs by kind; a tuple is a paragraph of several lines.
    `template`: the HTML around the text. `sample`: invented values for a preview, with or without
    a link. `button`: the label of a {link} that is a paragraph of its own.
    """

    placeholders: Mapping[str, Promise]
    built_in: Mapping[str, tuple[StrOrPromise, tuple[Paragraph, ...]]]
    without_link: frozenset[str]
    button: StrOrPromise
    template: str
    sample: Callable[[bool], Mapping[str, str]]


_FAMILIES: dict[str, TextFamily] = {}


def register_texts(family: TextFamily) -> None:
    _FAMILIES.update(dict.fromkeys(family.built_in, family))


def placeholders() -> dict[str, Promise]:
    """Of all texts, with what each stands for."""
    return {
        name: said for family in _FAMILIES.values() for name, said in family.placeholders.items()
    }


class BrokenText(Invalid):
    """This text cannot be sent. The message says why, for the admin who wrote it."""


@dataclass(frozen=True)
class WrittenMail:
    """The text of one mail; the plain part and the HTML say the same."""

    subject: str
    text: str
    html: str


def built_in(kind: str) -> tuple[str, str]:
    """Subject and body as an admin would write them, in the active language."""
    subject, paragraphs = _FAMILIES[kind].built_in[kind]
    return str(subject), "\n\n".join(
        "\n".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in paragraphs
    )


def check_text(*, kind: str, subject: str, body: str) -> None:
    """Raises `BrokenText`."""
    family = _FAMILIES[kind]
    for part, empty in ((subject, _("The subject is empty.")), (body, _("The body is empty."))):
        if not part.strip():
            raise BrokenText(empty)
        for name in _FIELD.findall(part):
            if name not in family.placeholders:
                raise BrokenText(_("There is no placeholder {%s}.") % name)
    if "\n" in subject.strip() or "\r" in subject.strip():
        raise BrokenText(_("The subject must fit on one line."))
    has_link = "{link}" in body
    if "{link}" in subject or (has_link and kind in family.without_link):
        raise BrokenText(_("{link} can’t be used here."))
    if not has_link and kind not in family.without_link:
        raise BrokenText(_("{link} is missing: nobody could open the invitation."))


def write(*, kind: str, subject: str, body: str, values: Mapping[str, str]) -> WrittenMail:
    """Fills in the values. A line is left out if one of its placeholders is empty.

    Raises `BrokenText`.
    """
    check_text(kind=kind, subject=subject, body=body)
    family = _FAMILIES[kind]
    paragraphs = _paragraphs(body, values)
    # SECURITY: made one line after filling in: a note has line breaks, and a header must not.
    one_line = " ".join(_fill(subject, values).split())
    blocks = [_block(line, values) for line in paragraphs]
    return WrittenMail(
        subject=one_line,
        text="\n\n".join(
            "\n".join(_line(line, values, family) for line in one) for one in paragraphs
        )
        + "\n",
        html=render_to_string(family.template, {"subject": one_line, "blocks": blocks}),
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


def _line(line: str, values: Mapping[str, str], family: TextFamily) -> str:
    if line == "{link}":
        heading = _("%(button)s:") % {"button": family.button}
        return f"{heading}\n{values['link']}"
    return _fill(line, values)


def _block(paragraph: list[str], values: Mapping[str, str]) -> dict[str, str]:
    """A paragraph of the HTML part: text, or the button."""
    if paragraph == ["{link}"]:
        return {"link": values["link"]}
    shown = format_html_join(
        mark_safe("<br>"), "{}", ((_html(line, values),) for line in paragraph)
    )
    return {"words": shown}


def _html(line: str, values: Mapping[str, str]) -> SafeString:
    pieces = _FIELD.split(line)  # text and names of placeholders alternate
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
    """The texts of one language, read once for many mails."""

    def __init__(self, language: str) -> None:
        self.language = language
        rows = MailText.objects.filter(language=language, broken_at=None)
        self._theirs: dict[str, MailText] = {row.kind: row for row in rows}
        self._built_in: dict[str, tuple[str, str]] = {}

    def write(self, kind: str, values: Mapping[str, str]) -> WrittenMail:
        """The admin's text; the built-in one where there is none or it is broken."""
        if theirs := self._theirs.get(kind):
            try:
                return write(kind=kind, subject=theirs.subject, body=theirs.body, values=values)
            except BrokenText as broken:
                del self._theirs[kind]
                mark_broken(theirs, why=str(broken))
        if kind not in self._built_in:
            self._built_in[kind] = in_language(kind, self.language)
        subject, body = self._built_in[kind]
        return write(kind=kind, subject=subject, body=body, values=values)


def mark_broken(text: MailText, *, why: str) -> None:
    """The text is not used until it is saved again. The site's admins get one mail."""
    marked = MailText.objects.filter(
        pk=text.pk, broken_at=None, subject=text.subject, body=text.body
    ).update(broken_at=timezone.now(), broken_why=why[:300])
    if marked:
        admins = get_user_model().objects.filter(is_superuser=True, is_active=True)
        addresses = admins.values_list("email", flat=True)
        outbox.add(kind=BrokenTextMail.name, mails=[(text.pk, one) for one in addresses])


@register
class BrokenTextMail(OutgoingKind[MailText]):
    """To a site admin: a mail text is broken and not in use."""

    name: ClassVar = "broken_text"
    label: ClassVar = gettext_lazy("Email text that doesn’t work")
    about: ClassVar = MailText

    def rows(self) -> QuerySet[MailText]:
        return MailText.objects.all()

    def stale(self, mail: OutgoingMail, row: MailText) -> str:
        return "" if row.broken_at else _("fixed before it was sent")

    def write(self, mail: OutgoingMail, row: MailText) -> EmailMultiAlternatives:
        """Plain text only."""
        with written_for(**choice_at(mail.address)):
            admin_url = settings.SITE_URL + reverse("admin:access_mailtext_change", args=[row.pk])
            text = _(
                "The email text “%(text)s” can’t be sent: %(why)s\n\nUntil it is corrected, "
                "invited people get the built-in text instead. Correct it here:\n%(url)s\n"
            ) % {"text": row, "why": row.broken_why, "url": admin_url}
            subject = _("An email text of %s doesn’t work") % settings.SITE_NAME
            return compose(subject=subject, text=text, to=mail.address)


def sample(text: MailText) -> WrittenMail:
    """An admin's own text with invented people in it. Raises `BrokenText`."""
    with override(text.language):
        family = _FAMILIES[text.kind]
        values = family.sample(text.kind not in family.without_link)
        return write(kind=text.kind, subject=text.subject, body=text.body, values=values)


def in_language(kind: str, language: str) -> tuple[str, str]:
    """The built-in subject and body of a language."""
    with override(language):
        return built_in(kind)
