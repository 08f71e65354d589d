"""The dialog that writes to those who missed a session: a recording, a note, what was done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from access.accounts.models import User
from access.invitations.services.limits import RoleNotGrantable
from access.reports import writing
from access.reports.forms import WriteToMissedForm
from access.reports.people import moment_of
from access.reports.views.sessions import reported_session
from access.requests import VisitorRequest, account_of
from access.roles import Role
from access.site_policy.models import current_policy
from media_items.abilities import Ability
from media_items.live.sessions.models import LiveSession
from media_items.lookups import get_media_item
from media_items.models import MediaItem
from media_items.moments import written
from media_items.responses import fragment_or_redirect, go_to, render_dialog, status_of


@require_http_methods(["GET", "HEAD", "POST"])
def write_to_missed(request: VisitorRequest, public_id: str, session_id: str) -> HttpResponse:
    """GET asks. POST says what will be sent to how many; with `sure` it is sent, with `change` it
    is asked once more."""
    session = reported_session(request, public_id, session_id)
    by, moment = account_of(request), moment_of(session, timezone.now())
    recording = _offered(request, session, by)
    people = writing.people_to_write_to(session, moment, with_declined=True)
    form = WriteToMissedForm(
        request.POST if request.method == "POST" else None,
        recording=recording,
        some_declined=people.filter(declined_at__isnull=False).exists(),
        initial=_initial(session, recording),
    )
    context = {"count": people.count(), "form": form}
    if form.is_bound and form.is_valid() and "change" not in request.POST:
        try:
            return _look_or_write(request, session, form, moment)
        except RoleNotGrantable:
            form.add_error("recording", _("You can no longer invite people to this recording."))
    return _dialog(request, session, context, status=status_of(form))


def _look_or_write(
    request: VisitorRequest, session: LiveSession, form: WriteToMissedForm, moment: datetime
) -> HttpResponse:
    recording = None
    if chosen := form.cleaned_data.get("recording"):
        recording = get_media_item(request, chosen, needs=Ability.INVITE_USERS)
    else:
        get_media_item(request, session.item.public_id, needs=Ability.INVITE_USERS)
    if "sure" in request.POST:
        return _write(request, session, recording, form, moment)
    planned = writing.would_be_written(
        session=session,
        recording=recording,
        by=account_of(request),
        moment=moment,
        with_declined=form.with_declined,
    )
    context = {"planned": planned, "recording": recording, "form": form}
    return _dialog(request, session, context)


def _offered(request: VisitorRequest, session: LiveSession, by: User) -> MediaItem | None:
    """The session's own recording, and no other film. It may be another host's: only where they may
    invite to it."""
    own = writing.recording_of(session)
    if own is None:
        return None
    if own.owner_id == by.pk:
        may_invite = Role.OWNER in current_policy().roles_that_invite(by)
    else:
        may_invite = Ability.INVITE_USERS in request.visitor.abilities_on(own)
    return own if may_invite else None


def _initial(session: LiveSession, recording: MediaItem | None) -> dict[str, str]:
    """The words say that it is there only if it is."""
    day = written(session.opened_at or session.made_at, "day", zone=session.item.zone)
    facts = {"title": session.item.title, "day": day}
    note = _("You were invited to “%(title)s” on %(day)s.") % facts
    if recording is None:
        return {"note": note}
    return {"recording": recording.public_id, "note": f"{note} {_('Here is the recording.')}"}


def _write(
    request: VisitorRequest,
    session: LiveSession,
    recording: MediaItem | None,
    form: WriteToMissedForm,
    moment: datetime,
) -> HttpResponse:
    told: dict[str, Any] = {
        "session": session,
        "by": account_of(request),
        "note": form.cleaned_data["note"],
        "moment": moment,
        "with_declined": form.with_declined,
    }
    if recording is None:
        written = writing.write_without_recording(**told)
    else:
        written = writing.write_to_missed(recording=recording, **told)
        if written.batch:
            return _go_to_list(request, recording, written)
    said = _said(written) if recording else _said_without_recording(written)
    context = {"said": said, "recording": recording}
    return fragment_or_redirect(
        request,
        lambda: _dialog(request, session, context, events=("invitations-changed",)),
        to=_report_address(session),
        said=said,
    )


def _said_without_recording(written: writing.Written) -> str:
    if not written.invited:
        return _("Nobody was emailed: they have all had an email about this session.")
    return ngettext(
        "We’re emailing your message to %(count)d person.",
        "We’re emailing your message to %(count)d people.",
        written.invited,
    ) % {"count": written.invited}


def _said(written: writing.Written) -> str:
    if not written.invited:
        said = _("Nobody was emailed: they all have access already.")
        return _not_allowed_said(written.not_allowed) if written.not_allowed else said
    said = ngettext(
        "We’re emailing the recording to %(invited)d person.",
        "We’re emailing the recording to %(invited)d people.",
        written.invited,
    ) % {"invited": written.invited}
    if written.had_access:
        said += " " + ngettext(
            "%(count)d other already had access and wasn’t emailed.",
            "%(count)d others already had access and weren’t emailed.",
            written.had_access,
        ) % {"count": written.had_access}
    if written.not_allowed:
        said += " " + _not_allowed_said(written.not_allowed)
    return said


def _not_allowed_said(count: int) -> str:
    return ngettext(
        "%(count)d person wasn’t emailed: this site doesn’t allow invitations to their email "
        "domain.",
        "%(count)d people weren’t emailed: this site doesn’t allow invitations to their email "
        "domains.",
        count,
    ) % {"count": count}


def _go_to_list(
    request: VisitorRequest, recording: MediaItem, written: writing.Written
) -> HttpResponse:
    """So many that a task invites them: its page says how far it has come."""
    assert written.batch is not None  # noqa: S101 - for the type checker
    address = reverse("access:batch", args=[recording.public_id, written.batch.pk])
    return go_to(request, address)


def _report_address(session: LiveSession) -> str:
    return reverse("access:session_report", args=[session.item.public_id, session.public_id])


def _dialog(
    request: VisitorRequest,
    session: LiveSession,
    context: dict[str, Any],
    *,
    status: int = 200,
    events: tuple[str, ...] = (),
) -> HttpResponse:
    context |= {
        "item": session.item,
        "session": session,
        "report_url": f"{_report_address(session)}?show=missed",
    }
    template = "access/reports/write_to_missed.html"
    return render_dialog(request, template, context, status=status, events=events)
