"""Many at once: the list, its verdicts, mending, the start, the task, forgetting."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from access.audit.models import AccessEvent, Act
from access.invitations.models import Invitation
from access.invitations.services.inviting import RoleNotGrantable, let_moderators_invite
from access.links import invitation_address
from access.mail.models import OutgoingMail
from access.people_lists.brought import read_brought
from access.people_lists.models import Batch, BatchLine, LineVerdict
from access.people_lists.parsing import MOST_PEOPLE, read_people
from access.people_lists.services import correcting, inviting, refused
from access.people_lists.services.inviting import make_batch
from access.site_policy.models import Inviters, SitePolicy
from config.management.commands.db_worker import SECONDS_BETWEEN_LOOKS, TAKE_UP, rename_tasks
from media_items.refusals import NotNow
from media_items.workers import MOST_STARTS
from tests import factories
from tests.access.invitations.test_inviting import invitee_of
from tests.races import at_once
from tests.reading import unescaped
from tests.tasks import TaskFailed, run_tasks

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def host(client_of, owner):
    return client_of(owner)


def url(name, item, *args):
    return reverse(f"access:{name}", args=[item.public_id, *args])


def bring(client, item, people="", *, htmx=False, **fields):
    data = {"people": people, "role": "viewer", **fields}
    return client.post(url("create_batch", item), data, headers=HTMX if htmx else {})


def csv_file(text, name="people.csv"):
    data = text if isinstance(text, bytes) else text.encode()
    return SimpleUploadedFile(name, data, content_type="text/csv")


def listed(item, owner, text, **options):
    options = {"role": "viewer", "send_mail": False, **options}
    return correcting.create_batch(item=item, people=read_people(text), by=owner, **options)


def started(item, owner, text, **options):
    batch = listed(item, owner, text, **options)
    inviting.start(batch=batch)
    batch.refresh_from_db()
    return batch


def verdicts(batch):
    return dict(batch.lines.values_list("email", "verdict"))


# --- the form -------------------------------------------------------------------------------------


def test_pasted_people_become_a_list_and_nobody_is_invited(host, item):
    response = bring(host, item, "Ada Lovelace <ada@example.org>; bob@example.org", note="Hello")
    batch = Batch.objects.get()
    assert response["Location"] == url("batch", item, batch.pk)
    assert (batch.role, batch.note, batch.send_mail) == ("viewer", "Hello", False)
    assert batch.lines.count() == 2
    assert not Invitation.objects.exists()
    page = unescaped(host.get(response["Location"]))
    assert "Ada Lovelace" in page
    assert "Invite 2 people" in page


def test_the_help_shows_a_whole_example(host, item):
    assert "Ada Lovelace <ada@example.edu>;" in unescaped(host.get(url("create_batch", item)))


def test_in_the_dialog_htmx_is_sent_to_the_list(host, item):
    response = bring(host, item, "ada@example.org", htmx=True)
    assert response.status_code == 204
    assert response["HX-Redirect"] == url("batch", item, Batch.objects.get().pk)


@pytest.mark.parametrize(
    "data",
    [
        "Email;First name;Last name\nada@example.org;Ada;Lovelace\n".encode("utf-8-sig"),
        "First name,Last name,Email\r\nAda,Lovelace,ada@example.org\r\n".encode("utf-16"),
        b"Ada\tLovelace\tada@example.org",
    ],
)
def test_a_file_of_any_make_becomes_a_list(host, item, data):
    bring(host, item, file=csv_file(data))
    line = BatchLine.objects.get()
    assert (line.email, line.first_name, line.last_name, line.verdict) == (
        "ada@example.org",
        "Ada",
        "Lovelace",
        "new",
    )


def test_words_and_file_go_together(host, item):
    bring(host, item, "ada@example.org", file=csv_file("bob@example.org"))
    assert set(BatchLine.objects.values_list("email", flat=True)) == {
        "ada@example.org",
        "bob@example.org",
    }


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Enter at least one email address, or choose a file."),
        ({"people": "  \n ,;"}, "Enter at least one email address, or choose a file."),
        ({"people": "ada@example.org", "role": "moderator"}, "You can’t give this role here."),
        ({"people": "ada@example.org", "last_day": "2020-01-01"}, "That day has passed."),
        ({"file": csv_file(b"PK\x03\x04 a workbook")}, "Save the sheet as CSV"),
        ({"file": csv_file(b"")}, "This file is empty."),
        (
            {"people": "x", "file": csv_file("y@z.edu\n" * (MOST_PEOPLE + 1))},
            "up to 10000 people",
        ),
    ],
)
def test_a_mistake_comes_back_beside_the_field(host, item, fields, said):
    response = bring(host, item, htmx=True, **fields)
    assert response.status_code == 422
    assert said in unescaped(response).replace("10,000", "10000")
    assert not Batch.objects.exists()


def test_a_file_over_two_megabytes_is_refused_kindly(host, item):
    response = bring(host, item, file=csv_file(b"a" * (2 * 1024 * 1024 + 1)))
    assert response.status_code == 422
    assert "too large" in unescaped(response)
    assert not Batch.objects.exists()


def test_pasted_words_over_the_limit_are_refused_kindly(host, item):
    response = bring(host, item, "a@example.org\n" * 100_000)
    assert response.status_code == 422
    assert "Split it into smaller lists." in unescaped(response)
    assert not Batch.objects.exists()


# --- verdicts -------------------------------------------------------------------------------------


def test_each_line_gets_the_verdict_that_is_true_of_it(item, owner, co_editor, gallery, member):
    item.state = "published"
    item.save()
    factories.PublicationFactory(item=item, gallery=gallery)
    factories.InvitationFactory(item=item, email="invited@example.org")
    factories.InvitationFactory(item=item, email="back@example.org", revoked=True)
    factories.InvitationFactory(email="elsewhere@example.org")
    text = "\n".join(
        [
            "new@example.org",
            "NEW@example.org",
            "invited@example.org",
            "back@example.org",
            "elsewhere@example.org",
            owner.email,
            co_editor.email,
            member.email,
            "not an address",
            "broken@@example.org",
        ]
    )
    batch = listed(item, owner, text)
    assert list(batch.lines.order_by("number").values_list("verdict", flat=True)) == [
        LineVerdict.NEW,
        LineVerdict.REPEATED,
        LineVerdict.INVITED,
        LineVerdict.NEW,
        LineVerdict.NEW,
        LineVerdict.YOURSELF,
        LineVerdict.HAS_ACCESS,
        LineVerdict.HAS_ACCESS,
        LineVerdict.BAD,
        LineVerdict.BAD,
    ]


def test_a_gallery_member_is_new_to_a_role_above_viewer_and_to_what_is_not_published(
    item, owner, gallery, member
):
    factories.PublicationFactory(item=item, gallery=gallery)
    assert verdicts(listed(item, owner, member.email)) == {member.email: "new"}
    item.state = "published"
    item.save()
    assert verdicts(listed(item, owner, member.email)) == {member.email: "has_access"}
    collaborators = listed(item, owner, member.email, role="collaborator")
    assert verdicts(collaborators) == {member.email: "new"}


def test_for_a_co_editor_the_owner_has_access_already(item, owner, co_editor):
    batch = listed(item, co_editor, f"{owner.email}\n{co_editor.email}")
    assert verdicts(batch) == {owner.email: "has_access", co_editor.email: "yourself"}


# --- looking through ------------------------------------------------------------------------------


def test_problems_come_first_and_counts_are_filters(host, item, owner):
    factories.InvitationFactory(item=item, email="invited@example.org")
    text = "ada@example.org\ninvited@example.org\nbob@example.org\nnonsense\nada@example.org"
    batch = listed(item, owner, text)
    view = host.get(url("batch", item, batch.pk)).context["view"]
    assert [row.line.verdict for row in view.rows] == ["bad", "repeated", "invited", "new", "new"]
    assert [(tab.verdict, tab.count) for tab in view.tabs] == [
        ("bad", 1),
        ("repeated", 1),
        ("invited", 1),
        ("new", 2),
    ]
    response = host.get(url("batch", item, batch.pk), {"show": "new"})
    assert [row.line.email for row in response.context["view"].rows] == [
        "ada@example.org",
        "bob@example.org",
    ]
    assert 'aria-current="page"' in unescaped(response)
    assert "3 lines aren’t invited." in unescaped(response)


def test_a_hundred_lines_stand_on_a_page(host, item, owner):
    batch = listed(item, owner, "\n".join(f"p{n}@example.org" for n in range(101)))
    assert len(host.get(url("batch", item, batch.pk)).context["view"].rows) == 100
    last = host.get(url("batch", item, batch.pk), {"page": "2"})
    assert len(last.context["view"].rows) == 1
    assert host.get(url("batch", item, batch.pk), {"page": "x", "show": "y"}).status_code == 200


def test_eleven_lines_are_shown_with_as_many_queries_as_one(host, item, owner):
    def queries(batch):
        with CaptureQueriesContext(connection) as captured:
            assert host.get(url("batch", item, batch.pk)).status_code == 200
        return len(captured)

    one = started(item, owner, "ada@example.org")
    many = started(item, owner, "\n".join(f"p{n}@example.org" for n in range(11)))
    for batch in (one, many):
        make_batch.func(batch.pk)
    assert queries(one) == queries(many)


def mend(client, batch, line, *, htmx=True, query="", **fields):
    data = {"email": "", "first_name": "", "last_name": "", **fields}
    address = url("mend_batch_line", batch.item, batch.pk, line.pk) + query
    return client.post(address, data, headers=HTMX if htmx else {})


def test_a_bad_line_is_mended_in_place(host, item, owner):
    batch = listed(item, owner, "Ada Lovelace <ada@@example.org>\nbob@example.org")
    line = batch.lines.get(verdict="bad")
    response = mend(host, batch, line, email=" Ada@example.org ", first_name="Ada")
    line.refresh_from_db()
    assert (line.email, line.first_name, line.verdict) == ("ada@example.org", "Ada", "new")
    page = unescaped(response)
    assert "ada@example.org: New." in page
    assert "<html" not in page
    assert "Invite 2 people" in page


def test_mended_without_javascript_one_is_back_at_the_same_place(host, item, owner):
    batch = listed(item, owner, "nonsense\nrubbish")
    response = mend(
        host, batch, batch.lines.first(), htmx=False, query="?show=bad&page=1", email="a@b.edu"
    )
    assert response["Location"] == url("batch", item, batch.pk) + "?show=bad&page=1"


def test_a_line_mended_to_another_ones_address_is_repeated_and_freed_again(host, item, owner):
    batch = listed(item, owner, "nonsense\nbob@example.org")
    first, second = batch.lines.order_by("number")
    mend(host, batch, first, email="bob@example.org")
    assert [line.verdict for line in batch.lines.order_by("number")] == ["new", "repeated"]
    mend(host, batch, first, email="ada@example.org")
    assert [line.verdict for line in batch.lines.order_by("number")] == ["new", "new"]
    mend(host, batch, first, email=owner.email)
    assert batch.lines.get(pk=first.pk).verdict == "yourself"
    assert batch.lines.get(pk=second.pk).verdict == "new"


def test_with_the_first_of_two_removed_the_second_is_new(host, item, owner):
    batch = listed(item, owner, "ada@example.org\nada@example.org")
    first, second = batch.lines.order_by("number")
    response = host.post(url("remove_batch_line", item, batch.pk, first.pk), headers=HTMX)
    assert "Removed from the list." in unescaped(response)
    second.refresh_from_db()
    assert second.verdict == "new"


@pytest.mark.parametrize("field", ["email", "first_name", "last_name"])
@pytest.mark.parametrize("value", ["x" * 300, "a\x00b"])
def test_nonsense_in_mending_changes_nothing_and_breaks_nothing(host, item, owner, field, value):
    batch = listed(item, owner, "bob@example.org")
    response = mend(host, batch, batch.lines.get(), **{"email": "c@d.edu", field: value})
    assert response.status_code == 200
    assert batch.lines.get().email == "bob@example.org"


def test_hostile_lines_are_shown_and_never_run(host, item):
    evil = "\"=cmd|' /C calc'!A0<script>alert(1)</script>\",x@example.org\n<img src=x onerror=a()>"
    location = bring(host, item, evil)["Location"]
    page = host.get(location).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "=cmd|" in unescape(page)


# --- the start ------------------------------------------------------------------------------------


def test_the_button_invites_those_who_are_new_and_nobody_else(
    host, item, owner, django_capture_on_commit_callbacks
):
    factories.InvitationFactory(item=item, email="invited@example.org")
    text = "Ada Lovelace <ada@example.org>\nada@example.org\ninvited@example.org\nnonsense"
    ends = timezone.now() + timedelta(days=3)
    batch = listed(item, owner, text, role="collaborator", note="Hello", expires_at=ends)
    with django_capture_on_commit_callbacks(execute=True):
        response = host.post(url("start_batch", item, batch.pk))
    assert response["Location"] == url("batch", item, batch.pk)
    page = unescaped(host.get(response["Location"]))
    assert "Invited: 0 of 1" in page
    assert "<progress" in page
    run_tasks()
    made = Invitation.objects.get(email="ada@example.org")
    assert (made.role, made.note, made.expires_at) == ("collaborator", "Hello", ends)
    assert (made.first_name, made.invited_by) == ("Ada", owner)
    assert Invitation.objects.count() == 2
    assert AccessEvent.objects.filter(act=Act.INVITED).count() == 1
    batch.refresh_from_db()
    assert (batch.done, bool(batch.finished_at)) == (1, True)
    page = unescaped(host.get(response["Location"]))
    assert "1 person is invited." in page
    assert invitation_address(made) in page
    assert url("invitation_link", item, made.pk) in page


def test_with_mail_each_person_gets_one(item, owner):
    batch = started(item, owner, "ada@example.org\nbob@example.org", send_mail=True)
    make_batch.func(batch.pk)
    assert OutgoingMail.objects.count() == 2
    make_batch.func(batch.pk)
    assert OutgoingMail.objects.count() == 2


def test_a_list_on_which_nobody_is_new_is_not_started(host, item, owner):
    batch = listed(item, owner, owner.email)
    page = unescaped(host.get(url("batch", item, batch.pk)))
    assert "Nobody on this list is new." in page
    host.post(url("start_batch", item, batch.pk))
    batch.refresh_from_db()
    assert batch.started_at is None


def test_a_list_whose_last_day_is_over_is_not_started(host, item, owner):
    batch = listed(item, owner, "ada@example.org", expires_at=timezone.now() + timedelta(days=1))
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        response = host.post(url("start_batch", item, batch.pk), follow=True)
        assert "The last day of these invitations has passed." in unescaped(response)
    batch.refresh_from_db()
    assert batch.started_at is None


@pytest.mark.parametrize("act", [inviting.start, refused.list_of_refused])
def test_with_a_list_that_is_gone_nothing_is_done(item, owner, act):
    batch = listed(item, owner, "ada@example.org")
    correcting.discard(batch=Batch.objects.get())
    with pytest.raises(NotNow, match="has been deleted"):
        act(batch=batch)


def test_once_started_nothing_on_the_list_is_changed(host, item, owner):
    batch = started(item, owner, "ada@example.org")
    line = batch.lines.get()
    assert "already being invited" in unescaped(mend(host, batch, line, email="eve@example.org"))
    host.post(url("remove_batch_line", item, batch.pk, line.pk))
    assert batch.lines.get().email == "ada@example.org"


def test_progress_is_polled_and_ends_with_the_page_anew(host, item, owner):
    batch = started(item, owner, "ada@example.org\nbob@example.org")
    inviting.invite_next_lines(batch_id=batch.pk, most=1)
    response = host.get(url("batch_progress", item, batch.pk), headers=HTMX)
    assert "Invited: 1 of 2" in unescaped(response)
    assert 'value="50"' in unescaped(response)
    make_batch.func(batch.pk)
    response = host.get(url("batch_progress", item, batch.pk), headers=HTMX)
    assert (response.status_code, response["HX-Refresh"]) == (204, "true")
    assert host.get(url("batch_progress", item, batch.pk)).status_code == 302


def test_killed_in_the_middle_the_next_run_makes_the_rest_and_nothing_twice(item, owner):
    batch = started(item, owner, "\n".join(f"p{n}@example.org" for n in range(10)), send_mail=True)
    assert inviting.invite_next_lines(batch_id=batch.pk, most=4)
    assert Invitation.objects.count() == 4
    make_batch.func(batch.pk)
    make_batch.func(batch.pk)
    batch.refresh_from_db()
    assert (Invitation.objects.count(), OutgoingMail.objects.count()) == (10, 10)
    assert batch.done == 10


def test_a_chunk_that_breaks_leaves_nothing_of_itself(item, owner, monkeypatch):
    batch = started(item, owner, "ada@example.org", send_mail=True)

    def killed(query):
        raise KeyboardInterrupt

    # Django's own, called when the invitations and their mails are made already.
    with monkeypatch.context() as patch:
        patch.setattr("access.people_lists.services.inviting.Subquery", killed)
        with pytest.raises(KeyboardInterrupt):
            inviting.invite_next_lines(batch_id=batch.pk)
    assert not Invitation.objects.exists()
    assert not OutgoingMail.objects.exists()
    make_batch.func(batch.pk)
    assert Invitation.objects.count() == OutgoingMail.objects.count() == 1


def test_a_batch_that_fell_silent_is_offered_to_go_on_and_taken_up_within_a_minute(
    host, item, owner, django_capture_on_commit_callbacks
):
    assert inviting.take_up in TAKE_UP
    batch = started(item, owner, "ada@example.org")
    assert inviting.take_up() == 0
    assert "Continue" not in unescaped(host.get(url("batch", item, batch.pk)))
    within_a_minute = timedelta(seconds=60 - SECONDS_BETWEEN_LOOKS)
    with time_machine.travel(timezone.now() + within_a_minute, tick=False):
        assert "Continue" in unescaped(host.get(url("batch", item, batch.pk)))
        assert inviting.take_up() == 1
        assert inviting.take_up() == 0  # its task waits, and the page does not say otherwise
        assert "Continue" not in unescaped(host.get(url("batch", item, batch.pk)))
        with django_capture_on_commit_callbacks(execute=True):
            host.post(url("start_batch", item, batch.pk))
        run_tasks()
    assert Invitation.objects.count() == 1


class Killed(BaseException):
    """The kernel's, of which a process sees nothing."""


