"""What a host does to many guests selected from their list, each act once.

The rules are the services' (`access.guests.services.guests`); here is what each act asks, whom it
is about, and what it says afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from access.accounts.models import User
from access.guests.models import Guest
from access.guests.services import guests as services
from media_items.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class GuestAct:
    """`fits` says for whom it makes sense, `unfit` why not for the others. They see guests as
    `found.with_standing` annotates them, and `is_unblocking`: what letting back in means of each
    was said when it was asked, so that pressed twice it means the same. `is_undoable`: the list
    says it of those who were not removed before, in a line that offers to undo it."""

    key: str
    title: Any
    difference: Any = ""  # from the act that is like it
    says: tuple[Any, ...]
    icon: str
    done: Any  # ngettext_lazy on "count"
    do: Callable[[Guest, User], None]
    fits: Callable[[Any], bool]
    unfit: Any
    is_harsh: bool = False
    is_undoable: bool = False


def _let_back(guest: Any, by: User) -> None:
    undo = services.unblock_guest if guest.is_unblocking else services.readmit_guest
    undo(guest=guest, by=by)


def _may_be_let_back(guest: Any) -> bool:
    return bool(guest.is_out if guest.is_unblocking else guest.removed_at)


_ACTS = (
    GuestAct(
        key="end",
        title=_("End access"),
        difference=_("they can join again"),
        says=(
            _(
                "They lose access right away and keep their place. They can join again while "
                "their link is open."
            ),
        ),
        icon="clock",
        done=ngettext_lazy(
            "The access of %(count)d guest was ended.",
            "The access of %(count)d guests was ended.",
            "count",
        ),
        do=lambda guest, by: services.end_access(guest=guest, by=by),
        fits=lambda guest: guest.has_access,
        unfit=_("They have no access now."),
        is_harsh=True,
    ),
    GuestAct(
        key="remove",
        title=_("Remove"),
        difference=_("their links no longer let them in"),
        says=(
            _(
                "They lose access right away, and their places are free again. Their links no "
                "longer let these emails in. You can undo this for a minute."
            ),
            _(
                "A guest’s email isn’t verified, so somebody you removed can come back with "
                "another email."
            ),
        ),
        icon="close",
        done=ngettext_lazy(
            "%(count)d guest was removed.", "%(count)d guests were removed.", "count"
        ),
        do=lambda guest, by: services.remove_guest(guest=guest, by=by),
        fits=lambda guest: not guest.removed_at,
        unfit=_("They have been removed already."),
        is_harsh=True,
        is_undoable=True,
    ),
    GuestAct(
        key="block",
        title=_("Remove and block"),
        says=(
            _(
                "They lose access right away, and their places are free again. No guest link of "
                "this item lets these emails in any more. You can undo this for a minute."
            ),
            _(
                "A guest’s email isn’t verified, so somebody you blocked can come back with "
                "another email in another browser."
            ),
        ),
        icon="lock",
        done=ngettext_lazy(
            "%(count)d guest was removed and blocked.",
            "%(count)d guests were removed and blocked.",
            "count",
        ),
        do=lambda guest, by: services.block_guest(guest=guest, by=by),
        fits=lambda guest: not (guest.removed_at and guest.is_out),
        unfit=_("They have been removed and blocked already."),
        is_harsh=True,
        is_undoable=True,
    ),
    GuestAct(
        key="let_back",
        title=_("Let back in"),
        says=(_("They have access again where they had it before, and take their places again."),),
        icon="restore",
        done=ngettext_lazy(
            "You let %(count)d guest back in.", "You let %(count)d guests back in.", "count"
        ),
        do=_let_back,
        fits=_may_be_let_back,
        unfit=_("They are neither removed nor blocked."),
    ),
)
ACTS: dict[str, GuestAct] = {act.key: act for act in _ACTS}


@dataclass(frozen=True)
class Outcome:
    done: int
    refused: list[tuple[Guest, str]]


def do_to(guests: list[Guest], act: GuestAct, *, by: User) -> Outcome:
    """Each on its own, in the order of keys: what is refused to one is done for the others."""
    done, refused = 0, []
    for guest in sorted(guests, key=lambda guest: guest.pk):
        try:
            act.do(guest, by)
        except Refusal as refusal:
            refused.append((guest, str(refusal)))
        else:
            done += 1
    return Outcome(done, refused)
