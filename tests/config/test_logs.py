"""Whoever reads the logs cannot use a link."""

import logging
import re
import runpy
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from config.logs import HideTokens, OneLineAboutStrangers, WarningsOnly


@pytest.mark.parametrize(
    "line",
    [
        "GET /g/THE-TOKEN/ HTTP/1.1",
        "GET /i/THE-TOKEN/accept/ HTTP/1.1",
        "/accounts/set-password/MQ/THE-TOKEN/",
        "Not Found: https://media.example.edu/g/THE-TOKEN/?x=1",
        "GET /accounts/sign-in/?next=/g/THE-TOKEN/ HTTP/1.1",
        "GET /accounts/sign-in/?next=%2Fg%2FTHE-TOKEN%2Fpicture%2F HTTP/1.1",
        "GET /accounts/sign-in/?next=%2faccounts%2fset-password%2fMQ%2fTHE-TOKEN%2f HTTP/1.1",
    ],
)
def test_the_token_in_an_address_is_not_logged(line):
    record = logging.LogRecord("x", logging.INFO, "", 0, "%s", (line,), None)
    assert HideTokens().filter(record)
    assert "THE-TOKEN" not in record.getMessage()


def test_the_rest_of_the_line_stays_as_it_was():
    record = logging.LogRecord("x", logging.INFO, "", 0, "GET /media/%s/", ("abc",), None)
    HideTokens().filter(record)
    assert record.getMessage() == "GET /media/abc/"


@pytest.mark.parametrize(
    ("level", "is_shown"),
    [(logging.INFO, False), (logging.WARNING, True), (logging.ERROR, True)],
)
def test_the_task_worker_tells_of_failures_and_of_nothing_else(level, is_shown):
    record = logging.LogRecord("django.tasks", level, "", 0, "Task", (), None)
    assert WarningsOnly().filter(record) is is_shown


@pytest.mark.parametrize("name", ["django.tasks", "django_tasks_db"])
def test_the_worker_cannot_turn_its_lines_on_by_its_own_level(name, settings):
    assert settings.LOGGING["loggers"][name] == {"filters": ["warnings_only"]}


def test_a_wrong_host_is_one_line_and_no_error(client, caplog):
    caplog.handler.addFilter(OneLineAboutStrangers())
    assert client.get("/accounts/sign-in/", HTTP_HOST="scanner.example").status_code == 400
    said = [record for record in caplog.records if "scanner.example" in record.getMessage()]
    assert {(record.levelname, record.exc_info) for record in said} == {("WARNING", None)}


def test_every_line_of_a_site_passes_this_filter(settings):
    assert "of_strangers" in settings.LOGGING["handlers"]["console"]["filters"]


def test_the_page_after_a_fault_says_what_is_true_and_the_log_has_it(client, caplog):
    client.raise_request_exception = False
    with override_settings(ROOT_URLCONF="tests.config.test_logs"):
        response = client.get("/broken/")
    assert response.status_code == 500
    assert "in the site’s log" in response.text
    assert "been told" not in response.text
    assert re.search(
        r'site’s log: <bdi dir="ltr">\d{4}(-\d\d){2} \d\d(:\d\d){2} UTC<', response.text
    )
    assert "a fault of ours" in caplog.text


@pytest.mark.parametrize(
    ("is_enabled", "level", "lines"),
    [(True, logging.INFO, 1), (False, logging.INFO, 2), (True, logging.WARNING, 2)],
)
def test_who_has_the_access_log_reads_of_a_refusal_there(client, caplog, is_enabled, level, lines):
    """And of a fault of ours with its traceback, as ever."""
    client.raise_request_exception = False
    with at("gunicorn.access", level) as gunicorns, at("django.request", logging.NOTSET):
        log = SimpleNamespace(access_log=gunicorns, access_log_enabled=is_enabled)
        runpy.run_path("config/gunicorn.py")["post_worker_init"](SimpleNamespace(log=log))
        with override_settings(ROOT_URLCONF="tests.config.test_logs"):
            client.get("/refused/")
            client.get("/broken/")
    said = [one for one in caplog.records if one.name == "django.request"]
    assert [one.levelname for one in said] == ["WARNING", "ERROR"][-lines:]
    assert said[-1].exc_info


@contextmanager
def at(name, level):
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(level)
    try:
        yield logger
    finally:
        logger.setLevel(before)


def refused(request):
    return HttpResponse(status=404)


def broken(request):
    raise RuntimeError("a fault of ours")


urlpatterns = [path("broken/", broken), path("refused/", refused)]