def ends_its_run(batch, monkeypatch, error, *, times):
    """At its first lines, each time."""

    def ended(*_):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(inviting, "_invite_lines", ended)
        for _time in range(times):
            with pytest.raises(error):
                make_batch.func(batch.pk)


@pytest.mark.parametrize("error", [Killed, ValueError])
def test_a_list_whose_runs_end_at_the_same_lines_waits_for_its_host(
    host, item, owner, error, monkeypatch, django_capture_on_commit_callbacks
):
    batch = started(item, owner, "ada@example.org")
    ends_its_run(batch, monkeypatch, error, times=MOST_STARTS - 1)
    with time_machine.travel(timezone.now() + inviting.QUIET * 2, tick=False):
        assert inviting.take_up() == 1
        page = unescaped(host.get(url("batch", item, batch.pk)))
        assert "three times" not in page
        DBTaskResult.objects.all().delete()
        ends_its_run(batch, monkeypatch, error, times=1)
        assert inviting.take_up() == 0
        make_batch.func(batch.pk)  # one that waited
        assert not Invitation.objects.exists()
        page = unescaped(host.get(url("batch", item, batch.pk)))
        assert "Continue" in page
        assert "Inviting failed three times" in page
        with django_capture_on_commit_callbacks(execute=True):
            host.post(url("start_batch", item, batch.pk))
        run_tasks()
    assert Invitation.objects.count() == 1


