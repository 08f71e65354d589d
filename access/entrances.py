"""What `access` adds to the pages of media items: the ways to share, invite, remove and report."""

from __future__ import annotations

from django.template import Context

from media_items.abilities import Ability, GalleryAbility
from media_items.entrances import Entrance, Place
from media_items.visitors import IdentityKind


def _is_guest(context: Context) -> bool:
    return bool(context["identity"].kind == IdentityKind.GUEST)


def _is_invitee(context: Context) -> bool:
    return bool(context["identity"].kind == IdentityKind.INVITEE)


def _is_live_kind(context: Context) -> bool:
    return bool(context["item"].is_live_kind)


def _has_session_before(context: Context) -> bool:
    return context["ended"] is not None


def _is_on_its_own_page(context: Context) -> bool:
    return not context.get("is_embedded")


ON_ITEMS = (
    Entrance(
        place=Place.ITEM_BAR, template="access/guests/_guest_bar.html", order=10, when=_is_guest
    ),
    Entrance(
        place=Place.ITEM_BAR,
        template="access/invitations/_invitee_bar.html",
        order=20,
        when=_is_invitee,
    ),
    Entrance(
        place=Place.ITEM_ACTIONS,
        template="access/entrances/item.html#share",
        order=10,
        needs=Ability.SHARE,
    ),
    Entrance(
        place=Place.ITEM_MENU_EDITING,
        template="access/entrances/item.html#sessions",
        order=10,
        needs=Ability.EDIT,
        when=_is_live_kind,
    ),
    Entrance(
        place=Place.ITEM_MENU_PEOPLE,
        template="access/entrances/item.html#invite_users",
        order=10,
        needs=Ability.INVITE_USERS,
    ),
    Entrance(
        place=Place.ITEM_MENU_PEOPLE,
        template="access/entrances/item.html#manage_guest_access",
        order=20,
        needs=Ability.MANAGE_GUEST_ACCESS,
    ),
    Entrance(
        place=Place.ITEM_STATE,
        template="access/entrances/item.html#access_line",
        order=10,
        needs=Ability.SHARE,
    ),
    Entrance(
        place=Place.ITEM_OVER,
        template="access/entrances/item.html#reports",
        order=10,
        needs=Ability.SEE_REGISTER,
        when=_is_on_its_own_page,
    ),
    Entrance(
        place=Place.DELETE_ITEM, template="access/invitations/_tell_before_delete.html", order=10
    ),
)
IN_SESSIONS = (
    Entrance(
        place=Place.SESSION_ENTRANCE,
        template="access/entrances/session.html#report",
        order=10,
        needs=Ability.SEE_REGISTER,
        when=_has_session_before,
    ),
    Entrance(
        place=Place.PARTICIPANTS_MENU_INVITE,
        template="access/entrances/session.html#invite_users",
        order=10,
        needs=Ability.INVITE_USERS,
    ),
    Entrance(
        place=Place.PARTICIPANTS_MENU_INVITE,
        template="access/entrances/session.html#invite_guests",
        order=20,
        needs=Ability.MANAGE_GUEST_ACCESS,
    ),
    Entrance(
        place=Place.PARTICIPANTS_MENU_DOOR,
        template="access/entrances/session.html#removed_and_blocked",
        order=10,
        needs=Ability.MODERATE,
    ),
    Entrance(
        place=Place.PARTICIPANT_MENU_EDITING,
        template="access/entrances/session.html#change_role",
        order=10,
    ),
    Entrance(
        place=Place.PARTICIPANT_MENU_REMOVING,
        template="access/entrances/session.html#remove",
        order=10,
    ),
)
ON_GALLERIES = (
    Entrance(
        place=Place.GALLERY_ACTIONS,
        template="access/entrances/gallery.html#members",
        order=10,
        needs=GalleryAbility.MANAGE_MEMBERS,
    ),
)
