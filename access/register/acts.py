"""What a host does to one invitation or to many picked from the register, each act once.

The rules are the services' (`access.invitations.services.managing`); here is what each act asks,
whom it is about, and what it says afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from access.invitations.models import Invitation, MailKind
from access.invitations.people import Inviter
from access.invitations.services import managing
from access.register import forms, undoing
from access.register.rows import InviteeRow
from access.site_policy.ceilings import CeilingReached
from media_items.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class RegisterAct:
    """`fits` says for whom it makes sense, `unfit` why not for the others; `do` calls the service
    for one invitation; `undo` is what undoes it, where the list offers that."""

    key: str
    url_name: str
    title: Any
    says: Any
    button: Any = ""  # the title, where nothing else is said
    icon: str
    done: Any  # ngettext_lazy on "count"
    do: Callable[[Invitation, Inviter, Any], None]
    fits: Callable[[InviteeRow], bool] = lambda row: row.is_live
    unfit: Any = managing.AlreadyTakenBack.message
    form: type[forms.ActForm] = forms.ActForm
    is_harsh: bool = False
    undo: str = ""
    for_many: bool = True
    difference: Any = ""  # none has the title of another
    shows_link: bool = False  # of one person, afterwards


def _mail(kind: MailKind) -> Callable[[Invitation, Inviter, Any], None]:
    def send(invitation: Invitation, by: Inviter, form: Any) -> None:
        if form.expires_at:
            managing.prolong(invitation=invitation, expires_at=form.expires_at, by=by)
        managing.send_again(invitations=[invitation], kind=kind, by=by.account)

    return send


_ACTS = (
    RegisterAct(
        key="change_role",
        url_name="change_invitation_role",
        title=_("Change role"),
        says=_(
            "The new role applies right away. The link stays the same. You can undo this for a "
            "minute."
        ),
        icon="user",
        done=ngettext_lazy(
            "The role was changed.", "The role of %(count)d people was changed.", "count"
        ),
        do=lambda one, by, form: managing.change_role(
            invitation=one, role=form.cleaned_data["role"], by=by
        ),
        form=forms.RoleForm,
        undo=undoing.ROLE,
    ),
    RegisterAct(
        key="send_again",
        url_name="resend_invitation",
        title=_("Send again"),
        says=_("The same invitation with the same link, in another email."),
        icon="mail",
        done=ngettext_lazy(
            "The email is on its way.", "%(count)d emails are on their way.", "count"
        ),
        do=_mail(MailKind.AGAIN),
        fits=lambda row: row.may_be_mailed,
        unfit=_(
            "An email is already on its way, or the invitation no longer works. If it "
            "has expired, change its last day first."
        ),
        form=forms.MailForm,
    ),
    RegisterAct(
        key="remind",
        url_name="remind_invitation",
        title=_("Remind"),
        says=_("A short reminder with the same link, to those who have not answered yet."),
        icon="bell",
        done=ngettext_lazy(
            "The reminder is on its way.", "%(count)d reminders are on their way.", "count"
        ),
        do=_mail(MailKind.REMINDER),
        fits=lambda row: row.may_be_reminded,
        unfit=_(
            "They have already answered, or an email is on its way, or the invitation "
            "no longer works."
        ),
        form=forms.MailForm,
    ),
    RegisterAct(
        key="prolong",
        url_name="prolong_invitation",
        title=_("Change last day"),
        says=_("The link stays the same. An expired invitation works again."),
        button=_("Save"),
        icon="calendar",
        done=ngettext_lazy(
            "The last day was changed.",
            "The last day of %(count)d invitations was changed.",
            "count",
        ),
        do=lambda one, by, form: managing.prolong(
            invitation=one, expires_at=form.expires_at, by=by
        ),
        form=forms.LastDayForm,
    ),
    RegisterAct(
        key="correct_address",
        url_name="correct_invitation_address",
        title=_("Correct email"),
        says=_(
            "We email the invitation to the corrected email. The link sent before stops working."
        ),
        button=_("Save and send"),
        icon="edit",
        done=ngettext_lazy(
            "The email was corrected, and the invitation is on its way to it.",
            "%(count)d emails were corrected, and the invitations are on their way.",
            "count",
        ),
        do=lambda one, by, form: managing.correct_address(
            invitation=one, email=form.cleaned_data["email"], by=by
        ),
        fits=lambda row: row.is_live and not row.came,
        unfit=managing.AlreadyCame.message,
        form=forms.CorrectAddressForm,
        for_many=False,
    ),
    RegisterAct(
        key="new_address",
        url_name="new_invitation_address",
        title=_("Reset link"),
        says=_("The old link stops working. Copy or email the new one afterwards."),
        button=_("Reset link"),
        icon="refresh",
        done=ngettext_lazy("The link was reset.", "%(count)d links were reset.", "count"),
        do=lambda one, by, form: managing.give_new_address(
            invitation=one, end_browsers=form.cleaned_data["browsers"] == "end", by=by.account
        ),
        form=forms.NewAddressForm,
        shows_link=True,
    ),
    RegisterAct(
        key="revoke",
        url_name="revoke_invitation",
        title=_("Withdraw"),
        says=_(
            "They lose access right away, and the link stops working. You can undo "
            "this for a minute."
        ),
        icon="trash",
        done=ngettext_lazy(
            "The invitation was withdrawn.", "%(count)d invitations were withdrawn.", "count"
        ),
        do=lambda one, by, form: managing.revoke(invitation=one, by=by.account),
        fits=lambda row: True,  # taken back twice is taken back
        is_harsh=True,
        undo=undoing.REVOKE,
    ),
)
ACTS: dict[str, RegisterAct] = {act.key: act for act in _ACTS}


@dataclass(frozen=True)
class Outcome:
    """`field` is that of the form beside which the first refusal belongs."""

    done: int
    refused: list[tuple[Invitation, str]]
    field: str = ""


def do_to(rows: list[InviteeRow], act: RegisterAct, *, by: Inviter, form: Any) -> Outcome:
    """Each on its own, in the order of keys: what is refused to one is done for the others."""
    done, refused, fields = 0, [], [""]
    for row in sorted(rows, key=lambda row: row.invitation.pk):
        try:
            act.do(row.invitation, by, form)
        except Refusal as refusal:
            refused.append((row.invitation, str(refusal)))
            if isinstance(refusal, CeilingReached):
                fields = [refusal.field, *fields]
        else:
            done += 1
    return Outcome(done, refused, next(one for one in fields if one in {"", *form.fields}))
