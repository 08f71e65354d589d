"""What accounts, invitations, the outbox and lists of people keep about somebody, room by room."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from access.accounts.mails import SetPasswordMail
from access.accounts.models import User
from access.accounts.services import delete_account
from access.audit.models import AccessEvent, Act
from access.guests.services.guests import erase_guest
from access.invitations.models import Certainty, Invitation, InvitationCode, InvitationProof
from access.invitations.services.codes import CODE_MAIL
from access.invitations.services.managing import erase_invitation, revoke, undo_revoke
from access.invitations.services.new_links import NEW_LINK_ASKED
from access.links import invitation_token
from access.mail.models import OutgoingMail
from access.people_lists.models import Batch, BatchLine, LineVerdict
from access.proof_kinds import people_named
from access.proofs import parsed
from access.register.trail import TrailRow
from media_items import personal_data
from media_items.catalogue.models import Kind
from media_items.live.chat.models import ChatMessage
from media_items.live.sessions.models import LiveSession, Participant
from media_items.personal_data import Subject
from tests import factories
from tests.conftest import client_with_admissions, client_with_proofs
from tests.reading import text_of_page


@pytest.fixture
def room(owner):
    return factories.MediaItemFactory(owner=owner, kind=Kind.ROOM)


@pytest.fixture
def grace(room):
    """Invited, came, with a note, a code and a mail of each kind to her and about her."""
    one = factories.InvitationFactory(item=room, accepted=True, note="Bring the moth.")
    factories.InvitationProofFactory(invitation=one)
    code = InvitationCode.objects.create(invitation=one, expires_at=timezone.now())
    factories.OutgoingMailFactory(about=one, sent=True)
    factories.OutgoingMailFactory(about=code, kind=CODE_MAIL, address=one.email, sent=True)
    factories.OutgoingMailFactory(
        about=one, kind=NEW_LINK_ASKED, address=room.owner.email, sent=True
    )
    return one


def key_of(invitation):
    return f"invitation:{invitation.pk}"


def subject(item, *keys, **more):
    return Subject(item=item, keys=frozenset(keys), **more)


def wrote(item, key, text="From me"):
    """A participant with that key in a session of the item, and a message of theirs."""
    session = LiveSession.objects.filter(item=item).first()
    session = session or LiveSession.objects.create(item=item, opened_at=timezone.now())
    row = Participant.objects.create(session=session, key=key, name="Grace Hopper")
    return ChatMessage.objects.create(session=session, author=row, text=text)


# --- shown and exported ---------------------------------------------------------------------------


@pytest.fixture
def browser(grace):
    """Grace's: she came by a guest link, too."""
    link = factories.GuestLinkFactory(item=grace.item, access_on=True)
    admission = factories.GuestAdmissionFactory(guest__link=link)
    client = client_with_admissions(admission)
    session = client.session
    session["invitation_proofs"] = list(grace.proofs.values_list("pk", flat=True))
    session.save()
    return client


def test_a_guest_who_is_invited_too_sees_what_the_invitation_keeps(browser, grace):
    page = text_of_page(browser.get(reverse("access:guest_record", args=[grace.item.public_id])))
    for words in (
        "From your invitation",
        "Erasing your guest data doesn’t change it.",
        "Your invitation to",
        "Grace Hopper",
        grace.email,
        "Bring the moth.",
        "Device verified",
        "Emails to you",
        "Code",
    ):
        assert words in page
    assert grace.item.owner.email not in page


def test_the_file_of_such_a_guest_holds_it_all(browser, grace):
    file = browser.get(reverse("access:guest_record_file", args=[grace.item.public_id])).json()
    assert len(file["guest access"]) == 1
    (invited,) = file["invitations"]
    assert (invited["email"], invited["role"], invited["note"]) == (
        grace.email,
        "viewer",
        "Bring the moth.",
    )
    assert len(invited["browsers_proven_at"]) == 1
    assert {mail["what"] for mail in file["mails"]} == {"Invitation", "Code"}
    assert {mail["address"] for mail in file["mails"]} == {grace.email}


