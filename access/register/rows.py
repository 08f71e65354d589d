"""The register's people as a host reads them: invitees, and everybody else with access."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from access.accounts.models import User
from access.email_addresses import shown_email
from access.invitations.models import Certainty, Invitation, InvitationRole, InvitationState
from access.memberships.models import CoEditor
from access.register.beside import Beside
from access.register.summaries import MOST_NAMED, galleries_with_people
from media_items.catalogue.models import State
from media_items.compiled import compiled
from media_items.models import Gallery, MediaItem

# Never colour alone: each state has a tone, an icon and its word.
LOOKS = {
    InvitationState.REVOKED: ("neutral", "lock"),
    InvitationState.BLOCKED: ("danger", "lock"),
    InvitationState.EXPIRED: ("warning", "clock"),
    InvitationState.DECLINED: ("neutral", "close"),
    InvitationState.ACCEPTED: ("success", "check"),
    InvitationState.OPENED: ("accent", "eye"),
    InvitationState.REFUSED: ("danger", "alert"),
    InvitationState.FAILED: ("danger", "alert"),
    InvitationState.WAITING: ("neutral", "clock"),
    InvitationState.SENT: ("neutral", "mail"),
    InvitationState.MADE: ("neutral", "link"),
}


@dataclass(frozen=True)
class InviteeRow:
    """`invitation` as `querysets.page_of_register` fetched it."""

    invitation: Invitation

    @cached_property
    def state(self) -> InvitationState:
        return InvitationState(self.invitation.state)  # type: ignore[attr-defined]

    @property
    def since(self) -> datetime:
        return self.invitation.state_at  # type: ignore[attr-defined,no-any-return]

    @property
    def tone(self) -> str:
        return LOOKS[self.state][0]

    @property
    def icon(self) -> str:
        return LOOKS[self.state][1]

    @cached_property
    def name(self) -> str:
        return self.invitation.get_full_name()

    @property
    def role(self) -> str:
        return str(InvitationRole(self.invitation.role).label)

    @property
    def how_sure(self) -> str:
        known = self.invitation.certainty
        return str(Certainty(known).label) if known else ""

    @property
    def invited_by(self) -> str:
        if self.invitation.invited_by:
            return self.invitation.invited_by.get_full_name()
        if self.invitation.invited_by_invitation:
            return self.invitation.invited_by_invitation.get_full_name()
        return ""

    @property
    def is_live(self) -> bool:
        return self.state != InvitationState.REVOKED

    @property
    def is_waiting(self) -> bool:
        """For its mail."""
        return self.state == InvitationState.WAITING

    @property
    def block_id(self) -> int | None:
        """What to lift, so that the person is let back in; None where they are not removed."""
        is_out = self.state == InvitationState.BLOCKED
        return self.invitation.block_id if is_out else None  # type: ignore[attr-defined]

    @property
    def came(self) -> bool:
        return self.invitation.accepted_at is not None

    @property
    def what_went_wrong(self) -> str:
        """The mail server's own words, where the mail is what is wrong."""
        is_mail = self.state in {InvitationState.REFUSED, InvitationState.FAILED}
        return self.invitation.mail_answer if is_mail else ""  # type: ignore[attr-defined]

    @property
    def mend(self) -> str:
        """What would put it right, by the name of the act; "" where nothing is wrong."""
        if self.state == InvitationState.REFUSED:
            return "correct_address"
        if self.state == InvitationState.FAILED:
            return "send_again"
        if self.state == InvitationState.EXPIRED and not self.came:
            return "prolong"
        return ""

    @property
    def may_be_mailed(self) -> bool:
        """A mail that waits already is not asked for a second time; an expired link needs none."""
        return self.state not in {
            InvitationState.REVOKED,
            InvitationState.BLOCKED,
            InvitationState.EXPIRED,
            InvitationState.WAITING,
        }

    @property
    def may_be_reminded(self) -> bool:
        answered = {InvitationState.ACCEPTED, InvitationState.DECLINED}
        return self.may_be_mailed and self.state not in answered


@dataclass(frozen=True)
class OthersWithAccess:
    """Everybody who has access without an invitation. One query where there are co-editors, one
    where a gallery lets people in."""

    people: list[tuple[User, str]] = field(default_factory=list)  # with the reason, in words
    more_co_editors: int = 0
    galleries: list[Gallery] = field(default_factory=list)  # each with `people`, a count
    links: int = 0
    guests: int = 0
    guest_access_on: bool = False
    is_unlisted: bool = False

    @classmethod
    def of(cls, item: MediaItem, beside: Beside, *, words: str = "") -> OthersWithAccess:
        """`words` narrows the people with names, as it narrows the register."""
        named = _co_editors(item=item.pk) if beside.has_co_editors else []
        is_more = len(named) > MOST_NAMED
        more = CoEditor.objects.filter(item=item).count() - MOST_NAMED if is_more else 0
        people = [(item.owner, _("Owner"))]
        people += [(one.user, _("Co-editor")) for one in named[:MOST_NAMED]]
        return cls(
            people=[(user, why) for user, why in people if _fits(user, words)],
            more_co_editors=more,
            galleries=galleries_with_people(item),
            links=beside.links,
            guests=beside.inside,
            guest_access_on=beside.access_on,
            is_unlisted=item.state == State.UNLISTED,
        )


@compiled
def _co_editors(*, item: int) -> QuerySet[CoEditor]:
    """One more than are named."""
    co_editors = CoEditor.objects.filter(item=item).select_related("user")
    return co_editors.order_by("user__last_name", "user__first_name")[: MOST_NAMED + 1]


def _fits(user: User, words: str) -> bool:
    text = f"{user.first_name} {user.last_name} {shown_email(user.email)} {user.email}".lower()
    return all(word in text for word in words.lower().split())
