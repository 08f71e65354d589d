"""What an admin comes for: the index, what it says, and background work."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.admin import site
from django.db import connection
from django.tasks import Task, TaskResultStatus
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from access.accounts.services import send_set_password
from config.admin_site import GROUPS
from config.background_work import WORDS
from media_items.workers import Worker
from tests import factories
from tests.access.admin.test_lists import LISTS

WORK = "/admin/background-work/"
ENVIRONMENT = Path(__file__).resolve().parents[3] / ".env.example"


def test_every_model_has_its_group_and_no_group_is_of_tables(admin_client):
    registered = {f"{model._meta.app_label}.{model._meta.model_name}" for model in site._registry}
    assert registered == {label for models in GROUPS.values() for label in models}
    page = admin_client.get("/admin/")
    assert [str(group["name"]) for group in page.context["app_list"]] == [
        *("People", "Media", "Access", "Sessions", "Quizzes", "Email", "Site")
    ]
    assert all(model["what_for"] for group in page.context["app_list"] for model in group["models"])


def test_staff_see_the_groups_that_they_have_rights_in(staff_with):
    page = staff_with("view_guest").get("/admin/")
    assert [str(group["name"]) for group in page.context["app_list"]] == ["People"]
    assert "Find a person" not in page.content.decode()
    assert "You have no rights" in staff_with().get("/admin/").content.decode()


def test_apps_are_no_pages(admin_client):
    assert admin_client.get("/admin/live/")["Location"] == "/admin/"


def test_no_page_names_a_variable_of_the_server(admin_client):
    words = set(re.findall(r"^#? ?([A-Z]+_[A-Z_]+)=", ENVIRONMENT.read_text(), re.MULTILINE))
    assert "GUEST_LINKS_PER_ITEM" in words
    pages = ["/admin/", WORK, "/admin/people/", "/admin/access/sitepolicy/1/change/"]
    pages += [f"/admin/{name}/" for name in LISTS]
    pages += ["/admin/accounts/user/add/", "/admin/access/mailtext/add/"]
    for name, make in LISTS.items():
        make()
        model = next(
            one for one in site._registry if f"{one._meta.app_label}/{one._meta.model_name}" == name
        )
        pages.append(f"/admin/{name}/{model._default_manager.order_by('-pk').first().pk}/change/")
    for address in pages:
        html = admin_client.get(address).content.decode()
        assert not [word for word in words if re.search(rf"\b{word}\b", html)], address
        assert not re.search(r"entrys|historys|galleryss", html), address


# --- background work --------------------------------------------------------------------------


def task(status, path="access.mail.sending.send_mails", **values):
    return DBTaskResult.objects.create(
        status=status, task_path=path, args_kwargs={"args": [], "kwargs": {}}, **values
    )


def test_every_task_has_words():
    paths = {
        f"{module.__name__}.{name}"
        for module in list(sys.modules.values())
        if module.__name__.startswith(("access.", "media_items."))
        for name, one in vars(module).items()
        if isinstance(one, Task) and one.module_path == f"{module.__name__}.{name}"
    }
    assert paths == set(WORDS)


def test_what_waits_and_what_went_wrong_is_said_in_words(
    admin_client, django_capture_on_commit_callbacks
):
    assert "No worker is at work" in admin_client.get(WORK).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        send_set_password(user=factories.UserFactory())
    task(TaskResultStatus.FAILED, exception_class_path="smtplib.SMTPException", worker_ids=["a"])
    Worker.objects.create(worker_id="a", seen_at=timezone.now())
    Worker.objects.create(worker_id="b", seen_at=timezone.now() - timedelta(days=1))
    page = admin_client.get(WORK).content.decode()
    assert "1 worker is at work." in page
    assert page.count("Send emails") >= 2
    assert "SMTPException" in page
    for word in ("DBTaskResult", "send_mails", "smtplib"):
        assert word not in page


def test_background_work_costs_the_same_however_much_there_is(admin_client):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get(WORK).status_code == 200
        return len(captured)

    task(TaskResultStatus.FAILED)
    few = queries()
    for _ in range(60):
        task(TaskResultStatus.FAILED)
        task(TaskResultStatus.READY)
    assert queries() == few + 1  # what fills its page is counted
    assert "Older" in admin_client.get(WORK).content.decode()
    assert "Newer" in admin_client.get(WORK, {"p": "2"}).content.decode()


def test_background_work_needs_its_right(staff_with):
    assert staff_with("view_guest").get(WORK).status_code == 403
    assert staff_with("view_dbtaskresult").get(WORK).status_code == 200


@pytest.mark.parametrize("way", ["", "add/"])
def test_the_tables_of_tasks_are_not_there(admin_client, way):
    assert admin_client.get(f"/admin/django_tasks_database/dbtaskresult/{way}").status_code == 404
