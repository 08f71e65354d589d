"""What hosts do to the invited: one by one from the row, and many at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.utils import timezone

from access.audit.models import AccessEvent, Act
from access.invitations.models import (
    Invitation,
    InvitationProof,
    InvitationRole,
    MailKind,
)
from access.links import invitation_address, invitation_token, read_invitation_token
from access.mail.models import OutgoingMail
from access.register.acts import ACTS
from media_items.catalogue.models import Kind
from media_items.selections import MOST_AT_ONCE
from tests import factories
from tests.conftest import client_with_proofs
from tests.reading import text_of

pytestmark = pytest.mark.django_db

WITH_ANSWER = {
    "change_role": {"role": "collaborator"},
    "prolong": {"last_day": f"{timezone.now() + timedelta(days=30):%Y-%m-%d}"},
    "correct_address": {"email": "right@example.org"},
    "new_address": {"browsers": "stay"},
}
WITH_UNCHANGED = {"prolong": {"last_day": ""}, "new_address": {"browsers": "stay"}}
SINGLE = [(key, act.url_name) for key, act in ACTS.items()]
SILENT = [one for one in SINGLE if not ACTS[one[0]].shows_link]


@pytest.fixture
def waiting(item):
    """Invited, not yet here."""
    return factories.InvitationFactory(item=item, email="wrogn@example.org")


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def again(row):
    return type(row).objects.get(pk=row.pk)


# --- each act is a page of its own ----------------------------------------------------------------


@pytest.mark.parametrize(("key", "name"), SINGLE)
def test_an_act_is_a_page_that_changes_nothing_and_for_htmx_only_its_body(
    host, url, waiting, key, name
):
    before = Invitation.objects.values().get()
    page = host.get(url(name, waiting.pk))
    assert page.status_code == 200
    assert "<html" in text_of(page)
    assert "wrogn@example.org" in text_of(page)
    part = host.get(url(name, waiting.pk), headers={"HX-Request": "true"})
    assert "<html" not in text_of(part)
    assert 'id="dialog-title"' in text_of(part)
    assert Invitation.objects.values().get() == before
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(("key", "name"), SILENT)
def test_after_an_act_one_is_back_where_one_was(host, url, waiting, key, name):
    answer = WITH_ANSWER.get(key, {})
    there = url("register") + "?show=not-yet&page=2"
    response = host.post(url(name, waiting.pk), {**answer, "next": there})
    assert (response.status_code, response["Location"]) == (302, there)
    if not said(response):  # with Undo, in the list
        assert name in {"change_invitation_role", "revoke_invitation"}
        assert "Undo" in text_of(host.get(there))


@pytest.mark.parametrize(("key", "name"), SILENT)
def test_htmx_loads_the_page_behind_anew(host, url, waiting, key, name):
    answer = WITH_ANSWER.get(key, {})
    response = host.post(url(name, waiting.pk), answer, headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Refresh"]) == (204, "true")


@pytest.mark.parametrize("key", ["send_again", "remind", "prolong", "new_address"])
def test_what_is_done_is_said_though_the_list_still_offers_to_undo_what_was_before(
    host, url, three, key
):
    pick(host, url, three, "change_role", sure="yes", role="collaborator")
    response = pick(host, url, three, key, sure="yes", **WITH_UNCHANGED.get(key, {}))
    assert said(response) == [str(ACTS[key].done % {"count": 3})]


def test_a_link_that_was_reset_is_shown_and_copied(host, url, waiting):
    asked = url("new_invitation_address", waiting.pk), {"browsers": "stay"}
    response = host.post(*asked, headers={"HX-Request": "true"})
    assert "invitations-changed" in response["HX-Trigger"]  # the list behind it
    assert "New link for" in text_of(response)
    assert 'data-copy-now="#invite-link-address"' in text_of(response)
    assert f'value="{invitation_address(again(waiting))}"' in text_of(response)
    page = host.post(*asked, follow=True)
    assert "The old link no longer works." in text_of(page)
    assert f'value="{invitation_address(again(waiting))}"' in text_of(page)
    assert "data-copy-now" not in text_of(page)


def test_nobody_is_sent_to_another_site(host, url, waiting):
    response = host.post(url("revoke_invitation", waiting.pk), {"next": "https://evil.example/"})
    assert response["Location"] == url("register")


@pytest.mark.parametrize(("key", "name"), SINGLE)
def test_an_invitation_of_another_item_is_not_reached_through_ones_own(host, url, key, name):
    foreign = factories.InvitationFactory()
    before = Invitation.objects.values().get()
    answer = WITH_ANSWER.get(key, {})
    assert host.get(url(name, foreign.pk)).status_code == 404
    assert host.post(url(name, foreign.pk), answer).status_code == 404
    assert pick(host, url, [foreign], "undo_revoke").status_code == 404
    picked = {**answer, "act": key, "pk": foreign.pk, "sure": "yes"}
    assert host.post(url("register_act"), picked).status_code in {404, 422}
    assert Invitation.objects.values().get() == before


@pytest.mark.parametrize("nonsense", ["9" * 5_000, str(2**64), "-1", "٣", "x"])
def test_what_is_no_key_picks_nobody(host, url, nonsense):
    response = host.post(url("register_act"), {"act": "revoke", "pk": nonsense, "sure": "yes"})
    assert response.status_code == 422
    assert "Nobody is selected" in text_of(response)


@pytest.mark.parametrize(("key", "name"), [one for one in SINGLE if one[0] != "revoke"])
def test_nothing_is_done_to_an_invitation_taken_back(host, url, item, key, name):
    old = factories.InvitationFactory(item=item, revoked=True)
    before = Invitation.objects.values().get()
    response = host.post(url(name, old.pk), WITH_ANSWER.get(key, {}))
    assert response.status_code == 422
    assert Invitation.objects.values().get() == before
    assert not OutgoingMail.objects.exists()


# --- what each does -------------------------------------------------------------------------------


def test_a_new_role_is_felt_at_the_next_request_with_the_same_link(
    host, url, item, invitation, invitee_client
):
    token = invitation_token(invitation)
    assert invitee_client.get(item.get_absolute_url() + "edit/").status_code == 403
    host.post(url("change_invitation_role", invitation.pk), {"role": "collaborator"})
    assert invitee_client.get(item.get_absolute_url() + "edit/").status_code == 200
    assert invitation_token(again(invitation)) == token


def test_a_role_the_kind_does_not_have_is_not_offered_and_refused(host, url, invitation):
    assert "Speaker" not in text_of(host.get(url("change_invitation_role", invitation.pk)))
    response = host.post(url("change_invitation_role", invitation.pk), {"role": "speaker"})
    assert response.status_code == 422
    assert again(invitation).role == InvitationRole.VIEWER


def test_taken_back_is_out_at_the_next_request_and_back_after_undo(
    host, url, item, invitation, invitee_client
):
    assert invitee_client.get(item.get_absolute_url()).status_code == 200
    host.post(url("revoke_invitation", invitation.pk))
    assert invitee_client.get(item.get_absolute_url()).status_code in {403, 404}
    assert 'value="undo_revoke"' in text_of(host.get(url("register")))
    pick(host, url, [invitation], "undo_revoke")
    assert invitee_client.get(item.get_absolute_url()).status_code == 200


def test_after_a_minute_undo_is_too_late_and_says_so(host, url, invitation):
    host.post(url("revoke_invitation", invitation.pk))
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        response = pick(host, url, [invitation], "undo_revoke")
    assert "too late" in " ".join(said(response))
    assert again(invitation).revoked_at


@pytest.mark.parametrize(
    ("key", "undo", "words"),
    [
        ("revoke", "undo_revoke", "3 invitations work again."),
        ("change_role", "undo_change_role", "3 people have their old roles again."),
    ],
)
def test_undoing_twice_is_undoing_once(host, url, three, key, undo, words):
    pick(host, url, three, key, sure="yes", **WITH_ANSWER.get(key, {}))
    events = []
    for _twice in range(2):
        assert set(said(pick(host, url, three, undo))) == {words}
        events.append(AccessEvent.objects.count())
    assert events[0] == events[1]


def test_nobody_undoes_what_another_host_withdrew(host, url, invitation, client_of, co_editor):
    host.post(url("revoke_invitation", invitation.pk))
    response = pick(client_of(co_editor), url, [invitation], "undo_revoke")
    assert "too late" in " ".join(said(response))
    assert again(invitation).revoked_at


def test_undo_never_makes_two_of_one_person(host, url, item, invitation):
    host.post(url("revoke_invitation", invitation.pk))
    factories.InvitationFactory(item=item, email=invitation.email)
    pick(host, url, [invitation], "undo_revoke")
    assert again(invitation).revoked_at


@pytest.mark.parametrize(
    ("name", "kind"),
    [("resend_invitation", MailKind.AGAIN), ("remind_invitation", MailKind.REMINDER)],
)
def test_another_mail_is_asked_for_once_and_prolongs_nothing(host, url, waiting, name, kind):
    day = timezone.now() + timedelta(days=3)
    Invitation.objects.update(expires_at=day)
    assert host.post(url(name, waiting.pk)).status_code == 302
    assert host.post(url(name, waiting.pk)).status_code == 422  # one waits already
    assert OutgoingMail.objects.get().kind == kind
    assert again(waiting).expires_at == day


@time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=UTC))
def test_another_mail_prolongs_when_asked(host, url, waiting):
    host.post(url("resend_invitation", waiting.pk), {"last_day": "2026-11-30"})
    assert again(waiting).expires_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert OutgoingMail.objects.get().kind == MailKind.AGAIN


def test_whoever_has_answered_is_not_reminded(host, url, invitation):
    assert host.post(url("remind_invitation", invitation.pk)).status_code == 422
    assert url("remind_invitation", invitation.pk) not in text_of(host.get(url("register")))
    assert not OutgoingMail.objects.exists()


@time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=UTC))
def test_prolonging_revives_an_expired_invitation_through_the_end_of_the_day(
    host, url, item, invitation, invitee_client
):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert invitee_client.get(item.get_absolute_url()).status_code in {403, 404}
    past = host.post(url("prolong_invitation", invitation.pk), {"last_day": "2026-11-22"})
    assert past.status_code == 422
    host.post(url("prolong_invitation", invitation.pk), {"last_day": "2026-11-23"})
    assert again(invitation).expires_at == datetime(2026, 11, 24, tzinfo=UTC)
    assert invitee_client.get(item.get_absolute_url()).status_code == 200
    host.post(url("prolong_invitation", invitation.pk), {"last_day": ""})
    assert again(invitation).expires_at is None


def test_a_mistyped_address_is_corrected_and_mailed_in_place(host, url, waiting, mail):
    mail(waiting, refused_at=timezone.now())
    old = invitation_token(waiting)
    wrong = host.post(url("correct_invitation_address", waiting.pk), {"email": "no address"})
    assert wrong.status_code == 422
    assert "full email address" in text_of(wrong)
    host.post(url("correct_invitation_address", waiting.pk), {"email": " Wrong@Example.ORG "})
    assert again(waiting).email == "wrong@example.org"
    assert OutgoingMail.objects.order_by("-pk").first().address == "wrong@example.org"
    assert read_invitation_token(old).key_version != again(waiting).key_version


def test_a_corrected_address_that_is_invited_already_is_refused(host, url, item, waiting):
    factories.InvitationFactory(item=item, email="taken@example.org")
    response = host.post(
        url("correct_invitation_address", waiting.pk), {"email": "taken@example.org"}
    )
    assert response.status_code == 422
    assert "already invited" in text_of(response)


def test_the_address_of_somebody_who_came_stays(host, url, invitation):
    response = host.post(
        url("correct_invitation_address", invitation.pk), {"email": "other@example.org"}
    )
    assert response.status_code == 422
    assert again(invitation).email == "grace@example.org"


@pytest.mark.parametrize(("answer", "status"), [("stay", {200}), ("end", {403, 404})])
def test_a_new_address_ends_the_old_link_and_on_choice_the_browsers(
    host, url, item, invitation, invitee_client, answer, status
):
    assert host.post(url("new_invitation_address", invitation.pk), {}).status_code == 422
    host.post(url("new_invitation_address", invitation.pk), {"browsers": answer})
    assert again(invitation).key_version != 1
    assert invitee_client.get(item.get_absolute_url()).status_code in status
    assert InvitationProof.objects.filter(ended_at=None).exists() is (answer == "stay")


def test_every_act_is_written_down_with_its_host(host, url, owner, waiting):
    for key, name in SINGLE:
        host.post(url(name, waiting.pk), WITH_ANSWER.get(key, {}))
        OutgoingMail.objects.update(sent_at=timezone.now())
    acts = set(AccessEvent.objects.filter(actor=owner).values_list("act", flat=True))
    assert acts == {
        Act.INVITATION_CHANGED,
        Act.INVITATION_SENT,
        Act.INVITATION_NEW_ADDRESS,
        Act.INVITATION_REVOKED,
    }


# --- many at once ---------------------------------------------------------------------------------


@pytest.fixture
def three(item):
    return [
        factories.InvitationFactory(item=item, email=f"p{n}@example.org", first_name=f"P{n}")
        for n in range(3)
    ]


def pick(host, url, rows, act, **fields):
    keys = [row.pk for row in rows]
    return host.post(url("register_act"), {"act": act, "pk": keys, **fields})


@pytest.mark.parametrize("key", [key for key, act in ACTS.items() if act.for_many])
def test_an_act_on_many_asks_first(host, url, three, key):
    before = list(Invitation.objects.order_by("pk").values())
    response = pick(host, url, three, key, **WITH_ANSWER.get(key, {}))
    assert response.status_code == 200
    assert all(f"p{n}@example.org" in text_of(response) for n in range(3))
    assert 'name="sure"' in text_of(response)
    assert list(Invitation.objects.order_by("pk").values()) == before
    assert not OutgoingMail.objects.exists()


def test_many_are_taken_back_and_undone_together(host, url, three):
    response = pick(host, url, three, "revoke", sure="yes")
    assert said(response) == []  # the list says it, with Undo
    assert Invitation.objects.live().count() == 0
    page = text_of(host.get(url("register")))
    assert "The invitations for P2 Hopper, P1 Hopper, P0 Hopper were withdrawn." in page
    assert page.count('value="undo_revoke"') == 1
    pick(host, url, three, "undo_revoke")
    assert Invitation.objects.live().count() == 3


def test_what_does_not_fit_one_is_done_for_the_others_and_said(host, url, item, three):
    came = factories.InvitationFactory(item=item, accepted=True, first_name="Came")
    asked = text_of(pick(host, url, [*three, came], "remind"))
    assert "People to whom this applies: 3 of 4" in asked
    response = pick(host, url, [*three, came], "remind", sure="yes")
    assert OutgoingMail.objects.count() == 3
    assert not came.mails.exists()
    assert "Not changed: Came Hopper" in " ".join(said(response))


def test_roles_are_checked_for_each_of_many(host, url, three):
    assert pick(host, url, three, "change_role", sure="yes", role="moderator").status_code == 422
    pick(host, url, three, "change_role", sure="yes", role="collaborator")
    assert set(Invitation.objects.values_list("role", flat=True)) == {"collaborator"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"act": "revoke"}, "Nobody is selected"),
        ({"act": "revoke", "pk": "x"}, "Nobody is selected"),
        ({"act": ""}, "Choose what to do"),
        ({"act": "delete_everything", "pk": "1"}, "Choose what to do"),
        ({"act": "correct_address", "pk": "1"}, "Choose what to do"),
    ],
)
def test_a_selection_that_says_nothing_is_answered_kindly(host, url, fields, words):
    response = host.post(url("register_act"), fields)
    assert response.status_code == 422
    assert words in text_of(response)


def many(item, number):
    return Invitation.objects.bulk_create(
        factories.InvitationFactory.build(
            item=item, email=f"p{n}@example.org", first_name="P", last_name=f"{n:03}"
        )
        for n in range(number)
    )


def test_five_hundred_at_once_and_no_more(host, url, item):
    rows = many(item, MOST_AT_ONCE + 1)
    response = pick(host, url, rows, "revoke", sure="yes")
    assert response.status_code == 422
    assert "up to 500 people" in text_of(response)
    assert Invitation.objects.live().count() == MOST_AT_ONCE + 1
    everything = host.post(url("register_act"), {"act": "revoke", "everything": "yes"})
    assert "up to 500 people" in text_of(everything)
    assert "Select all 501" not in text_of(host.get(url("register")))


def test_all_that_the_filter_finds_are_selected_on_every_page(host, url, item):
    rows = many(item, 60)
    rows[0].accepted_at = timezone.now()
    rows[0].save()
    page = text_of(host.get(url("register"), {"show": "not-yet"}))
    assert "Select all 59" in page
    assert 'name="filter" value="show=not-yet"' in page
    asked = host.post(
        url("register_act"),
        {"act": "revoke", "everything": "yes", "filter": "show=not-yet", "pk": rows[1].pk},
    )
    text = text_of(asked)
    assert "59 people, on all pages of this list" in text
    assert "and 49 more people" in text
    # The question is answered for those it has counted and the filter still finds.
    rows[1].accepted_at = timezone.now()
    rows[1].save()
    late = factories.InvitationFactory(item=item, email="late@example.org")
    counted = asked.context["selection"].keys
    response = host.post(
        url("register_act"),
        {
            "act": "revoke",
            "everything": "yes",
            "filter": "show=not-yet",
            "pk": counted,
            "sure": "yes",
        },
    )
    assert said(response) == ["1 person no longer matches the list and was left as they were."]
    assert "and 55 more people were withdrawn." in text_of(host.get(url("register")))
    assert set(Invitation.objects.live()) == {rows[0], rows[1], late}


def test_everything_of_a_list_on_one_page_is_not_offered(host, url, item):
    many(item, 50)
    assert "Select all 50" not in text_of(host.get(url("register")))


def test_new_roles_of_many_are_undone_unless_something_was_done_since(host, url, item, owner):
    rows = many(item, 6)
    rows[5].role = "collaborator"
    rows[5].save()
    pick(host, url, rows, "change_role", sure="yes", role="collaborator")
    page = text_of(host.get(url("register")))
    assert "The roles of P 00" in page
    assert "and 2 more people were changed." in page
    pick(host, url, rows[:1], "change_role", sure="yes", role="viewer")
    response = pick(host, url, rows, "undo_change_role")
    assert "5 people have their old roles again." in said(response)
    assert "too late" in " ".join(said(response))
    roles = Invitation.objects.order_by("pk").values_list("role", flat=True)
    assert list(roles) == ["collaborator", *["viewer"] * 4, "collaborator"]
    assert "The roles of" not in text_of(host.get(url("register")))


def test_an_undone_role_is_written_down_and_is_too_late_after_a_minute(
    host, url, invitation, client_of, co_editor
):
    pick(host, url, [invitation], "change_role", sure="yes", role="collaborator")
    assert "was changed" not in text_of(client_of(co_editor).get(url("register")))
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        response = pick(host, url, [invitation], "undo_change_role")
    assert "too late" in " ".join(said(response))
    pick(host, url, [invitation], "undo_change_role")
    assert again(invitation).role == "viewer"
    assert AccessEvent.objects.order_by("-pk").first().details["undone"] == "change_role"


def test_a_selection_with_somebody_elses_invitation_does_nothing_at_all(host, url, three):
    foreign = factories.InvitationFactory()
    response = pick(host, url, [*three, foreign], "revoke", sure="yes")
    assert response.status_code == 404
    assert Invitation.objects.live().count() == 4


def test_roles_above_the_hosts_own_are_refused_by_the_service_for_a_moderator(owner):
    """The register is not theirs; should a page ever offer it, the service still says no."""
    item = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM)
    proof = factories.InvitationProofFactory(
        invitation__item=item, invitation__role=InvitationRole.MODERATOR
    )
    viewer = factories.InvitationFactory(item=item)
    client = client_with_proofs(proof)
    address = f"/media/{item.public_id}/invitations/{viewer.pk}/role/"
    assert client.post(address, {"role": "moderator"}).status_code == 403
    assert again(viewer).role == InvitationRole.VIEWER
