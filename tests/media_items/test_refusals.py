"""A refusal says why, in one shape; and each client gets it in the way it reads."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from media_items.middleware import RefusalMiddleware
from media_items.rate_limits import TooManyTries
from media_items.refusals import ChangedMeanwhile, Forbidden, Invalid, NotNow, Refusal

HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}


class Vanished(Refusal):
    status = 404
    reason = "vanished"


@pytest.fixture
def answer(client, settings):
    """What the site says where a view raises `refusal`."""

    def answer_to(refusal, **headers):
        def refuse(_request):
            raise refusal

        class Urls:
            urlpatterns = [path("refuse/", refuse), path("", include("config.urls"))]

        settings.ROOT_URLCONF = Urls
        return client.get("/refuse/", headers=headers)

    return answer_to


@pytest.mark.parametrize(
    ("refusal", "status"),
    [(Refusal("No."), 409), (NotNow(), 409), (ChangedMeanwhile(), 409), (Invalid(), 422)],
)
def test_without_script_it_is_a_page_with_the_sentence(answer, refusal, status):
    response = answer(refusal)
    assert response.status_code == status
    assert str(refusal) in response.content.decode()
    assert "HX-Request" in response["Vary"]


def test_htmx_gets_a_toast_and_the_status(answer):
    response = answer(NotNow(_("The lobby is not open yet.")), **HTMX)
    assert response.status_code == 409
    toast = json.loads(response["HX-Trigger"])["toast"]
    assert toast == {"text": "The lobby is not open yet.", "tone": "warning"}
    assert response.content.decode() == "The lobby is not open yet."


def test_a_program_gets_json(answer):
    response = answer(NotNow("Not yet.", reason="not-live"), **JSON)
    assert response.status_code == 409
    assert response.json() == {"why": "not-live", "message": "Not yet."}


def test_too_often_is_429_for_everybody(answer):
    for headers in ({}, HTMX, JSON):
        response = answer(TooManyTries(30), **headers)
        assert response.status_code == 429
        assert "Wait a moment" in response.content.decode()


def test_who_may_not_gets_the_page_that_django_gives(answer):
    response = answer(Forbidden("Only the host can stop it."))
    assert response.status_code == 403
    assert "403.html" in [template.name for template in response.templates]
    assert "Only the host can stop it." in response.content.decode()
    assert answer(Forbidden("Only the host.", reason="host"), **HTMX).status_code == 403


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_is_not_there_looks_as_if_it_never_was(answer, client, headers):
    response = answer(Vanished("A lecture of Dana Cohen."), **headers)
    never = client.get("/never-was/", headers=headers)
    assert response.status_code == never.status_code == 404
    assert "Dana Cohen" not in response.content.decode()
    assert "HX-Trigger" not in response


def test_other_exceptions_are_none_of_its_business(rf):
    middleware = RefusalMiddleware(lambda _request: HttpResponse())
    for other in (ValueError("x"), PermissionDenied("x")):
        assert middleware.process_exception(rf.get("/"), other) is None


def test_a_refusal_without_a_word_is_a_mistake():
    with pytest.raises(TypeError, match="neither"):
        Refusal()
    assert str(Refusal(reason="gap")) == ""
    assert "gap" in repr(Refusal(reason="gap"))


def test_what_is_not_there_says_nothing_to_a_program_either(answer):
    response = answer(Vanished("It was here."), **JSON)
    assert response.status_code == 404
    for word in ("vanished", "It was here."):
        assert word not in response.content.decode()


def test_a_request_begins_before_anything_is_read_for_it(settings):
    assert settings.MIDDLEWARE[0] == "media_items.middleware.BeginningMiddleware"
