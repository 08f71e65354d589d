"""Numbers in an address line that no row has are nothing found, not a broken page."""

from __future__ import annotations

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("digits", [18, 19, 30, 5000])
@pytest.mark.parametrize(("name", "field"), [("guests", "link"), ("guest_links", "made")])
def test_a_number_beyond_any_id_breaks_no_page(client_of, owner, item, name, field, digits):
    address = reverse(f"access:{name}", args=[item.public_id])
    assert client_of(owner).get(f"{address}?{field}={'9' * digits}").status_code == 200