def test_a_guest_who_is_signed_in_sees_what_the_account_keeps(client_of, admission, stranger):
    client = client_of(stranger)
    session = client.session
    session["guest_admissions"] = [admission.pk]
    session.save()
    item = admission.guest.link.item
    page = text_of_page(client.get(reverse("access:guest_record", args=[item.public_id])))
    assert "Your account" in page
    assert stranger.email in page
    file = client.get(reverse("access:guest_record_file", args=[item.public_id])).json()
    assert [one["email"] for one in file["account"]] == [stranger.email]


def test_who_is_a_guest_and_nothing_else_sees_nothing_of_the_kind(guest_client, item, invitation):
    page = text_of_page(guest_client.get(reverse("access:guest_record", args=[item.public_id])))
    assert "From your invitation" not in page
    assert "From your account" not in page
    file = guest_client.get(reverse("access:guest_record_file", args=[item.public_id])).json()
    for part in ("account", "invitations", "mails", "lists of people"):
        assert part not in file


def test_erasing_as_a_guest_touches_neither_invitation_nor_mails(browser, grace):
    wrote(grace.item, key_of(grace))
    browser.post(reverse("access:erase_guest_record", args=[grace.item.public_id]))
    grace.refresh_from_db()
    assert grace.email
    assert grace.revoked_at is None
    assert OutgoingMail.objects.count() == 3
    assert ChatMessage.objects.get().text == "From me"


def test_an_invitation_is_nobodys_on_another_item(grace, item):
    elsewhere = subject(item, key_of(grace))
    assert "invitations" not in personal_data.export_of(elsewhere)


def test_many_mails_cost_as_many_queries_as_one(grace):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            personal_data.sections_of(subject(grace.item, key_of(grace)))
        return len(captured)

    few = queries()
    for _number in range(10):
        factories.OutgoingMailFactory(about=grace, sent=True)
        factories.InvitationProofFactory(invitation=grace)
    assert queries() == few


# --- invitations erased ---------------------------------------------------------------------------


def test_an_erased_invitation_is_taken_back_and_names_nobody(grace, owner):
    message = wrote(grace.item, key_of(grace))
    erase_invitation(invitation=grace, by=owner)
    grace.refresh_from_db()
    assert grace.revoked_at
    assert not any((grace.email, grace.first_name, grace.last_name, grace.note, grace.account))
    assert str(grace).startswith("Erased person")
    message.refresh_from_db()
    message.author.refresh_from_db()
    assert (message.text, message.author.name) == ("", "")
    assert [mail.kind for mail in OutgoingMail.objects.all()] == [NEW_LINK_ASKED]
    assert "invitations" not in personal_data.export_of(subject(grace.item, key_of(grace)))


def test_the_trail_says_that_it_was_erased_once(grace, owner):
    for _twice in range(2):
        erase_invitation(invitation=grace, by=owner)
    [event] = AccessEvent.objects.filter(invitation=grace)
    assert event.act == Act.INVITATION_REVOKED
    assert TrailRow(event).details == "Name and email erased"


def test_the_trail_says_that_a_withdrawn_invitation_was_erased(grace, owner):
    revoke(invitation=grace, by=owner)
    erase_invitation(invitation=grace, by=owner)
    events = AccessEvent.objects.filter(invitation=grace).order_by("pk")
    assert [event.act for event in events] == [Act.INVITATION_REVOKED, Act.INVITATION_CHANGED]
    assert [TrailRow(event).details for event in events] == ["", "Name and email erased"]


def test_the_browser_and_the_link_of_an_erased_invitation_let_nobody_in(grace, owner):
    client, token = client_with_proofs(grace.proofs.get()), invitation_token(grace)
    erase_invitation(invitation=grace, by=owner)
    for page in (grace.item.get_absolute_url(), reverse("access:invitation", args=[token])):
        answer = client.get(page)
        assert answer.status_code in {403, 404, 410}
        body = answer.content.decode()
        assert "This invitation no longer works" in body
        assert "Grace" not in body


def test_what_is_erased_cannot_be_undone(grace, owner):
    erase_invitation(invitation=grace, by=owner)
    assert not undo_revoke(invitation=grace, by=owner)
    grace.refresh_from_db()
    assert grace.revoked_at


def test_a_mail_that_waits_goes_to_nobody_once_it_is_erased(grace, owner, mailoutbox):
    mail = factories.OutgoingMailFactory(about=grace)
    erase_invitation(invitation=grace, by=owner)
    assert not OutgoingMail.objects.filter(pk=mail.pk).exists()
    assert mailoutbox == []


