"""Moved or called off: the host is offered to tell those invited, and they are told once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from access.invitations.models import InvitationRole, MailKind
from access.invitations.services.telling import is_told_otherwise, people_to_tell, tell_invited
from access.mail.models import OutgoingMail
from media_items.catalogue.models import Kind
from tests import factories
from tests.conftest import client_with_admissions, client_with_proofs
from tests.reading import words_of
from tests.tasks import run_tasks

HTMX = {"HX-Request": "true"}


@pytest.fixture
def event(owner):
    starts = timezone.now() + timedelta(days=3)
    return factories.MediaItemFactory(
        owner=owner,
        kind=Kind.LIVE_EVENT,
        title="Questions and answers",
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
    )


@pytest.fixture
def told(event, send):
    """Two people who were told the time as it is."""
    people = factories.InvitationFactory.create_batch(2, item=event)
    send(*people)
    return people


def move(event, **by):
    type(event).objects.filter(pk=event.pk).update(
        starts_at=event.starts_at + timedelta(**by), ends_at=event.ends_at + timedelta(**by)
    )
    event.refresh_from_db()


def url(event, name="tell_invited"):
    return reverse(f"access:{name}", args=[event.public_id])


def act(client, event, name="tell_invited", **headers):
    with TestCase.captureOnCommitCallbacks(execute=True):
        response = client.post(url(event, name), headers=headers)
    run_tasks()
    return response


def mails(kind):
    return OutgoingMail.objects.filter(kind=kind)


# --- who is told ------------------------------------------------------------------------------


def test_nothing_is_offered_while_everybody_knows_the_time(event, told):
    assert not is_told_otherwise(event)
    assert people_to_tell(event, kind=MailKind.MOVED).count() == 0


@pytest.mark.parametrize("what", ["start", "end", "end taken away"])
def test_a_moved_session_is_offered_to_be_told(event, told, what):
    changed = {
        "start": {"starts_at": event.starts_at - timedelta(minutes=30)},
        "end": {"ends_at": event.ends_at + timedelta(minutes=30)},
        "end taken away": {"ends_at": None},
    }[what]
    type(event).objects.filter(pk=event.pk).update(**changed)
    event.refresh_from_db()
    assert is_told_otherwise(event)
    assert people_to_tell(event, kind=MailKind.MOVED).count() == 2


def test_moved_back_again_there_is_nothing_to_tell(event, told):
    move(event, hours=1)
    move(event, hours=-1)
    assert not is_told_otherwise(event)


def test_people_are_told_once_and_the_offer_is_gone(event, told, owner, mailoutbox):
    move(event, hours=1)
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert tell_invited(item=event, kind=MailKind.MOVED, by=owner) == 2
        assert not is_told_otherwise(event)
        assert tell_invited(item=event, kind=MailKind.MOVED, by=owner) == 0
    run_tasks()
    assert sorted(mail.to for mail in mailoutbox[2:]) == sorted([one.email] for one in told)
    assert {mail.subject for mail in mailoutbox[2:]} == {"New time for “Questions and answers”"}
    assert tell_invited(item=event, kind=MailKind.MOVED, by=owner) == 0


def test_a_reminder_tells_the_new_time_as_well(event, told, send):
    move(event, hours=1)
    send(*told, kind=MailKind.REMINDER)
    assert not is_told_otherwise(event)


@pytest.mark.parametrize(
    "over", ["declined_at", "revoked_at", "expires_at"], ids=["declined", "taken back", "expired"]
)
def test_whoever_does_not_come_is_not_told(event, told, over):
    move(event, hours=1)
    type(told[0]).objects.filter(pk=told[0].pk).update(
        **{over: timezone.now() - timedelta(hours=1)}
    )
    assert list(people_to_tell(event, kind=MailKind.MOVED)) == [told[1]]


def test_whoever_got_the_link_by_hand_is_told_too_but_makes_no_offer(event):
    by_hand = factories.InvitationFactory(item=event)
    assert not is_told_otherwise(event)
    assert list(people_to_tell(event, kind=MailKind.MOVED)) == [by_hand]


def test_a_refused_address_does_not_bring_the_offer_back(event, told):
    move(event, hours=1)
    for one in told:
        factories.OutgoingMailFactory(about=one, refused_at=timezone.now())
    assert not is_told_otherwise(event)


def test_a_video_or_a_session_that_is_over_has_nothing_to_tell(item, event, told):
    move(event, days=-5)
    assert not is_told_otherwise(event)
    assert not is_told_otherwise(item)


def test_called_off_reaches_everybody_once(event, told, owner, mailoutbox):
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert tell_invited(item=event, kind=MailKind.CANCELLED, by=owner) == 2
    type(event).objects.filter(pk=event.pk).update(deleted_at=timezone.now())
    run_tasks()
    assert [mail.subject for mail in mailoutbox[2:]] == ["Cancelled: “Questions and answers”"] * 2
    assert tell_invited(item=event, kind=MailKind.CANCELLED, by=owner) == 0


def test_a_thousand_people_cost_as_many_queries_as_ten(event, owner):
    def queries(count):
        factories.InvitationFactory.create_batch(count, item=event)
        with CaptureQueriesContext(connection) as captured:
            assert tell_invited(item=event, kind=MailKind.MOVED, by=owner) == count
        return len(captured)

    assert queries(2) == queries(100)


# --- the pages --------------------------------------------------------------------------------


def test_the_question_says_how_many_and_changes_nothing(client_of, owner, event, told):
    move(event, hours=1)
    client = client_of(owner)
    for headers in ({}, HTMX):
        page = client.get(url(event), headers=headers)
        assert page.status_code == 200
        assert "We’ll email 2 people the new time" in page.content.decode()
        assert ("<html" in page.content.decode()) is not bool(headers)
    assert not mails(MailKind.MOVED).exists()


def test_telling_without_a_script_comes_back_to_the_page(client_of, owner, event, told):
    move(event, hours=1)
    client = client_of(owner)
    response = act(client, event)
    assert response.status_code == 302
    assert mails(MailKind.MOVED).filter(sent_at__isnull=False).count() == 2
    page = client.get(response["Location"]).content.decode()
    assert "We’re emailing 2 people." in page
    assert "Everybody invited has been told" in page


def test_telling_by_htmx_says_so_in_the_dialog(client_of, owner, event, told):
    move(event, hours=1)
    response = act(client_of(owner), event, **HTMX)
    assert response.status_code == 200
    assert "We’re emailing 2 people." in response.content.decode()
    assert "guest-links-changed" in response["HX-Trigger"]


def test_the_state_line_offers_it_after_a_move(client_of, owner, event, told):
    line = reverse("access:access_line", args=[event.public_id])
    client = client_of(owner)
    assert url(event) not in client.get(line).content.decode()
    move(event, hours=1)
    assert url(event) in client.get(line).content.decode()


def test_the_delete_dialog_leads_to_telling_and_back(client_of, owner, event, told):
    client = client_of(owner)
    delete = reverse("media_items:delete_media_item", args=[event.public_id])
    dialog = client.get(delete, headers=HTMX).content.decode()
    assert url(event, "called_off_line") in dialog
    assert url(event, "tell_called_off") in dialog  # without a script
    line = client.get(url(event, "called_off_line")).content.decode()
    assert "2 invited people haven’t been told yet" in line
    said = act(client, event, "tell_called_off", **HTMX).content.decode()
    assert delete in said
    assert client.get(url(event, "called_off_line")).content.decode().strip() == ""


def test_the_delete_dialog_of_a_video_says_nothing_of_it(client_of, owner, item, invitation):
    delete = reverse("media_items:delete_media_item", args=[item.public_id])
    page = client_of(owner).get(delete).content.decode()
    assert "it is cancelled" not in page


NAMES = ["tell_invited", "tell_called_off", "called_off_line"]


@pytest.fixture
def people(event, client_of, owner, stranger):
    """Everybody who could knock, by name."""
    cast = {"owner": client_of(owner), "stranger": client_of(stranger), "signed out": Client()}
    cast["co-editor"] = client_of(factories.CoEditorFactory(item=event).user)
    for role in (InvitationRole.MODERATOR, InvitationRole.SPEAKER, InvitationRole.VIEWER):
        invited = factories.InvitationFactory(item=event, role=role, accepted=True)
        proof = factories.InvitationProofFactory(invitation=invited)
        cast[str(role)] = client_with_proofs(proof)
    link = factories.GuestLinkFactory(item=event, access_on=True)
    cast["guest"] = client_with_admissions(factories.GuestAdmissionFactory(guest__link=link))
    return cast


@pytest.mark.parametrize("name", NAMES)
def test_who_may_tell(people, event, name):
    expected = {
        "owner": 200,
        "co-editor": 200 if name == "tell_invited" else 403,
        "moderator": 403,
        "speaker": 403,
        "viewer": 403,
        "guest": 403,
        "stranger": 404,
        "signed out": 404,
    }
    assert {who: one.get(url(event, name)).status_code for who, one in people.items()} == expected


@pytest.mark.parametrize("name", NAMES[:2])
def test_nobody_else_tells_anybody(people, event, name):
    for who, client in people.items():
        if who == "owner" or (who == "co-editor" and name == "tell_invited"):
            continue
        assert client.post(url(event, name)).status_code in {403, 404}, who
    assert not OutgoingMail.objects.exists()


def test_telling_needs_the_forms_token(owner, event, told):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    move(event, hours=1)
    assert client.post(url(event)).status_code == 403
    assert not mails(MailKind.MOVED).exists()


@pytest.mark.parametrize("has_been_told", [False, True])
def test_the_dialog_says_that_guests_are_told_nothing(client_of, owner, event, told, has_been_told):
    move(event, hours=1)
    client = client_of(owner)
    if has_been_told:
        client.post(url(event))
    assert "guest link" not in words_of(client.get(url(event)))
    factories.GuestAdmissionFactory(guest__link__item=event)
    factories.GuestAdmissionFactory(guest__link__item=event, guest__removed_at=timezone.now())
    # Of somebody who is emailed, whatever browser they come by.
    factories.GuestAdmissionFactory(guest__link__item=event, guest__email=told[0].email)
    words = words_of(client.get(url(event)))
    assert "1 guest with a guest link isn’t emailed: their email address wasn’t verified." in words
    assert "Tell the others yourself." in words
