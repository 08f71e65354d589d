"""The cast: people whose access to `item` can be said in one sentence each."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.template import Context, Template
from django.test import Client, SimpleTestCase, TransactionTestCase, override_settings
from django.test.signals import template_rendered
from django.utils import translation

from access import session_proofs
from access.accounts.backends import SessionStore
from access.guests.views.way_back import remember_coming
from media_items.compiled import Compiled
from tests import emptying, factories


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what asks no database; pytest-django refuses it one. It runs once, not on each."""
    for item in items:
        of_django = issubclass(getattr(item, "cls", None) or object, SimpleTestCase)
        if not asks_database(item) and not of_django:
            item.add_marker(pytest.mark.no_database)


def asks_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(fixtures & {"db", "transactional_db"} or item.get_closest_marker("django_db"))


@pytest.fixture(autouse=True)
def _no_language_is_left():
    """What a request made active stays so in its thread, until the next request."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _known_content_types(request):
    """As in a server that runs: whether a test asks for one more does not hang on those before."""
    if asks_database(request.node):
        request.getfixturevalue("db")
        ContentType.objects.get_for_models(*apps.get_models(), for_concrete_models=False)


@pytest.fixture(scope="session", autouse=True)
def _tables_are_emptied_by_rows():
    """After a test with transactions of its own. Content types and permissions stay.

    Django's `flush` truncates every table and makes those two anew, a quarter of a second each time
    on PostgreSQL.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: emptying.empty_tables())
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_settings():
    """What takes time and is not what a test is about."""
    staticfiles = {"BACKEND": "tests.static_addresses.RememberedAddresses"}
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STORAGES={**settings.STORAGES, "staticfiles": staticfiles},
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def _whole_pages_are_noted(django_test_environment):
    """`response.context` is what a whole page was drawn with.

    Django's own notes every part of a page besides, with a copy of all it was drawn with.
    """

    def render(template: Template, context: Context) -> str:
        if context.template is template:
            template_rendered.send(sender=template, template=template, context=context)
        return template.nodelist.render(context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


@pytest.fixture(scope="session", autouse=True)
def _refusals_are_answers():
    """Thousands of requests are refused on purpose; the log would hold a traceback of each."""
    logging.getLogger("django.request").setLevel(logging.ERROR)


@pytest.fixture
def asked_both_ways(monkeypatch):
    """Every question that is compiled once is asked as a queryset, too; the answers are one."""
    by_kept_sql = Compiled.__call__

    def ask(question: Compiled, **arguments: object) -> list:
        found = by_kept_sql(question, **arguments)
        anew = [told(one) for one in question.queryset(**arguments)]
        assert [told(one) for one in found] == anew, question.name
        return found

    def told(row: object) -> object:
        if not isinstance(row, Model):
            return row
        columns = {name: value for name, value in vars(row).items() if name != "_state"}
        return columns | {name: told(one) for name, one in row._state.fields_cache.items()}

    monkeypatch.setattr(Compiled, "__call__", ask)


@pytest.fixture
def owner(db):
    """Made `item`."""
    return factories.UserFactory(email="noa@example.edu", first_name="Noa", last_name="Levi")


@pytest.fixture
def item(owner):
    """A private video of `owner`."""
    return factories.MediaItemFactory(owner=owner, title="Cell division, part 2")


@pytest.fixture
def co_editor(item):
    """Has an account and was added to `item` by its owner."""
    return factories.CoEditorFactory(item=item).user


@pytest.fixture
def gallery(db):
    return factories.GalleryFactory(name="Biology 101")


@pytest.fixture
def member(gallery):
    """Member of `gallery`; sees what is published there."""
    return factories.GalleryMembershipFactory(gallery=gallery).user


@pytest.fixture
def stranger(db):
    """Has an account and nothing to do with `item`."""
    return factories.UserFactory(email="stranger@example.edu")


@pytest.fixture
def link(item):
    """An active guest link of `item` without limits."""
    return factories.GuestLinkFactory(item=item, access_on=True)


@pytest.fixture
def admission(link):
    """A guest who came by `link`, in one browser."""
    return factories.GuestAdmissionFactory(guest__link=link)


def client_with_admissions(*admissions) -> Client:
    """A browser whose session proves these guest admissions, each by its link's address now."""
    session = SessionStore()
    for one in admissions:
        remember_coming(session, one, key_version=one.guest.link.key_version)
    return _client_that_remembers(session_proofs.guest_admissions, admissions, session)


def _client_that_remembers(
    proofs: session_proofs.ProofList, rows: Iterable[Model], session: SessionStore | None = None
) -> Client:
    client, session = Client(), session or SessionStore()
    for one in rows:
        proofs.remember(session, one.pk)
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


@pytest.fixture
def guest_client(admission):
    return client_with_admissions(admission)


def client_with_proofs(*proofs) -> Client:
    """A browser whose session proves these invitations."""
    return _client_that_remembers(session_proofs.invitation_proofs, proofs)


@pytest.fixture
def invitation(item):
    """Grace Hopper, invited to `item` as a viewer; she has accepted."""
    return factories.InvitationFactory(item=item, email="grace@example.org", accepted=True)


@pytest.fixture
def invitee_client(invitation):
    """Her browser, proven by a code."""
    return client_with_proofs(factories.InvitationProofFactory(invitation=invitation))


@pytest.fixture
def client_of():
    """`client_of(user)`: a browser in which that account is signed in."""

    def make(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make