def test_an_invitation_in_force_is_erased_by_nothing_but_its_own_act(grace):
    personal_data.erase(subject(grace.item, key_of(grace)), moment=timezone.now())
    grace.refresh_from_db()
    assert grace.email
    assert grace.is_good_at(timezone.now())


def test_a_guest_who_typed_an_invited_address_erases_no_invitation(grace):
    """Nor one that was taken back: whose address it is has been proven by nobody."""
    Invitation.objects.update(revoked_at=timezone.now())
    guest = factories.GuestFactory(link__item=grace.item, email=grace.email)
    erase_guest(guest=guest, by=None)
    grace.refresh_from_db()
    assert grace.email
    assert OutgoingMail.objects.count() == 3


def test_an_erased_address_can_be_invited_again(grace, owner):
    email = grace.email
    erase_invitation(invitation=grace, by=owner)
    assert factories.InvitationFactory(item=grace.item, email=email).pk != grace.pk
    other = factories.InvitationFactory(item=grace.item)
    erase_invitation(invitation=other, by=owner)
    assert Invitation.objects.filter(email="").count() == 2


def test_an_erased_invitation_names_nobody_who_could_be_blocked(grace, owner):
    erase_invitation(invitation=grace, by=owner)
    assert people_named(parsed([key_of(grace)]), grace.item) == {}


def test_the_register_lists_an_erased_invitation_among_those_taken_back(client_of, grace, owner):
    erase_invitation(invitation=grace, by=owner)
    url = reverse("access:register", args=[grace.item.public_id])
    page = text_of_page(client_of(owner).get(url, {"state": "revoked"}))
    assert "Erased person" in page
    assert "Grace" not in page


def test_a_site_admin_erases_an_invitation_and_staff_without_the_right_do_not(client_of, grace):
    url = reverse("admin:invitations_invitation_changelist")
    chosen = {"action": "erase", "_selected_action": [grace.pk], "confirmed": "yes"}
    client_of(factories.UserFactory(is_staff=True)).post(url, chosen)
    grace.refresh_from_db()
    assert grace.email
    client_of(factories.UserFactory(is_staff=True, is_superuser=True)).post(url, chosen)
    grace.refresh_from_db()
    assert grace.email == ""


# --- accounts deleted -----------------------------------------------------------------------------


def test_with_an_account_its_words_and_mails_go_and_its_invitations_stay(room, owner, stranger):
    message = wrote(room, f"account:{stranger.pk}")
    kept = wrote(room, "account:0", "From another")
    invited = factories.InvitationFactory(item=room, email=stranger.email, account=stranger)
    factories.OutgoingMailFactory(
        about=stranger, kind=SetPasswordMail.name, address=stranger.email, sent=True
    )
    mail = factories.OutgoingMailFactory(about=invited, sent=True)
    delete_account(user=stranger, by=owner)
    for one in (message, kept):
        one.refresh_from_db()
        one.author.refresh_from_db()
    assert (message.text, message.author.name) == ("", "")
    assert (kept.text, kept.author.name) == ("From another", "Grace Hopper")
    invited.refresh_from_db()
    assert (invited.email, invited.account) == (stranger.email, None)
    assert list(OutgoingMail.objects.all()) == [mail]


def test_an_account_that_cannot_be_deleted_loses_no_word(room, owner):
    message = wrote(room, f"account:{owner.pk}")
    with pytest.raises(ProtectedError):
        delete_account(user=owner, by=owner)
    message.refresh_from_db()
    assert message.text == "From me"
    assert User.objects.filter(pk=owner.pk).exists()


# --- lists of people ------------------------------------------------------------------------------


def test_the_line_of_a_list_is_erased_with_the_invitation_it_led_to(grace, owner):
    batch = Batch.objects.create(item=grace.item, made_by=owner, role=grace.role)
    of_grace, other = (
        BatchLine.objects.create(
            batch=batch,
            number=number,
            typed=f"Grace <{email}>",
            email=email,
            first_name="Grace",
            verdict=LineVerdict.NEW,
            invitation=invitation,
        )
        for number, (email, invitation) in enumerate(
            [(grace.email, grace), ("else@example.org", None)]
        )
    )
    erase_invitation(invitation=grace, by=owner)
    for line in (of_grace, other):
        line.refresh_from_db()
    assert (of_grace.typed, of_grace.email, of_grace.first_name) == ("", "", "")
    assert other.email == "else@example.org"


