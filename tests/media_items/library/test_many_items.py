"""Many items of My media at once: asked first, each on its own, undone; and the menus of cards."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import count

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from access.audit.models import AccessEvent, Act
from access.invitations.models import InvitationRole
from access.memberships.models import GalleryRole
from access.rights.models import RightsChange
from media_items.catalogue.models import Kind, State
from media_items.library.services import deleting
from media_items.live.sessions.services import open_session
from media_items.models import MediaItem
from media_items.processing.models import Purpose
from media_items.selections import MOST_AT_ONCE
from tests import factories
from tests.media_items.playback.conftest import store
from tests.reading import text_of, text_of_page, unescaped

pytestmark = pytest.mark.django_db

ACT = "/media/act/"
RESTORE = "/media/restore/"


@pytest.fixture
def host(client_of, owner):
    return client_of(owner)


@pytest.fixture
def three(owner):
    return [factories.MediaItemFactory(owner=owner, title=f"Part {n}") for n in range(3)]


@pytest.fixture
def collaborator(item):
    """Has an account and an accepted invitation to `item`."""
    user = factories.UserFactory()
    factories.InvitationFactory(
        item=item,
        email=user.email,
        account=user,
        role=InvitationRole.COLLABORATOR,
        accepted=True,
    )
    return user


@pytest.fixture
def contributed(gallery, owner):
    """`gallery`, in which `owner` may publish."""
    factories.GalleryMembershipFactory(gallery=gallery, user=owner, role=GalleryRole.CONTRIBUTOR)
    return gallery


def act(browser, items, key, **fields):
    return browser.post(ACT, {"act": key, "pk": [item.pk for item in items], **fields})


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def live():
    return set(MediaItem.objects.live().values_list("title", flat=True))


def states():
    return dict(MediaItem.objects.values_list("title", "state"))


# --- asking ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["publish", "delete"])
def test_an_act_on_many_asks_first_and_names_them(host, three, key):
    before = list(MediaItem.objects.order_by("pk").values())
    page = text_of_page(act(host, three, key))
    assert "3 items" in page
    assert all(item.title in page for item in three)
    assert list(MediaItem.objects.order_by("pk").values()) == before
    assert not AccessEvent.objects.exists()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"pk": [1]}, "Choose what to do"),
        ({"act": "purge", "pk": [1]}, "Choose what to do"),
        ({"act": "delete"}, "Nothing is selected"),
        ({"act": "delete", "pk": ["x", "-1", "9" * 500]}, "Nothing is selected"),
        ({"act": "delete", "pk": range(1, MOST_AT_ONCE + 2)}, "up to 500 items"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(host, sent, words):
    response = host.post(ACT, {**sent, "sure": "yes"})
    assert response.status_code == 422
    assert words in text_of(response)


def test_htmx_gets_the_question_alone(host, three):
    response = host.post(
        ACT,
        {"act": "delete", "pk": [three[0].pk]},
        headers={"HX-Request": "true"},
    )
    assert "<html" not in text_of(response)
    assert "Delete 1 item?" in text_of(response)


def test_all_that_the_filter_finds_are_meant_for_those_who_were_counted(host, owner, three):
    others = factories.MediaItemFactory.create_batch(30, owner=owner, title="Lecture")
    asked = host.post(ACT, {"act": "delete", "everything": "yes", "filter": "q=Lecture"})
    assert "30 items, on all pages of this list" in text_of_page(asked)
    late = factories.MediaItemFactory(owner=owner, title="Lecture")
    MediaItem.objects.filter(pk=others[0].pk).update(title="Renamed")
    keys = [one.pk for one in others]
    sent = {"act": "delete", "everything": "yes", "filter": "q=Lecture", "pk": keys, "sure": "yes"}
    assert said(host.post(ACT, sent)) == [
        "1 item is no longer in this list and was left as it was."
    ]
    assert live() == {"Part 0", "Part 1", "Part 2", "Renamed", "Lecture"}
    assert MediaItem.objects.live().filter(title="Lecture").get() == late


def test_a_scheduled_item_reminds_that_nobody_is_told(host, owner, three):
    assert "Nobody is told" not in text_of_page(act(host, three, "delete"))
    soon = timezone.now() + timedelta(days=1)
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, starts_at=soon)
    assert "Nobody is told" in text_of_page(act(host, [*three, room], "delete"))


# --- whose ----------------------------------------------------------------------------------------


def test_nothing_of_somebody_else_is_touched_nor_told(client_of, stranger, three):
    browser = client_of(stranger)
    nowhere = [type(three[0])(pk=10**6)]
    for items in (three, nowhere):
        for sure in ({}, {"sure": "yes"}):
            response = act(browser, items, "delete", **sure)
            assert not any(item.title in text_of(response) for item in three)
    assert live() == {"Part 0", "Part 1", "Part 2"}
    theirs, unknown = act(browser, three[:1], "delete"), act(browser, nowhere, "delete")
    assert theirs.status_code == unknown.status_code == 422
    assert "no longer in this list" in text_of(theirs)
    assert "no longer in this list" in text_of(unknown)


def test_an_item_that_anybody_may_open_is_not_anybodys_to_change(client_of, stranger):
    open_item = factories.MediaItemFactory(unlisted=True)
    act(client_of(stranger), [open_item], "publish", sure="yes", state="private")
    open_item.refresh_from_db()
    assert open_item.state == State.UNLISTED


def test_a_guest_and_somebody_signed_out_are_asked_to_sign_in(client, guest_client, item):
    for browser in (client, guest_client):
        assert act(browser, [item], "delete", sure="yes").status_code == 302
    item.refresh_from_db()
    assert item.deleted_at is None


def test_a_co_editor_publishes_and_does_not_delete(client_of, co_editor, item):
    browser = client_of(co_editor)
    mine = factories.MediaItemFactory(owner=co_editor, title="My own")
    asked = unescaped(act(browser, [item, mine], "delete"))
    assert "Delete 1 item?" in asked
    assert "1 item stays as it is" in asked
    assert "Only its owner can delete it." in asked
    done = act(browser, [item, mine], "delete", sure="yes")
    assert said(done) == [f"Not changed: “{item.title}”. Only its owner can delete it."]
    assert live() == {item.title}
    act(browser, [item], "publish", sure="yes", state="unlisted")
    assert states()[item.title] == State.UNLISTED


def test_a_collaborator_does_neither(client_of, collaborator, item):
    browser = client_of(collaborator)
    assert item.title in text_of_page(browser.get("/media/?tab=shared"))
    for key, words in (("publish", "You can’t change who"), ("delete", "Only its owner")):
        asked = act(browser, [item], key)
        assert asked.status_code == 422
        assert words in unescaped(asked)
        assert words in said(act(browser, [item], key, sure="yes", state="unlisted"))[0]
    item.refresh_from_db()
    assert (item.state, item.deleted_at) == (State.PRIVATE, None)


def test_what_one_loses_between_question_and_act_is_not_done(client_of, co_editor, item):
    browser = client_of(co_editor)
    assert act(browser, [item], "publish").status_code == 200
    item.co_editors.all().delete()
    act(browser, [item], "publish", sure="yes", state="unlisted")
    item.refresh_from_db()
    assert item.state == State.PRIVATE


def test_only_what_fits_a_tab_is_offered(client_of, co_editor, item):
    browser = client_of(co_editor)
    factories.MediaItemFactory(owner=co_editor)
    assert '<option value="delete">' in text_of_page(browser.get("/media/"))
    shared = text_of_page(browser.get("/media/?tab=shared"))
    assert '<option value="publish">' in shared
    assert '<option value="delete">' not in shared


# --- publishing -----------------------------------------------------------------------------------


def test_many_are_published_in_a_gallery_besides_those_they_are_in(host, owner, three, contributed):
    other = factories.GalleryFactory()
    factories.GalleryMembershipFactory(gallery=other, user=owner, role=GalleryRole.CONTRIBUTOR)
    factories.PublicationFactory(item=three[0], gallery=other)
    response = act(
        host, three, "publish", sure="yes", state="published", galleries=contributed.public_id
    )
    assert said(response) == ["3 items are now published."]
    assert set(states().values()) == {State.PUBLISHED}
    assert set(three[0].galleries.all()) == {other, contributed}
    assert list(three[1].galleries.all()) == [contributed]
    assert AccessEvent.objects.filter(act=Act.ITEM_PUBLISHED, actor=owner).count() == 3


def test_published_nowhere_is_asked_again_with_what_was_chosen(host, three, contributed):
    response = act(host, three, "publish", sure="yes", state="published")
    assert response.status_code == 422
    assert "Choose at least one gallery" in text_of(response)
    assert 'value="published" checked' in text_of(response)
    assert set(states().values()) == {State.PRIVATE}


def test_nobody_publishes_in_a_gallery_that_is_not_theirs(host, three, gallery):
    response = act(
        host, three, "publish", sure="yes", state="published", galleries=gallery.public_id
    )
    assert response.status_code == 422
    assert set(states().values()) == {State.PRIVATE}


def test_many_are_made_private_and_keep_their_galleries(host, owner, contributed):
    items = factories.MediaItemFactory.create_batch(2, owner=owner, published=True)
    for one in items:
        factories.PublicationFactory(item=one, gallery=contributed)
    asked = text_of_page(act(host, items, "publish"))
    assert 'value="published" checked' in asked
    act(host, items, "publish", sure="yes", state="private")
    assert set(states().values()) == {State.PRIVATE}
    assert contributed.publications.count() == 2


# --- the bin, and back ----------------------------------------------------------------------------


def test_few_that_were_deleted_by_one_press_have_one_line_and_one_undo(host, owner, three):
    response = act(host, three[:2], "delete", sure="yes", next="/media/?sort=title")
    assert response["Location"] == "/media/?sort=title"
    assert said(response) == []
    page = unescaped(host.get("/media/"))
    assert "<bdi>Part 1</bdi>, <bdi>Part 0</bdi> were moved to the bin." in page
    assert page.count(f'action="{RESTORE}"') == 1
    assert AccessEvent.objects.filter(act=Act.ITEM_MOVED_TO_BIN, actor=owner).count() == 2
    response = host.post(RESTORE, {"pk": [item.pk for item in three[:2]]})
    assert said(response) == ["2 items were restored."]
    assert len(live()) == 3


def test_those_deleted_one_by_one_are_undone_one_by_one(host, three):
    now = timezone.now()
    for n, item in enumerate(three[:2]):
        with time_machine.travel(now - timedelta(seconds=10 * (n + 1)), tick=False):
            deleting.move_to_bin(item=item, by=item.owner)
    page = unescaped(host.get("/media/"))
    for item in three[:2]:
        assert f"“<bdi>{item.title}</bdi>” was moved to the bin." in page
    undo = reverse("media_items:restore_media_item", args=[three[0].public_id])
    assert undo in page
    back = host.post(undo, {"next": "/media/?sort=title"})
    assert back["Location"] == "/media/?sort=title"
    assert live() == {"Part 0", "Part 2"}


def test_many_that_were_deleted_are_undone_together(host, owner):
    items = [factories.MediaItemFactory(owner=owner, title=f"Part {n}") for n in range(7)]
    act(host, items, "delete", sure="yes")
    named = ", ".join(f"<bdi>Part {n}</bdi>" for n in (6, 5, 4))
    page = host.get("/media/").text
    assert f"{named} and 4 more items were moved to the bin." in page
    response = host.post(RESTORE, {"pk": [item.pk for item in items]})
    assert said(response) == ["7 items were restored."]
    assert len(live()) == 7


def test_what_takes_several_transactions_is_undone_together(host, owner, monkeypatch):
    monkeypatch.setattr("media_items.library.many.AT_ONCE", 2)
    moments, now = count(), timezone.now()
    monkeypatch.setattr(
        "media_items.library.services.deleting.timezone.now",
        lambda: now + timedelta(seconds=2 * next(moments)),
    )
    act(host, factories.MediaItemFactory.create_batch(5, owner=owner), "delete", sure="yes")
    monkeypatch.undo()
    assert len(set(MediaItem.objects.values_list("deleted_at", flat=True))) == 1
    assert "and 2 more items were moved to the bin." in text_of_page(host.get("/media/"))


def test_two_acts_one_after_the_other_are_undone_each_by_itself(host, three):
    act(host, three[:2], "delete", sure="yes")
    act(host, three[2:], "delete", sure="yes")
    assert host.get("/media/").text.count("moved to the bin.") == 2


def test_undoing_is_offered_for_a_minute_and_to_whoever_deleted(host, client_of, three, stranger):
    act(host, three[:1], "delete", sure="yes")
    assert "was moved to the bin" in text_of_page(host.get("/media/"))
    assert "was moved to the bin" not in text_of_page(client_of(stranger).get("/media/"))
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert "was moved to the bin" not in text_of_page(host.get("/media/"))


def test_nobody_restores_what_is_not_theirs(client_of, co_editor, stranger, item):
    deleting.move_to_bin(item=item, by=item.owner)
    for user in (co_editor, stranger):
        assert said(client_of(user).post(RESTORE, {"pk": item.pk})) == []
    item.refresh_from_db()
    assert item.deleted_at


def test_a_single_item_deleted_on_a_list_leaves_one_there(host, three):
    address = reverse("media_items:delete_media_item", args=[three[0].public_id])
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/media/?page=2"}
    assert host.post(address, headers=headers)["HX-Redirect"] == "/media/?page=2"
    assert "was moved to the bin" in text_of_page(host.get("/media/"))


# --- what it costs --------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["publish", "unlist", "delete", "ask", "restore"])
@pytest.mark.parametrize("is_owner", [True, False])
def test_thirty_items_cost_as_many_queries_as_three(
    client_of, co_editor, owner, gallery, key, is_owner, django_capture_on_commit_callbacks
):
    """What follows after commit included. Rooms and rights of others are in it, too."""
    user = owner if is_owner or key in {"delete", "restore"} else co_editor
    factories.GalleryMembershipFactory(gallery=gallery, user=user, role=GalleryRole.CONTRIBUTOR)
    browser = client_of(user)

    made = []

    def send(items):
        keys = [item.pk for item in items]
        MediaItem.objects.filter(pk__in=keys[::3]).update(kind=Kind.ROOM)
        for item in items if user == co_editor else ():
            factories.CoEditorFactory(item=item, user=co_editor)
        if key == "restore":
            MediaItem.objects.filter(pk__in=keys).update(deleted_at=timezone.now())
        fields = {
            "publish": {"state": "published", "galleries": gallery.public_id, "sure": "yes"},
            "unlist": {"state": "unlisted", "sure": "yes"},
            "delete": {"sure": "yes"},
        }.get(key, {})
        act_key = "delete" if key == "delete" else "publish"
        after = django_capture_on_commit_callbacks(execute=True)
        with CaptureQueriesContext(connection) as asked, after:
            if key == "restore":
                answer = browser.post(RESTORE, {"pk": keys})
            else:
                answer = act(browser, items, act_key, **fields)
        made.extend(keys)
        assert answer.status_code == (200 if key == "ask" else 302)
        return len(asked)

    send([factories.MediaItemFactory(owner=owner)])  # what is asked once per process
    few = send(factories.MediaItemFactory.create_batch(3, owner=owner))
    many = send(factories.MediaItemFactory.create_batch(30, owner=owner))
    assert many == few
    changed = {"publish": State.PUBLISHED, "unlist": State.UNLISTED}.get(key, State.PRIVATE)
    assert MediaItem.objects.filter(pk__in=made, state=changed).count() == 34
    in_bin = {"delete": 34}.get(key, 0)
    assert MediaItem.objects.deleted().count() == in_bin
    assert AccessEvent.objects.count() == (0 if key == "ask" else 34)


def test_more_than_one_transaction_holds_are_done_in_several(host, owner, monkeypatch):
    monkeypatch.setattr("media_items.library.many.AT_ONCE", 4)
    items = factories.MediaItemFactory.create_batch(10, owner=owner)
    act(host, items, "delete", sure="yes")
    assert not live()
    assert said(host.post(RESTORE, {"pk": [item.pk for item in items]})) == [
        "10 items were restored."
    ]
    assert AccessEvent.objects.filter(act=Act.ITEM_RESTORED, actor=owner).count() == 10


def test_the_trail_says_of_each_what_changed_and_sessions_hear_of_it(
    host, owner, contributed, django_capture_on_commit_callbacks
):
    room, video = (factories.MediaItemFactory(owner=owner, kind=kind) for kind in ("room", "video"))
    factories.PublicationFactory(item=video, gallery=contributed)
    open_session(item=room)
    with django_capture_on_commit_callbacks() as after:
        fields = {"state": "published", "galleries": contributed.public_id}
        act(host, [room, video], "publish", sure="yes", **fields)
    told = {event.item_id: event.details for event in AccessEvent.objects.all()}
    assert told == {
        room.pk: {"state_before": "private", "added": [contributed.pk], "removed": []},
        video.pk: {"state_before": "private", "added": [], "removed": []},
    }
    assert after
    assert RightsChange.objects.get().session.item == room


# --- the three dots -------------------------------------------------------------------------------


ENTRY = re.compile(r'role="menuitem"[^>]*>.*?</svg>\s*([^<]+?)\s*</a>', re.DOTALL)


def entries(browser, item):
    return text_of(browser.get(reverse("media_items:item_menu", args=[item.public_id])))


def named(browser, item):
    """The page has the entries of the frame's own menus, too."""
    return ENTRY.findall(entries(browser, item).partition("<main")[2])


