"""An admin's own words: checked, previewed, tried on oneself, and never in anybody's way."""

from __future__ import annotations

import pytest
from django.test import TestCase
from django.urls import reverse
from django.utils.translation import override

from access.invitations.models import MailKind
from access.mail.models import MailText
from access.mail.texts import BrokenText, built_in, check_text, write
from tests import factories
from tests.tasks import run_tasks

BODY = "Dear {name},\n\n{host} asks you to {title}.\n\n{link}\n\nNote: {note}"


@pytest.fixture
def admin(db):
    return factories.UserFactory(email="admin@example.edu", is_staff=True, is_superuser=True)


@pytest.fixture
def admin_client(admin, client_of):
    return client_of(admin)


@pytest.fixture
def text(db):
    return factories.MailTextFactory(
        kind=MailKind.INVITE, language="en", subject="Come to {title}!", body=BODY
    )


def admin_url(name, *args):
    return reverse(f"admin:access_mailtext_{name}", args=args)


def form_data(**changes):
    return {
        "kind": "invite",
        "language": "en",
        "subject": "Come to {title}",
        "body": BODY,
    } | changes


# --- what is sent -----------------------------------------------------------------------------


def test_an_admins_words_are_sent(send, invitation, text, mailoutbox):
    send(invitation)
    [mail] = mailoutbox
    assert mail.subject == "Come to Cell division, part 2!"
    assert mail.body.startswith("Dear Grace Hopper,\n\nNoa Levi asks you to Cell division, part 2.")
    assert "Dear <bdi" in mail.alternatives[0].content


def test_a_line_with_nothing_to_say_is_left_out(send, item, text, mailoutbox):
    send(
        factories.InvitationFactory(item=item, note="Do come."),
        factories.InvitationFactory(item=item),
    )
    assert [("Note:" in mail.body) for mail in mailoutbox] == [True, False]


def test_words_for_one_mail_and_language_leave_the_others_alone(send, invitation, text, mailoutbox):
    MailText.objects.update(language="fr")
    send(invitation)
    MailText.objects.update(language="en")
    send(invitation, kind=MailKind.REMINDER)
    assert [mail.subject.split()[0] for mail in mailoutbox] == ["Noa", "Reminder:"]


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Come", "{hello} {secret} {link}"),
        ("Come {settings.SECRET_KEY}", "{link}"),
        ("Come {__class__}", "{link}"),
        ("Come", "{host.password} {link}"),
        ("Come", "{0} {link}"),
        ("Come", "{} {link}"),
        ("Come", "without the way in"),
        ("", "{link}"),
        ("  ", "{link}"),
        ("Come", " \n "),
        ("Come\nBcc: everybody@example.org", "{link}"),
        ("Come {link}", "{link}"),
    ],
)
def test_a_broken_text_is_not_sent_the_built_in_one_is_and_admins_hear_once(
    send, item, admin, mailoutbox, subject, body
):
    text = factories.MailTextFactory(language="en", subject=subject, body=body)
    first, second = factories.InvitationFactory.create_batch(2, item=item)
    with TestCase.captureOnCommitCallbacks(execute=True):
        send(first)
        run_tasks()
    run_tasks()
    send(second)
    run_tasks()
    to_invited = [mail for mail in mailoutbox if mail.to != [admin.email]]
    assert {mail.subject for mail in to_invited} == {
        "Noa Levi invites you to “Cell division, part 2”"
    }
    assert len(to_invited) == 2
    [told] = [mail for mail in mailoutbox if mail.to == [admin.email]]
    assert admin_url("change", text.pk) in told.body
    text.refresh_from_db()
    assert text.broken_at
    assert text.broken_why in told.body


def test_template_tags_of_django_are_words(send, invitation, mailoutbox):
    body = "{% load static %}{{ settings.SECRET_KEY }} {% include 'x' %}\n{link}"
    with pytest.raises(BrokenText):  # two braces hold a name in braces
        check_text(kind="invite", subject="x", body=body)
    factories.MailTextFactory(language="en", body="{% include 'x' %} is no name\n{link}")
    send(invitation)
    assert "SECRET" not in mailoutbox[0].body


@pytest.mark.parametrize("kind", MailKind)
def test_every_built_in_text_is_whole(kind):
    subject, body = built_in(kind)
    check_text(kind=kind, subject=subject, body=body)


def test_the_mail_of_a_session_called_off_has_no_link_to_give():
    with pytest.raises(BrokenText, match="can’t be used here"):
        check_text(kind=MailKind.CANCELLED, subject="Off", body="{link}")


def test_a_link_in_a_sentence_stays_a_link():
    values = dict.fromkeys(["host"], "N") | {"link": "https://x.example/i/1/"}
    written = write(kind="invite", subject="s", body="Open {link} now, {host}", values=values)
    assert 'Open <a href="https://x.example/i/1/">https://x.example/i/1/</a> now' in written.html
    assert written.text == "Open https://x.example/i/1/ now, N\n"


# --- the form ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("en", "Open the invitation:"),
        ("fr", "Ouvrir l’invitation\N{NO-BREAK SPACE}:"),
        ("he", "פתיחת ההזמנה:"),
    ],
)
def test_the_text_part_says_in_its_language_where_the_link_leads(language, heading):
    with override(language):
        mail = write(
            kind="invite", subject="Come", body="{link}", values={"link": "https://x.test/"}
        )
    assert mail.text == f"{heading}\nhttps://x.test/\n"


