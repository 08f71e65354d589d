"""One answer for htmx, one for a plain browser, and no cache mixes them up."""

from __future__ import annotations

import json

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from media_items import responses

HTMX = {"HX-Request": "true"}


@pytest.fixture
def asked(rf):
    """A request for `path`, as it stands before a view."""

    def make(path="/here/", data=None, *, method="get", **headers):
        request = getattr(rf, method)(path, data, headers=headers)
        request.htmx = HtmxDetails(request)
        request._messages = CookieStorage(request)
        return request

    return make


def said(request):
    return [(one.level_tag, one.message) for one in get_messages(request)]


@pytest.mark.parametrize("wanted", ["1", "?a", "#x", "x y", "access:account"])
def test_what_is_no_path_is_nowhere_to_go_back_to(wanted):
    request = RequestFactory().post("/here/", {"next": wanted})
    assert responses.next_of(request) == ""


def test_after_an_act_htmx_hears_what_changed_and_stays(asked):
    response = responses.act_done(asked(**HTMX), ["live:chat"], to="/there/")
    assert (response.status_code, response["HX-Trigger"]) == (204, "live:chat")
    assert response["Vary"] == "HX-Request"


def test_after_an_act_everybody_else_goes_on(asked):
    response = responses.act_done(asked(), ["live:chat"], to="/there/")
    assert (response.status_code, response["Location"]) == (302, "/there/")
    assert "HX-Trigger" not in response
    assert response["Vary"] == "HX-Request"


def test_a_dialog_closes_and_its_lists_hear_of_it(asked):
    request = asked(**HTMX, **{"HX-Current-URL": "http://testserver/lists/"})
    response = responses.close_dialog(request, "lists-changed", to="/there/")
    assert (response.status_code, response["HX-Trigger"]) == (204, "close-dialog, lists-changed")


def test_a_dialog_that_was_a_page_of_its_own_is_left(asked):
    request = asked(**HTMX, **{"HX-Current-URL": "http://testserver/here/?next=/"})
    response = responses.close_dialog(request, "lists-changed", to="/there/")
    assert (response.status_code, response["HX-Redirect"]) == (204, "/there/")
    assert responses.close_dialog(asked(), to="/there/")["Location"] == "/there/"


def test_htmx_gets_the_fragment_and_everybody_else_the_message(asked):
    request = asked(**HTMX)
    response = responses.fragment_or_redirect(
        request, lambda: HttpResponse("part"), to="/there/", said="Done."
    )
    assert (response.content, said(request)) == (b"part", [])
    request = asked()
    response = responses.fragment_or_redirect(
        request, lambda: pytest.fail("nobody asked for it"), to="/there/", said="Done."
    )
    assert (response["Location"], said(request)) == ("/there/", [("success", "Done.")])
    assert response["Vary"] == "HX-Request"


def test_a_form_that_was_a_page_of_its_own_is_left_for_what_it_changed(asked):
    request = asked(**HTMX, **{"HX-Current-URL": "http://testserver/here/?next=/#form"})
    response = responses.fragment_or_redirect(
        request, lambda: pytest.fail("nothing is there to replace"), to="/there/#it", said="Done."
    )
    assert (response.status_code, response["HX-Redirect"]) == (204, "/there/#it")
    assert said(request) == [("success", "Done.")]


@pytest.mark.parametrize(
    ("headers", "is_alone"),
    [
        ({}, True),
        (HTMX | {"HX-Current-URL": "http://testserver/here/?after=x"}, True),
        (HTMX | {"HX-History-Restore-Request": "true"}, True),
        (HTMX | {"HX-Current-URL": "http://testserver/list/"}, False),
        (HTMX | {"HX-Current-URL": "http://elsewhere.example/here/"}, False),
        (HTMX, False),
    ],
)
def test_what_is_asked_for_at_its_own_address_stands_alone(asked, headers, is_alone):
    assert responses.stands_alone(asked(**headers)) == is_alone


def test_another_page_is_gone_to_and_never_put_into_this_one(asked):
    assert responses.go_to(asked(**HTMX), "/there/")["HX-Redirect"] == "/there/"
    assert responses.go_to(asked(), "/there/")["Location"] == "/there/"
    assert responses.reload_or_go_to(asked(**HTMX), "/there/")["HX-Refresh"] == "true"
    assert responses.reload_or_go_to(asked(), "/there/")["Location"] == "/there/"


def test_a_toast_keeps_what_was_announced(asked):
    response = responses.no_content(["live:qna", "close-dialog"])
    responses.with_toast(asked(**HTMX), response, "Taken already.", tone="warning")
    assert json.loads(response["HX-Trigger"]) == {
        "live:qna": "",
        "close-dialog": "",
        "toast": {"text": "Taken already.", "tone": "warning"},
    }
    responses.with_events(response, ["live:chat"])
    assert json.loads(response["HX-Trigger"])["live:chat"] == ""


def test_without_htmx_a_toast_is_a_message_on_the_next_page(asked):
    request = asked()
    response = responses.with_toast(request, HttpResponse(), "Taken already.", tone="warning")
    assert "HX-Trigger" not in response
    assert said(request) == [("warning", "Taken already.")]


def test_what_is_told_with_an_event_is_json(asked):
    events = {"stage-seat": {"seat": 3}, "live:stage": ""}
    assert json.loads(responses.no_content(events)["HX-Trigger"]) == events
    assert "HX-Trigger" not in responses.no_content()


def test_somebody_who_goes_back_gets_the_whole_page(asked):
    assert responses.wants_fragment(asked(**HTMX))
    assert not responses.wants_fragment(asked())
    assert not responses.wants_fragment(asked(**HTMX, **{"HX-History-Restore-Request": "true"}))


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "https:evil.example", ""],
)
def test_next_never_leads_to_another_site(asked, wanted):
    assert responses.next_of(asked("/", {"next": wanted})) == ""
    assert responses.next_of(asked("/", {"next": wanted}, method="post")) == ""


def test_next_leads_to_our_own_pages(asked):
    assert responses.next_of(asked("/", {"next": "/media/?tab=shared"})) == "/media/?tab=shared"
    assert responses.posted_next(asked("/", {"next": "/media/"}, method="post")) == "/media/"
    assert responses.posted_next(asked("/", {"next": "/media/"})) == ""


def test_next_is_carried_behind_any_address():
    assert responses.with_next("/a/", "") == "/a/"
    assert responses.with_next("/a/", "/b/?c=1") == "/a/?next=%2Fb%2F%3Fc%3D1"
    assert responses.with_next("/a/?x=1", "/b/") == "/a/?x=1&next=%2Fb%2F"


def test_a_form_that_came_back_is_422():
    assert responses.status_of(forms.Form()) == 200
    assert responses.status_of(forms.Form({})) == 422


def test_an_answer_may_fill_another_place():
    response = responses.retarget(HttpResponse("all of it"), "#chat")
    assert (response["HX-Retarget"], response["HX-Reswap"]) == ("#chat", "outerHTML")
