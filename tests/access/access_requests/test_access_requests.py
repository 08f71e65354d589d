"""Requests to be let in: listed for the host, let in by an invitation, or declined."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.audit.models import AccessEvent, Act
from access.blocks import services as blocks
from access.blocks.services import Actor
from access.guests.mails import access_request_email
from access.guests.models import AccessRequest
from access.guests.services import guests as guest_services
from access.guests.services import joining
from access.invitations.models import Invitation, InvitationRole
from access.links import guest_link_token
from access.mail.models import OutgoingMail
from access.personal_data import erase_outdated
from access.site_policy.models import Inviters, current_policy
from media_items.catalogue.models import Kind
from media_items.live.sessions.models import Level
from media_items.live.sessions.services import open_session
from tests import factories
from tests.access.invitations.door_acts import come_in
from tests.live_factories import ParticipantFactory
from tests.reading import tags_of, text_of, words_of

pytestmark = pytest.mark.django_db


def ask(link, *, name="Eve", email="eve@example.org", message="May I?"):
    return joining.ask_host(link=link, name=name, email=email, message=message)


@pytest.fixture
def asked(link):
    return ask(link)


@pytest.fixture
def host(client_of, owner):
    return client_of(owner)


def page_of(item):
    return reverse("access:access_requests", args=[item.public_id])


def one_page(asked):
    return reverse("access:access_request", args=[asked.item.public_id, asked.pk])


def press(browser, asked, name="let_request_in", **data):
    path = reverse(f"access:{name}", args=[asked.item.public_id, asked.pk])
    return browser.post(path, data, follow=True)


# --- the list -------------------------------------------------------------------------------------


def test_the_host_finds_what_was_asked_with_its_words(host, item, asked):
    page = text_of(host.get(page_of(item)))
    for word in ("Eve", "eve@example.org", "May I?", asked.link.name, "Let in", "Decline"):
        assert word in page
    assert "we email them an invitation as a viewer" in page
    assert "the person isn’t told" in page


def test_it_is_counted_where_access_is_said_and_managed(host, item, asked):
    line = reverse("access:access_line", args=[item.public_id])
    assert "1 person asks to be let in" in text_of(host.get(line))
    ask(asked.link, email="bob@example.org")
    assert "2 people ask to be let in" in text_of(host.get(line))
    dialog = host.get(reverse("access:guest_links", args=[item.public_id]))
    assert "2 people ask to be let in" in text_of(dialog)
    assert page_of(item) in dialog.content.decode()
    press(host, asked, "decline_request")
    assert "1 person asks to be let in" in text_of(host.get(line))


def test_the_mail_to_the_host_leads_there(asked):
    mail = access_request_email(asked, asked.item.owner)
    assert one_page(asked) in mail.body
    assert one_page(asked) in mail.alternatives[0][0]


def test_the_list_goes_on_for_pages_and_costs_one_query_more_with_many(
    host, link, item, django_assert_num_queries
):
    ask(link)
    with django_assert_num_queries(7) as first:
        host.get(page_of(item))
    for number in range(60):
        ask(link, email=f"{number}@example.org")
    with django_assert_num_queries(len(first) + 1):  # a page that is full is counted
        page = host.get(page_of(item))
    assert len(page.context["page_obj"]) == 50
    assert len(host.get(page_of(item), {"page": 2}).context["page_obj"]) == 11


def test_another_items_requests_are_not_there(host, asked):
    other = factories.MediaItemFactory(owner=asked.item.owner)
    assert "eve@" not in text_of(host.get(page_of(other)))
    for name in ("let_request_in", "decline_request"):
        path = reverse(f"access:{name}", args=[other.public_id, asked.pk])
        assert host.post(path).status_code == 404


# --- let in ---------------------------------------------------------------------------------------


def test_let_in_is_an_invitation_by_mail_that_works_without_the_link(host, asked, owner):
    assert "An invitation is on its way to eve@example.org" in text_of(press(host, asked))
    invitation = Invitation.objects.get(email="eve@example.org")
    assert (invitation.role, invitation.invited_by) == (InvitationRole.VIEWER, owner)
    assert OutgoingMail.objects.filter(address="eve@example.org", kind="invite").count() == 1
    eve = Client()
    assert come_in(eve, invitation)["Location"] == asked.item.get_absolute_url()
    assert eve.get(asked.item.get_absolute_url()).status_code == 200
    asked.refresh_from_db()
    assert (asked.answer, asked.answered_by) == ("let_in", owner)
    assert AccessEvent.objects.get(act=Act.REQUEST_LET_IN).actor == owner


def test_all_that_one_address_asked_is_answered_by_one_press(host, asked):
    again = ask(asked.link, message="Please!")
    press(host, asked)
    press(host, again)
    assert not AccessRequest.objects.waiting().exists()
    assert OutgoingMail.objects.filter(kind="invite").count() == 1
    assert AccessEvent.objects.filter(act=Act.REQUEST_LET_IN).count() == 1


def test_who_is_invited_already_gets_that_invitation_once_more(host, asked):
    factories.InvitationFactory(item=asked.item, email=asked.email)
    press(host, asked)
    assert Invitation.objects.count() == 1
    assert OutgoingMail.objects.filter(kind="invite").count() == 1


def test_an_invitation_that_is_over_is_not_opened_by_the_way(host, asked):
    factories.InvitationFactory(
        item=asked.item, email=asked.email, expires_at=timezone.now() - timedelta(days=1)
    )
    assert "the invitation was declined or no longer works" in text_of(press(host, asked))
    assert not OutgoingMail.objects.filter(kind="invite").exists()
    assert AccessRequest.objects.waiting().count() == 1


def test_who_is_blocked_is_let_back_in_first_and_the_host_is_led_there(host, owner):
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM)
    session = open_session(item=room)
    admission = factories.GuestAdmissionFactory(
        guest__link=factories.GuestLinkFactory(item=room, access_on=True),
        guest__email="eve@example.org",
    )
    person = ParticipantFactory(session=session, key=f"guest:{admission.pk}")
    blocks.remove(participant=person, by=Actor(Level.HOST), lasting=True)
    asked = ask(admission.guest.link)
    removed_and_blocked = reverse("access:blocks", args=[room.public_id])
    page = host.get(page_of(room)).content.decode()
    assert removed_and_blocked in page
    assert "let-in/" not in page
    assert removed_and_blocked in access_request_email(asked, owner).body
    page = host.get(one_page(asked)).content.decode()
    assert removed_and_blocked in page
    assert "let-in/" not in page
    assert "Let them back in first" in text_of(press(host, asked))
    assert not Invitation.objects.exists()


# --- decline --------------------------------------------------------------------------------------


def test_declined_is_off_the_list_told_to_nobody_and_can_be_let_in_later(host, asked, item):
    mails = OutgoingMail.objects.count()
    press(host, asked, "decline_request")
    assert "eve@" not in text_of(host.get(page_of(item)))
    assert OutgoingMail.objects.count() == mails
    assert AccessEvent.objects.filter(act=Act.REQUEST_DECLINED).count() == 1
    answered = host.get(page_of(item), {"only": "answered"})
    assert "Declined" in text_of(answered)
    assert "eve@example.org" in text_of(answered)
    press(host, asked, only="answered")
    assert Invitation.objects.filter(email="eve@example.org").exists()


def test_declining_twice_or_after_letting_in_changes_nothing(host, asked):
    press(host, asked)
    press(host, asked, "decline_request")
    asked.refresh_from_db()
    assert asked.answer == "let_in"
    assert not AccessEvent.objects.filter(act=Act.REQUEST_DECLINED).exists()


# --- from the mail -------------------------------------------------------------------------------


def test_the_page_of_one_request_shows_it_changes_nothing_and_lets_in_by_one_button(host, asked):
    page = text_of(host.get(one_page(asked)))
    for word in ("Eve", "eve@example.org", "not verified", "May I?", "Let in", "Decline"):
        assert word in page
    asked.refresh_from_db()
    assert (asked.answer, Invitation.objects.exists()) == ("", False)
    answered = press(host, asked, only="one")
    assert answered.redirect_chain[-1][0] == one_page(asked)
    assert "An invitation is on its way to eve@example.org" in text_of(answered)
    assert "You let them in on" in text_of(answered)
    assert "let-in/" not in answered.content.decode()


def test_what_a_colleague_answered_says_so_and_whose_answer_it_is(host, asked, client_of):
    colleague = factories.CoEditorFactory(item=asked.item).user
    press(client_of(colleague), asked, "decline_request")
    page = words_of(host.get(one_page(asked)))
    assert f"{colleague.get_full_name()} declined on" in page
    assert "Let in" in page
    late = press(host, asked, "decline_request", only="one")
    assert "answered already" in text_of(late)
    assert AccessEvent.objects.filter(act=Act.REQUEST_DECLINED).count() == 1
    press(client_of(colleague), asked)
    page = host.get(one_page(asked))
    assert f"{colleague.get_full_name()} let them in on" in words_of(page)
    assert "let-in/" not in page.content.decode()
    assert "answered already" in text_of(press(host, asked, only="one"))


def test_whoever_is_not_signed_in_signs_in_first_and_comes_back(asked, owner):
    browser = Client()
    response = browser.get(one_page(asked))
    sign_in = f"{reverse('access:sign_in')}?next={one_page(asked)}"
    assert (response.status_code, response["Location"]) == (302, sign_in)
    # SECURITY: of a request that is not there the same is said.
    there_is_none = reverse("access:access_request", args=["none", 12345])
    assert browser.get(there_is_none).status_code == 302
    answers = {"username": owner.email, "password": factories.PASSWORD}
    assert browser.post(sign_in, answers)["Location"] == one_page(asked)


def test_a_forwarded_mail_gives_a_stranger_nothing(asked, stranger, client_of):
    browser = client_of(stranger)
    assert browser.get(one_page(asked)).status_code == 404
    for name in ("let_request_in", "decline_request"):
        path = reverse(f"access:{name}", args=[asked.item.public_id, asked.pk])
        assert browser.post(path, {"only": "one"}).status_code == 404
    other = factories.MediaItemFactory(owner=stranger)
    path = reverse("access:access_request", args=[other.public_id, asked.pk])
    assert browser.get(path).status_code == 404


def test_what_is_erased_is_said_to_be(host, asked):
    AccessRequest.objects.all().erase(timezone.now())
    page = host.get(one_page(asked))
    assert "This request isn’t kept any more" in text_of(page)
    assert "Let in" not in text_of(page)


# --- in a session --------------------------------------------------------------------------------


@pytest.fixture
def room_link(owner):
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM)
    return factories.GuestLinkFactory(item=room, access_on=True)


def test_a_host_in_the_session_hears_a_knock_and_asks_who_it_is(
    host, room_link, monkeypatch, django_capture_on_commit_callbacks
):
    heard = []
    session = open_session(item=room_link.item)
    monkeypatch.setattr(
        "access.guests.telling.announce", lambda *one, to: heard.append((*one[1:], to))
    )
    asked = ask(room_link)
    assert heard == [("knock", "mods")]
    newest = reverse("access:asks", args=[session.item.public_id])
    page = host.get(newest)
    assert "Eve asks to be let in." in words_of(page)
    ask(room_link, name="Bob", email="bob@example.org")
    assert "Bob and 1 more person ask to be let in." in words_of(host.get(newest))
    path = reverse("access:let_request_in", args=[session.item.public_id, asked.pk])
    answer = host.post(path, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert "eve@example.org" in answer["HX-Trigger"]
    assert heard[-1] == ("participants", "mods")
    AccessRequest.objects.update(answer="declined")
    assert text_of(host.get(newest)).strip() == ""


def test_nothing_is_said_where_no_session_is_under_way(room_link, monkeypatch):
    monkeypatch.setattr("access.guests.telling.announce", pytest.fail)
    ask(room_link)


# --- what is kept ---------------------------------------------------------------------------------


def test_erasing_a_guest_takes_what_the_address_asked_on_the_item(host, item, link):
    guest = factories.GuestAdmissionFactory(guest__link=link, guest__email="eve@example.org").guest
    ask(link)
    ask(factories.GuestLinkFactory(item=item))
    elsewhere = ask(factories.GuestLinkFactory())
    guest_services.erase_guest(guest=guest, by=item.owner)
    assert list(AccessRequest.objects.exclude(email="")) == [elsewhere]
    assert "May I?" not in text_of(host.get(page_of(item)))


def test_whoever_types_an_address_erases_what_their_browser_asked_and_nothing_else(item, link):
    """SECURITY: anybody can type somebody's address and erase what they have typed."""
    form = {"name": "Eve", "email": "eve@example.org", "message": "May I?"}
    closed = factories.GuestLinkFactory(item=item, access_on=True, paused_at=timezone.now())
    eve, stranger = Client(), Client()
    for browser in (eve, stranger):
        browser.post(f"/g/{guest_link_token(closed)}/ask/", form)
    first, second = AccessRequest.objects.order_by("pk")
    link_open = factories.GuestLinkFactory(item=item, access_on=True)
    stranger.post(f"/g/{guest_link_token(link_open)}/", {"name": "X", "email": form["email"]})
    stranger.post(f"/media/{item.public_id}/my-record/erase/")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.email, first.message) == (form["email"], "May I?")
    assert (second.name, second.email, second.message) == ("", "", "")


