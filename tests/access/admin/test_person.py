"""Everything about one person on one page: found, complete, bounded, and only for whoever may."""

from __future__ import annotations

import logging

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.accounts.models import User
from access.audit.models import AccessEvent, Act
from access.guests.models import AccessRequest
from access.guests.proofs import GuestProofs
from access.invitations.proofs import InvitationProofs
from media_items.quizzes.models import Taker, TakerKey
from tests import factories, live_factories, quiz_factories
from tests.reading import unescaped

FIND = "/admin/people/"
RIGHTS = ("view_user", "view_invitation", "view_guest")
EMAIL = "rosa.marin@example.com"


def page_of(row):
    kind = {"User": "account", "AccessRequest": "request"}.get(
        type(row).__name__, type(row).__name__.lower()
    )
    return f"{FIND}{kind}/{row.pk}/"


def make_rosa(number=0):
    """An account, invited at another address, a guest with her own, in a session, in the trail."""
    user = User.objects.filter(email=EMAIL).first() or factories.UserFactory(
        email=EMAIL, first_name="Rosa", last_name="Marín"
    )
    invitation = factories.InvitationFactory(
        email="rosa@home.example", account=user, accepted=True, item__title=f"Invited {number}"
    )
    guest = factories.GuestFactory(email=EMAIL, name="Rosa M.", link__item__title=f"Came {number}")
    admission = factories.GuestAdmissionFactory(guest=guest)
    for key in (InvitationProofs.key_of(invitation.pk), GuestProofs.key_of(admission.pk)):
        live_factories.ParticipantFactory(key=str(key), name="Rosa", session__item__kind="room")
    taker = Taker.objects.create(quiz=quiz_factories.QuizFactory(), name="Rosa", kind="account")
    for one in ("account", "invitation"):  # one person, by two proofs
        row = user if one == "account" else invitation
        TakerKey.objects.create(quiz=taker.quiz, taker=taker, key=f"{one}:{row.pk}")
    AccessRequest.objects.create(item=guest.link.item, link=guest.link, name="Rosa", email=EMAIL)
    factories.OutgoingMailFactory(about=invitation, address=EMAIL)
    factories.BlockFactory(email=EMAIL, item=factories.MediaItemFactory())
    factories.GalleryMembershipFactory(user=user)
    factories.MediaItemFactory(owner=user, title=f"Hers {number}")
    record = AccessEvent.objects.create
    record(act=Act.GUEST_JOINED, item=guest.link.item, guest=guest)
    record(act=Act.INVITED, item=invitation.item, invitation=invitation)
    record(act=Act.MEMBER_ADDED, details={"account": user.pk})
    record(act=Act.LINK_CREATED, item=guest.link.item, actor=user)
    return user, invitation, guest


@pytest.mark.parametrize("words", ["rosa", "Marín", "rosa.marin@example.com", "rosa marin@ex"])
def test_somebody_is_found_by_name_or_address(admin_client, words):
    user, *_others = make_rosa()
    factories.GuestFactory(email="other@example.org", name="Other")
    page = admin_client.get(FIND, {"q": words})
    found = next(one for one in page.context["page"].object_list if one.email == EMAIL)
    assert (found.name, found.kind, found.pk) == ("Rosa Marín", "account", user.pk)
    assert found.what == ["1 account", "Guest on 1 link", "1 request to be let in"]
    assert "other@example.org" not in page.content.decode()
    assert page_of(user) in page.content.decode()


def test_an_address_is_found_in_its_own_letters(admin_client):
    factories.GuestFactory(email="uni@xn--mnchen-3ya.de", name="Jörg")
    for words in ("münchen.de", "xn--mnchen", "jörg münchen"):
        assert "uni@münchen.de" in unescaped(admin_client.get(FIND, {"q": words}))


def test_nobody_is_listed_before_something_was_asked_and_nobody_who_was_erased(admin_client):
    guest = factories.GuestFactory(name="", email="", erased_at=timezone.now())
    assert admin_client.get(FIND).context["page"] is None
    found = admin_client.get(FIND, {"q": "a"}).context["page"].object_list
    assert "" not in {one.email for one in found}
    assert admin_client.get(page_of(guest)).status_code == 404
    assert admin_client.get(f"{FIND}nothing/1/").status_code == 404


@pytest.mark.parametrize("which", [0, 1, 2])
def test_everything_stands_on_one_page_whichever_row_one_comes_from(admin_client, which):
    rows = make_rosa()
    other = factories.GuestFactory(name="Somebody else", link__item__title="Elsewhere")
    AccessEvent.objects.create(act=Act.GUEST_LEFT, item=other.link.item, guest=other)
    page = admin_client.get(page_of(rows[which]))
    html = unescaped(page)
    assert {EMAIL, "rosa@home.example"} == set(page.context["emails"])
    parts = {table.part.name: len(table.rows) for table in page.context["tables"]}
    assert parts == {
        "accounts": 1,
        "galleries": 1,
        "co_edited": 0,
        "media": 1,
        "invitations": 1,
        "guests": 1,
        "requests": 1,
        "sessions": 2,
        "quizzes": 1,
        "blocks": 1,
        "mails": 1,
    }
    for words in ("Invited 0", "Came 0", "Hers 0", "Guest joined", "Gallery member added"):
        assert words in html
    assert page.context["events"].paginator.count == 4
    assert "Elsewhere" not in html
    for row in rows:
        model = row._meta
        assert f"/admin/{model.app_label}/{model.model_name}/{row.pk}/change/" in html