def test_runs_that_end_but_get_on_are_not_counted_against_a_list(item, owner, monkeypatch):
    batch = started(item, owner, "\n".join(f"p{n}@example.org" for n in range(MOST_STARTS + 1)))
    for _time in range(MOST_STARTS + 1):
        ends_its_run(batch, monkeypatch, Killed, times=1)
        assert inviting.invite_next_lines(batch_id=batch.pk, most=1)
    make_batch.func(batch.pk)
    batch.refresh_from_db()
    assert batch.finished_at
    assert Invitation.objects.count() == MOST_STARTS + 1


def test_a_list_whose_worker_is_told_to_stop_goes_on(item, owner, monkeypatch):
    batch = started(item, owner, "ada@example.org")
    ends_its_run(batch, monkeypatch, SystemExit, times=MOST_STARTS + 1)
    make_batch.func(batch.pk)
    assert Invitation.objects.count() == 1


OLD_NAME = "access.people_lists.services.make_batch"


def test_a_list_begun_before_an_upgrade_is_made_after_it(item, owner):
    """Its task waits under the name that its function had then."""
    batch = started(item, owner, "ada@example.org")
    make_batch.enqueue(batch.pk)
    DBTaskResult.objects.update(task_path=OLD_NAME)
    assert rename_tasks() == 1
    run_tasks()
    assert Invitation.objects.count() == 1


