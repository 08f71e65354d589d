"""The register as hosts read it: who is on it, in which order, how it is found."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from access.invitations.models import InvitationRole
from access.invitations.services import managing
from access.invitations.services.inviting import let_moderators_invite
from media_items.catalogue.models import Kind, State
from tests import factories, undoing
from tests.conftest import client_with_proofs
from tests.reading import text_of_page

pytestmark = pytest.mark.django_db


def invite(item, name, **fields):
    first, _space, last = name.partition(" ")
    return factories.InvitationFactory(
        item=item, first_name=first, last_name=last, email=f"{first.lower()}@example.org", **fields
    )


# --- everyone with access -------------------------------------------------------------------------


def test_one_page_names_everyone_with_access_and_why(
    host, item, url, co_editor, admission, gallery
):
    item.state = State.PUBLISHED
    item.save()
    factories.PublicationFactory(item=item, gallery=gallery)
    factories.GalleryMembershipFactory.create_batch(3, gallery=gallery)
    invite(item, "Ada Lovelace", role=InvitationRole.COLLABORATOR)
    page = text_of_page(host.get(url("register")))
    for words in (
        "Noa Levi",
        "Owner",
        co_editor.get_full_name(),
        "Co-editor",
        "Biology 101",
        "3 members",
        "1 guest link · 1 guest has access",
        "Ada Lovelace",
        "Collaborator",
    ):
        assert words in page


def test_share_names_the_galleries_that_let_people_in_as_the_register_does(
    host, item, url, gallery
):
    item.kind, item.room_of = Kind.ROOM, gallery
    item.save()
    factories.PublicationFactory(item=item, gallery__name="Not shown while it is private")
    for name in ("share", "register"):
        page = text_of_page(host.get(url(name)))
        assert "Biology 101" in page
        assert "Not shown" not in page


def test_an_unlisted_item_says_that_its_address_is_enough(host, item, url):
    assert "Anyone with the page link" not in text_of_page(host.get(url("register")))
    item.state = State.UNLISTED
    item.save()
    assert "Anyone with the page link" in text_of_page(host.get(url("register")))


def test_a_row_says_role_inviter_state_how_sure_and_last_seen(host, item, url, mail):
    seen = timezone.now() - timedelta(minutes=5)
    ada = invite(item, "Ada Lovelace", accepted=True, last_seen_at=seen)
    mail(ada)
    page = text_of_page(host.get(url("register")))
    for words in ("ada@example.org", "Viewer", "Noa Levi", "Accepted", "Verified"):
        assert words in page
    assert f'datetime="{seen.isoformat(timespec="seconds")[:19]}' in page


def test_somebody_taken_back_and_invited_again_has_two_rows_and_both_are_found(host, item, url):
    old = invite(item, "Ada Lovelace", revoked=True)
    new = invite(item, "Ada Lovelace")
    page = text_of_page(host.get(url("register")))
    assert f'id="invitation-{new.pk}"' in page
    assert f'id="invitation-{old.pk}"' not in page
    history = text_of_page(host.get(url("register"), {"state": "revoked"}))
    assert f'id="invitation-{old.pk}"' in history
    assert f'id="invitation-{new.pk}"' not in history
    assert 'form="selection"' not in history  # nothing is left to be done to it


def test_an_empty_register_offers_to_invite(host, url):
    assert "Nobody is invited yet" in text_of_page(host.get(url("register")))
    assert "No results for this search" in text_of_page(host.get(url("register"), {"q": "nobody"}))


def test_a_search_for_somebody_withdrawn_says_where_they_are(host, item, url):
    invite(item, "Ada Lovelace", revoked=True)
    invite(item, "Grace Hopper")
    page = text_of_page(host.get(url("register"), {"q": "lovelace", "sort": "name"}))
    assert "Nobody else matches, but 1 withdrawn invitation does." in page
    assert "?q=lovelace&amp;sort=name&amp;state=revoked" in page
    assert "withdrawn invitation" not in text_of_page(host.get(url("register"), {"q": "nobody"}))


# --- problems -------------------------------------------------------------------------------------


def test_problems_come_first_each_with_its_mend_in_the_row(host, item, url, mail):
    now = timezone.now()
    refused = invite(item, "Rita Refused", created_at=now - timedelta(days=3))
    mail(refused, refused_at=now, answer="550 no such user here")
    expired = invite(
        item, "Ed Expired", created_at=now - timedelta(days=4), expires_at=now - timedelta(days=1)
    )
    failed = invite(item, "Fay Failed", created_at=now - timedelta(days=5))
    mail(failed, failed_at=now, answer="the server was away")
    fine = invite(item, "Ann Newest", created_at=now)
    page = text_of_page(host.get(url("register")))
    order = [page.index(f'id="invitation-{one.pk}"') for one in (refused, expired, failed, fine)]
    assert order == sorted(order)
    assert "550 no such user here" in page
    assert "the server was away" in page
    for mend, one in (
        ("correct_invitation_address", refused),
        ("resend_invitation", failed),
        ("prolong_invitation", expired),
    ):
        link = f'<a class="button button-small" href="{url(mend, one.pk)}?next='
        assert link in page, mend
    only = text_of_page(host.get(url("register"), {"show": "problems"}))
    assert "Ann Newest" not in only
    assert only.count('class="register-problem"') == 3


# --- finding --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "ada"}, {"Ada"}),
        ({"q": "GRACE@example"}, {"Grace"}),
        ({"q": "hopper grace"}, {"Grace"}),
        ({"role": "collaborator"}, {"Grace"}),
        ({"state": "accepted"}, {"Ada"}),
        ({"show": "came"}, {"Ada"}),
        ({"show": "not-yet"}, {"Grace", "Alan"}),
        ({"show": "problems"}, set()),
        ({"show": "came", "role": "collaborator"}, set()),
        (
            {"show": "nonsense", "role": "king", "sort": "sideways", "page": "x"},
            {"Ada", "Grace", "Alan"},
        ),
        ({"q": "gra\0hop"}, {"Grace"}),
        ({"q": "x" * 5000}, set()),  # or all of them would be picked
    ],
)
def test_people_are_searched_and_filtered(host, item, url, query, found):
    invite(item, "Ada Lovelace", accepted=True)
    invite(item, "Grace Hopper", role=InvitationRole.COLLABORATOR)
    invite(item, "Alan Turing")
    rows = host.get(url("register"), query).context["rows"]
    assert {row.invitation.first_name for row in rows} == found


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("newest", ["Alan", "Grace", "Ada"]),
        ("name", ["Grace", "Ada", "Alan"]),
        ("seen", ["Grace", "Ada", "Alan"]),
        ("state", ["Alan", "Ada", "Grace"]),
    ],
)
def test_people_are_sorted(host, item, url, sort, order):
    now = timezone.now()
    hour = timedelta(hours=1)
    invite(item, "Ada Lovelace", accepted=True, created_at=now - 3 * hour, last_seen_at=now - hour)
    invite(item, "Grace Hopper", declined=True, created_at=now - 2 * hour, last_seen_at=now)
    invite(item, "Alan Turing", created_at=now - hour)
    rows = host.get(url("register"), {"sort": sort}).context["rows"]
    assert [row.invitation.first_name for row in rows] == order


def test_a_long_register_has_pages_and_shows_each_person_once(host, item, url):
    for number in range(120):
        factories.InvitationFactory(item=item, email=f"p{number}@example.org")
    seen = []
    for page in (1, 2, 3):
        rows = host.get(url("register"), {"page": page}).context["rows"]
        seen += [row.invitation.pk for row in rows]
    assert len(seen) == len(set(seen)) == 120


def test_htmx_gets_the_results_alone(host, url):
    response = host.get(url("register"), headers={"HX-Request": "true"})
    assert "<html" not in response.content.decode()
    assert 'id="results"' in response.content.decode()


def test_hostile_names_are_text(host, item, url):
    bad = '<script>alert(1)</script>" onclick="x'
    factories.InvitationFactory(item=item, first_name=bad, email="bad@example.org", revoked=True)
    factories.InvitationFactory(item=item, first_name=bad, email="bad@example.org")
    for query in ({}, {"state": "revoked"}, {"q": bad}):
        page = text_of_page(host.get(url("register"), query))
        assert "<script>alert" not in page
        assert '" onclick="x' not in page


@pytest.mark.parametrize(
    "query", [{}, {"sort": "name"}, {"show": "problems"}, {"state": "revoked"}]
)
def test_the_register_costs_the_same_with_one_row_and_with_eleven(
    host, item, url, mail, query, django_assert_num_queries
):
    def more(number):
        for _n in range(number):
            mail(factories.InvitationFactory(item=item), refused_at=timezone.now())
            factories.InvitationFactory(item=item, revoked=True)
            factories.CoEditorFactory(item=item)
            factories.GuestAdmissionFactory(guest__link=factories.GuestLinkFactory(item=item))

    more(1)
    host.get(url("register"), query)
    with CaptureQueriesContext(connection) as one:
        host.get(url("register"), query)
    more(10)
    with django_assert_num_queries(len(one)):
        host.get(url("register"), query)


def test_the_register_and_share_ask_a_fixed_number_of_questions(
    host, item, url, mail, django_assert_num_queries
):
    factories.GuestAdmissionFactory(guest__link=factories.GuestLinkFactory(item=item))
    for _n in range(10):
        mail(factories.InvitationFactory(item=item))
    for name, number in (("register", 6), ("share", 7), ("guests", 9)):
        host.get(url(name))
        with django_assert_num_queries(number):
            assert host.get(url(name)).status_code == 200


# --- the ways there -------------------------------------------------------------------------------


def test_the_state_line_counts_the_invited_and_leads_to_the_register(host, item, url):
    assert "Nobody invited" in text_of_page(host.get(url("access_line")))
    for number in range(5):
        factories.InvitationFactory(item=item, accepted=number < 3)
    factories.InvitationFactory(item=item, accepted=True, revoked=True)
    line = text_of_page(host.get(url("access_line")))
    assert "5 people invited · 3 joined" in line
    assert url("register") in line
    share = text_of_page(host.get(url("share")))
    assert "5 people invited" in share
    assert url("register") in share


# --- who may --------------------------------------------------------------------------------------

PAGES = [
    ("register", "get", []),
    ("access_trail", "get", []),
    ("register_export", "get", ["csv"]),
    ("register_export", "get", ["xlsx"]),
    ("register_act", "post", []),
    ("change_invitation_role", "post", ["pk"]),
    ("revoke_invitation", "post", ["pk"]),
    ("resend_invitation", "post", ["pk"]),
    ("remind_invitation", "post", ["pk"]),
    ("prolong_invitation", "post", ["pk"]),
    ("correct_invitation_address", "post", ["pk"]),
    ("new_invitation_address", "post", ["pk"]),
]


def test_only_owner_and_co_editors_reach_the_register_and_its_acts(
    host, client_of, co_editor, outsiders, invitation, url
):
    before = list(type(invitation).objects.order_by("pk").values_list())
    insiders = (host, client_of(co_editor))
    for name, method, args in PAGES:
        address = url(name, *[invitation.pk if arg == "pk" else arg for arg in args])
        for who, (client, status) in outsiders.items():
            answer = getattr(client, method)(address, {"pk": invitation.pk})
            assert answer.status_code == status, (name, who)
        assert list(type(invitation).objects.order_by("pk").values_list()) == before
        for client in insiders:
            with undoing.stage():
                response = getattr(client, method)(address)
                b"".join(response)
                transaction.set_rollback(True)
            assert response.status_code in {200, 302, 422}, name


@pytest.mark.parametrize("role", [InvitationRole.MODERATOR, InvitationRole.SPEAKER])
def test_a_moderator_who_may_invite_still_does_not_see_the_register(owner, role):
    item = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM)
    let_moderators_invite(item=item, allowed=True, by=item.owner)
    proof = factories.InvitationProofFactory(invitation__item=item, invitation__role=role)
    client = client_with_proofs(proof)
    for name in ("register", "access_trail"):
        assert client.get(reverse(f"access:{name}", args=[item.public_id])).status_code == 403


def test_an_item_in_the_bin_has_no_register(host, item, url):
    item.deleted_at = timezone.now()
    item.save()
    assert host.get(url("register")).status_code == 404


def test_undo_is_offered_for_a_minute(host, item, url, owner):
    ada = invite(item, "Ada Lovelace")
    managing.revoke(invitation=ada, by=owner)
    assert "The invitation for Ada Lovelace was withdrawn" in text_of_page(
        host.get(url("register"))
    )
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert "was withdrawn" not in text_of_page(host.get(url("register")))


def test_the_undo_is_offered_to_whoever_took_it_back_alone(client_of, co_editor, item, url, owner):
    managing.revoke(invitation=invite(item, "Ada Lovelace"), by=owner)
    assert "was withdrawn" not in text_of_page(client_of(co_editor).get(url("register")))


def test_acts_need_a_csrf_token(owner, item, url, invitation):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    for name, _method, args in PAGES[4:]:
        address = url(name, *[invitation.pk for _arg in args])
        assert client.post(address, {"act": "revoke", "pk": invitation.pk}).status_code == 403, name
    invitation.refresh_from_db()
    assert invitation.revoked_at is None
