"""The rows of the register, which are drawn by an outline."""

from itertools import product

import pytest
from django.utils import timezone, translation

from access.invitations.models import Certainty, InvitationRole, InvitationState
from access.register.drawing import ROW, Look, RowsOf, _values_of
from access.register.finding import FIND_FORM, FindInvitees
from access.register.querysets import Shown, Sort, page_of_register, register_of
from access.register.rows import InviteeRow
from media_items.abilities import Ability
from tests import factories
from tests.reading import text_of

pytestmark = pytest.mark.django_db

NAMES = ["Ada", "<b onclick='x'>\"Ada\" & co</b>", "Zq7stands0n", "{0} %s {{ pk }}", "8" * 19]


@pytest.fixture
def rows(item, mail):
    """One of each state, with odd names."""
    now = timezone.now()
    for name in NAMES:
        for more in (
            {},
            {"accepted": True, "certainty": Certainty.CONFIRMED, "last_seen_at": now},
            {"declined": True, "role": InvitationRole.COLLABORATOR},
            {"expires_at": now},
            {"revoked_at": now},
        ):
            invitation = factories.InvitationFactory(item=item, first_name=name, **more)
            mail(invitation, sent_at=now)
    blocked = factories.InvitationFactory(item=item, accepted=True)
    factories.BlockFactory(item=item, email=blocked.email)
    mail(factories.InvitationFactory(item=item))
    mail(factories.InvitationFactory(item=item), refused_at=now, answer='550 <no> "such" user')
    mail(factories.InvitationFactory(item=item, first_name="", last_name=""), failed_at=now)
    page = page_of_register(lambda: register_of(item, now).order_by("pk"), 1, timezone.now())
    return [InviteeRow(invitation) for invitation in page]


@pytest.mark.parametrize("language", ["en", "fr", "he"])
@pytest.mark.parametrize("path", ["/", "/?q=Zq7stands0n&sort=name", "/?q=8888888888888888888"])
def test_each_row_is_what_its_template_says_of_it(item, rows, rf, path, language):
    item.abilities = frozenset({Ability.MODERATE})
    page = RowsOf(rf.get(path), item)
    with translation.override(language):
        for row in rows:
            choices = {"look": Look.of(row, moderates=True)}
            values = {**page._same, **_values_of(row)}
            assert page.drawn(row) == ROW.anew(choices, **values)
    assert len({row.state for row in rows}) == 8


def test_nobody_is_let_back_by_whoever_does_not_moderate(item, rows, rf):
    item.abilities = frozenset({Ability.MODERATE})
    assert sum("let-back" in RowsOf(rf.get("/"), item).drawn(one) for one in rows) == 1
    item.abilities = frozenset()
    assert not any("let-back" in RowsOf(rf.get("/"), item).drawn(one) for one in rows)


@pytest.mark.parametrize("language", ["en", "fr", "he"])
def test_the_form_above_the_register_is_what_its_template_says(language):
    asked = product(Shown, ["", "viewer"], ["", *InvitationState], [*Sort])
    with translation.override(language):
        for show, role, state, sort in asked:
            find = FindInvitees("Zq7stands0n & <b>", show, role, state, sort)
            shape = FindInvitees("", show, role, state, sort)
            anew = FIND_FORM.anew({"find": shape}, path="/a/", words=find.words)
            assert find.form("/a/") == anew


def test_what_is_not_known_is_left_out():
    odd = {"q": "\0", "show": "all", "role": "owner", "state": "<b>", "sort": "size"}
    assert FindInvitees.of(odd) == FindInvitees()
    good = {"q": " Ada ", "show": "came", "role": "viewer", "state": "sent", "sort": "name"}
    found = FindInvitees.of(good)
    assert found == FindInvitees("Ada", Shown.CAME, "viewer", "sent", Sort.NAME)
    assert found.number_set == 2
    assert f'<option value="{found.state}" selected>' in found.form("/a/")


def test_the_form_above_the_list_is_drawn_for_whole_pages_only(host, url, item):
    whole = host.get(url("register"))
    assert 'role="search"' in text_of(whole)
    part = host.get(url("register"), headers={"hx-request": "true"})
    assert part.context["search"] == ""
    assert 'role="search"' not in text_of(part)