def test_a_list_whose_task_is_begun_under_an_old_name_is_made_all_the_same(item, owner):
    """The web server of the older version queued it when a new worker had just looked."""
    batch = started(item, owner, "ada@example.org")
    make_batch.enqueue(batch.pk)
    DBTaskResult.objects.update(task_path=OLD_NAME)
    with pytest.raises(TaskFailed, match="ImportError"):
        run_tasks()
    within_a_minute = timedelta(seconds=60 - SECONDS_BETWEEN_LOOKS)
    with time_machine.travel(timezone.now() + within_a_minute, tick=False):
        assert inviting.take_up() == 1
        run_tasks()
    assert Invitation.objects.count() == 1


def test_somebody_invited_meanwhile_by_another_host_is_left_as_they_are(item, owner):
    batch = listed(item, owner, "ada@example.org\nbob@example.org")
    theirs = factories.InvitationFactory(item=item, email="ada@example.org")
    inviting.start(batch=batch)
    make_batch.func(batch.pk)
    line = batch.lines.get(email="ada@example.org")
    assert (line.verdict, line.invitation) == ("invited", theirs)
    assert Invitation.objects.count() == 2


def test_the_right_is_asked_again_when_it_is_made(item, co_editor):
    batch = started(item, co_editor, "ada@example.org")
    item.co_editors.all().delete()
    make_batch.func(batch.pk)
    assert not Invitation.objects.exists()
    batch.refresh_from_db()
    assert batch.finished_at


