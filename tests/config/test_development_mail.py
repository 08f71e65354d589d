"""The mail folder as pages: only while trying Foyer out, and nothing but that folder."""

import os

import pytest
from django.core.mail import EmailMultiAlternatives, mailers
from django.urls import reverse

from config.development import mails, views

HTML = '<p>Hello <b>Noa</b> <script>alert(1)</script><a href="http://testserver/g/abc/">in</a></p>'


@pytest.fixture
def mail_dir(settings, tmp_path):
    """An empty mail folder, and mail written to it as on a machine without SMTP."""
    settings.MAIL_DIR = tmp_path / "mail"
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(settings.MAIL_DIR)},
        }
    }
    return settings.MAIL_DIR


def _write(*subjects, html=""):
    messages = []
    for subject in subjects:
        message = EmailMultiAlternatives(
            subject, "Open http://testserver/g/abc/ now.", "foyer@example.edu", ["noa@example.edu"]
        )
        if html:
            message.attach_alternative(html, "text/html")
        messages.append(message)
    # One connection: Django's backend puts them into one file.
    mailers["default"].send_messages(messages)


def test_an_empty_folder_says_so(client, mail_dir, db):
    assert "No emails yet" in client.get(reverse("development:mails")).text


def test_mails_are_listed_newest_first_also_those_of_one_file(client, mail_dir, db):
    _write("First", "Second — with ünïcode")
    # The backend names its files by the second, and a file system's clock may tick as slowly: the
    # first file gets a name of its own and is a nanosecond older.
    (first,) = mail_dir.iterdir()
    older = first.rename(mail_dir / "20260101-000000-1.log")
    _write("Third")
    (newer,) = set(mail_dir.iterdir()) - {older}
    written_at = newer.stat().st_mtime_ns
    os.utime(older, ns=(written_at - 1, written_at - 1))
    assert [mail.subject for mail in mails.all_mails()] == [
        "Third",
        "Second — with ünïcode",
        "First",
    ]
    text = client.get(reverse("development:mails")).text
    assert text.index("Third") < text.index("Second") < text.index("First")
    assert "noa@example.edu" in text


def test_the_list_is_paged(client, mail_dir, db):
    _write(*(f"Mail {number}" for number in range(30)))
    assert client.get(reverse("development:mails")).context["page_obj"].paginator.num_pages == 2
    assert len(client.get(reverse("development:mails") + "?page=2").context["page_obj"]) == 5


def test_a_mail_shows_its_text_with_links_to_follow(client, mail_dir, db):
    _write("Welcome", html=HTML)
    text = client.get(reverse("development:mail", args=[mails.all_mails()[0].name])).text
    assert '<a href="http://testserver/g/abc/"' in text
    assert "alert(1)" not in text
    assert 'sandbox="allow-popups' in text


def test_the_html_part_is_shown_alone_and_can_run_nothing(client, mail_dir, db):
    _write("Welcome", html=HTML)
    name = mails.all_mails()[0].name
    response = client.get(reverse("development:mail_as_html", args=[name]))
    assert "<b>Noa</b>" in response.text
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script" not in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("name", ["nothing-0", "secret-0", "x"])
def test_a_name_that_is_no_mail_is_not_found(client, mail_dir, db, name):
    _write("Welcome")
    (mail_dir.parent / "secret.log").write_text("Subject: secret\n\nsecret\n")
    assert client.get(reverse("development:mail", args=[name])).status_code == 404


@pytest.mark.parametrize("path", ["../secret-0", "..%2Fsecret-0", "%2e%2e/secret-0", "a/../b"])
def test_no_path_leads_out_of_the_folder(client, mail_dir, db, path):
    _write("Welcome")
    (mail_dir.parent / "secret.log").write_text("Subject: secret\n\nsecret\n")
    assert client.get(f"/dev/mail/{path}/").status_code == 404
    assert mails.find_mail(path) is None


ADDRESSES = ["/dev/mail/", "/dev/mail/nothing-0/", "/dev/mail/nothing-0/html/"]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "request_of",
    [
        {"REMOTE_ADDR": "192.168.1.7"},
        {"REMOTE_ADDR": "2001:db8::7"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_VIA": "1.1 tunnel"},
    ],
    ids=str,
)
def test_nobody_but_this_machine_reads_the_mail(client, mail_dir, monkeypatch, address, request_of):
    """Answered before anything is looked up: a stranger learns not even whether there is mail."""
    monkeypatch.setattr(views, "all_mails", lambda: pytest.fail("The mail was read."))
    monkeypatch.setattr(views, "find_mail", lambda _name: pytest.fail("The mail was read."))
    assert client.get(address, **request_of).status_code == 404
