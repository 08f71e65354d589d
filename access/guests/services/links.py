"""What a host does to guest links and to the item's switch.

SECURITY: every service here first locks the link rows it is about (`_locked`); `joining.join` locks
them last, and judges after that (docs/adr/0055). Somebody who joins while the host ends a link is
either ended by the host's UPDATE, or refused because of the host's change.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import ngettext

from access.accounts.models import User
from access.audit.models import Act
from access.audit.services import record
from access.guests.models import NAME_TAKEN, GuestAccess, GuestAdmission, GuestLink
from access.guests.proofs import GuestProofs
from access.guests.services import ceilings
from access.links import next_key_version
from access.rights.attempts import is_under_way
from access.rights.services import rights_changed
from access.rights.whose import NOBODY, Whose, holders_among
from access.site_policy.models import current_policy
from access.typed_text import same_words
from media_items.models import MediaItem
from media_items.refusals import Invalid

CHANGEABLE = frozenset(
    {
        "name",
        "places",
        "expires_at",
        "may_download",
        "may_chat",
        "may_ask",
        "may_raise_hand",
        "may_take_quiz",
        "verify_before_quiz",
        "waiting_room",
        "email_domains",
    }
)
# Those of them that decide what the people inside may do.
_SWITCHES = CHANGEABLE - {"name", "places", "expires_at", "email_domains"}


class NameTaken(Invalid):
    """Another link in the item's list has this name, or one that people take for the same."""

    message = NAME_TAKEN


class FewerThanCame(Invalid):
    """The host asks for fewer places than people have taken."""

    def __init__(self, taken: int) -> None:
        super().__init__(
            ngettext(
                "%(taken)d person has already joined. Choose at least that many places.",
                "%(taken)d people have already joined. Choose at least that many places.",
                taken,
            )
            % {"taken": taken}
        )


def _locked(**which: Any) -> list[GuestLink]:
    return list(GuestLink.objects.select_for_update().filter(**which).order_by("pk"))


def _end_admissions(links: Iterable[GuestLink], moment: datetime) -> int:
    """Ends every browser now inside by these links. Returns how many guests that were."""
    links = list(links)
    guests = GuestAdmission.objects.in_force(moment).filter(guest__link__in=links).count_people()
    # SECURITY: also admissions that are not in force now but could be again: of a blocked address
    # when the block is lifted, and of an expired link when its last day is moved.
    not_gone = GuestAdmission.objects.filter(ended_at=None, left_at=None, erased_at=None)
    not_gone.filter(guest__link__in=links).update(ended_at=moment)
    return guests


def _whose(links: Iterable[GuestLink]) -> Whose:
    return holders_among(
        GuestAdmission.objects.filter(guest__link__in=list(links)), GuestProofs.kind
    )


def _lock_names(item: MediaItem) -> None:
    """Whoever makes or names a link of the item waits here for whoever does the same."""
    GuestAccess.objects.select_for_update().get_or_create(item=item)


def _free_name_key(name: str, *, item: MediaItem, apart_from: GuestLink | None = None) -> str:
    """Raises `NameTaken`. The lock of `_lock_names` is held."""
    key = same_words(name)
    others = GuestLink.objects.on(item).filter(name_key=key)
    if apart_from is not None:
        others = others.exclude(pk=apart_from.pk)
    if others.exists():
        raise NameTaken
    return key


@transaction.atomic
def switch_on(*, item: MediaItem, by: User | None) -> None:
    """Turns guest access of the item on. Guests whose access was ended stay out."""
    access, _made = GuestAccess.objects.select_for_update().get_or_create(item=item)
    if access.enabled_at is None:
        access.enabled_at = timezone.now()
        access.save(update_fields=["enabled_at"])
        record(Act.GUEST_ACCESS_ON, item=item, by=by)


@transaction.atomic
def switch_off(*, item: MediaItem, by: User | None, end_inside: bool) -> int:
    """Stops newcomers by any link; with `end_inside` ends the access of the guests inside, too.

    Returns the number of guests whose access was ended.
    """
    links = _locked(item=item)
    access, _made = GuestAccess.objects.select_for_update().get_or_create(item=item)
    was_on = access.enabled_at is not None
    access.enabled_at = None
    access.save(update_fields=["enabled_at"])
    ended = _end_admissions(links, timezone.now()) if end_inside else 0
    if was_on or ended:
        event = record(Act.GUEST_ACCESS_OFF, item=item, by=by, ended=ended)
        if end_inside:
            rights_changed(event, whose=_whose(links), everybody_asks=True)
    return ended


@transaction.atomic
def create_link(*, item: MediaItem, by: User, name: str, **options: Any) -> GuestLink:
    """A new link. `options` are fields named in `CHANGEABLE`. Raises `CeilingReached` or
    `NameTaken`."""
    unknown = options.keys() - CHANGEABLE
    if unknown:
        raise TypeError(f"not options of a guest link: {sorted(unknown)}")
    _lock_names(item)
    policy = current_policy()
    ceilings.check_number(policy, GuestLink.objects.on(item).count())
    ceilings.check_places(policy, options.get("places"))
    ceilings.check_life(
        policy, field="days", created_at=timezone.now(), expires_at=options.get("expires_at")
    )
    key = _free_name_key(name, item=item)
    link = GuestLink.objects.create(item=item, created_by=by, name=name, name_key=key, **options)
    record(Act.LINK_CREATED, item=item, by=by, link=link, **_as_json(options))
    return link