def test_nothing_is_made_for_an_item_in_the_bin_or_an_account_switched_off(item, owner):
    batch = started(item, owner, "ada@example.org")
    item.deleted_at = timezone.now()
    item.save()
    make_batch.func(batch.pk)
    assert not Invitation.objects.exists()


def test_a_role_that_cannot_be_given_is_refused_by_the_service(item, owner, stranger):
    for by, role in ((owner, "moderator"), (owner, "owner"), (stranger, "viewer")):
        with pytest.raises(RoleNotGrantable):
            listed(item, by, "ada@example.org", role=role)


def tabs(client, batch):
    page = client.get(url("batch", batch.item, batch.pk))
    return [(str(tab.label), tab.count) for tab in page.context["view"].tabs]


def test_what_the_filters_count_is_true_after_sending_and_after_taking_lines_out(host, item, owner):
    factories.InvitationFactory(item=item, email="known@example.org")
    text = "ada@example.org\nbob@example.org\ncyd@example.org\nknown@example.org\nnonsense"
    batch = listed(item, owner, text)
    host.post(url("remove_batch_line", item, batch.pk, batch.lines.get(verdict="bad").pk))
    before = [("Already invited", 1), ("New", 3)]
    assert tabs(host, batch) == before
    inviting.start(batch=batch)
    inviting.invite_next_lines(batch_id=batch.pk, most=1)
    assert tabs(host, batch) == [("Already invited", 1), ("New", 2), ("Invited", 1)]
    make_batch.func(batch.pk)
    assert tabs(host, batch) == [("Already invited", 1), ("Invited", 3)]
    page = host.get(url("batch", item, batch.pk), {"show": "made"})
    assert len(page.context["view"].rows) == 3
    assert "3 people are invited." in unescaped(page)


def test_a_filter_that_has_become_empty_stays_to_be_left(host, item, owner):
    batch = listed(item, owner, "ada@example.org\nnonsense")
    host.post(url("remove_batch_line", item, batch.pk, batch.lines.get(verdict="bad").pk))
    page = host.get(url("batch", item, batch.pk), {"show": "bad"})
    assert [(tab.verdict, tab.count) for tab in page.context["view"].tabs] == [
        ("bad", 0),
        ("new", 1),
    ]
    assert "Nobody is left here." in unescaped(page)


def test_somebody_whose_invitation_is_gone_is_not_invited_once_more(item, owner):
    batch = started(item, owner, "ada@example.org\nbob@example.org")
    inviting.invite_next_lines(batch_id=batch.pk, most=1)
    Invitation.objects.all().delete()
    make_batch.func(batch.pk)
    assert [one.email for one in Invitation.objects.all()] == ["bob@example.org"]


# --- lines and roles ------------------------------------------------------------------------------


def test_a_line_has_the_number_it_has_in_what_was_brought(host, item):
    bring(host, item, "\nada@example.org\n\nbob@example.org", file=csv_file("Email\n\ncyd@x.edu"))
    batch = Batch.objects.get()
    view = host.get(url("batch", item, batch.pk)).context["view"]
    assert [row.number for row in view.rows] == ["Pasted, 2", "Pasted, 4", "File, 3"]
    host.post(url("remove_batch_line", item, batch.pk, batch.lines.get(email="cyd@x.edu").pk))
    view = host.get(url("batch", item, batch.pk)).context["view"]
    assert [row.number for row in view.rows] == ["2", "4"]


ROLES = (
    "Email,Name,Role\nada@example.org,Ada,Collaborator\nbob@example.org,Bob,TA\n"
    "cyd@example.org,Cyd,viewer\ndan@example.org,Dan,Moderator\neve@example.org,Eve,\n"
)


def roles_of(rows):
    return dict(rows.order_by("email").values_list("email", "role"))


