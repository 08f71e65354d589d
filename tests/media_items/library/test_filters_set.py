"""How many filters of a list are set: out of place beside its fragment, in place in its page."""

from __future__ import annotations

import pytest

from tests import factories

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
GONE_BACK = {**HTMX, "HX-History-Restore-Request": "true"}


@pytest.fixture
def addresses(owner):
    """Of lists with one filter set."""
    published = factories.PublicationFactory(item__owner=owner)
    item, gallery = published.item, published.gallery
    factories.GalleryMembershipFactory(gallery=gallery, user=owner)
    return [
        f"/media/?kind={item.kind}",
        f"{gallery.get_absolute_url()}?kind={item.kind}",
        f"{item.get_absolute_url()}access/?role=viewer",
    ]


@pytest.mark.parametrize("number", range(3))
def test_a_page_that_htmx_asks_for_to_go_back_keeps_it(client_of, owner, addresses, number):
    browser = client_of(owner)
    fragment, page = (browser.get(addresses[number], headers=one).text for one in (HTMX, GONE_BACK))
    assert 'id="filters-set" hx-swap-oob="true"' in fragment
    assert fragment.count('id="filters-set"') == page.count('id="filters-set"') == 1
    assert "hx-swap-oob" not in page
    assert "1 filter is set" in page
