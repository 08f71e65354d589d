"""Manage guest access and Share as hosts use them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
import time_machine
from django.apps import apps as django_apps
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from access.guests.models import Guest, GuestAccess, GuestAdmission, GuestLink
from access.guests.services import guests, links
from access.links import guest_link_address, guest_link_token
from access.site_policy.models import GuestLinkMakers, SitePolicy
from access.typed_text import same_words
from media_items.catalogue.models import State
from media_items.quizzes.choices import Preset
from tests import factories
from tests.factories import BlockFactory
from tests.live_factories import ParticipantFactory
from tests.quiz_factories import QuizFactory
from tests.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(client_of, owner):
    return client_of(owner)


def url(name, item, *args):
    return reverse(f"access:{name}", args=[item.public_id, *args])


def create(client, item, **fields):
    return client.post(url("create_guest_link", item), {"name": "Webinar", **fields})


# --- the dialog -----------------------------------------------------------------------------------


def test_the_dialog_is_a_page_and_for_htmx_only_its_body(host, item):
    page = host.get(url("guest_links", item))
    assert "<html" in text_of(page)
    part = host.get(url("guest_links", item), headers={"HX-Request": "true"})
    assert "<html" not in text_of(part)
    assert 'id="dialog-title"' in text_of(part)
    assert "HX-Request" in page["Vary"]
    assert "HX-Request" in part["Vary"]


def test_switching_on_offers_the_first_link(host, item):
    assert "Create new link" not in text_of(host.get(url("guest_links", item)))
    host.post(url("switch_on_guest_access", item))
    assert GuestAccess.objects.get(item=item).enabled_at
    assert "Create new link" in text_of(host.get(url("guest_links", item)))


def test_a_new_link_needs_a_name_and_nothing_else(host, item):
    response = create(host, item)
    assert response.status_code == 302
    link = GuestLink.objects.get()
    assert (link.places, link.expires_at, link.created_by) == (None, None, item.owner)
    assert (link.may_download, link.email_domains) == (False, "")
    page = text_of(host.get(response["Location"]))
    assert guest_link_address(link) in page
    assert "link-row-new" in page


def test_htmx_gets_the_list_with_the_new_link_and_the_page_hears_of_it(host, item):
    host.post(url("switch_on_guest_access", item))
    response = host.post(
        url("create_guest_link", item), {"name": "Webinar"}, headers={"HX-Request": "true"}
    )
    assert response.status_code == 200
    assert "guest-links-changed" in response["HX-Trigger"]
    assert guest_link_address(GuestLink.objects.get()) in text_of(response)


@time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=UTC))
def test_days_run_through_the_end_of_the_last_one(host, item):
    create(host, item, days="2", places="30")
    link = GuestLink.objects.get()
    assert link.expires_at == datetime(2026, 11, 26, 0, tzinfo=UTC)
    assert "25 Nov 2026" in text_of(host.get(url("guest_links", item)))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"places": "0"}, "at least one place"),
        ({"places": "many"}, "Enter a whole number"),
        ({"days": "0"}, "greater than or equal to 1"),
        ({"days": "99999"}, "less than or equal to 3650"),
        ({"email_domains": "not a domain!"}, "is not a domain"),
    ],
)
def test_a_mistake_comes_back_in_the_dialog_with_all_that_was_typed(host, item, fields, said):
    host.post(url("switch_on_guest_access", item))
    response = create(host, item, **{"places": "12", **fields})
    assert response.status_code == 422
    assert said in text_of(response).replace("&#x27;", "'")
    assert not GuestLink.objects.exists()
    for value in {"places": "12", **fields}.values():
        assert value in text_of(response)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Webinar", "Webinar"),
        ("Webinar", "  webinar "),
        ("For  parents", "for Parents"),
        ("Vorträge", "VORTRA\u0308GE"),
        ("Straße", "STRASSE"),
    ],
)
def test_two_links_of_an_item_have_two_names(host, item, name, other):
    host.post(url("switch_on_guest_access", item))
    create(host, item, name=name)
    response = create(host, item, name=other, places="5")
    assert response.status_code == 422
    assert "There is already a link with this name here." in text_of(response)
    assert GuestLink.objects.count() == 1


def test_create_pressed_twice_makes_one_link_and_shows_it(host, item):
    host.post(url("switch_on_guest_access", item))
    first, second = create(host, item), create(host, item)
    assert second["Location"] == first["Location"]
    assert GuestLink.objects.count() == 1
    # Deleted and made again at once is another one.
    links.delete_link(link=GuestLink.objects.get(), by=None)
    assert create(host, item).status_code == 302
    assert GuestLink.objects.on(item).count() == 1


def test_a_link_is_not_renamed_to_another_ones_name_and_keeps_its_own(host, item):
    create(host, item)
    create(host, item, name="Parents")
    parents = GuestLink.objects.get(name="Parents")
    refused = host.post(url("edit_guest_link", item, parents.pk), {"name": "WEBINAR"})
    assert refused.status_code == 422
    assert "There is already a link with this name here." in text_of(refused)
    assert (
        host.post(url("edit_guest_link", item, parents.pk), {"name": "parents"}).status_code == 302
    )
    # The name of a link that was deleted, and of one of another item, is free.
    links.delete_link(link=GuestLink.objects.get(name="Webinar"), by=None)
    assert create(host, item).status_code == 302
    other = factories.MediaItemFactory(owner=item.owner)
    assert create(host, other).status_code == 302


def test_the_database_keeps_two_links_of_one_name_out(item):
    factories.GuestLinkFactory(item=item, name="Webinar")
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.GuestLinkFactory(item=item, name="WEBINAR ")
    factories.GuestLinkFactory(item=item, name="Webinar", deleted=True)


def test_links_that_had_one_name_are_numbered(item):
    """As the migration finds them: before names had to differ."""
    names = ["Webinar", "webinar", "Webinar (2)", "x" * 100, "X" * 100]
    made = [
        factories.GuestLinkFactory(item=item, name=name, name_key=str(n))
        for n, name in enumerate(names)
    ]
    gone = factories.GuestLinkFactory(item=item, name="Webinar", deleted=True, name_key="")
    import_module("access.guests.migrations.0009_one_name_per_link").name_keys(
        django_apps, SimpleNamespace(connection=connection)
    )
    renamed = [GuestLink.objects.get(pk=one.pk).name for one in made]
    assert renamed == ["Webinar", "webinar (2)", "Webinar (2) (2)", "x" * 100, "X" * 96 + " (2)"]
    keys = [GuestLink.objects.get(pk=one.pk).name_key for one in [*made, gone]]
    assert keys == [same_words(name) for name in [*renamed, "Webinar"]]


# --- the new link in one's hand -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["create_guest_link", "new_guest_link_address"])
def test_a_link_that_is_new_is_shown_in_full_and_copied(host, item, name):
    host.post(url("switch_on_guest_access", item))
    args = []
    if name == "new_guest_link_address":
        args = [factories.GuestLinkFactory(item=item, name="Parents").pk]
    asked = url(name, item, *args), {"name": "Parents"}
    page = text_of(host.post(*asked, headers={"HX-Request": "true"}))
    address = guest_link_address(GuestLink.objects.get())
    assert 'data-copy-now="#fresh-link-address"' in page
    assert f'id="fresh-link-address" value="{address}"' in page
    assert f'title="{address}"' in page  # in the list, too


def test_without_script_the_new_link_is_shown_and_nothing_is_copied(host, item):
    host.post(url("switch_on_guest_access", item))
    page = text_of(host.get(create(host, item)["Location"]))
    assert 'id="fresh-link-address"' in page
    assert "data-copy-now" not in page
    later = text_of(host.get(url("guest_links", item)))
    assert "fresh-link-address" not in later
    assert guest_link_address(GuestLink.objects.get()) in later


def test_domains_are_kept_one_per_line_in_lower_case(host, item):
    create(host, item, email_domains="@Example.EDU, other.org;example.edu")
    assert GuestLink.objects.get().domains == ["example.edu", "other.org"]


@pytest.mark.parametrize(
    ("kind", "shown", "hidden"),
    [
        ("video", ["may_download"], ["may_chat", "may_ask", "waiting_room", "may_take_quiz"]),
        ("live_event", ["may_chat", "may_ask", "waiting_room"], ["may_download", "may_raise_hand"]),
        ("room", ["may_chat", "may_ask", "may_raise_hand", "waiting_room"], ["may_download"]),
        (
            "quiz",
            ["may_take_quiz", "verify_before_quiz"],
            ["may_download", "may_chat", "may_ask", "waiting_room"],
        ),
    ],
)
def test_the_form_asks_only_what_the_kind_has(client_of, owner, kind, shown, hidden):
    item = factories.MediaItemFactory(owner=owner, kind=kind)
    client = client_of(owner)
    client.post(url("switch_on_guest_access", item))
    page = text_of(client.get(url("guest_links", item)))
    for name in shown:
        assert f'name="{name}"' in page
    for name in hidden:
        assert f'name="{name}"' not in page


@pytest.mark.parametrize("preset", Preset)
def test_a_code_before_the_quiz_is_off_and_suggested_for_a_test(client_of, owner, preset):
    item = QuizFactory(item__owner=owner, preset=preset).item
    client = client_of(owner)
    client.post(url("switch_on_guest_access", item))
    page = text_of(client.get(url("guest_links", item)))
    assert ("Suggested for a test." in page) == (preset == Preset.TEST)
    create(client, item)
    assert GuestLink.objects.get().verify_before_quiz is False


def test_a_browser_cannot_allow_what_the_form_did_not_ask(host, item):
    create(host, item, waiting_room="on", may_raise_hand="", places_taken="5", key_version="9")
    link = GuestLink.objects.get()
    assert (link.waiting_room, link.places_taken, link.key_version) == (False, 0, 1)


# --- ceilings -------------------------------------------------------------------------------------


def test_a_site_allows_so_many_links_and_says_so(host, item, settings):
    settings.GUEST_LINKS_PER_ITEM = 2
    host.post(url("switch_on_guest_access", item))
    create(host, item)
    create(host, item, name="Parents")
    response = create(host, item, name="Posters")
    assert response.status_code == 422
    assert "This site allows" in text_of(response)
    assert GuestLink.objects.count() == 2


def test_the_policy_page_can_be_stricter_than_the_server_but_not_laxer(host, item, settings):
    settings.GUEST_LINK_MOST_PLACES = 50
    SitePolicy.objects.create(pk=1, most_places=100, longest_days=7)
    host.post(url("switch_on_guest_access", item))
    assert create(host, item, places="60", days="3").status_code == 422
    assert create(host, item, places="50", days="8").status_code == 422
    assert create(host, item, places="", days="3").status_code == 422
    assert create(host, item, places="50", days="").status_code == 422
    assert create(host, item, places="50", days="7").status_code == 302


def test_a_link_cannot_be_edited_past_a_ceiling(host, item):
    SitePolicy.objects.create(pk=1, longest_days=7, most_places=10)
    create(host, item, places="5", days="7")
    link = GuestLink.objects.get()
    late = (timezone.localdate() + timedelta(days=30)).isoformat()
    fields = {"name": "Webinar", "places": "5", "last_day": late}
    response = host.post(url("edit_guest_link", item, link.pk), fields)
    assert response.status_code == 422
    assert "can work for up to 7 days" in text_of(response)
    fields = {"name": "Webinar", "places": "11", "last_day": ""}
    assert host.post(url("edit_guest_link", item, link.pk), fields).status_code == 422


@pytest.mark.parametrize(("in_group", "status"), [(True, 302), (False, 403)])
def test_a_site_can_let_only_a_group_make_guest_links(host, item, owner, in_group, status):
    group = Group.objects.create(name="Hosts")
    SitePolicy.objects.create(pk=1, guest_link_makers=GuestLinkMakers.GROUP, makers_group=group)
    if in_group:
        owner.groups.add(group)
    assert host.post(url("switch_on_guest_access", item)).status_code == status
    assert create(host, item).status_code == status


# --- one link -------------------------------------------------------------------------------------


def test_fewer_places_than_have_come_is_refused_beside_the_field(host, item):
    link = factories.GuestLinkFactory(item=item, access_on=True, places=20, places_taken=14)
    response = host.post(url("edit_guest_link", item, link.pk), {"name": "W", "places": "10"})
    assert response.status_code == 422
    assert "14 people have already joined" in text_of(response)


@time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=UTC))
def test_saving_without_touching_the_last_day_does_not_move_it(host, item):
    create(host, item, days="2")
    link = GuestLink.objects.get()
    page = text_of(host.get(url("edit_guest_link", item, link.pk)))
    assert 'value="2026-11-25"' in page
    host.post(url("edit_guest_link", item, link.pk), {"name": "New", "last_day": "2026-11-25"})
    after = GuestLink.objects.get()
    assert (after.name, after.expires_at) == ("New", link.expires_at)
    past = {"name": "New", "last_day": "2026-11-22"}
    assert host.post(url("edit_guest_link", item, link.pk), past).status_code == 422
    today = {"name": "New", "last_day": "2026-11-23"}
    host.post(url("edit_guest_link", item, link.pk), today)
    assert GuestLink.objects.get().expires_at == datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize("name", ["pause_guest_link", "switch_off_guest_access"])
def test_switching_off_asks_who_stays_and_does_nothing_before_the_answer(
    host, item, link, admission, name
):
    address = url(name, item, *([link.pk] if "link" in name else []))
    page = text_of(host.get(address))
    assert "Nobody new can join" in page
    assert "1 guest loses access now" in page
    assert host.post(address, {}).status_code == 422
    assert host.post(address, {"inside": "nonsense"}).status_code == 422
    link.refresh_from_db()
    assert link.paused_at is None
    assert GuestAccess.objects.get(item=item).enabled_at


@pytest.mark.parametrize("name", ["pause_guest_link", "switch_off_guest_access"])
@pytest.mark.parametrize(("answer", "inside"), [("stay", 1), ("end", 0)])
def test_the_answer_decides_for_those_inside(host, item, link, admission, name, answer, inside):
    address = url(name, item, *([link.pk] if "link" in name else []))
    host.post(address, {"inside": answer})
    assert GuestAdmission.objects.in_force(timezone.now()).count() == inside


def test_a_new_address_kills_the_old_one(host, client, item, link):
    old = guest_link_token(link)
    assert "address" in text_of(host.get(url("new_guest_link_address", item, link.pk)))
    assert client.get(reverse("access:join", args=[old])).status_code == 200
    host.post(url("new_guest_link_address", item, link.pk))
    assert client.get(reverse("access:join", args=[old])).status_code == 403
    link.refresh_from_db()
    assert client.get(reverse("access:join", args=[guest_link_token(link)])).status_code == 200


def test_deleting_takes_the_link_out_of_the_list(host, item, link):
    host.post(url("delete_guest_link", item, link.pk))
    assert guest_link_token(link) not in text_of(host.get(url("guest_links", item)))
    assert host.get(url("guest_link", item, link.pk)).status_code == 404


def test_the_link_can_be_copied_pasted_and_scanned(host, item, link):
    page = text_of(host.get(url("guest_link", item, link.pk)))
    assert guest_link_address(link) in page
    assert "Noa Levi invites you to" in page
    picture = host.get(url("guest_link_qr", item, link.pk))
    assert picture["Content-Type"] == "image/svg+xml"
    assert b"<svg" in picture.content
    assert b"style" not in picture.content


HOST_PAGES = [
    ("guest_links", "get", False),
    ("share", "get", False),
    ("access_line", "get", False),
    ("guests", "get", False),
    ("switch_on_guest_access", "post", False),
    ("switch_off_guest_access", "post", False),
    ("create_guest_link", "post", False),
    ("guest_link", "get", True),
    ("edit_guest_link", "post", True),
    ("pause_guest_link", "post", True),
    ("resume_guest_link", "post", True),
    ("new_guest_link_address", "post", True),
    ("delete_guest_link", "post", True),
    ("guest_link_qr", "get", True),
]


@pytest.mark.parametrize(("name", "method", "with_link"), HOST_PAGES)
def test_only_those_who_manage_reach_any_of_it(
    client_of, client, guest_client, co_editor, stranger, item, link, name, method, with_link
):
    address = url(name, item, *([link.pk] if with_link else []))
    before = GuestLink.objects.values().get()
    for who, status in ((client, 404), (client_of(stranger), 404), (guest_client, 403)):
        assert getattr(who, method)(address).status_code == status, who
    assert GuestLink.objects.values().get() == before
    assert getattr(client_of(co_editor), method)(address).status_code in {200, 302, 422}


@pytest.mark.parametrize(("name", "method", "with_link"), [row for row in HOST_PAGES if row[2]])
def test_a_link_of_another_item_is_not_reached_through_ones_own(
    host, item, name, method, with_link
):
    foreign = factories.GuestLinkFactory(access_on=True)
    assert getattr(host, method)(url(name, item, foreign.pk)).status_code == 404
    foreign.refresh_from_db()
    assert (foreign.deleted_at, foreign.paused_at, foreign.key_version) == (None, None, 1)


@pytest.mark.parametrize(
    "name",
    [
        "switch_on_guest_access",
        "resume_guest_link",
    ],
)
def test_acts_take_a_post(host, item, link, name):
    address = url(name, item, *([link.pk] if name == "resume_guest_link" else []))
    assert host.get(address).status_code == 405


# --- lists ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["guest_links", "guests", "share"])
def test_a_list_costs_the_same_with_one_row_and_with_eleven(
    host, item, link, name, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    factories.GuestAdmissionFactory(guest__link=link)
    host.get(url(name, item))
    with CaptureQueriesContext(
        connection,
    ) as one:
        host.get(url(name, item))
    for _n in range(10):
        more = factories.GuestLinkFactory(item=item, created_by=item.owner)
        factories.GuestAdmissionFactory(guest__link=more)
    with django_assert_num_queries(len(one)):
        host.get(url(name, item))


def test_the_host_finds_and_removes_a_guest(host, item, link, guest_client, admission):
    factories.GuestAdmissionFactory(guest__link=link, guest__name="Grace Hopper")
    page = text_of(host.get(url("guests", item), {"q": "lovelace"}))
    assert "Ada Lovelace" in page
    assert "Grace Hopper" not in page
    host.post(url("remove_guest", item, admission.guest_id))
    assert guest_client.get(item.get_absolute_url()).status_code == 403
    assert "Ada Lovelace" in text_of(host.get(url("guests", item), {"only": "removed"}))
    host.post(url("let_guest_back", item, admission.guest_id))
    admission.guest.refresh_from_db()
    assert admission.guest.removed_at is None


def test_removing_asks_says_what_it_keeps_out_and_can_be_undone(host, item, link, admission):
    GuestLink.objects.filter(pk=link.pk).update(places=1, places_taken=1)
    listed = url("guests", item) + "?only=inside"
    question = text_of(host.get(url("remove_guest", item, admission.guest_id)))
    for words in (
        "Remove Ada Lovelace?",
        "their place is free again",
        "can come back with another email",
        "Remove and block",
    ):
        assert words in question
    assert Guest.objects.get().removed_at is None
    done = host.post(url("remove_guest", item, admission.guest_id), {"next": listed}, follow=True)
    assert done.redirect_chain == [(listed, 302)]
    page = text_of(done)
    assert "was removed." in page
    assert "Undo" in page
    assert "Places taken: 0 of 1" in text_of(host.get(url("guest_links", item)))
    undone = host.post(url("let_guest_back", item, admission.guest_id), follow=True)
    assert "You let Ada Lovelace back in." in text_of(undone)
    assert GuestAdmission.objects.in_force(timezone.now()).exists()


def test_removed_by_somebody_else_or_long_ago_is_not_offered_to_undo(host, item, admission, owner):
    other = factories.UserFactory()
    guests.remove_guest(guest=admission.guest, by=other)
    assert "was removed." not in text_of(host.get(url("guests", item)))
    long_ago = timezone.now() - timedelta(minutes=5)
    Guest.objects.update(removed_by=owner, removed_at=long_ago)
    assert "was removed." not in text_of(host.get(url("guests", item)))


def test_a_host_blocks_a_guest_from_the_guests_page(host, item, link, admission, guest_client):
    host.post(url("remove_guest", item, admission.guest_id), {"block": "yes"})
    page = text_of(host.get(url("guests", item)))
    assert "was removed and blocked." in page
    assert "Blocked" in page
    answer = guest_client.post(
        guest_link_address(link), {"name": "Ada", "email": "another@example.org"}
    )
    assert answer.status_code == 403
    host.post(url("let_guest_back", item, admission.guest_id))
    assert guest_client.get(item.get_absolute_url()).status_code == 200


def test_pressed_twice_letting_back_in_lifts_no_block_that_was_made_in_a_session(
    host, item, admission
):
    block = BlockFactory(
        item=item,
        email=admission.guest.email,
        participant=ParticipantFactory(session__item=item),
    )
    host.post(url("remove_guest", item, admission.guest_id))
    page = host.get(url("guests", item))
    assert text_of(page).count('name="undo" value="removal"') == 2  # Undo, and Let back in
    for _press in range(2):
        host.post(url("let_guest_back", item, admission.guest_id), {"undo": "removal"})
        block.refresh_from_db()
        assert block.lifted_at is None
    # What the page offers now means the block.
    assert 'name="undo" value="block"' in text_of(host.get(url("guests", item)))
    host.post(url("let_guest_back", item, admission.guest_id), {"undo": "block"})
    block.refresh_from_db()
    assert block.lifted_at is not None


def test_with_no_place_left_nobody_is_let_back_and_it_says_what_to_do(host, item, link, admission):
    GuestLink.objects.filter(pk=link.pk).update(places=1, places_taken=1)
    host.post(url("remove_guest", item, admission.guest_id))
    GuestLink.objects.filter(pk=link.pk).update(places_taken=1)
    page = text_of(host.post(url("let_guest_back", item, admission.guest_id), follow=True))
    assert "Give the link one more place first" in page
    assert Guest.objects.get().removed_at is not None


def test_removing_somebody_erased_frees_no_place(host, item, link, admission):
    """Or a link would let in more than it has places, by removing and letting back in again."""
    GuestLink.objects.filter(pk=link.pk).update(places=2, places_taken=2)
    guests.erase_guest(guest=admission.guest, by=None)
    for name in ("remove_guest", "let_guest_back") * 2:
        host.post(url(name, item, admission.guest_id))
    link.refresh_from_db()
    assert link.places_taken == 2
    assert Guest.objects.get().removed_at is None


def test_a_host_cannot_reach_a_guest_of_another_item(host, item):
    foreign = factories.GuestAdmissionFactory().guest
    assert host.post(url("remove_guest", item, foreign.pk)).status_code == 404


def test_the_state_line_says_it_in_one_sentence(host, item, link):
    assert "Guest access on · 1 link · 0 guests" in text_of(host.get(url("access_line", item)))
    factories.GuestLinkFactory(item=item, places=30, places_taken=14)
    GuestLink.objects.filter(pk=link.pk).update(places=10, places_taken=2)
    line = text_of(host.get(url("access_line", item)))
    assert "Guest access on · 2 links · Places taken: 16 of 40" in line


def test_share_shows_the_address_and_both_ways_in_invitations_first(host, item):
    page = text_of(host.get(url("share", item)))
    assert f"http://testserver{item.get_absolute_url()}" in page
    ways = page[page.index('class="ways"') :]
    assert 0 < ways.index(url("invite_users", item)) < ways.index(url("guest_links", item))


@pytest.mark.parametrize("page", ["share", "guest_links"])
@pytest.mark.parametrize(
    ("state", "said"),
    [
        (State.PRIVATE, "Private: opens only for people you let in."),
        (State.PUBLISHED, "Published: opens for members of its galleries and for people you let"),
        (State.UNLISTED, "Unlisted: "),
    ],
)
def test_where_links_are_made_it_says_who_can_open_the_item(host, item, page, state, said):
    type(item).objects.filter(pk=item.pk).update(state=state)
    by_link = "People with a guest link can open it"
    before = text_of(host.get(url(page, item)))
    assert said in before
    assert by_link not in before
    host.post(url("switch_on_guest_access", item))
    after = text_of(host.get(url(page, item)))
    assert said in after
    assert (by_link in after) == (state != State.UNLISTED)


def test_the_form_of_a_link_says_that_one_email_address_takes_one_place(host, item):
    host.post(url("switch_on_guest_access", item))
    assert "One email address takes one place" in text_of(host.get(url("guest_links", item)))


def test_whoever_has_a_door_can_close_it_even_when_the_site_takes_opening_away(
    host, item, link, admission
):
    SitePolicy.objects.create(pk=1, guest_link_makers=GuestLinkMakers.NOBODY)
    page = text_of(host.get(url("guest_links", item)))
    assert "only some people may create guest links" in page
    assert url("edit_guest_link", item, link.pk) not in page
    for name in ("edit_guest_link", "resume_guest_link", "new_guest_link_address"):
        assert host.post(url(name, item, link.pk), {"name": "More"}).status_code == 403
    assert host.post(url("pause_guest_link", item, link.pk), {"inside": "end"}).status_code == 302
    assert not GuestAdmission.objects.in_force(timezone.now()).exists()
    assert host.post(url("switch_off_guest_access", item), {"inside": "end"}).status_code == 302
    assert host.post(url("delete_guest_link", item, link.pk)).status_code == 302


@pytest.mark.parametrize("how", ["switch_off", "pause_link", "end_inside"])
def test_who_was_ended_stays_out_when_the_last_day_of_the_link_is_moved(link, admission, how):
    """Hypothesis found it: the link was over when the host ended its guests."""
    moment, owner = timezone.now(), link.item.owner
    links.change_link(link=link, by=owner, expires_at=moment - timedelta(days=1))
    if how == "switch_off":
        links.switch_off(item=link.item, by=owner, end_inside=True)
    elif how == "pause_link":
        links.pause_link(link=link, by=owner, end_inside=True)
    else:
        links.end_inside(link=link, by=owner)
    links.change_link(link=link, by=owner, expires_at=None)
    assert not GuestAdmission.objects.in_force(moment).exists()


# --- how many had to leave ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("guests", "said"),
    [
        (0, "Off: nobody new can join. Current guests keep their access."),
        (1, "Off. 1 guest lost access."),
        (2, "Off. 2 guests lost access."),
    ],
)
def test_how_many_had_to_leave_is_said_in_plain_words(host, item, guests, said):
    link = factories.GuestLinkFactory(item=item, access_on=True)
    factories.GuestAdmissionFactory.create_batch(guests, guest__link=link)
    answer = host.post(
        url("pause_guest_link", item, link.pk), {"inside": "end"}, headers={"HX-Request": "true"}
    )
    assert said in answer.text
