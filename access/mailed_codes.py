"""Six-digit codes that prove a mailbox: whoever types what was mailed to it reads it.

A code works for ten minutes, for five tries, and only in the browser that asked for it: its HTTP
session keeps which row it waits for (`Awaited`). The digits are made when the mail is written; what
is stored is a keyed digest of them.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.sessions.backends.base import SessionBase
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from media_items.keyed_digests import keyed_digest, keyed_digests
from media_items.refusals import Invalid

LIFE = timedelta(minutes=10)
# Until the same browser may have another one.
BETWEEN_CODES = timedelta(seconds=30)
TRIES = 5
DIGITS = 6


class NotSentYet(Invalid):
    """Its email has not been written: whatever was typed is of an older one. Costs no try."""

    message = _("The newest code is still on its way. Wait for the email, then enter that code.")


class WrongCode(Invalid):
    """Not this code. With `tries_left` 0 (also when the code is too old) only a new code helps."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(gettext("That isn’t the code."))
        self.tries_left = tries_left


class MailedCode(models.Model):
    """A code on its way, for one browser. A subclass says whose mailbox, as the foreign key `OF`,
    and has `mails`.

    `digest` is keyed (HMAC with the server's secret): the code itself is not stored. `tries_left`
    is counted down by a conditional UPDATE before each comparison. `browser` is a digest that tells
    a second click from a second browser; it opens nothing.
    """

    OF: ClassVar[str]
    SALT: ClassVar[str]
    mails: Any

    digest = models.CharField(_("fingerprint of the code"), max_length=64, blank=True)
    browser = models.CharField(_("browser"), max_length=64, blank=True)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    tries_left = models.PositiveSmallIntegerField(_("attempts left"), default=TRIES)
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_usable(self) -> bool:
        """Whether its digits, typed now, would be accepted."""
        return self.used_at is None and self.tries_left > 0 and self.expires_at > timezone.now()

    @property
    def was_on_its_way(self) -> bool:
        """Whether its email had not been written when it was asked, and has been since or will
        be."""
        waits = self.mails.filter(refused_at=None, failed_at=None)
        return self.is_usable and (bool(self.digest) or waits.exists())

    @property
    def of_id(self) -> int:
        return int(getattr(self, f"{self.OF}_id"))


def code_of_browser[Code: MailedCode](
    model: type[Code], *, of: models.Model, browser: str, lock: Callable[[], object]
) -> tuple[Code, bool]:
    """The row of a code for one browser, and whether it is new. In a transaction.

    A browser that asked a moment ago, by the first of two clicks, gets the row of that moment: one
    code is on its way to it, by one mail. `browser` is empty where nobody can tell. `lock` makes
    such clicks wait for each other.
    """
    moment = timezone.now()
    rows = model._default_manager.filter(**{model.OF: of})
    if browser:
        lock()
        on_its_way = rows.filter(
            browser=browser, made_at__gt=moment - BETWEEN_CODES, used_at=None, tries_left__gt=0
        )
        if code := on_its_way.order_by("-made_at").first():
            return code, False
    made = model._default_manager.create(
        browser=browser,
        made_at=moment,
        expires_at=moment + LIFE,
        tries_left=TRIES,
        **{model.OF: of},
    )
    return made, True


def make_digits(code: MailedCode) -> str:
    """New digits for the row, which stores a keyed digest of them. For the task that mails them."""
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    code.digest = keyed_digest(code.SALT, _named(code, digits))
    code.save(update_fields=["digest"])
    return digits


def check(model: type[MailedCode], *, code_id: int, of: models.Model, digits: str) -> None:
    """Uses the code up if it is right. Raises `NotSentYet` or `WrongCode`.

    SECURITY: the try is counted, by one conditional UPDATE, before the digits are compared. So
    many requests at the same time get no more tries than requests one by one.
    """
    rows = model._default_manager
    mine = {"pk": code_id, model.OF: of}
    usable = rows.filter(**mine, used_at=None, expires_at__gt=timezone.now()).exclude(digest="")
    if not usable.filter(tries_left__gt=0).update(tries_left=F("tries_left") - 1):
        code = rows.filter(**mine).first()
        if code is not None and code.was_on_its_way:
            raise NotSentYet
        raise WrongCode(0)
    code = rows.get(pk=code_id)
    given = "".join(character for character in digits if character.isdigit())
    right = [
        hmac.compare_digest(code.digest, one)
        for one in keyed_digests(code.SALT, _named(code, given))
    ]
    if not any(right):
        raise WrongCode(code.tries_left)
    if not usable.update(used_at=timezone.now()):
        raise WrongCode(0)


def seconds_to_wait(code: MailedCode, now: datetime | None = None) -> int:
    """Until this browser may have another code; 0 when it may have one now."""
    left = code.made_at + BETWEEN_CODES - (now or timezone.now())
    return max(0, -(-left // timedelta(seconds=1)))


def _named(code: MailedCode, digits: str) -> str:
    return f"{code.pk}:{code.of_id}:{digits}"


@dataclass(frozen=True)
class Awaited[Code: MailedCode]:
    """Which code this browser waits for: ids in its HTTP session, one for each whose mailbox it is.

    SECURITY: a code works only in the browser that asked for it. So a code that somebody
    overhears, or talks its owner into telling, is useless in another browser.
    """

    session_key: str
    model: type[Code]
    most_kept: int = 10

    def remember(self, session: SessionBase, code: Code) -> None:
        """The newest code replaces the one before."""
        known = self._known(session)
        name = str(code.of_id)
        known.pop(name, None)
        known[name] = code.pk
        session[self.session_key] = dict(list(known.items())[-self.most_kept :])

    def forget(self, session: SessionBase, of: models.Model) -> None:
        known = self._known(session)
        if known.pop(str(of.pk), None):
            session[self.session_key] = known

    def find(self, session: SessionBase, of: models.Model) -> Code | None:
        """The code this browser asked for, usable or not. One query, or none."""
        pk = self._known(session).get(str(of.pk))
        if pk is None:
            return None
        return self.model._default_manager.filter(pk=pk, **{self.model.OF: of}).first()

    def _known(self, session: SessionBase) -> dict[str, int]:
        known = session.get(self.session_key)
        return dict(known) if isinstance(known, dict) else {}