def test_the_column_of_roles_gives_each_line_its_own(host, item, owner):
    bring(host, item, ROLES)
    batch = Batch.objects.get()
    page = unescaped(host.get(url("batch", item, batch.pk)))
    assert "Role: <strong><bdi>Role</bdi></strong>" in page
    assert "can’t give these roles here: <strong><bdi>TA, Moderator</bdi></strong>." in page
    assert '<strong>Viewer</strong> <span class="numbers">(4)</span>' in page
    assert "Role: Collaborator" in page
    inviting.start(batch=batch)
    make_batch.func(batch.pk)
    assert roles_of(Invitation.objects) == {
        "ada@example.org": "collaborator",
        "bob@example.org": "viewer",
        "cyd@example.org": "viewer",
        "dan@example.org": "viewer",
        "eve@example.org": "viewer",
    }


def test_a_list_without_a_column_of_roles_offers_one_for_each_line(host, item, owner):
    batch = listed(item, owner, "ada@example.org\ngrace@example.org")
    page = unescaped(host.get(url("batch", item, batch.pk)))
    assert page.count('name="role"') == 2
    assert "Same as the list: Viewer" in page
    ada = batch.lines.get(email="ada@example.org")
    mend(host, batch, ada, email=ada.email, role="collaborator")
    assert roles_of(batch.lines) == {"ada@example.org": "collaborator", "grace@example.org": ""}


def test_on_a_live_kind_other_roles_can_be_given(host, owner):
    event = factories.MediaItemFactory(owner=owner, kind="live_event")
    bring(host, event, ROLES)
    batch = Batch.objects.get()
    assert roles_of(batch.lines)["dan@example.org"] == "moderator"
    assert roles_of(batch.lines)["ada@example.org"] == ""
    assert batch.sheets[0]["roles_left_out"] == ["Collaborator", "TA"]


def test_nobody_gives_by_a_file_what_they_may_not_give(item, owner):
    """SECURITY: asked again when the invitations are made."""
    batch = listed(item, owner, "ada@example.org")
    batch.lines.update(role="moderator")
    with pytest.raises(RoleNotGrantable):
        inviting.start(batch=batch)
    Batch.objects.update(started_at=timezone.now())
    make_batch.func(batch.pk)
    assert not Invitation.objects.exists()


def test_lines_whose_role_cannot_be_given_any_more_are_refused_and_the_others_invited(item, owner):
    """What a finished list says of its lines is true: who is new on it has no invitation."""
    batch = listed(item, owner, "ada@example.org\nbob@example.org", send_mail=True)
    batch.lines.filter(email="bob@example.org").update(role="moderator")
    Batch.objects.update(started_at=timezone.now())
    make_batch.func(batch.pk)
    batch.refresh_from_db()
    assert batch.finished_at
    assert verdicts(batch) == {"ada@example.org": "made", "bob@example.org": "role"}
    assert Invitation.objects.get().email == "ada@example.org"
    assert OutgoingMail.objects.count() == 1


# --- what was refused -----------------------------------------------------------------------------


def refuse_for_the_role(batch):
    batch.lines.filter(email="bob@example.org").update(role="moderator")


def refuse_for_the_last_day(batch):
    Batch.objects.update(expires_at=timezone.now() + timedelta(days=90))
    SitePolicy.objects.update_or_create(pk=1, defaults={"invitation_longest_days": 7})


def refuse_for_the_domain(batch):
    SitePolicy.objects.update_or_create(pk=1, defaults={"uninvited_domains": "example.org"})


def refuse_for_the_right(batch):
    SitePolicy.objects.update_or_create(pk=1, defaults={"inviters": Inviters.NOBODY})


WHY = {
    "role": refuse_for_the_role,
    "last_day": refuse_for_the_last_day,
    "domain": refuse_for_the_domain,
    "not_allowed": refuse_for_the_right,
}


@pytest.mark.parametrize("why", WHY)
def test_a_list_says_why_lines_were_refused_and_keeps_them_to_be_corrected(host, item, owner, why):
    text = "Bob Ray <bob@example.org>\nnonsense\nnonsense@"
    batch = listed(item, owner, text)
    inviting.start(batch=batch)
    WHY[why](batch)
    make_batch.func(batch.pk)
    batch.refresh_from_db()
    assert batch.finished_at
    assert batch.lines.get(email="bob@example.org").verdict == why
    SitePolicy.objects.update(inviters=Inviters.EVERYBODY)
    page = host.get(url("batch", item, batch.pk))
    counted = {tab.verdict: tab.count for tab in page.context["view"].left_out}
    assert counted == {"bad": 2, why: 1}
    assert str(LineVerdict(why).label) in unescaped(page)
    assert "3 lines weren’t invited" in unescaped(page)
    SitePolicy.objects.update(uninvited_domains="")
    answer = host.post(url("correct_refused_lines", item, batch.pk), follow=True)
    new = Batch.objects.exclude(pk=batch.pk).get()
    assert answer.redirect_chain == [(url("batch", item, new.pk), 302)]
    assert [line.typed for line in new.lines.order_by("number")] == [
        line.typed for line in batch.lines.order_by("number")
    ]
    bob = new.lines.get(email="bob@example.org")
    assert (bob.verdict, bob.first_name, bob.role) == ("new", "Bob", "")
    assert bool(bob.role_left_out) == (why == "role")
    bad = new.lines.filter(verdict="bad").first()
    mend(host, new, bad, email="eve@example.net")
    host.post(url("start_batch", item, new.pk))
    make_batch.func(new.pk)
    assert set(Invitation.objects.values_list("email", flat=True)) == {
        "bob@example.org",
        "eve@example.net",
    }
    assert batch.lines.count() == 3


