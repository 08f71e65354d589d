"""The mails of invitations: to the person invited, with a code, and to the host.

SECURITY: one recipient per mail, whatever was typed as a name; see `mail_words`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext_lazy

from access.accounts.models import User
from access.invitations.calendar import calendar_part, has_date, session_calendar
from access.invitations.mail_texts import NEW_LINK_EXPIRED, WITHOUT_LINK, Texts, Written
from access.invitations.mail_words import isolated, lines, one_line
from access.invitations.models import (
    Invitation,
    InvitationCode,
    InvitationMail,
    MailKind,
    MailText,
)
from access.invitations.people import Host, host_of
from access.invitations.role_words import what_it_allows
from access.invitations.services.codes import LIFE
from access.links import invitation_address
from media_items.catalogue.models import Kind
from media_items.models import MediaItem

_KINDS: dict[Kind, Promise] = {
    Kind.VIDEO: pgettext_lazy("invited to the …", "video"),
    Kind.AUDIO: pgettext_lazy("invited to the …", "recording"),
    Kind.DOCUMENT: pgettext_lazy("invited to the …", "document"),
    Kind.QUIZ: pgettext_lazy("invited to the …", "quiz"),
    Kind.LIVE_EVENT: pgettext_lazy("invited to the …", "live event"),
    Kind.ROOM: pgettext_lazy("invited to the …", "room"),
}
_WITH_CALENDAR = frozenset(
    {MailKind.INVITE, MailKind.AGAIN, MailKind.REMINDER, MailKind.MOVED, MailKind.CANCELLED}
)
# Machines that answer mail by themselves leave these alone.
_AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def mail_language() -> str:
    """Accounts and invitations know no language of their own; the site's it is."""
    return str(settings.LANGUAGE_CODE)


def invitation_email(mail: InvitationMail, texts: Texts) -> EmailMultiAlternatives:
    """The mail as it is to be sent now; invitation, item, owner and inviters must be at hand."""
    invitation = mail.invitation
    item, host = invitation.item, host_of(invitation)
    kind: str = mail.kind
    if kind == MailKind.NEW_LINK and is_expired(invitation):
        kind = NEW_LINK_EXPIRED
    with override(texts.language):
        written = texts.write(kind, mail_values(invitation, has_link=kind not in WITHOUT_LINK))
        message = _from_host(written, host=host, to=mail.address)
        message.extra_headers["Message-ID"] = _message_id("invitation-mail", mail.pk)
        if kind in _WITH_CALENDAR and has_date(item):
            cancelled = kind == MailKind.CANCELLED
            content = session_calendar(item, host=host, asked_at=mail.asked_at, cancelled=cancelled)
            message.attach(calendar_part(content, cancelled=cancelled))
    return message


def sample_email(text: MailText, *, to: User) -> EmailMultiAlternatives:
    """An admin's own text with invented people in it. Raises `BrokenText`."""
    with override(text.language):
        host = Host(name=to.get_full_name(), email=to.email)
        return _from_host(sample_written(text), host=host, to=to.email)


def sample_written(text: MailText) -> Written:
    """Raises `BrokenText`."""
    from access.invitations.mail_texts import write

    with override(text.language):
        values = sample_values(has_link=text.kind not in WITHOUT_LINK)
        return write(kind=text.kind, subject=text.subject, body=text.body, values=values)


def is_expired(invitation: Invitation) -> bool:
    return invitation.expires_at is not None and invitation.expires_at <= timezone.now()


def mail_values(invitation: Invitation, *, has_link: bool) -> dict[str, str]:
    """What the placeholders stand for, in the active language and the item's time zone."""
    item = invitation.item
    first_name = one_line(invitation.first_name, most=60)
    return {
        "hello": _("Hello %s,") % first_name if first_name else _("Hello,"),
        "name": one_line(invitation.get_full_name()),
        "address": invitation.email,
        "host": one_line(host_of(invitation).name),
        "title": one_line(item.title),
        "kind": str(_KINDS[Kind(item.kind)]),
        "when": session_time(item),
        "role": str(invitation.get_role_display()),
        "role_means": str(what_it_allows(invitation.role, item.kind)),
        "note": lines(invitation.note),
        "link": invitation_address(invitation) if has_link else "",
        "last_day": _last_moment(invitation.expires_at, item) if invitation.expires_at else "",
        "site": settings.SITE_NAME,
    }


def sample_values(*, has_link: bool) -> dict[str, str]:
    """Invented people for an admin's preview; the link opens nothing."""
    tomorrow = timezone.now().replace(minute=0) + timedelta(days=1)
    item = MediaItem(
        kind=Kind.LIVE_EVENT,
        title=_("Cell division, questions and answers"),
        starts_at=tomorrow,
        ends_at=tomorrow + timedelta(minutes=90),
        time_zone=settings.TIME_ZONE,
        owner=User(first_name="Noa", last_name="Levi", email="noa@example.edu"),
    )
    invitation = Invitation(
        pk=1,
        item=item,
        email="ada@example.org",
        first_name="Ada",
        last_name="Lovelace",
        role="speaker",
        note=_("I look forward to your questions."),
        expires_at=tomorrow + timedelta(days=7),
    )
    link = f"{settings.SITE_URL}/i/{_('sample')}/" if has_link else ""
    return mail_values(invitation, has_link=False) | {"link": link}


