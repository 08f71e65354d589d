"""Whose clock and whose language: the account's, else the browser's, else the site's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from access.accounts.models import User
from access.accounts.personal_data import AccountData, key_of
from media_items.personal_data import Subject
from tests import factories
from tests.reading import tags_of, text_of, unescaped, words_of

EVENING = datetime(2026, 11, 28, 18, 45, tzinfo=UTC)


@pytest.fixture
def seen_page(item):
    """A page with a moment on it: when the item is shown from."""
    type(item).objects.filter(pk=item.pk).update(available_from=EVENING)
    return item.get_absolute_url()


def choose(user: User, **choice: str) -> None:
    User.objects.filter(pk=user.pk).update(**choice)


def root_of(response):
    return tags_of(response)[0]


def test_the_accounts_zone_comes_first_then_the_browsers_then_the_sites(client, owner, seen_page):
    client.force_login(owner)
    page = client.get(seen_page)
    assert "Sat 28 Nov 2026, 18:45 UTC<" in text_of(page)
    assert (root_of(page)["data-zone"], root_of(page)["data-zone-of"]) == ("UTC", "site")

    client.cookies["foyer_zone"] = "America/New_York"
    page = client.get(seen_page)
    assert "Sat 28 Nov 2026, 13:45<" in text_of(page)
    assert root_of(page)["data-zone-of"] == "browser"

    choose(owner, time_zone="Asia/Tokyo")
    page = client.get(seen_page)
    assert "Sun 29 Nov 2026, 03:45<" in text_of(page)
    assert (root_of(page)["data-zone"], root_of(page)["data-zone-of"]) == ("Asia/Tokyo", "account")


@pytest.mark.parametrize(
    "told", ["../../etc/passwd", "Mars/Olympus", "%00", "localtime", "<b>", "x" * 4000]
)
def test_a_browser_that_tells_no_zone_is_on_the_sites(client, owner, seen_page, told):
    client.force_login(owner)
    client.cookies["foyer_zone"] = told
    page = client.get(seen_page)
    assert root_of(page)["data-zone-of"] == "site"
    assert told not in text_of(page) or told == "%00"


def test_a_zone_of_the_account_that_is_gone_from_the_world_is_none(client, owner, seen_page):
    choose(owner, time_zone="Mars/Olympus")
    client.force_login(owner)
    assert root_of(client.get(seen_page))["data-zone-of"] == "site"


def test_no_zone_outlives_its_request(client, owner, seen_page):
    client.force_login(owner)
    client.cookies["foyer_zone"] = "America/New_York"
    client.get(seen_page)
    assert timezone.get_current_timezone_name() == "UTC"


def test_an_answer_by_a_cookie_says_so(client, link):
    """A shared cache must not give one reader's clock to another."""
    response = client.get(reverse("access:privacy"))
    assert "Cookie" in response["Vary"]


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_knowing_the_zone_asks_the_database_nothing(client, owner, seen_page):
    client.force_login(owner)
    without = queries(client, seen_page)
    client.cookies["foyer_zone"] = "America/New_York"
    assert queries(client, seen_page) == without
    choose(owner, time_zone="Asia/Tokyo")
    assert queries(client, seen_page) == without


def test_an_account_chooses_its_zone(client, owner):
    client.force_login(owner)
    client.cookies["foyer_zone"] = "America/New_York"
    page = client.get(reverse("access:account"))
    assert "Same as this browser (New York)" in unescaped(page)
    typed = {"first_name": "Noa", "last_name": "Levi", "time_zone": "Europe/Berlin"}
    assert client.post(reverse("access:account"), typed).status_code == 302
    owner.refresh_from_db()
    assert owner.time_zone == "Europe/Berlin"
    assert client.post(reverse("access:account"), typed | {"time_zone": ""}).status_code == 302
    owner.refresh_from_db()
    assert owner.time_zone == ""


