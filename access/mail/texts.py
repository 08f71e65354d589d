"""Mails whose text an admin may replace: the built-in texts, the admin's own, and filling in.

SECURITY: an admin's text is no template of Django's, which could read any setting or model. It is
plain text with a closed list of {placeholders}; anything else in braces makes the text broken, and
a broken text is never sent: the built-in one is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from access.mail import outbox
from access.mail.kinds import OutgoingKind, register
from access.mail.messages import compose
from access.mail.models import MailText, OutgoingMail
from access.mail.readers import choice_at, written_for
from access.mail.text_shapes import FIELD, Shape, TextFamily, WrittenMail, empty_ones
from media_items.refusals import Invalid

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
        for name in FIELD.findall(part):
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
    return Shape(_FAMILIES[kind], subject, body, empty_ones(values)).filled(values)


class Texts:
    """The texts of one language, read once for many mails."""

    def __init__(self, language: str) -> None:
        self.language = language
        rows = MailText.objects.filter(language=language, broken_at=None)
        self._theirs: dict[str, MailText] = {row.kind: row for row in rows}
        self._shapes: dict[tuple[str, frozenset[str]], Shape] = {}

    def write(self, kind: str, values: Mapping[str, str]) -> WrittenMail:
        """The admin's text; the built-in one where there is none or it is broken."""
        key = kind, empty_ones(values)
        if key not in self._shapes:
            self._shapes[key] = self._shape(*key)
        return self._shapes[key].filled(values)

    def _shape(self, kind: str, empty: frozenset[str]) -> Shape:
        family = _FAMILIES[kind]
        if theirs := self._theirs.get(kind):
            try:
                check_text(kind=kind, subject=theirs.subject, body=theirs.body)
                return Shape(family, theirs.subject, theirs.body, empty)
            except BrokenText as broken:
                del self._theirs[kind]
                mark_broken(theirs, why=str(broken))
        subject, body = in_language(kind, self.language)
        return Shape(family, subject, body, empty)


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