# --- time -----------------------------------------------------------------------------------------


def test_housekeeping_gives_up_what_each_room_keeps_for_a_time_of_its_own(room, owner, settings):
    settings.GUEST_DATA_KEPT_DAYS = 400
    old = timezone.now() - timedelta(days=15)
    mail = {"about": owner, "kind": SetPasswordMail.name, "address": owner.email, "sent": True}
    factories.OutgoingMailFactory(**mail, asked_at=old)
    young = factories.OutgoingMailFactory(**mail)
    Batch.objects.create(item=room, made_by=owner, role="viewer", made_at=old)
    call_command("housekeeping")
    assert list(OutgoingMail.objects.all()) == [young]
    assert not Batch.objects.exists()


def test_an_invitation_and_an_account_have_no_time(room, owner):
    long_ago = timezone.now() - timedelta(days=4_000)
    kept = factories.InvitationFactory(item=room, created_at=long_ago)
    proof = InvitationProof.objects.create(
        invitation=kept, how=Certainty.CONFIRMED, proven_at=long_ago, expires_at=long_ago
    )
    personal_data.erase_older_than(timezone.now())
    kept.refresh_from_db()
    assert kept.email
    assert InvitationProof.objects.filter(pk=proof.pk).exists()
    assert User.objects.filter(pk=owner.pk).exists()


def test_every_part_does_nothing_for_nobody(room):
    personal_data.erase(subject(room), moment=timezone.now())
    nobody = subject(room, "account:0", "invitation:0", "guest:0", "nonsense")
    personal_data.erase(nobody, moment=timezone.now())
    assert not any(personal_data.export_of(nobody).values())


# --- who is shown what ----------------------------------------------------------------------------


def browser_of(admission, *, proof=None, account=None):
    browser = client_with_admissions(admission)
    if account is not None:
        browser.force_login(account)
    session = browser.session
    session["guest_admissions"] = [admission.pk]
    session["invitation_proofs"] = [proof.pk] if proof else []
    session.save()
    return browser


def test_a_typed_address_shows_nothing_of_whoever_was_invited(room, grace, settings):
    settings.INVITATION_PROOF = "address"
    wrote(room, key_of(grace), text="From the real one")
    link = factories.GuestLinkFactory(item=room, access_on=True)
    admission = factories.GuestAdmissionFactory(guest__link=link)
    typed = factories.InvitationProofFactory(invitation=grace, how=Certainty.TYPED)
    proven = factories.InvitationProofFactory(invitation=grace, how=Certainty.CONFIRMED)
    for name in ("guest_record", "guest_record_file"):
        address = reverse(f"access:{name}", args=[room.public_id])
        shown = browser_of(admission, proof=proven).get(address).content.decode()
        assert "Bring the moth." in shown
        assert "From the real one" in shown
        shown = browser_of(admission, proof=typed).get(address).content.decode()
        assert "Bring the moth." not in shown
        assert "From the real one" not in shown


def test_what_an_account_wrote_on_another_item_is_not_shown_here(room, owner, stranger):
    other = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM)
    wrote(other, f"account:{stranger.pk}", text="Said elsewhere")
    wrote(room, f"account:{stranger.pk}", text="Said here")
    link = factories.GuestLinkFactory(item=room, access_on=True)
    admission = factories.GuestAdmissionFactory(guest__link=link)
    browser = browser_of(admission, account=stranger)
    for name in ("guest_record", "guest_record_file"):
        shown = browser.get(reverse(f"access:{name}", args=[room.public_id])).content.decode()
        assert "Said here" in shown
        assert "Said elsewhere" not in shown


def test_a_name_that_came_back_while_it_was_erased_is_erased_by_the_next_time(room, grace):
    row = wrote(room, key_of(grace)).author
    erase_invitation(invitation=grace, by=None)
    Participant.objects.filter(pk=row.pk).update(name="Grace Hopper")
    personal_data.erase(subject(room, key_of(grace)), moment=timezone.now())
    row.refresh_from_db()
    assert row.name == ""
