"""Addresses in the administration: read in their own letters, found in both forms."""

from __future__ import annotations

import pytest

from access.audit.models import AccessEvent, Act
from access.guests.models import AccessRequest
from access.mail.models import OutgoingMail
from tests import factories
from tests.reading import unescaped

pytestmark = pytest.mark.django_db

STORED = "uni@xn--mnchen-3ya.de"
SHOWN = "uni@münchen.de"


@pytest.fixture
def uni():
    return factories.UserFactory(email=STORED, first_name="Jörg", last_name="Müller")


def mail(uni):
    return OutgoingMail.objects.create(kind="set_password", address=STORED, about=uni)


ROWS = {
    "accounts/user": lambda uni: uni,
    "guests/guest": lambda uni: factories.GuestFactory(email=STORED, name="Jörg Müller"),
    "guests/guestlink": lambda uni: factories.GuestLinkFactory(created_by=uni, name="Course"),
    "guests/accessrequest": lambda uni: AccessRequest.objects.create(
        item=factories.MediaItemFactory(),
        link=factories.GuestLinkFactory(),
        name="Jörg Müller",
        email=STORED,
    ),
    "invitations/invitation": lambda uni: factories.InvitationFactory(
        email=STORED, first_name="Jörg", last_name="Müller"
    ),
    "access/block": lambda uni: factories.BlockFactory(email=STORED),
    "access/outgoingmail": mail,
    "access/accessevent": lambda uni: AccessEvent.objects.create(
        act=Act.INVITED, item=factories.MediaItemFactory(), actor=uni
    ),
    "access/gallerymembership": lambda uni: factories.GalleryMembershipFactory(user=uni),
    "media_items/mediaitem": lambda uni: factories.MediaItemFactory(owner=uni),
}
WITH_ADDRESS = [name for name in ROWS if name.split("/")[1] not in {
    "guestlink", "accessevent", "gallerymembership", "mediaitem"
}]  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("typed", [STORED, SHOWN, "münchen.de", "MÜNCHEN.de", "xn--mnchen"])
def test_both_forms_of_an_address_are_found(admin_client, uni, name, typed):
    row = ROWS[name](uni)
    page = admin_client.get(f"/admin/{name}/", {"q": typed})
    assert row in page.context["cl"].result_list
    nobody = admin_client.get(f"/admin/{name}/", {"q": "bücher.de"})
    assert not len(nobody.context["cl"].result_list)


@pytest.mark.parametrize("name", WITH_ADDRESS)
def test_an_address_is_shown_in_its_own_letters(admin_client, uni, name):
    row = ROWS[name](uni)
    for address in (f"/admin/{name}/", f"/admin/{name}/{row.pk}/change/"):
        page = unescaped(admin_client.get(address))
        assert SHOWN in page
        assert "xn--" not in page


@pytest.mark.parametrize("name", ["accounts/user", "guests/guest", "invitations/invitation"])
def test_a_name_beside_an_address_narrows_what_is_found(admin_client, uni, name):
    row = ROWS[name](uni)
    other = factories.UserFactory(email="other@xn--mnchen-3ya.de", last_name="Other")
    found = admin_client.get(f"/admin/{name}/", {"q": "Müller münchen.de"}).context["cl"]
    assert list(found.result_list) == [row]
    assert other.pk


def test_the_mails_of_an_invitation_and_the_domains_of_a_link_are_readable(admin_client, uni):
    invitation = factories.InvitationFactory(email="a@example.edu")
    OutgoingMail.objects.create(kind="invite", address=STORED, about=invitation)
    page = unescaped(admin_client.get(f"/admin/invitations/invitation/{invitation.pk}/change/"))
    assert SHOWN in page
    assert "xn--" not in page
    link = factories.GuestLinkFactory(email_domains="xn--mnchen-3ya.de")
    page = unescaped(admin_client.get(f"/admin/guests/guestlink/{link.pk}/change/"))
    assert "münchen.de" in page
    assert "xn--" not in page
