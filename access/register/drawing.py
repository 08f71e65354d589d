"""The register's rows, drawn by an outline: a row has eleven links and icons, a page fifty rows,
and they differ by a key, a name and few states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from django.middleware.csrf import get_token
from django.utils.safestring import SafeString

from access.email_addresses import shown_email
from access.invitations.models import InvitationRole, InvitationState
from access.register.rows import InviteeRow
from access.requests import VisitorRequest
from media_items.abilities import Ability
from media_items.models import MediaItem
from media_items.outlines import Outline
from media_items.templatetags.moments import moment

ROW = Outline(
    "access/register/_register_row.html",
    "name",
    "email",
    "invited_by",
    "since",
    "what_went_wrong",
    "last_seen",
    "public_id",
    "next",
    "here",
    "token",
    "pk",
    "block_id",
    in_addresses=["public_id"],
    numbers=["pk", "block_id"],
)


@dataclass(frozen=True)
class Look:
    """What a row looks like, whoever it is about."""

    state: InvitationState
    tone: str
    icon: str
    role: InvitationRole
    how_sure: str
    mend: str
    is_live: bool
    came: bool
    may_be_mailed: bool
    may_be_reminded: bool
    may_be_let_back: bool
    has_email: bool  # beside the name
    was_seen: bool
    went_wrong: bool

    @classmethod
    def of(cls, row: InviteeRow, *, moderates: bool) -> Self:
        one = row.invitation
        return cls(
            state=row.state,
            tone=row.tone,
            icon=row.icon,
            role=InvitationRole(one.role),
            how_sure=row.how_sure,
            mend=row.mend,
            is_live=row.is_live,
            came=row.came,
            may_be_mailed=row.may_be_mailed,
            may_be_reminded=row.may_be_reminded,
            may_be_let_back=bool(row.block_id and moderates),
            has_email=row.name != shown_email(one.email),
            was_seen=one.last_seen_at is not None,
            went_wrong=bool(row.what_went_wrong),
        )


class RowsOf:
    """Of one page, to which the entries of each row lead back."""

    def __init__(self, request: VisitorRequest, item: MediaItem, *, here: str = "") -> None:
        here = here or request.get_full_path()
        self._moderates = Ability.MODERATE in item.abilities
        self._same = {
            "public_id": item.public_id,
            "here": here,
            "next": urlencode({"next": here}),
            "token": get_token(request),
        }

    def drawn(self, row: InviteeRow) -> SafeString:
        look = Look.of(row, moderates=self._moderates)
        return ROW.drawn({"look": look}, **self._same, **_values_of(row))


@dataclass(frozen=True)
class RegisterRow(InviteeRow):
    page: RowsOf

    @property
    def drawn(self) -> SafeString:
        return self.page.drawn(self)


def _values_of(row: InviteeRow) -> dict[str, Any]:
    one = row.invitation
    return {
        "pk": one.pk,
        "block_id": row.block_id,
        "name": row.name,
        "email": shown_email(one.email),
        "invited_by": row.invited_by or "–",
        "since": moment(row.since, css="soft small"),
        "what_went_wrong": row.what_went_wrong,
        "last_seen": moment(one.last_seen_at),
    }
