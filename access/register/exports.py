"""The register as a file: what the list shows now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from access.email_addresses import shown_email
from access.invitations.models import Invitation
from access.register.querysets import for_reading
from access.register.rows import InviteeRow
from media_items.spreadsheets import CHUNK, Cell, Column, Sheet, moment


def register_sheet(rows: QuerySet[Invitation]) -> Sheet:
    columns = [
        Column(_("Email")),
        Column(_("First name")),
        Column(_("Last name")),
        Column(_("Role")),
        Column(_("Invited by")),
        Column(_("Status")),
        moment(_("Since")),
        Column(_("Verification")),
        moment(pgettext("a date", "Invited")),
        moment(_("Opened")),
        moment(_("Accepted")),
        moment(_("Declined")),
        moment(_("Withdrawn")),
        moment(_("Expires")),
        moment(_("Last seen")),
    ]
    return Sheet(name=_("Invited people"), columns=columns, rows=_lines(rows))


def _lines(rows: QuerySet[Invitation]) -> Iterator[Sequence[Cell]]:
    for one in for_reading(rows).iterator(chunk_size=CHUNK):
        row = InviteeRow(one)
        yield (
            shown_email(one.email),
            one.first_name,
            one.last_name,
            row.role,
            row.invited_by,
            str(row.state.label),
            row.since,
            row.how_sure,
            one.created_at,
            one.opened_at,
            one.accepted_at,
            one.declined_at,
            one.revoked_at,
            one.expires_at,
            one.last_seen_at,
        )
