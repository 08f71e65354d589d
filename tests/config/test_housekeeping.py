"""`manage.py housekeeping` does every duty, also when one before it fails."""

import os
import time
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from media_items.file_locks import MARK, SPARED_SECONDS
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def uploads(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    return tmp_path


def test_an_upload_that_broke_off_goes_and_one_under_way_stays(uploads):
    stale, living = uploads / f"stale.upload{MARK}", uploads / f"living.upload{MARK}"
    for path in (stale, living):
        path.write_bytes(b"x")
    before = time.time() - SPARED_SECONDS - 60
    os.utime(stale, (before, before))
    call_command("housekeeping")
    assert [path.name for path in uploads.iterdir()] == [f"living.upload{MARK}"]


def test_ended_sessions_and_old_task_results_go(uploads):
    now = timezone.now()
    Session.objects.create(session_key="ended", session_data="", expire_date=now)
    Session.objects.create(
        session_key="living", session_data="", expire_date=now + timedelta(days=1)
    )
    for path, finished in (("old", now - timedelta(days=30)), ("new", now)):
        DBTaskResult.objects.create(
            task_path=path,
            args_kwargs={"args": [], "kwargs": {}},
            queue_name="media",
            backend_name="default",
            run_after=now,
            status=TaskResultStatus.SUCCESSFUL,
            finished_at=finished,
        )
    call_command("housekeeping")
    assert list(Session.objects.values_list("session_key", flat=True)) == ["living"]
    assert list(DBTaskResult.objects.exclude(task_path="old").values_list("task_path", flat=True))
    assert not DBTaskResult.objects.filter(task_path="old").exists()


def test_guest_data_past_its_time_is_erased(uploads, settings):
    admission = factories.GuestAdmissionFactory(guest__name="Dana", guest__email="dana@example.edu")
    long_ago = timezone.now() - timedelta(days=settings.GUEST_DATA_KEPT_DAYS + 10)
    type(admission).objects.filter(pk=admission.pk).update(admitted_at=long_ago)
    guest = admission.guest
    type(guest).objects.filter(pk=guest.pk).update(joined_at=long_ago)
    call_command("housekeeping")
    guest.refresh_from_db()
    assert (guest.name, guest.email) == ("", "")


def test_an_item_past_its_time_in_the_bin_is_purged_and_a_fresh_one_stays(uploads, settings):
    over = timezone.now() - timedelta(days=settings.BIN_KEPT_DAYS + 1)
    old = factories.MediaItemFactory(deleted_at=over)
    fresh = factories.MediaItemFactory(deleted_at=timezone.now())
    call_command("housekeeping")
    from tests.tasks import run_tasks

    run_tasks()
    kept = set(type(old)._base_manager.values_list("pk", flat=True))
    assert kept == {fresh.pk}


def test_one_failing_duty_stops_no_other_and_is_named(uploads, settings, caplog):
    stale = uploads / "stale.upload"
    stale.write_bytes(b"x")
    os.utime(stale, (0, 0))
    settings.GUEST_DATA_KEPT_DAYS = "not a number"
    with pytest.raises(CommandError, match="personal data"):
        call_command("housekeeping")
    assert not stale.exists()
    assert "Housekeeping failed at" in caplog.text