def test_the_menu_of_a_card_has_what_its_reader_may_do(
    host, client_of, co_editor, collaborator, item
):
    store(item, Purpose.ORIGINAL)
    edit, people = ["Open", "Edit", "Publish"], ["Share", "Invite users", "Manage guest access"]
    shared = [*edit, *people, "Who has access", "Download", "Embed"]
    assert named(host, item) == [*shared, "Delete"]
    assert named(client_of(co_editor), item) == shared
    assert named(client_of(collaborator), item) == ["Open", "Edit", "Download"]


def test_the_menu_is_a_page_where_there_is_no_script(host, item):
    address = reverse("media_items:item_menu", args=[item.public_id])
    assert f'href="{address}?next=%2Fmedia%2F"' in text_of_page(host.get("/media/"))
    assert "<html" in entries(host, item)
    alone = text_of(host.get(address, headers={"HX-Request": "true"}))
    assert "<html" not in alone
    assert 'role="menuitem"' in alone


@pytest.mark.parametrize("tab", ["", "?tab=shared"])
def test_a_full_page_costs_as_many_queries_as_one_item(client_of, owner, co_editor, item, tab):
    browser = client_of(co_editor if tab else owner)
    browser.get("/media/" + tab)
    with CaptureQueriesContext(
        connection,
    ) as with_one:
        browser.get("/media/" + tab)
    for _n in range(23):
        one = factories.MediaItemFactory(owner=owner)
        factories.CoEditorFactory(item=one, user=co_editor)
    with CaptureQueriesContext(connection) as with_many:
        page = text_of_page(browser.get("/media/" + tab))
    assert page.count("data-entries=") == page.count('name="pk"') == 24
    assert len(with_many) == len(with_one)
