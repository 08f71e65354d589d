"""An address as mail programs and sheets give it, in every field for one address."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from access.address_fields import AddressField
from access.invitations.models import Invitation


@pytest.mark.parametrize(
    "typed",
    [
        "ada@example.edu",
        " ada@example.edu; ",
        "ada@example.edu,",
        "ada@example.edu.",
        "<ada@example.edu>",
        "mailto:ada@example.edu",
        "mailto:ada@example.edu?subject=Hello",
        "Ada Lovelace <ada@example.edu>",
        '"Lovelace, Ada" <ADA@example.edu>',
        "ada@example.edu<mailto:ada@example.edu>",
        "ada@example.edu، ",
        "“ada@example.edu”",
        "'ada@example.edu'",
        "<mailto:ada@example.edu?subject=Hello>;",
        "Ada <ada@example.edu>.",
        "ada@example.edu <ada@example.edu>",
        "To: ada@example.edu",
    ],
)
def test_the_one_address_in_what_was_pasted_is_taken(typed):
    assert AddressField().clean(typed) == "ada@example.edu"


@pytest.mark.parametrize(
    "typed",
    [
        "ada@example.edu; grace@example.org",
        "ada@example.edu، grace@example.org",
        "ada@example.edu–x",
        "anna–maria@example.edu",
        "ada@@example.edu",
        "Ada Lovelace",
        "@example.edu",
        "grace@example.org <ada@example.edu>",
        # a slip of the finger within an address
        "grace:ada@example.edu",
        "to:ada@example.edu",
        'grace"ada@example.edu',
        "grace<ada@example.edu",
        "grace>ada@example.edu",
        "grace(ada@example.edu",
        "grace[ada@example.edu",
        "grace ada@example.edu",
        "grace。ada@example.edu",
        "grace,ada@example.edu",
        "grace：ada@example.edu",
        "ada@example.edu?y@example.org",
        "ada@example.edu>",
        "ada@example.edu:8080",
        "Grace <grace:ada@example.edu>",
        'Grace <grace"ada@example.edu>',
    ],
)
def test_two_addresses_or_none_are_refused(typed):
    with pytest.raises(ValidationError):
        AddressField().clean(typed)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "names", "wanted"),
    [
        ("Ada Lovelace <ada@example.edu>", {}, ("Ada", "Lovelace")),
        ("Lovelace, Ada <ada@example.edu>;", {}, ("Ada", "Lovelace")),
        ("Ada Lovelace <ada@example.edu>", {"first_name": "A."}, ("A.", "")),
        ("To: ada@example.edu", {}, ("", "")),
    ],
)
def test_a_single_invitation_takes_the_name_pasted_with_it(
    client_of, owner, item, typed, names, wanted
):
    address = reverse("access:invite_users", args=[item.public_id])
    client_of(owner).post(address, {"email": typed, "role": "viewer", **names})
    made = Invitation.objects.get()
    assert (made.email, made.first_name, made.last_name) == ("ada@example.edu", *wanted)