@transaction.atomic
def change_link(*, link: GuestLink, by: User, **options: Any) -> GuestLink:
    """What guests may do changes at once. Raises `CeilingReached`, `FewerThanCame`, `NameTaken`."""
    unknown = options.keys() - CHANGEABLE
    if unknown:
        raise TypeError(f"not options of a guest link: {sorted(unknown)}")
    [link] = _locked(pk=link.pk)
    policy = current_policy()
    changed = {name: value for name, value in options.items() if getattr(link, name) != value}
    if "places" in changed:
        ceilings.check_places(policy, changed["places"])
        if changed["places"] is not None and changed["places"] < link.places_taken:
            raise FewerThanCame(link.places_taken)
    if "expires_at" in changed:
        ceilings.check_life(
            policy,
            field="last_day",
            created_at=link.created_at,
            expires_at=changed["expires_at"],
        )
    written = dict(changed)
    if "name" in changed:
        _lock_names(link.item)
        written["name_key"] = _free_name_key(changed["name"], item=link.item, apart_from=link)
    for name, value in written.items():
        setattr(link, name, value)
    if changed:
        link.save(update_fields=list(written))
        event = record(Act.LINK_CHANGED, item=link.item, by=by, link=link, **_as_json(changed))
        if "expires_at" in changed:
            rights_changed(event, whose=_whose([link]), everybody_asks=True)
        elif _SWITCHES & changed.keys():
            rights_changed(event, whose=NOBODY, everybody_asks=True)
    return link


@transaction.atomic
def pause_link(*, link: GuestLink, by: User | None, end_inside: bool = False) -> int:
    """Stops newcomers by this link. `end_inside` and the number returned: as `switch_off`."""
    [link] = _locked(pk=link.pk)
    was_paused = link.paused_at is not None
    if not was_paused:
        link.paused_at = timezone.now()
        link.save(update_fields=["paused_at"])
    ended = _end_admissions([link], timezone.now()) if end_inside else 0
    if not was_paused or ended:
        event = record(Act.LINK_PAUSED, item=link.item, by=by, link=link, ended=ended)
        if end_inside:
            rights_changed(event, whose=_whose([link]), everybody_asks=True)
    return ended


@transaction.atomic
def resume_link(*, link: GuestLink, by: User | None) -> None:
    """The same address works again. Guests whose access was ended have to join anew."""
    [link] = _locked(pk=link.pk)
    if link.paused_at is not None:
        link.paused_at = None
        link.save(update_fields=["paused_at"])
        record(Act.LINK_RESUMED, item=link.item, by=by, link=link)


@transaction.atomic
def end_inside(*, link: GuestLink, by: User | None) -> int:
    """Ends the access of the guests inside by this link. Returns how many there were."""
    [link] = _locked(pk=link.pk)
    ended = _end_admissions([link], timezone.now())
    if ended:
        event = record(Act.GUESTS_ENDED, item=link.item, by=by, link=link, ended=ended)
        rights_changed(event, whose=_whose([link]), everybody_asks=True)
    return ended


@transaction.atomic
def give_new_address(*, link: GuestLink, by: User | None) -> GuestLink:
    """Makes every address given out before worthless. Guests inside stay."""
    [link] = _locked(pk=link.pk)
    link.key_version = next_key_version(link.key_version)
    link.save(update_fields=["key_version"])
    record(Act.LINK_NEW_ADDRESS, item=link.item, by=by, link=link)
    return link


@transaction.atomic
def delete_link(*, link: GuestLink, by: User | None) -> int:
    """Takes the link off the host's list and ends the access of everybody who came by it.

    Returns how many guests were inside. The row stays: it is the history of who came.
    """
    [link] = _locked(pk=link.pk)
    if link.deleted_at is not None:
        return 0
    ended = _end_admissions([link], timezone.now())
    link.deleted_at = timezone.now()
    link.save(update_fields=["deleted_at"])
    event = record(Act.LINK_DELETED, item=link.item, by=by, link=link, ended=ended)
    rights_changed(event, whose=_whose([link]), everybody_asks=True)
    return ended


def _as_json(options: dict[str, Any]) -> dict[str, Any]:
    """The options as plain JSON values, for the trail."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in options.items()
    }


def links_just_ended(since: datetime, now: datetime) -> list[tuple[int, Whose]]:
    """Those whose last day is over since then, where a session or an attempt
    is under way."""
    ended = GuestLink.objects.filter(
        is_under_way("item"),
        expires_at__gt=since,
        expires_at__lte=now,
    )
    return [
        (
            link.item_id,
            holders_among(GuestAdmission.objects.filter(guest__link=link), GuestProofs.kind),
        )
        for link in ended
    ]
