"""What `access` adds to the pages of media items: the ways to share, invite, remove and report."""

from __future__ import annotations

from typing import Any

from django.template import Context

from media_items.abilities import Ability, GalleryAbility
from media_items.entrances import Entrance, Place
from media_items.visitors import Certainty, IdentityKind

_ITEM = "access/entrances/item.html"
_SESSION = "access/entrances/session.html"
_GALLERY = "access/entrances/gallery.html"
_CONFIRM = "access/guests/_confirm_email.html"


def _is_guest(context: Context) -> bool:
    return bool(context["identity"].kind == IdentityKind.GUEST)


def _is_invitee(context: Context) -> bool:
    return bool(context["identity"].kind == IdentityKind.INVITEE)


def _is_unverified_guest(context: Context) -> bool:
    identity = context["identity"]
    return _is_guest(context) and identity.certainty == Certainty.TYPED and bool(identity.email)


def _must_verify(context: Context) -> bool:
    """Before the quiz begins; what is open goes on."""
    return context.get("refusal") == "not-verified"


def _may_find_attempts(context: Context) -> bool:
    return _is_unverified_guest(context) and not _must_verify(context)


def _is_only_shown(context: Context) -> bool:
    return bool(getattr(context.get("request"), "is_only_shown", False))


def _is_live_kind(context: Context) -> bool:
    return bool(context["item"].is_live_kind)


def _has_session_before(context: Context) -> bool:
    return context["ended"] is not None


def _is_on_its_own_page(context: Context) -> bool:
    return not context.get("is_embedded")


def _may_make_galleries(context: Context) -> bool:
    return bool(context["may_make_galleries"])


def _at(place: Place, template: str, order: int = 10, **conditions: Any) -> Entrance:
    """`conditions` are `needs` and `when`."""
    is_outline = template.startswith(_ITEM)
    return Entrance(
        place=place, template=template, order=order, is_outline=is_outline, **conditions
    )


ON_ITEMS = (
    _at(Place.ITEM_BAR, "access/guests/_seen_as_bar.html", 5, when=_is_only_shown),
    _at(Place.ITEM_BAR, "access/guests/_guest_bar.html", when=_is_guest),
    _at(Place.ITEM_BAR, "access/invitations/_invitee_bar.html", 20, when=_is_invitee),
    _at(Place.ITEM_ACTIONS, f"{_ITEM}#share", needs=Ability.SHARE),
    _at(Place.ITEM_MENU_EDITING, f"{_ITEM}#sessions", needs=Ability.EDIT, when=_is_live_kind),
    _at(Place.ITEM_MENU_PEOPLE, f"{_ITEM}#invite_users", needs=Ability.INVITE_USERS),
    _at(
        Place.ITEM_MENU_PEOPLE,
        f"{_ITEM}#manage_guest_access",
        20,
        needs=Ability.MANAGE_GUEST_ACCESS,
    ),
    _at(
        Place.ITEM_MENU_PEOPLE,
        f"{_ITEM}#see_as_a_guest",
        30,
        needs=Ability.MANAGE_GUEST_ACCESS,
    ),
    _at(Place.CARD_MENU_PEOPLE, f"{_ITEM}#share_entry", needs=Ability.SHARE),
    _at(Place.CARD_MENU_PEOPLE, f"{_ITEM}#invite_users", 20, needs=Ability.INVITE_USERS),
    _at(
        Place.CARD_MENU_PEOPLE,
        f"{_ITEM}#manage_guest_access",
        30,
        needs=Ability.MANAGE_GUEST_ACCESS,
    ),
    _at(Place.CARD_MENU_PEOPLE, f"{_ITEM}#who_has_access", 40, needs=Ability.SEE_REGISTER),
    _at(Place.ITEM_STATE, f"{_ITEM}#access_line", needs=Ability.SHARE),
    _at(Place.ITEM_OVER, f"{_ITEM}#reports", needs=Ability.SEE_REGISTER, when=_is_on_its_own_page),
    _at(Place.QUIZ_LIMITS, f"{_ITEM}#ask_for_codes", needs=Ability.MANAGE_GUEST_ACCESS),
    _at(Place.QUIZ_START, f"{_CONFIRM}#first", when=_must_verify),
    _at(Place.QUIZ_START, f"{_CONFIRM}#elsewhere", when=_may_find_attempts),
    _at(Place.QUIZ_RESULT, f"{_CONFIRM}#keep", when=_is_unverified_guest),
    _at(Place.DELETE_ITEM, "access/invitations/_tell_before_delete.html"),
)
IN_SESSIONS = (
    _at(Place.EMPTY_STAGE, f"{_SESSION}#invite_people", needs=Ability.SHARE),
    _at(Place.SESSION_LEAVE, "access/guests/_leave_session.html", when=_is_guest),
    _at(
        Place.SESSION_ENTRANCE,
        f"{_SESSION}#report",
        needs=Ability.SEE_REGISTER,
        when=_has_session_before,
    ),
    _at(Place.PARTICIPANTS_MENU_INVITE, f"{_SESSION}#invite_users", needs=Ability.INVITE_USERS),
    _at(
        Place.PARTICIPANTS_MENU_INVITE,
        f"{_SESSION}#invite_guests",
        20,
        needs=Ability.MANAGE_GUEST_ACCESS,
    ),
    _at(Place.SESSION_KNOCKS, f"{_SESSION}#asks", needs=Ability.MANAGE_GUEST_ACCESS),
    _at(Place.PARTICIPANTS_MENU_DOOR, f"{_SESSION}#removed_and_blocked", needs=Ability.MODERATE),
    _at(
        Place.PARTICIPANTS_MENU_DOOR,
        f"{_SESSION}#access_requests",
        20,
        needs=Ability.MANAGE_GUEST_ACCESS,
    ),
    _at(Place.PARTICIPANT_MENU_EDITING, f"{_SESSION}#change_role"),
    _at(Place.PARTICIPANT_MENU_REMOVING, f"{_SESSION}#remove"),
)
ON_GALLERIES = (
    _at(Place.GALLERIES_ACTIONS, f"{_GALLERY}#new_gallery", when=_may_make_galleries),
    _at(Place.GALLERY_ACTIONS, f"{_GALLERY}#members", needs=GalleryAbility.MANAGE_MEMBERS),
    _at(Place.GALLERY_ACTIONS, f"{_GALLERY}#edit", 20, needs=GalleryAbility.EDIT),
    _at(Place.GALLERY_ACTIONS, f"{_GALLERY}#delete", 30, needs=GalleryAbility.DELETE),
)
