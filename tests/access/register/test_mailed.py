"""The register says by itself what has become of the mails on their way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from access.invitations.models import InvitationState, MailKind
from access.mail.models import OutgoingMail
from tests import factories
from tests.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def invite(item):
    def make(name):
        invitation = factories.InvitationFactory(item=item, email=f"{name}@example.org")
        mail = OutgoingMail.objects.create(
            about=invitation, kind=MailKind.INVITE, address=invitation.email
        )
        return invitation, mail

    return make


def became(mail, **columns):
    OutgoingMail.objects.filter(pk=mail.pk).update(**columns)


def ask(client, url, *invitations, query=""):
    return client.get(
        url("mailed_rows"),
        {"pk": [one.pk for one in invitations]},
        headers={
            "hx-request": "true",
            "hx-current-url": f"http://testserver{url('register')}{query}",
        },
    )


def test_the_page_asks_while_a_row_waits_and_only_then(host, url, invite):
    _waiting, mail = invite("ada")
    page = text_of(host.get(url("register")))
    assert str(InvitationState.WAITING.label) in page
    assert url("mailed_rows") in page
    became(mail, sent_at=timezone.now())
    page = text_of(host.get(url("register")))
    assert str(InvitationState.SENT.label) in page
    assert url("mailed_rows") not in page


def test_while_all_wait_the_answer_is_empty_and_takes_one_question(
    host, url, invite, django_assert_num_queries
):
    few, many = [invite("ada")[0]], [invite(f"p{n}")[0] for n in range(11)]
    ask(host, url, *few)
    with django_assert_num_queries(5):
        assert ask(host, url, *few).status_code == 204
    with django_assert_num_queries(5):
        response = ask(host, url, *many)
    assert (response.status_code, response.content) == (204, b"")
    assert "no-store" in response["Cache-Control"]


def test_what_has_gone_comes_as_a_row_and_what_waits_does_not(host, url, invite):
    (gone, mail), (waiting, _mail) = invite("ada"), invite("grace")
    became(mail, sent_at=timezone.now())
    answer = text_of(ask(host, url, gone, waiting))
    assert str(InvitationState.SENT.label) in answer
    assert f'id="invitation-state-{gone.pk}"' in answer
    assert "data-awaits" not in answer
    assert f'id="invitation-state-{waiting.pk}"' not in answer


def test_what_failed_brings_its_reason_its_mend_and_the_number_of_problems(host, url, invite):
    refused, mail = invite("ada")
    became(mail, refused_at=timezone.now(), answer="550 no such user here")
    answer = text_of(ask(host, url, refused, query="?sort=name"))
    assert "550 no such user here" in answer
    mend = url("correct_invitation_address", refused.pk)
    assert f'href="{mend}?next={url("register").replace("/", "%2F")}%3Fsort%3Dname"' in answer
    problems = answer.partition('id="count-problems"')[2].partition("</a>")[0]
    assert '<strong class="numbers">1</strong>' in problems


def test_who_came_while_their_reminder_waited_is_told_of_too(host, url, invite):
    invitation, _mail = invite("ada")
    type(invitation).objects.filter(pk=invitation.pk).update(accepted_at=timezone.now())
    assert str(InvitationState.ACCEPTED.label) in text_of(ask(host, url, invitation))


def test_a_mail_that_is_tried_again_waits(host, url, invite):
    invitation, mail = invite("ada")
    became(mail, attempts=1, next_try_at=timezone.now() + timedelta(hours=1))
    assert ask(host, url, invitation).status_code == 204


def test_nobody_is_shown_rows_of_another_item(host, url, mail):
    elsewhere = factories.InvitationFactory()
    mail(elsewhere)
    assert ask(host, url, elsewhere).status_code == 204
    assert host.get(url("mailed_rows"), {"pk": ["x", "9" * 40, "-1"]}).status_code == 204


def test_outsiders_are_told_nothing(outsiders, url, invite, mail):
    invitation, _waiting = invite("ada")
    mail(invitation)
    for who, (client, status) in outsiders.items():
        assert ask(client, url, invitation).status_code == status, who


def test_the_page_of_a_person_asks_and_is_told_in_the_same_way(host, item, invite):
    invitation, mail = invite("ada")
    address = reverse("access:person_outside", args=[f"i{invitation.pk}"])
    asking = {"pk": [invitation.pk]}
    page = text_of(host.get(address))
    assert "data-patient" in page
    assert "data-awaits" in page
    response = host.get(address, asking, headers={"hx-request": "true"})
    assert (response.status_code, response.content) == (204, b"")
    became(mail, sent_at=timezone.now())
    answer = text_of(host.get(address, asking, headers={"hx-request": "true"}))
    assert str(InvitationState.SENT.label) in answer
    assert f'id="invitation-state-{invitation.pk}"' in answer
    assert "data-awaits" not in answer
    assert "<html" not in answer
    assert "data-patient" not in text_of(host.get(address))
