"""The rows of the register, which are drawn by an outline."""

import pytest
from django.utils import timezone, translation

from access.invitations.models import Certainty, InvitationRole
from access.register.drawing import ROW, Look, RowsOf, _values_of
from access.register.querysets import page_of_register, register_of
from access.register.rows import InviteeRow
from media_items.abilities import Ability
from tests import factories

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