@pytest.mark.parametrize("days", [None, 7])
def test_what_was_refused_does_not_come_with_a_day_that_is_over(item, owner, days):
    ends = timezone.now() + timedelta(hours=2)
    batch = started(item, owner, "ada@example.org\nnonsense", expires_at=ends)
    make_batch.func(batch.pk)
    SitePolicy.objects.update_or_create(pk=1, defaults={"invitation_longest_days": days})
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        new = refused.list_of_refused(batch=batch)
        assert (new.expires_at is None) == (days is None)
        assert days is None or new.expires_at > timezone.now()


def test_what_was_refused_is_one_list_until_it_is_sent(host, item, owner):
    batch = started(item, owner, "ada@example.org\nnonsense")
    make_batch.func(batch.pk)
    places = [host.post(url("correct_refused_lines", item, batch.pk))["Location"] for _ in range(2)]
    new = Batch.objects.exclude(pk=batch.pk).get()
    assert places == [url("batch", item, new.pk)] * 2
    correcting.mend_line(line=new.lines.get(), email="bob@example.org", first_name="", last_name="")
    inviting.start(batch=new)
    host.post(url("correct_refused_lines", item, batch.pk))
    assert Batch.objects.filter(made_of=batch).count() == 2


def test_a_list_of_which_nothing_was_refused_has_nothing_to_correct(host, item, owner):
    batch = listed(item, owner, f"ada@example.org\n{owner.email}")
    host.post(url("correct_refused_lines", item, batch.pk))
    inviting.start(batch=batch)
    make_batch.func(batch.pk)
    host.post(url("correct_refused_lines", item, batch.pk))
    assert Batch.objects.count() == 1
    page = unescaped(host.get(url("batch", item, batch.pk)))
    assert "1 line wasn’t invited" in page
    assert "This is you" in page
    assert url("correct_refused_lines", item, batch.pk) not in page


def test_the_role_of_a_line_is_corrected_by_hand_and_by_its_column(host, item):
    bring(host, item, ROLES)
    batch = Batch.objects.get()
    bob = batch.lines.get(email="bob@example.org")
    assert 'name="role"' in unescaped(host.get(url("batch", item, batch.pk)))
    mend(host, batch, bob, email=bob.email, first_name="Bob", role="collaborator")
    answer = mend(host, batch, bob, email=bob.email, role="moderator")
    assert "You can’t give this role" in unescaped(answer)
    mend(host, batch, bob, email="bob@example.com", first_name="Bob")
    bob.refresh_from_db()
    assert (bob.email, bob.role) == ("bob@example.com", "collaborator")
    chosen = {"column-0": "email", "column-1": "full", "column-2": ""}
    host.post(url("correct_batch_columns", item, batch.pk, 0), chosen)
    assert set(roles_of(batch.lines).values()) == {"", "collaborator"}
    batch.refresh_from_db()
    assert batch.sheets[0]["roles_left_out"] == []
    host.post(url("correct_batch_columns", item, batch.pk, 0), {**chosen, "column-2": "role"})
    assert roles_of(batch.lines)["ada@example.org"] == "collaborator"


def test_a_member_of_the_gallery_is_new_to_the_role_of_their_line(item, owner, gallery, member):
    item.state = "published"
    item.save()
    factories.PublicationFactory(item=item, gallery=gallery)
    text = f"Email,Role\n{member.email},collaborator\n{owner.email},viewer"
    brought = read_brought(text, b"")
    batch = correcting.create_batch(item=item, brought=brought, by=owner, role="viewer")
    assert verdicts(batch) == {member.email: "new", owner.email: "yourself"}


def test_mending_one_of_many_lines_without_an_address_asks_about_that_one_alone(item, owner):
    batch = listed(item, owner, "\n".join(f"Person {n}" for n in range(300)))
    with CaptureQueriesContext(connection) as captured:
        line = batch.lines.first()
        correcting.mend_line(line=line, email="", first_name="A", last_name="")
    assert line.verdict == "bad"
    assert max(len(query["sql"]) for query in captured) < 5_000


# --- who may --------------------------------------------------------------------------------------


def test_only_whoever_brought_the_list_sees_and_starts_it(
    host, client_of, item, owner, co_editor, stranger, guest_client, invitee_client
):
    batch = listed(item, owner, "ada@example.org")
    line = batch.lines.get()
    gets = [url("batch", item, batch.pk), url("batch_progress", item, batch.pk)]
    posts = [
        url("start_batch", item, batch.pk),
        url("mend_batch_line", item, batch.pk, line.pk),
        url("remove_batch_line", item, batch.pk, line.pk),
    ]
    cast = [
        (client_of(co_editor), 404),
        (client_of(stranger), 404),
        (Client(), 404),
        (guest_client, 403),
        (invitee_client, 403),
        (invitee_of(item, "collaborator"), 403),
    ]
    for client, status in cast:
        assert [client.get(address).status_code for address in gets] == [status] * 2
        assert [client.post(address).status_code for address in posts] == [status] * 3
    batch.refresh_from_db()
    assert (batch.started_at, batch.lines.count()) == (None, 1)
    other = factories.MediaItemFactory(owner=owner)
    assert host.get(url("batch", other, batch.pk)).status_code == 404
    foreign = listed(item, owner, "bob@example.org").lines.get()
    assert host.post(url("remove_batch_line", item, batch.pk, foreign.pk)).status_code == 404