def test_a_new_text_begins_with_the_built_in_one(admin_client):
    page = admin_client.get(admin_url("add"), {"kind": "reminder"})
    assert page.context["adminform"].form.initial["body"] == built_in("reminder")[1]
    content = page.content.decode()
    for name in ("{hello}", "{role_means}", "{last_day}"):
        assert f"<code>{name}</code>" in content


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"body": "{nobody} {link}"}, "There is no placeholder {nobody}."),
        ({"body": "Come!"}, "{link} is missing"),
        ({"subject": "{link}"}, "can’t be used here"),
        ({"language": "xx"}, "Select a valid choice"),
    ],
)
def test_the_form_refuses_what_could_not_be_sent(admin_client, changes, said):
    page = admin_client.post(admin_url("add"), form_data(**changes))
    assert page.status_code == 200
    assert said in page.content.decode()
    assert not MailText.objects.exists()


def test_saving_a_mended_text_puts_it_back_in_use(admin_client, text):
    MailText.objects.update(broken_at="2026-01-01T00:00Z", broken_why="no link")
    page = admin_client.get(admin_url("change", text.pk)).content.decode()
    assert "No, it doesn’t work: no link" in page
    admin_client.post(admin_url("change", text.pk), form_data())
    text.refresh_from_db()
    assert (text.broken_at, text.broken_why) == (None, "")


def test_save_and_preview_leads_to_the_preview(admin_client):
    response = admin_client.post(admin_url("add"), form_data(_preview="1"))
    text = MailText.objects.get()
    assert response["Location"] == admin_url("preview", text.pk)
    page = admin_client.get(response["Location"]).content.decode()
    assert "Come to Cell division, questions and answers" in page
    assert "Dear Ada Lovelace," in page
    assert "sandbox" in page


def test_the_html_is_shown_as_a_mail_program_would(admin_client, text):
    page = admin_client.get(admin_url("html", text.pk))
    rules = page["Content-Security-Policy"]
    assert "default-src 'none'" in rules
    assert "sandbox" in rules
    assert "script-src" not in rules
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    assert "Dear <bdi" in page.content.decode()


def test_a_test_mail_goes_to_oneself_and_its_link_opens_nothing(
    admin_client, admin, text, mailoutbox, client
):
    admin_client.post(admin_url("test", text.pk), {"email": "somebody@example.org"})
    [mail] = mailoutbox
    assert mail.to == [admin.email]
    assert "Come to" in mail.subject
    assert client.get("/i/sample/").status_code == 404


def test_the_servers_answer_to_a_test_mail_is_shown(admin_client, text, mail_server):
    mail_server.answers["admin@example.edu"] = ["550 Nobody here"]
    page = admin_client.post(admin_url("test", text.pk), follow=True).content.decode()
    assert "The test email could not be sent" in page
    mail_server.stop()
    page = admin_client.post(admin_url("test", text.pk), follow=True).content.decode()
    assert "The test email could not be sent" in page


def test_a_broken_text_previews_why(admin_client, text):
    MailText.objects.update(body="{nobody}")
    page = admin_client.get(admin_url("preview", text.pk)).content.decode()
    assert "There is no placeholder {nobody}." in page
    assert admin_client.get(admin_url("html", text.pk)).status_code == 404


@pytest.mark.parametrize("name", ["preview", "html", "test"])
def test_only_admins_with_the_right_get_there(client_of, stranger, text, name, mailoutbox):
    staff = factories.UserFactory(is_staff=True)
    method = "post" if name == "test" else "get"
    assert getattr(client_of(staff), method)(admin_url(name, text.pk)).status_code == 403
    assert getattr(client_of(stranger), method)(admin_url(name, text.pk)).status_code in {302, 403}
    assert mailoutbox == []


def test_a_test_mail_needs_a_post(admin_client, text, mailoutbox):
    assert admin_client.get(admin_url("test", text.pk)).status_code == 405
    assert mailoutbox == []


# --- invitations in the admin -----------------------------------------------------------------


def test_an_invitation_is_taken_back_after_asking(admin_client, admin, invitation):
    data = {"action": "take_back", "_selected_action": [invitation.pk]}
    url = reverse("admin:invitations_invitation_changelist")
    page = admin_client.post(url, data | {"index": "0"}, follow=True)
    assert "Withdraw these invitations?" in page.content.decode()
    invitation.refresh_from_db()
    assert invitation.revoked_at is None
    admin_client.post(url, data | {"confirmed": "yes"})
    invitation.refresh_from_db()
    assert invitation.revoked_by == admin


@pytest.mark.parametrize("name", ["invitation", "outgoingmail"])
@pytest.mark.parametrize("way", ["add", "{}/change", "{}/delete"])
def test_invitations_and_mails_are_neither_added_typed_over_nor_deleted(
    admin_client, invitation, name, way
):
    mail = factories.OutgoingMailFactory(about=invitation)
    row = mail if name == "outgoingmail" else invitation
    path = f"/admin/{row._meta.app_label}/{name}/{way.format(row.pk)}/"
    assert admin_client.post(path, {"email": "x@example.org"}).status_code == 403