def test_its_time_ends_it_for_the_host_too(host, item, asked):
    AccessRequest.objects.update(asked_at=timezone.now() - timedelta(days=400))
    erase_outdated()
    asked.refresh_from_db()
    assert (asked.name, asked.email, asked.message) == ("", "", "")
    assert "Nobody is waiting to be let in" in text_of(host.get(page_of(item)))


@pytest.mark.parametrize(("is_paused", "is_named"), [(False, True), (True, False)])
def test_what_was_asked_for_is_named_where_the_door_names_it(is_paused, is_named):
    link = factories.GuestLinkFactory(
        access_on=True, paused_at=timezone.now() if is_paused else None
    )
    link.item.title = "Mitosis"
    link.item.save()
    browser = Client()
    typed = {"name": "Ada", "email": "ada@example.org"}
    asks = reverse("access:ask_host", args=[guest_link_token(link)])
    page = browser.post(asks, typed, follow=True).content.decode()
    assert "ada@example.org" in page
    assert ("Mitosis" in page) == is_named
    stranger = Client().get(reverse("access:asked_host")).content.decode()
    assert "ada@example.org" not in stranger


# --- hosts whom the site does not let invite ------------------------------------------------------


@pytest.mark.parametrize("may_invite", [True, False])
def test_let_in_is_offered_where_it_would_be_done_and_else_it_is_said_why_not(
    host, item, asked, may_invite
):
    """To let somebody in is to invite them."""
    if not may_invite:
        policy = current_policy()
        policy.inviters = Inviters.NOBODY
        policy.save()
    let_in = reverse("access:let_request_in", args=[item.public_id, asked.pk])
    asks = reverse("access:asks", args=[item.public_id])
    for address in (page_of(item), one_page(asked), asks):
        answer = host.get(address)
        actions = {one["action"] for one in tags_of(answer)}
        assert (let_in in actions) is may_invite, address
        assert ("You can’t let them in" in text_of(answer)) is not may_invite, address
        assert "Eve" in text_of(answer)
        assert reverse("access:decline_request", args=[item.public_id, asked.pk]) in actions
    assert press(host, asked).status_code == (200 if may_invite else 403)