def test_a_much_invited_person_costs_as_many_queries_and_has_pages(admin_client):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get(page_of(user)).status_code == 200
        return len(captured)

    def queries_to_find():
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get(FIND, {"q": "a"}).status_code == 200
        return len(captured)

    user, *_others = make_rosa()
    few, few_to_find = queries(), queries_to_find()
    for number in range(1, 22):
        make_rosa(number)
    factories.GuestFactory.create_batch(5)
    assert queries() == few + 1  # a trail that fills its page is counted
    assert queries_to_find() <= few_to_find  # fewer where nobody on the page was ever invited
    first = admin_client.get(page_of(user))
    guests = next(one for one in first.context["tables"] if one.part.name == "guests")
    assert len(guests.rows) == 20
    assert "?guests=2" in first.content.decode()
    assert "?trail=2" in first.content.decode()
    later = admin_client.get(page_of(user), {"guests": "2", "trail": "2"}).content.decode()
    assert "Came 0" in later


def test_the_page_needs_the_rights_to_all_who_are_named_on_it(staff_with, client_of):
    user, *_others = make_rosa()
    for missing in RIGHTS:
        client = staff_with(*(right for right in RIGHTS if right != missing))
        assert client.get(page_of(user)).status_code == 403
        assert client.get(FIND, {"q": "rosa"}).status_code == 403
        assert "Everything about this person" not in client.get("/admin/").content.decode()
    assert client_of(user).get(page_of(user)).status_code == 302


def test_every_other_part_needs_the_right_to_its_rows(staff_with):
    user, *_others = make_rosa()
    client = staff_with(*RIGHTS)
    page = client.get(page_of(user))
    assert {one.part.name for one in page.context["tables"]} == {
        *("accounts", "invitations", "guests")
    }
    assert page.context["events"] is None
    more = staff_with(*RIGHTS, "view_participant", "view_accessevent").get(page_of(user))
    assert "sessions" in {one.part.name for one in more.context["tables"]}
    assert more.context["events"]


def test_nobody_is_found_by_requests_that_one_may_not_view(staff_with):
    link = factories.GuestLinkFactory()
    asked = AccessRequest.objects.create(item=link.item, link=link, name="Rosa", email=EMAIL)
    client = staff_with(*RIGHTS)
    assert client.get(FIND, {"q": "rosa"}).context["page"].object_list == []
    assert client.get(page_of(asked)).status_code == 404
    user, *_others = make_rosa()
    found, _at_home = client.get(FIND, {"q": "rosa"}).context["page"].object_list
    assert found.email == EMAIL
    assert found.what == ["1 account", "Guest on 1 link"]
    assert client.get(page_of(user)).status_code == 200
    more = staff_with(*RIGHTS, "view_accessrequest")
    assert more.get(page_of(asked)).status_code == 200


@pytest.mark.parametrize("words", [EMAIL, "rosa@home.exam", "marin@ex"])
def test_the_trail_tells_no_email_to_whoever_may_not_view_its_row(staff_with, words):
    make_rosa()
    trail = "/admin/access/accessevent/"
    only_trail = staff_with("view_accessevent")
    assert not only_trail.get(trail, {"q": words}).context["cl"].result_list
    assert only_trail.get(trail, {"q": "rosa"}).context["cl"].result_list
    more = staff_with("view_accessevent", *RIGHTS)
    assert more.get(trail, {"q": words}).context["cl"].result_list


def test_who_looked_at_whom_is_logged_without_an_address(admin, admin_client, caplog):
    user, *_others = make_rosa()
    with caplog.at_level(logging.INFO, "access.person_page"):
        admin_client.get(page_of(user))
    [said] = [one.getMessage() for one in caplog.records if one.name.startswith("access.person")]
    assert f"Account {admin.pk} looked at everything about account {user.pk}" in said
    assert EMAIL not in said


def test_the_pages_of_rows_lead_to_their_person(admin_client, staff_with):
    user, invitation, guest = make_rosa()
    for row in (user, invitation, guest):
        address = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"
        assert page_of(row) in admin_client.get(address).content.decode()
        assert (
            page_of(row)
            not in staff_with(*RIGHTS[:2], "view_guest", "view_block")
            .get("/admin/")
            .content.decode()
        )
    guest_only = staff_with("view_guest")
    assert (
        page_of(guest)
        not in guest_only.get(f"/admin/guests/guest/{guest.pk}/change/").content.decode()
    )


@pytest.mark.parametrize("words", ["rosa", EMAIL, "Marín"])
def test_the_trail_is_searched_by_the_person_it_concerns(admin_client, words):
    make_rosa()
    other = factories.GuestFactory(name="Somebody else")
    missed = AccessEvent.objects.create(act=Act.GUEST_LEFT, item=other.link.item, guest=other)
    found = admin_client.get("/admin/access/accessevent/", {"q": words}).context["cl"].result_list
    assert found
    assert missed not in found
    assert Act.LINK_CREATED in {one.act for one in found}


def test_a_session_is_not_narrowed_to_somebody_who_asked_without_a_name(admin_client):
    """The page shows that they were there, never which question was theirs."""
    user, invitation, _guest = make_rosa()
    participant = live_factories.ParticipantFactory(
        key=str(InvitationProofs.key_of(invitation.pk)), name="Rosa"
    )
    live_factories.AudienceQuestionFactory(
        session=participant.session, author=participant, text="Whose is it?", is_anonymous=True
    )
    assert "Whose is it?" not in admin_client.get(page_of(user)).content.decode()
