"""The mail to a host about what happened on their items."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from access.accounts.models import NoticePace, User
from access.accounts.personal_data import account_ids
from access.mail.kinds import OutgoingKind, register
from access.mail.messages import compose_from
from access.mail.models import OutgoingMail
from access.mail.readers import choice_of, written_for
from access.notices.kinds import KINDS, NoticeKind, pace_of
from access.notices.models import HostNotice
from access.notices.telling import NOTICES
from access.typed_text import one_line
from access.visitors import Visitor
from media_items.models import MediaItem
from media_items.personal_data import Subject


@dataclass(frozen=True)
class Told:
    """How many there are of one kind, and the first of their names."""

    kind: NoticeKind
    count: int
    names: list[str]
    url: str

    @property
    def said(self) -> str:
        return self.kind.said(self.count)

    @property
    def others(self) -> str:
        number = self.count - len(self.names)
        said = ngettext("and %(more)s more person", "and %(more)s more people", number)
        return said % {"more": number} if number > 0 else ""


@dataclass(frozen=True)
class News:
    """What there is to tell about one item."""

    item: MediaItem
    told: list[Told] = field(default_factory=list)


def told_address() -> str:
    """Where one chooses what one is told."""
    return settings.SITE_URL + reverse("access:account") + "#notices"


def may_be_told(account: User, item: MediaItem, kind: NoticeKind) -> bool:
    """SECURITY: by the account's rights at this moment, as a page would show it."""
    wants = pace_of(account, kind.name) != NoticePace.NEVER
    return wants and kind.needs in Visitor.of_account(account).abilities_on(item)


def news_in(mail: OutgoingMail, account: User) -> list[News]:
    """In the order of titles; of what has been erased or settled since, nothing."""
    ids: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    rows = HostNotice.objects.filter(mail=mail).order_by("pk")
    for item_id, name, about_id in rows.values_list("item", "kind", "about_id"):
        ids[item_id][name].append(about_id)
    found = []
    for item in MediaItem.objects.filter(pk__in=ids).order_by("title", "pk"):
        news = News(item)
        for kind in sorted(KINDS.values(), key=lambda kind: kind.order):
            about = ids[item.pk].get(kind.name)
            if about and may_be_told(account, item, kind):
                count, names = kind.people(item, about)
                url = settings.SITE_URL + kind.url(item)
                if count:
                    news.told.append(Told(kind, count, names, url))
        if news.told:
            found.append(news)
    return found


@register
class NoticesMail(OutgoingKind[User]):
    """To a host. Rights, names and numbers are read when it is written."""

    name: ClassVar = NOTICES
    label: ClassVar = gettext_lazy("Tells a host what’s new")
    about: ClassVar = User

    def __init__(self) -> None:
        self._news: dict[int, list[News]] = {}

    def rows(self) -> QuerySet[User]:
        """Without accounts that are switched off."""
        return User.objects.filter(is_active=True)

    def stale(self, mail: OutgoingMail, row: User) -> str:
        self._news = {mail.pk: news_in(mail, row)}
        return "" if self._news[mail.pk] else _("nothing left to tell")

    def about_person(self, subject: Subject) -> list[int]:
        return account_ids(subject.keys)

    def write(self, mail: OutgoingMail, row: User) -> EmailMultiAlternatives:
        """To the account's present address."""
        zone = self._news[mail.pk][0].item.time_zone
        with written_for(**choice_of(row), otherwise=zone):
            return notices_email(row, self._news[mail.pk])


def notices_email(reader: User, news: list[News]) -> EmailMultiAlternatives:
    context: dict[str, Any] = {
        "reader": reader,
        "news": news,
        "site_name": settings.SITE_NAME,
        "account_url": told_address(),
    }
    return compose_from(
        "emails/access/notices/notices", context, subject=_subject(news), to=reader.email
    )


def _subject(news: list[News]) -> str:
    if len(news) > 1:
        return _("What’s new in your media")
    title, told = one_line(news[0].item.title, most=150), news[0].told
    if len(told) > 1:
        return _("What’s new: “%(title)s”") % {"title": title}
    return told[0].kind.subject(told[0].count, title)
