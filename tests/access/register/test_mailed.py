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

NOTHING_TO_ASK_FOR = 286


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


def ask_of_person(client, *invitations, **query):
    asked = {"pk": [one.pk for one in invitations], **query}
    return client.get(reverse("access:mailed_to_person"), asked, headers={"hx-request": "true"})


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
    assert ask(host, url, elsewhere).status_code == NOTHING_TO_ASK_FOR
    garbage = {"pk": ["x", "9" * 40, "-1"]}
    assert host.get(url("mailed_rows"), garbage).status_code == NOTHING_TO_ASK_FOR


def test_asking_ends_with_the_last_row_that_is_there(host, url, invite):
    (waiting, mail), (gone, _mail) = invite("ada"), invite("grace")
    gone_key = type(gone)(pk=gone.pk)
    gone.delete()
    assert ask(host, url, waiting, gone_key).status_code == 204
    became(mail, sent_at=timezone.now())
    assert ask(host, url, waiting, gone_key).status_code == 200
    assert ask(host, url, gone_key).status_code == NOTHING_TO_ASK_FOR


def test_when_they_were_last_seen_comes_with_what_became_of_them(host, url, invite):
    invitation, _mail = invite("ada")
    moment = timezone.now()
    type(invitation).objects.update(accepted_at=moment, last_seen_at=moment)
    seen = f'id="invitation-seen-{invitation.pk}"'
    answers = ask(host, url, invitation), ask_of_person(host, invitation)
    for answer in map(text_of, answers):
        assert "<time" in answer.partition(seen)[2].partition("</td>")[0]


def test_a_problem_that_comes_brings_its_edge_also_without_words_of_the_server(host, url, invite):
    (failed, mail), (expired, _mail) = invite("ada"), invite("grace")
    became(mail, failed_at=timezone.now())
    type(expired).objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    answer = text_of(ask(host, url, failed, expired))
    for one in (failed, expired):
        assert f'<td class="table-actions register-mend" id="invitation-acts-{one.pk}"' in answer


def test_outsiders_are_told_nothing(outsiders, url, invite, mail):
    invitation, _waiting = invite("ada")
    mail(invitation)
    for who, (client, status) in outsiders.items():
        assert ask(client, url, invitation).status_code == status, who


def test_the_page_of_a_person_asks_and_is_told_in_the_same_way(host, item, invite):
    invitation, mail = invite("ada")
    address = reverse("access:person_outside", args=[f"i{invitation.pk}"])
    page = text_of(host.get(address))
    assert "data-patient" in page
    assert "data-awaits" in page
    assert f"#invitation-seen-{invitation.pk}" in page
    response = ask_of_person(host, invitation)
    assert (response.status_code, response.content) == (204, b"")
    assert "no-store" in response["Cache-Control"]
    became(mail, sent_at=timezone.now())
    answer = text_of(ask_of_person(host, invitation))
    assert str(InvitationState.SENT.label) in answer
    assert f'id="invitation-state-{invitation.pk}"' in answer
    assert "data-awaits" not in answer
    assert "<html" not in answer
    assert "data-patient" not in text_of(host.get(address))


def test_a_row_of_a_person_that_is_withdrawn_is_told_of_and_the_others_wait(host, owner, invite):
    waiting, _mail = invite("ada")
    other = factories.InvitationFactory(item__owner=owner, email=waiting.email)
    OutgoingMail.objects.create(about=other, kind=MailKind.INVITE, address=other.email)
    assert ask_of_person(host, waiting, other).status_code == 204
    type(other).objects.filter(pk=other.pk).update(revoked_at=timezone.now())
    answer = text_of(ask_of_person(host, waiting, other))
    assert str(InvitationState.REVOKED.label) in answer
    assert f'id="invitation-state-{other.pk}"' in answer
    assert f'id="invitation-state-{waiting.pk}"' not in answer
    assert ask_of_person(host, waiting).status_code == 204
    type(waiting).objects.all().delete()
    assert ask_of_person(host, waiting, other).status_code == NOTHING_TO_ASK_FOR


def test_the_page_of_a_person_costs_the_same_for_one_row_and_for_eleven(
    host, invite, django_assert_num_queries
):
    few, many = [invite("ada")[0]], [invite(f"p{n}")[0] for n in range(11)]
    ask_of_person(host, *few)
    for asked in (few, many):
        with django_assert_num_queries(3):
            assert ask_of_person(host, *asked).status_code == 204


def test_a_page_of_a_person_is_told_nothing_of_what_is_not_theirs(
    host, client, guest_client, client_of, stranger, invite
):
    mine, mail = invite("ada")
    became(mail, sent_at=timezone.now())
    assert ask_of_person(client_of(stranger), mine).status_code == NOTHING_TO_ASK_FOR
    for one in (client, guest_client, client_of(stranger)):
        assert ask_of_person(one, mine, whose="everybody").status_code == 404
    for one in (client, guest_client):  # whose sign-in ended: the page asks no more
        assert ask_of_person(one, mine).status_code == 404