def code_email(code: InvitationCode, digits: str) -> EmailMultiAlternatives:
    """The digits, in a line of their own that phones and browsers recognise."""
    item = code.invitation.item
    with override(mail_language()):
        context: dict[str, Any] = {
            "digits": digits,
            "title": one_line(item.title),
            "host": one_line(host_of(code.invitation).name),
            "minutes": int(LIFE.total_seconds()) // 60,
            # The form in which browsers take a code only on the site it was made for.
            "bound": f"@{urlsplit(settings.SITE_URL).hostname} #{digits}",
            "site_name": settings.SITE_NAME,
        }
        message = EmailMultiAlternatives(
            subject=_("%(digits)s is your code for %(site)s")
            % {"digits": digits, "site": settings.SITE_NAME},
            body=render_to_string("emails/access/invitations/code.txt", context),
            to=[code.invitation.email],
            headers=dict(_AUTOMATIC),
        )
        message.attach_alternative(
            render_to_string("emails/access/invitations/code.html", context), "text/html"
        )
    return message


def new_link_asked_email(invitation: Invitation) -> EmailMultiAlternatives:
    """To the host: somebody at an old link asked for a new one."""
    with override(mail_language()):
        host, item = host_of(invitation), invitation.item
        context: dict[str, Any] = {
            "host": one_line(host.name),
            "name": one_line(invitation.get_full_name()),
            "address": invitation.email,
            "title": one_line(item.title),
            "is_expired": is_expired(invitation),
            "last_day": _last_moment(invitation.expires_at, item) if invitation.expires_at else "",
            "register_url": settings.SITE_URL + reverse("access:register", args=[item.public_id]),
            "site_name": settings.SITE_NAME,
        }
        message = EmailMultiAlternatives(
            subject=_("A new link to “%s” was asked for") % isolated(context["title"]),
            body=render_to_string("emails/access/invitations/new_link_asked.txt", context),
            to=[host.email],
            headers=dict(_AUTOMATIC),
        )
        message.attach_alternative(
            render_to_string("emails/access/invitations/new_link_asked.html", context),
            "text/html",
        )
    return message


def broken_text_email(text: MailText, *, to: str) -> EmailMultiAlternatives:
    """To a site admin; plain text is enough for once."""
    with override(mail_language()):
        admin_url = settings.SITE_URL + reverse("admin:access_mailtext_change", args=[text.pk])
        body = _(
            "The mail text “%(text)s” cannot be sent: %(why)s\n\nUntil it is mended, invited "
            "people get the built-in text instead. Mend it here:\n%(url)s\n"
        ) % {"text": text, "why": text.broken_why, "url": admin_url}
        return EmailMultiAlternatives(
            subject=_("A mail text of %s is broken") % settings.SITE_NAME,
            body=body,
            to=[to],
            headers=dict(_AUTOMATIC),
        )


def session_time(item: MediaItem) -> str:
    """The schedule in the item's own time zone, which is named; empty where there is none."""
    if not has_date(item) or item.starts_at is None:
        return ""
    starts = item.starts_at.astimezone(item.zone)
    words = date_format(starts, "l, j F Y, H:i")
    if item.ends_at:
        ends = item.ends_at.astimezone(item.zone)
        same_day = ends.date() == starts.date()
        words += " – " + date_format(ends, "H:i" if same_day else "l, j F Y, H:i")
    return f"{words} ({_zone_name(starts, item)})"


def _last_moment(expires_at: datetime, item: MediaItem) -> str:
    """The last minute in which the invitation works: 23:59 says which day better than 0:00."""
    last = (expires_at - timedelta(microseconds=1)).astimezone(item.zone)
    return f"{date_format(last, 'j F Y, H:i')} ({_zone_name(last, item)})"


def _zone_name(moment: datetime, item: MediaItem) -> str:
    offset = f"UTC{moment:%z}"[:6] + ":" + f"{moment:%z}"[-2:]
    return item.time_zone if item.time_zone == "UTC" else f"{item.time_zone}, {offset}"


def _from_host(written: Written, *, host: Host, to: str) -> EmailMultiAlternatives:
    """From the site's own address in the host's name; the answer goes to the host."""
    via = _("%(name)s via %(site)s") % {
        "name": one_line(host.name, most=100),
        "site": settings.SITE_NAME,
    }
    message = EmailMultiAlternatives(
        subject=written.subject,
        body=written.text,
        from_email=formataddr((via, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[to],
        reply_to=[host.email],
        headers=dict(_AUTOMATIC),
    )
    message.attach_alternative(written.html, "text/html")
    return message


def _message_id(what: str, pk: int) -> str:
    """The same for the same mail, and says nothing of how many there are."""
    digest = salted_hmac(f"access.{what}", str(pk), algorithm="sha256").hexdigest()[:32]
    return f"<{digest}@{urlsplit(settings.SITE_URL).hostname}>"
