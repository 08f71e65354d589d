"""The menus of the register's rows, which are drawn once for many."""

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from access.register.menus import RowMenus
from access.register.querysets import page_of_register, register_of
from access.register.rows import InviteeRow
from tests import factories

pytestmark = pytest.mark.django_db

NAMES = ["Ada", "<b onclick='x'>\"Ada\" & co</b>", "\ue0f0", "{{ one.pk }}", "&amp;", "8" * 19]


@pytest.mark.parametrize("path", ["/", "/?q=%EE%83%B0&sort=name", "/?q=8888888888888888888"])
def test_each_menu_is_what_its_template_says_of_its_row(item, mail, rf, path):
    for name in NAMES:
        for more in ({}, {"accepted": True}, {"declined": True}, {"expires_at": timezone.now()}):
            invitation = factories.InvitationFactory(item=item, first_name=name, **more)
            mail(invitation, sent_at=timezone.now())
    mail(factories.InvitationFactory(item=item))
    moment, request = timezone.now(), rf.get(path)
    page = page_of_register(register_of(item, moment).order_by("pk"), 1, moment)
    menus = RowMenus(request, item)
    rows = [InviteeRow(invitation) for invitation in page]
    assert len({(row.may_be_mailed, row.may_be_reminded, row.came) for row in rows}) == 4
    for row in rows:
        context = {"row": row, "one": row.invitation, "item": item}
        template = "access/register/_register_menu.html"
        assert menus.of(row) == render_to_string(template, context, request=request)