def test_an_account_chooses_no_zone_that_nobody_knows(client, owner):
    client.force_login(owner)
    typed = {"first_name": "Noa", "time_zone": "Mars/Olympus"}
    assert client.post(reverse("access:account"), typed).status_code == 422
    owner.refresh_from_db()
    assert owner.time_zone == ""


def test_a_site_of_one_language_asks_for_none(client, owner, settings):
    settings.LANGUAGES = [("en", "English")]
    assert 'name="language"' not in text_of(client.get(reverse("access:privacy")))
    client.force_login(owner)
    assert 'name="language"' not in text_of(client.get(reverse("access:account")))


class TestWithLanguages:
    @pytest.fixture(autouse=True)
    def _languages(self, settings):
        settings.LANGUAGES = [("en", "English"), ("he", "עברית")]
        yield
        translation.deactivate()

    def test_the_accounts_language_comes_before_the_browsers(self, client, owner):
        choose(owner, language="he")
        client.force_login(owner)
        page = client.get(reverse("access:account"), headers={"Accept-Language": "en"})
        assert (root_of(page)["lang"], root_of(page)["dir"]) == ("he", "rtl")
        assert page["Content-Language"] == "he"
        assert "Cookie" in page["Vary"]

    def test_without_a_choice_it_is_the_browsers(self, client, owner):
        client.force_login(owner)
        for language, direction in (("en", "ltr"), ("he", "rtl")):
            headers = {"Accept-Language": language}
            page = client.get(reverse("access:account"), headers=headers)
            assert (root_of(page)["lang"], root_of(page)["dir"]) == (language, direction)

    def test_a_language_that_is_not_offered_any_more_is_none(self, client, owner):
        choose(owner, language="fr")
        client.force_login(owner)
        assert root_of(client.get(reverse("access:account")))["lang"] == "en"

    def test_the_page_of_a_refusal_is_in_it_too(self, client, owner):
        choose(owner, language="he")
        client.force_login(owner)
        page = client.get("/media/nothing/")
        assert page.status_code == 404
        assert (root_of(page)["lang"], root_of(page)["dir"]) == ("he", "rtl")

    def test_an_account_chooses_it(self, client, owner):
        client.force_login(owner)
        assert "עברית" in text_of(client.get(reverse("access:account")))
        typed = {"first_name": "Noa", "language": "he"}
        assert client.post(reverse("access:account"), typed).status_code == 302
        owner.refresh_from_db()
        assert owner.language == "he"


@pytest.mark.django_db
class TestTheLanguageOfABrowser:
    @pytest.fixture(autouse=True)
    def _languages(self):
        yield
        translation.deactivate()

    def choose(self, client, language, **more):
        there = {"language": language, "next": reverse("access:privacy")} | more
        return client.post(reverse("access:choose_language"), there)

    def test_whoever_has_no_account_chooses_it_at_the_foot_of_a_page(self, client):
        assert "עברית" in text_of(client.get(reverse("access:privacy")))
        answer = self.choose(client, "he")
        assert answer["Location"] == reverse("access:privacy")
        page = client.get(reverse("access:privacy"), headers={"Accept-Language": "fr"})
        assert (root_of(page)["lang"], root_of(page)["dir"]) == ("he", "rtl")
        assert "Cookie" in page["Vary"]

    def test_an_account_has_a_field_of_its_own_instead(self, client, owner):
        self.choose(client, "he")
        choose(owner, language="fr")
        client.force_login(owner)
        page = client.get(reverse("access:account"))
        assert root_of(page)["lang"] == "fr"
        assert reverse("access:choose_language") not in text_of(page)

    def test_one_that_is_not_offered_changes_nothing(self, client):
        assert not self.choose(client, "xx").cookies
        assert root_of(client.get(reverse("access:privacy")))["lang"] == "en"

    def test_it_leads_to_no_other_site(self, client):
        assert self.choose(client, "fr", next="https://evil.example/")["Location"] == "/"


