"""Foyer's session store and backend: what Django's own say, with fewer statements."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from django.utils import timezone

from access.accounts.backends import AccountBackend, SessionStore
from tests import factories

pytestmark = pytest.mark.django_db


def kept(**values):
    store = SessionStore()
    store.update(values)
    store.save()
    return store.session_key


def test_what_was_kept_is_read(django_assert_num_queries):
    key = kept(word="cell")
    with django_assert_num_queries(1):
        assert SessionStore(key)["word"] == "cell"


@pytest.mark.parametrize("key", ["", "never-was-a-key-of-anybody", None])
def test_a_key_that_names_no_session_is_forgotten(key):
    store = SessionStore(key)
    assert store.get("word") is None
    assert store.session_key is None


def test_a_session_that_is_over_is_worth_nothing():
    key = kept(word="cell")
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert SessionStore(key).get("word") is None


def test_a_change_is_one_statement(django_assert_num_queries):
    store = SessionStore(kept(word="cell"))
    store["word"] = "division"
    with django_assert_num_queries(1):
        store.save()
    assert SessionStore(store.session_key)["word"] == "division"


def test_a_session_that_was_deleted_meanwhile_does_not_come_back():
    """Else a browser that had just been signed out elsewhere would be signed in again."""
    store = SessionStore(kept(word="cell"))
    store["word"] = "division"
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.exists()


def test_a_key_that_is_taken_is_not_taken_over():
    store = SessionStore(kept(word="cell"))
    store["word"] = "division"
    with pytest.raises(CreateError):
        store.save(must_create=True)
    assert SessionStore(store.session_key)["word"] == "cell"


def test_what_is_written_before_the_answer_is_not_written_with_it(django_assert_num_queries):
    store = SessionStore()
    store["word"] = "cell"
    with django_assert_num_queries(1):
        store.write()
        store.save()
    assert store.modified  # so that the answer brings the cookie
    assert SessionStore(store.session_key)["word"] == "cell"


def test_what_is_set_after_the_writing_is_written_with_the_answer():
    store = SessionStore()
    store["word"] = "cell"
    store.write()
    store["word"] = "division"
    store.save()
    assert SessionStore(store.session_key)["word"] == "division"


@pytest.mark.parametrize("how", ["write", "save"])
def test_a_renewed_session_has_another_key_and_the_old_one_is_worth_nothing(how):
    planted = kept(word="cell")
    store = SessionStore(planted)
    store["word"] = "division"
    store.renew()
    store["more"] = "later"
    getattr(store, how)()
    assert store.session_key not in {planted, None}
    assert dict(SessionStore(store.session_key).items()) == {"word": "division", "more": "later"}
    assert SessionStore(planted).get("word") is None
    assert Session.objects.count() == 1


def test_a_session_that_is_renewed_before_it_is_read_loses_nothing():
    store = SessionStore(kept(word="cell"))
    store.renew()
    store.write()
    assert dict(SessionStore(store.session_key).items()) == {"word": "cell"}


def test_a_renewed_session_is_one_insert_and_one_delete(django_assert_num_queries):
    store = SessionStore(kept(word="cell"))
    store["word"] = "division"
    store.renew()
    store["more"] = "later"
    with django_assert_num_queries(2):
        store.write()
        store.save()


def test_a_renewed_session_that_is_ended_holds_nothing():
    store = SessionStore(kept(word="cell"))
    store.renew()
    store.flush()
    row = Session.objects.get()
    assert row.expire_date < timezone.now()
    assert row.get_decoded() == {}


@pytest.mark.parametrize("how", ["write", "save"])
def test_who_signs_out_meanwhile_stays_signed_out(how):
    """A join that has read the session renews it after it was ended in another tab."""
    store, elsewhere = SessionStore(key := kept(word="cell")), SessionStore(key)
    store.renew()
    elsewhere.flush()
    with pytest.raises(SessionInterrupted), transaction.atomic():
        getattr(store, how)()
    assert store.is_empty()
    store.save()
    assert not any(row.get_decoded() for row in Session.objects.all())


@pytest.mark.parametrize("how", ["write", "save"])
def test_a_clock_that_was_looked_at_before_the_sign_out_does_not_undo_it(how, monkeypatch):
    """As of a request that has waited for the row since."""
    store, elsewhere = SessionStore(key := kept(word="cell")), SessionStore(key)
    before = timezone.now()
    store.renew()
    store.items()
    elsewhere.flush()
    monkeypatch.setattr("access.accounts.backends.timezone.now", lambda: before)
    with pytest.raises(SessionInterrupted), transaction.atomic():
        getattr(store, how)()


def test_a_change_does_not_bring_back_what_was_ended_meanwhile():
    store = SessionStore(key := kept(word="cell"))
    store["word"] = "division"
    SessionStore(key).flush()
    with pytest.raises(UpdateError):
        store.save()


@pytest.mark.parametrize("how", ["write", "save"])
def test_a_form_that_is_sent_twice_renews_the_session_twice(how):
    first, second = SessionStore(key := kept(word="cell")), SessionStore(key)
    for store in (first, second):
        store.renew()
    for store in (first, second):
        getattr(store, how)()
    assert SessionStore(second.session_key)["word"] == "cell"


@pytest.mark.parametrize("key", ["abcdefgh\0ijkl", "a" * 31 + "\0", "A" * 32, "é" * 32, "a" * 33])
def test_what_is_no_key_of_ours_is_not_looked_for(key, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert SessionStore(key).get("word") is None


def test_every_new_key_is_another():
    keys = {kept() for _one in range(20)}
    assert len(keys) == 20
    assert all(len(key) == 32 for key in keys)


def test_an_account_that_is_switched_off_is_signed_out_at_once():
    account = factories.UserFactory()
    assert AccountBackend().get_user(account.pk) == account
    browser = Client()
    browser.force_login(account)
    assert browser.get("/media/").status_code == 200
    account.is_active = False
    account.save()
    assert AccountBackend().get_user(account.pk) is None
    assert AccountBackend().get_user(account.pk + 1) is None
    assert browser.get("/media/").status_code == 302
