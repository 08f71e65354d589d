"""What a standing permits: the pure face of the rules; docs/access-rules.md is its table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from access.roles import Role
from media_items.abilities import Ability
from media_items.catalogue.models import FILE_KINDS, LIVE_KINDS, Kind

NOTHING: frozenset[Ability] = frozenset()

_LOOK = frozenset({Ability.VIEW})
_TAKE_PART = frozenset(
    {
        Ability.WALK_IN,
        Ability.CHAT,
        Ability.ASK_QUESTIONS,
        Ability.RAISE_HAND,
        Ability.INTERACT,
    }
)
_ON_STAGE = frozenset({Ability.BACKCHANNEL, Ability.TAKE_STAGE})
_LOOK_AFTER = _ON_STAGE | {Ability.MODERATE, Ability.RUN_SESSION}
_TAKE = frozenset({Ability.TAKE_QUIZ})
_DETAILS = frozenset({Ability.DOWNLOAD, Ability.EDIT_DETAILS})
_WRITE = frozenset({Ability.EDIT_QUESTIONS})
_LOOK_AFTER_QUIZ = _TAKE | _WRITE | {Ability.SEE_RESULTS, Ability.MARK}
_DOORS = frozenset(
    {
        Ability.MANAGE_GUEST_ACCESS,
        Ability.MAKE_GUEST_LINKS,
        Ability.INVITE_USERS,
        Ability.SEE_REGISTER,
    }
)
_EDITING = (
    _LOOK
    | _TAKE_PART
    | _DETAILS
    | {Ability.EDIT, Ability.PUBLISH, Ability.SHARE, Ability.EMBED}
    | _DOORS
    | _LOOK_AFTER_QUIZ
    | _LOOK_AFTER
    | {Ability.BROADCAST}
)

# What a role gives on a kind of item that has the thing at all; `_exists_on` takes the rest away.
ABILITIES: dict[Role, frozenset[Ability]] = {
    Role.OWNER: _EDITING | {Ability.DELETE, Ability.MANAGE_CO_EDITORS},
    Role.CO_EDITOR: _EDITING,
    Role.COLLABORATOR: _LOOK | _DETAILS | _TAKE | _WRITE,
    # And INVITE_USERS where the owner lets moderators invite. Whoever invites does so only by a
    # role that the site lets invite: Standing.may_invite_as.
    Role.MODERATOR: _LOOK | _TAKE_PART | _LOOK_AFTER,
    Role.SPEAKER: _LOOK | _TAKE_PART | _ON_STAGE | {Ability.BROADCAST},
    Role.VIEWER: _LOOK | _TAKE_PART | _TAKE,
    Role.GUEST: _LOOK,  # and what the host lets guests of the link do: Standing.guest_allows
    Role.PASSER_BY: _LOOK,  # and TAKE_QUIZ where they are signed in: Standing.is_known
}
EDITING_ROLES = frozenset({Role.OWNER, Role.CO_EDITOR})
INVITING_ROLES = EDITING_ROLES | {Role.MODERATOR}
_GUEST_MAY_BE_ALLOWED = _TAKE_PART | _TAKE | {Ability.DOWNLOAD}


@dataclass(frozen=True)
class Standing:
    """Everything the rules look at when one person stands before one item."""

    kind: Kind
    roles: frozenset[Role] = frozenset()
    guest_allows: frozenset[Ability] = NOTHING
    is_known: bool = False  # signed in, and not blocked here: matters to passers-by
    is_available: bool = True
    is_in_bin: bool = False
    may_make_guest_links: bool = True
    may_invite_as: frozenset[Role] = INVITING_ROLES  # those by which the site lets them invite
    moderators_may_invite: bool = False


@cache
def _exists_on(kind: Kind) -> frozenset[Ability]:
    """The abilities that mean something on this kind: no chat on a video, no hand at an event."""
    absent: set[Ability] = set()
    if kind not in FILE_KINDS:
        absent.add(Ability.DOWNLOAD)
    if kind != Kind.QUIZ:
        absent |= _LOOK_AFTER_QUIZ
    if kind not in LIVE_KINDS:
        absent |= _TAKE_PART | _LOOK_AFTER | {Ability.BROADCAST}
    if kind != Kind.ROOM:
        absent |= {Ability.RAISE_HAND, Ability.TAKE_STAGE}
    if kind != Kind.LIVE_EVENT:
        absent.add(Ability.BROADCAST)
    return frozenset(Ability) - absent


# What the site or the host switches on or off besides: no role alone says who has it.
_SWITCHED = frozenset({Ability.INVITE_USERS, Ability.MAKE_GUEST_LINKS}) | _GUEST_MAY_BE_ALLOWED


def roles_alone_giving(ability: Ability) -> frozenset[Role]:
    """The roles that give it outside the bin, on every kind of item; none where something else
    decides, too."""
    if ability in _SWITCHED or not all(ability in _exists_on(kind) for kind in Kind):
        return frozenset()
    return frozenset(role for role, given in ABILITIES.items() if ability in given)


def abilities_for(standing: Standing) -> frozenset[Ability]:
    """What this standing permits; the table in docs/access-rules.md, equal to it by test.

    In the bin only its owner can do one thing: restore it. Outside its availability window an
    item exists for those who edit it and for nobody else.
    """
    if standing.is_in_bin:
        return frozenset({Ability.RESTORE}) if Role.OWNER in standing.roles else NOTHING
    roles = standing.roles if standing.is_available else standing.roles & EDITING_ROLES
    abilities = NOTHING.union(*(ABILITIES[role] for role in roles))
    if Role.GUEST in roles:
        abilities |= standing.guest_allows & _GUEST_MAY_BE_ALLOWED
    if Role.PASSER_BY in roles and standing.is_known:
        abilities |= _TAKE  # without a name nobody's answers are anybody's
    if not roles & EDITING_ROLES & standing.may_invite_as:
        abilities -= {Ability.INVITE_USERS}
    if Role.MODERATOR in roles & standing.may_invite_as and standing.moderators_may_invite:
        abilities |= {Ability.INVITE_USERS}
    if not standing.may_make_guest_links:
        # They keep MANAGE_GUEST_ACCESS: whoever has a door can always close it.
        abilities -= {Ability.MAKE_GUEST_LINKS}
    return abilities & _exists_on(standing.kind)