def test_both_are_shown_and_given_to_the_person_they_are_about(owner):
    owner.time_zone, owner.language = "Europe/Berlin", "en"
    owner.save()
    subject = Subject(item=None, keys=frozenset({str(key_of(owner))}), email=owner.email)
    [told] = AccountData().export(subject)
    assert (told["time_zone"], told["language"]) == ("Europe/Berlin", "en")


def test_a_new_event_begins_in_the_hosts_zone(client, owner):
    address = reverse("media_items:create_media_item", args=["live_event"])
    factories.MediaItemFactory(owner=owner, time_zone="Asia/Tokyo")
    client.force_login(owner)
    zone = lambda: client.get(address).context["form"]["time_zone"].value()  # noqa: E731
    assert zone() == "Asia/Tokyo"  # nobody knows: the one used last
    client.cookies["foyer_zone"] = "America/New_York"
    assert zone() == "America/New_York"
    choose(owner, time_zone="Europe/Berlin")
    assert zone() == "Europe/Berlin"


def test_a_window_is_typed_on_the_hosts_own_clock(client, owner, seen_page, item):
    type(item).objects.filter(pk=item.pk).update(time_zone="Asia/Tokyo")
    client.force_login(owner)
    client.cookies["foyer_zone"] = "America/New_York"
    form = client.get(reverse("media_items:edit_media_item", args=[item.public_id])).context["form"]
    assert form["time_zone"].value() == "America/New_York"
    assert f"{form['available_from'].value():%H:%M}" == "13:45"


def test_an_event_is_typed_on_its_own_clock(client, owner):
    event = factories.MediaItemFactory(
        owner=owner, kind="live_event", starts_at=EVENING, time_zone="Asia/Tokyo"
    )
    client.force_login(owner)
    client.cookies["foyer_zone"] = "America/New_York"
    address = reverse("media_items:edit_media_item", args=[event.public_id])
    form = client.get(address).context["form"]
    assert form["time_zone"].value() == "Asia/Tokyo"
    assert f"{form['starts_at'].value():%H:%M}" == "03:45"
    assert "Sat 28 Nov 2026, 13:45 EST" in words_of(client.get(event.get_absolute_url()))
    assert "(event time: Sun 29 Nov 2026, 03:45 UTC+9)" in words_of(
        client.get(event.get_absolute_url())
    )


def test_a_last_day_ends_at_the_hosts_midnight_and_says_so(client, owner, link):
    client.force_login(owner)
    client.cookies["foyer_zone"] = "America/New_York"
    address = reverse("access:edit_guest_link", args=[link.item.public_id, link.pk])
    assert "The day ends at midnight, E" in words_of(client.get(address))
    client.post(address, {"name": link.name, "last_day": "2027-01-15"})
    link.refresh_from_db()
    assert link.expires_at == datetime(2027, 1, 16, 5, tzinfo=UTC)
    page = client.get(reverse("access:guest_links", args=[link.item.public_id]))
    assert "Last day 15 Jan 2027" in words_of(page)
    client.cookies["foyer_zone"] = "Europe/Berlin"
    page = client.get(reverse("access:guest_links", args=[link.item.public_id]))
    assert "Ends Sat 16 Jan 2027, 06:00 CET" in words_of(page)
    form = words_of(client.get(address))
    assert "access ends on Sat 16 Jan 2027, 06:00 CET." in form


def test_the_administration_says_on_whose_clock_it_is(client, db):
    staff = factories.UserFactory(is_staff=True, is_superuser=True, time_zone="Europe/Berlin")
    client.force_login(staff)
    assert "All times in Europe/Berlin" in words_of(client.get(reverse("admin:index")))


def test_what_is_said_after_choosing_a_language_is_said_in_it(client_of, owner):
    browser = client_of(owner)
    typed = {"first_name": "Noa", "last_name": "Levi", "language": "fr", "time_zone": ""}
    page = browser.post(reverse("access:account"), typed, follow=True)
    assert 'lang="fr"' in text_of(page)
    assert "Saved." not in text_of(page)
    assert "Enregistré" in text_of(page)
