"""The kinds of mail: one class for each, in the room whose mail it is.

A kind says all that the outbox does not know of its mails. It is registered by importing its
module, which the app does when it is ready. The outbox makes one instance for the mails of one
task; the instance may store what many of them need.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Model, QuerySet

from media_items.compiled import Question, compiled

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from access.mail.models import OutgoingMail
    from media_items.personal_data import Subject

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))


class OutgoingKind[Row: Model]:
    """A mail about a row of `about`, written when it is sent."""

    name: ClassVar[str]
    label: ClassVar[StrOrPromise]
    about: ClassVar[type[Model]]
    priority: ClassVar[int] = 0  # of its tasks; higher comes first
    pauses: ClassVar[tuple[timedelta, ...]] = PAUSES  # after each attempt that failed for certain
    # How long its rows are kept; None: as long as the rows they are about.
    kept_for: ClassVar[timedelta | None] = timedelta(days=14)
    is_shown: ClassVar[bool] = False  # a page shows the outcome; else it is logged
    is_editable: ClassVar[bool] = False  # an admin may replace the text (`access.mail.texts`)
    search_fields: ClassVar[tuple[str, ...]] = ()  # of the outbox in the admin, by relations
    rows_of: ClassVar[Question[..., Any]]  # `rows` of these `pks`, compiled by `register`

    @property
    def most_attempts(self) -> int:
        return int(settings.MAIL_ATTEMPTS)

    def rows(self) -> QuerySet[Row]:
        """The rows that mails can be about, with all that `stale` and `write` read loaded. The same
        ones each time: it is compiled."""
        raise NotImplementedError

    def stale(self, mail: OutgoingMail, row: Row) -> str:
        """Why a mail that was asked for is not to be sent any more; empty if it is."""
        return ""

    def write(self, mail: OutgoingMail, row: Row) -> EmailMultiAlternatives:
        """The mail to be sent now, to exactly one recipient."""
        raise NotImplementedError

    def about_person(self, subject: Subject) -> Collection[int]:
        """Keys of the rows by which mails of this kind go to the person that is meant.

        Empty for a kind that goes to hosts or site admins: its rows are about others.
        """
        return ()

    def columns_when_sent(self, row: Row) -> Mapping[str, Any]:
        """Columns of the outbox row that store what the mail told, once it is sent."""
        return {}

    def mark_sent(self, row: Row, moment: datetime) -> None:
        """Writes to the row that its mail was sent."""

    def not_delivered(self, about_ids: Collection[int]) -> None:
        """Mails about these rows bounced or failed for good; called in the transaction that says
        so of them. Not for mails that were not to be sent any more."""

    def pause_after(self, attempts: int) -> timedelta:
        return self.pauses[min(attempts, len(self.pauses)) - 1]


KINDS: dict[str, type[OutgoingKind[Any]]] = {}


def register[Kind: OutgoingKind[Any]](kind: type[Kind]) -> type[Kind]:
    """A class decorator. Raises `ValueError` where the name is taken."""
    if KINDS.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"Two kinds of mail are called {kind.name}.")

    def rows_of(*, pks: tuple[int, ...]) -> QuerySet[Any]:
        return kind().rows().filter(pk__in=pks)

    rows_of.__module__, rows_of.__qualname__ = kind.__module__, f"{kind.__qualname__}.rows_of"
    kind.rows_of = compiled(rows_of)
    return kind


def kind_choices() -> list[tuple[str, StrOrPromise]]:
    return [(str(name), kind.label) for name, kind in KINDS.items()]


def editable_choices() -> list[tuple[str, StrOrPromise]]:
    return [(str(name), kind.label) for name, kind in KINDS.items() if kind.is_editable]
