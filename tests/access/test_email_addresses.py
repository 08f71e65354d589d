"""One mailbox is one address: however it is typed, wherever it is typed."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import assume, given
from hypothesis import strategies as st

from access.accounts.models import User
from access.accounts.services import create_account
from access.address_fields import AddressField
from access.blocks.models import Block
from access.email_addresses import (
    check_deliverable,
    is_good_email,
    masked,
    normal_email,
    shown_email,
)
from access.guests.models import Guest
from access.guests.refusals import Reason, Refused
from access.guests.services.joining import join
from access.invitations.models import Invitation
from access.invitations.people import Invitee, Inviter
from access.invitations.services.inviting import invite
from access.links import guest_link_token
from access.people_lists.parsing import read_people
from tests import factories
from tests.examples import examples

INVISIBLE = [
    "\u00ad", "\u034f", "\u180b", "\u200b", "\u2060", "\u3164", "\ufe0f", "\ufeff", "\U000e0101"
]  # fmt: skip
DOMAINS = {
    "münchen.de": "xn--mnchen-3ya.de",
    "bücher.example.org": "xn--bcher-kva.example.org",
    "faß.de": "xn--fa-hia.de",
    "κλαρα-σωλις.ευ": "xn----ylba7abgd9bnh0e.xn--qxa6a",
    "דוגמה.co.il": "xn--6dbbec0c.co.il",
    "نامه\u200cای.com": "xn--mgba3gch31f060k.com",
    "例え.jp": "xn--r8jz45g.jp",
    "mail.example.edu": "mail.example.edu",
}


def forms_of(local: str, shown: str, stored: str):
    """All the ways in which people, browsers and intruders write one mailbox."""

    @st.composite
    def written(draw) -> str:
        domain = draw(st.sampled_from([shown, stored, stored.upper()]))
        if domain == shown and not set(shown) & set("ßς"):
            domain = draw(st.sampled_from([shown, shown.upper(), shown.title()]))
        domain = "".join(
            draw(st.sampled_from([".", "。", "．", "｡"])) if one == "." else one for one in domain
        )
        domain += draw(st.sampled_from(["", ".", "。"]))
        name = draw(st.sampled_from([local, local.upper(), f'"{local}"', f'"\\{local}"']))
        address = f"{name}{draw(st.sampled_from('@＠'))}{domain}"
        for _ in range(draw(st.integers(0, 3))):
            at = draw(st.integers(0, len(address)))
            if not (at and address[at - 1] == "\\"):
                address = address[:at] + draw(st.sampled_from(INVISIBLE)) + address[at:]
        return draw(st.sampled_from(["", " ", "\u200e"])) + address

    return written()


@given(
    st.sampled_from(sorted(DOMAINS)).flatmap(
        lambda shown: st.tuples(st.just(shown), forms_of("uni", shown, DOMAINS[shown]))
    )
)
@examples(300)
def test_all_forms_of_one_mailbox_are_one_address(pair):
    shown, written = pair
    stored = normal_email(written)
    assert stored == f"uni@{DOMAINS[shown]}"
    assert shown_email(stored) == f"uni@{shown}"
    assert check_deliverable(written) == stored


@given(
    st.emails()
    | st.from_regex(r"[aßﬁ.\"\\ ]{1,5}@([axﬁß\u200d-]{1,6}[.。]){1,2}(de|ευ)", fullmatch=True)
)
@examples(300)
def test_the_form_of_an_address_is_its_own_form(text):
    once = normal_email(text)
    assume(is_good_email(once))
    assert normal_email(once) == once
    assert normal_email(shown_email(once)) == once


@given(
    st.emails()
    | st.from_regex(r"[!-~]{0,6}@?[!-~]{0,3}[Xx]?[Nn]?--[A-Za-z0-9._-]{0,5}\.?", fullmatch=True)
)
@examples(500)
def test_what_is_in_its_form_but_for_capitals_is_read_as_anything_else_is(text):
    """A sign that is not drawn belongs to no address, and with it none is in its form."""
    assert normal_email(text) == normal_email(text + "\u200b")


@pytest.mark.parametrize(
    "address", ["ada@i❤.ws", "ada@a..b", "ada@-.de", "ada@\u200b.de", "ada@", "@x.de"]
)
def test_what_no_mail_goes_to_is_refused(address):
    with pytest.raises(ValidationError):
        check_deliverable(address)


def test_different_mailboxes_stay_different():
    assert len({normal_email(one) for one in ("a@faß.de", "a@fass.de", "a@fas.de")}) == 3
    assert normal_email('"a b"@x.de') == normal_email('"a\\ b"@x.de') != normal_email("ab@x.de")


def test_a_masked_address_is_readable():
    assert masked("ada@xn--mnchen-3ya.de") == "a•••@münchen.de"


# --- at every door --------------------------------------------------------------------------------

FORMS = [
    "uni@münchen.de",
    "uni@xn--mnchen-3ya.de",
    '"uni"@mün\u034fchen.de',
    "uni@mün\ufe0fchen.de.",
]
STORED = "uni@xn--mnchen-3ya.de"


@pytest.mark.django_db
def test_one_mailbox_takes_one_place(link, client):
    for form in FORMS:
        address = reverse("access:join", args=[guest_link_token(link)])
        answer = type(client)().post(address, {"name": "Uni", "email": form})
        assert answer.status_code == 302, form
    assert [guest.email for guest in Guest.objects.all()] == [STORED]


@pytest.mark.django_db
@pytest.mark.parametrize("domain", ["bücher.de", "BÜCHER.de", "@bücher.de", "xn--bcher-kva.de"])
def test_a_link_for_one_domain_takes_it_in_the_form_that_browsers_send(
    domain, item, owner, client_of, client
):
    host = client_of(owner)
    made = reverse("access:create_guest_link", args=[item.public_id])
    host.post(made, {"name": "Course", "email_domains": domain})
    host.post(reverse("access:switch_on_guest_access", args=[item.public_id]))
    link = item.guest_links.get()
    assert link.email_domains == "xn--bcher-kva.de"
    edit = host.get(reverse("access:edit_guest_link", args=[item.public_id, link.pk]))
    assert "bücher.de" in edit.content.decode()
    assert "xn--bcher" not in edit.content.decode()
    for email in ("anna@bücher.de", "anna@xn--bcher-kva.de", "anna@lehre.bücher.de"):
        answer = type(client)().post(
            reverse("access:join", args=[guest_link_token(link)]), {"name": "Anna", "email": email}
        )
        assert answer.status_code == 302, email
    with pytest.raises(Refused) as refused:
        join(link=link, key_version=link.key_version, name="A", email="anna@bucher.de")
    assert refused.value.reason == Reason.DOMAIN


@pytest.mark.django_db
@pytest.mark.parametrize("form", FORMS)
def test_a_block_holds_for_every_form_of_the_mailbox(form, link):
    factories.BlockFactory(item=link.item, email=STORED, only_typed=True)
    with pytest.raises(Refused):
        join(link=link, key_version=link.key_version, name="Uni", email=form)


@pytest.mark.django_db
def test_one_mailbox_is_invited_once_and_shown_in_its_own_letters(item, owner, client_of):
    by = Inviter.by_account(owner, item)
    for form in FORMS:
        invite(item=item, by=by, people=[Invitee(form)], role="viewer")
    assert Invitation.objects.get(item=item).email == STORED
    page = client_of(owner).get(reverse("access:register", args=[item.public_id])).content.decode()
    assert "uni@münchen.de" in page
    assert "xn--" not in page
    found = client_of(owner).get(
        reverse("access:register", args=[item.public_id]), {"q": "münchen.de"}
    )
    assert "uni@münchen.de" in found.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("form", FORMS)
def test_one_mailbox_is_one_account_that_signs_in_by_any_form(form, client):
    user = User.objects.create_user(FORMS[0], factories.PASSWORD)
    assert user.email == STORED
    answer = client.post(
        reverse("access:sign_in"), {"username": form, "password": factories.PASSWORD}
    )
    assert answer.status_code == 302


@pytest.mark.django_db
def test_one_mailbox_is_one_person_of_a_list():
    found = read_people("\n".join(f"<{form}>" if form[0] != '"' else form for form in FORMS))
    assert {person.email for person in found} == {STORED}


@pytest.mark.django_db
def test_no_field_for_an_address_lets_the_browser_write_the_domain_anew(link, client):
    """Chromium makes `fass.de` of `faß.de` in a field of type email."""
    page = client.get(reverse("access:join", args=[guest_link_token(link)])).content.decode()
    assert 'type="email"' not in page
    assert 'inputmode="email"' in page


# --- rows stored before ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_rows_stored_before_get_the_one_form_and_mailboxes_stored_twice_become_one(item, link):
    removed = factories.GuestFactory(
        link=link, email="uni@mün\u034fchen.de", removed_at=link.created_at
    )
    twice = factories.GuestFactory(link=link, email="uni@münchen.de")
    factories.GuestAdmissionFactory(guest=twice)
    kept = factories.InvitationFactory(item=item, email="uni@münchen.de", accepted=True)
    goes = factories.InvitationFactory(item=item, email=STORED)
    factories.BlockFactory(item=item, email="uni@münchen.de", level=2)
    factories.BlockFactory(item=item, email=STORED, level=3, only_typed=True)
    type(link).objects.filter(pk=link.pk).update(email_domains="bücher.de\nxn--bcher-kva.de")
    for app in ("access.accounts", "access.guests", "access.invitations", "access"):
        import_module(f"{app}.migrations.0002_one_form_of_addresses").rename(apps, None)
    assert list(Guest.objects.values_list("pk", "email")) == [(removed.pk, STORED)]
    assert removed.admissions.count() == 1
    kept.refresh_from_db()
    goes.refresh_from_db()
    assert (kept.email, kept.revoked_at, goes.revoked_at is None) == (STORED, None, False)
    [block] = Block.objects.in_force()
    assert (block.email, block.level, block.only_typed) == (STORED, 3, False)
    link.refresh_from_db()
    assert link.domains == ["xn--bcher-kva.de"]


@pytest.mark.parametrize(
    "address",
    ["=?utf-8?q?ceo=40bank.com=2c?=@x.de", "=?utf-8?q?lena.brandt?=@example.edu", "a@[127.0.0.1]"],
)
def test_what_a_header_would_say_otherwise_is_no_address(address):
    assert not is_good_email(normal_email(address))
    with pytest.raises(ValidationError):
        check_deliverable(address)


# --- quotes ---------------------------------------------------------------------------------------

QUOTED = [
    '"ada."@x.de', '".ada"@x.de', '"a..b"@x.de', '"a b"@x.de', '"a@b"@x.de', '"a(b"@x.de',
    '"a\\"b"@x.de', '""@x.de', 'a."b"@x.de', '"a".b@x.de', 'x"ada"@x.de', 'a"b@x.de',
]  # fmt: skip


@pytest.mark.parametrize("address", QUOTED)
def test_a_mailbox_that_needs_quotes_is_no_address_and_the_field_says_why(address):
    """RFC 5321 allows some of them, no provider gives one, and programs read them differently."""
    assert not is_good_email(normal_email(address))
    with pytest.raises(ValidationError, match="quotation marks"):
        check_deliverable(address)
    with pytest.raises(ValidationError, match="quotation marks"):
        AddressField().clean(address)
    assert not any(is_good_email(person.email) for person in read_people(address))
    assert address in " ".join(person.typed for person in read_people(address))


@pytest.mark.parametrize("address", ['"ada"@x.de', '"a.b"@x.de', '"\\ada"@x.de'])
def test_quotes_that_are_not_needed_are_left_out(address):
    assert AddressField().clean(address) == normal_email(address) == address.translate(PLAIN)


PLAIN = str.maketrans("", "", '"\\')


@pytest.mark.django_db
def test_at_every_door_a_mailbox_that_needs_quotes_is_refused(link, client, item, owner, client_of):
    answer = client.post(
        reverse("access:join", args=[guest_link_token(link)]),
        {"name": "Ada", "email": '"ada."@x.de'},
    )
    assert answer.status_code == 422
    assert "quotation marks" in answer.content.decode()
    host = client_of(owner)
    invited = reverse("access:invite_users", args=[item.public_id])
    answer = host.post(invited, {"email": '"ada."@x.de', "role": "viewer"})
    assert "quotation marks" in answer.content.decode()
    made = reverse("access:create_guest_link", args=[item.public_id])
    answer = host.post(made, {"name": "Course", "email_domains": '"ada."@x.de'})
    assert answer.status_code == 422
    with pytest.raises(ValidationError, match="quotation marks"):
        create_account(email='"ada."@x.de', first_name="Ada", last_name="", send_mail=False)
    assert not Guest.objects.exists()
    assert not Invitation.objects.exists()