def test_the_form_is_for_those_who_may_invite(
    client_of, item, owner, co_editor, stranger, guest_client, invitee_client
):
    for client, status in [
        (client_of(owner), 200),
        (client_of(co_editor), 200),
        (client_of(stranger), 404),
        (Client(), 404),
        (guest_client, 403),
        (invitee_client, 403),
        (invitee_of(item, "collaborator"), 403),
    ]:
        assert client.get(url("create_batch", item)).status_code == status
        if status != 200:
            assert bring(client, item, "ada@example.org").status_code == status
    assert not Batch.objects.exists()


def test_a_list_of_another_site_is_refused(owner, item):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner)
    assert bring(browser, item, "ada@example.org").status_code == 403
    assert not Batch.objects.exists()


def test_a_moderator_needs_an_account_for_many(client_of, owner):
    event = factories.MediaItemFactory(owner=owner, kind="live_event")
    let_moderators_invite(item=event, allowed=True, by=event.owner)
    moderator = invitee_of(event, "moderator")
    assert "Many at once" not in unescaped(moderator.get(url("invite_users", event)))
    response = bring(moderator, event, "ada@example.org")
    assert response["Location"].startswith("/accounts/sign-in/")
    user = factories.UserFactory(email="mod@example.edu", email_verified_at=timezone.now())
    factories.InvitationFactory(item=event, email=user.email, role="moderator", accepted=True)
    assert bring(client_of(user), event, "ada@example.org", role="speaker").status_code == 302
    batch = Batch.objects.get()
    inviting.start(batch=batch)
    let_moderators_invite(item=event, allowed=False, by=event.owner)
    make_batch.func(batch.pk)
    assert not Invitation.objects.filter(email="ada@example.org").exists()


# --- ten thousand; forgetting; at once ------------------------------------------------------------


def test_two_thousand_people_are_read_judged_and_invited_in_few_queries(
    item, owner, django_capture_on_commit_callbacks
):
    many = 2_000
    text = "\n".join(f"First{n} Last{n} <p{n}@example.org>" for n in range(many))
    with CaptureQueriesContext(connection) as captured:
        batch = listed(item, owner, text, send_mail=True)
    assert len(captured) <= 20, len(captured)
    with CaptureQueriesContext(connection) as captured:
        inviting.start(batch=batch)
        with django_capture_on_commit_callbacks(execute=True):
            make_batch.func(batch.pk)
    # Two of them begin and end the transaction in which all tasks are asked for.
    assert len(captured) <= 64, len(captured)
    assert Invitation.objects.count() == OutgoingMail.objects.count() == many
    batch.refresh_from_db()
    assert batch.done == many


def test_lists_are_forgotten_after_a_week_and_invitations_stay(item, owner):
    old = started(item, owner, "ada@example.org")
    make_batch.func(old.pk)
    Batch.objects.update(made_at=timezone.now() - timedelta(days=8))
    fresh = listed(item, owner, "bob@example.org")
    assert correcting.forget_old_batches() == 1
    assert list(Batch.objects.all()) == [fresh]
    assert BatchLine.objects.count() == 1
    assert Invitation.objects.get().email == "ada@example.org"
    assert correcting.forget_old_batches() == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_list_made_by_two_workers_at_once_invites_each_person_once(item, owner):
    batch = started(item, owner, "\n".join(f"p{n}@example.org" for n in range(60)), send_mail=True)

    def work():
        while inviting.invite_next_lines(batch_id=batch.pk, most=7):
            pass

    results = at_once([work, work, work])
    assert results == [None] * 3
    batch.refresh_from_db()
    assert Invitation.objects.count() == OutgoingMail.objects.count() == batch.done == 60


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_lists_with_the_same_people_made_at_once_invite_each_person_once(item, owner):
    co_editor = factories.CoEditorFactory(item=item).user
    text = "\n".join(f"p{n}@example.org" for n in range(60))
    lists = [started(item, owner, text, send_mail=True), started(item, co_editor, text)]

    def worker(batch):
        def work():
            while inviting.invite_next_lines(batch_id=batch.pk, most=10):
                pass

        return work

    assert at_once([worker(batch) for batch in lists]) == [None, None]
    assert Invitation.objects.count() == 60
    assert set(BatchLine.objects.values_list("invitation", flat=True)) == set(
        Invitation.objects.values_list("pk", flat=True)
    )
    by_owner = Invitation.objects.filter(invited_by=owner)
    assert OutgoingMail.objects.count() == by_owner.count()


def test_a_long_list_goes_on_in_another_task_so_that_a_code_never_waits_for_all_of_it(
    item, owner, monkeypatch
):
    batch = started(item, owner, "ada@example.org")
    monkeypatch.setattr(inviting, "MOST_SECONDS", -1)
    monkeypatch.setattr(inviting, "invite_next_lines", lambda batch_id: True)
    make_batch.func(batch.pk)
    [rest] = DBTaskResult.objects.all()
    assert (rest.task_path, rest.args_kwargs["args"]) == (make_batch.module_path, [batch.pk])


def test_without_script_the_button_says_that_changed_lines_are_saved_first(host, item):
    answer = bring(host, item, "mary@example.edu")
    page = host.get(answer["Location"]).content.decode()
    assert 'class="soft no-script">First save every line you changed.' in page
