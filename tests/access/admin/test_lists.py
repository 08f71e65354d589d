"""Every list of the admin: found, filtered, linked, and never a query per row."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.audit.models import AccessEvent, Act
from access.blocks.models import Block
from access.guests.models import AccessRequest, GuestAccess, GuestLink, LinkState
from media_items.abilities import Ability
from media_items.live.sessions.models import LiveSession, Participant
from media_items.models import MediaItem, Preparation
from media_items.quizzes.attempts import answering, starting
from tests import factories, live_factories, quiz_factories


def make_group():
    group = Group.objects.create(name=f"Group {Group.objects.count()}")
    factories.UserFactory().groups.add(group)


def make_user():
    factories.UserFactory().groups.add(Group.objects.get_or_create(name="Makers")[0])


def make_item():
    item = factories.MediaItemFactory()
    Preparation.objects.create(item=item)
    factories.GuestLinkFactory(item=item)


def make_gallery():
    factories.GalleryMembershipFactory()
    factories.PublicationFactory()


def make_link():
    factories.GuestLinkFactory(created_by=factories.UserFactory(), access_on=True)
    factories.GuestLinkFactory()


def make_request():
    AccessRequest.objects.create(
        item=factories.MediaItemFactory(), link=factories.GuestLinkFactory(), name="Eve"
    )


def make_event():
    guest = factories.GuestFactory()
    AccessEvent.objects.create(
        act=Act.GUEST_JOINED,
        item=guest.link.item,
        link=guest.link,
        guest=guest,
        actor=factories.UserFactory(),
    )


def make_invitation():
    invitation = factories.InvitationFactory(invited_by=factories.UserFactory(), accepted=True)
    factories.InvitationProofFactory(invitation=invitation)
    factories.OutgoingMailFactory(about=invitation)


def make_block():
    session = LiveSession.objects.create(item=factories.MediaItemFactory(kind="room"))
    row = Participant.objects.create(session=session, key="guest:1", name="Ada Lovelace")
    factories.BlockFactory(
        item=session.item, participant=row, made_by=factories.UserFactory(), made_by_participant=row
    )


def make_participant():
    stay = live_factories.StayFactory()
    live_factories.StayFactory(participant=stay.participant, left_at=timezone.now())


def make_broadcast():
    broadcast = live_factories.BroadcastFactory(recording=factories.MediaItemFactory())
    live_factories.BroadcastRunFactory(broadcast=broadcast)


def make_attempt():
    quiz = quiz_factories.published_quiz()
    admission = factories.GuestAdmissionFactory(guest__link__item=quiz.item)
    attempt = starting.start(
        quiz=quiz,
        identity=quiz_factories.guest_identity(admission),
        abilities=frozenset({Ability.VIEW, Ability.TAKE_QUIZ}),
    )
    answering.save(attempt=attempt, question_id="open", given={"text": "So."}, revision=0)


LISTS = {
    "guests/accessrequest": make_request,
    "auth/group": make_group,
    "accounts/user": make_user,
    "access/gallerymembership": factories.GalleryMembershipFactory,
    "guests/guestlink": make_link,
    "guests/guest": factories.GuestFactory,
    "access/block": make_block,
    "invitations/invitation": make_invitation,
    "access/outgoingmail": make_invitation,
    "access/mailtext": factories.MailTextFactory,
    "access/accessevent": make_event,
    "media_items/mediaitem": make_item,
    "media_items/gallery": make_gallery,
    "live/livesession": live_factories.LiveSessionFactory,
    "live/participant": make_participant,
    "live/chatmessage": live_factories.ChatMessageFactory,
    "live/audiencequestion": live_factories.AudienceQuestionFactory,
    "live/poll": live_factories.PollFactory,
    "live/broadcast": make_broadcast,
    "quizzes/quiz": make_attempt,
    "quizzes/taker": make_attempt,
    "quizzes/attempt": make_attempt,
}


def test_every_registered_list_is_tested_here():
    registered = {f"{model._meta.app_label}/{model._meta.model_name}" for model in site._registry}
    assert registered - {"access/sitepolicy"} == set(LISTS)


@pytest.mark.parametrize("name", LISTS)
def test_eleven_rows_cost_as_many_queries_as_one(
    admin_client, name, django_capture_on_commit_callbacks
):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            response = admin_client.get(f"/admin/{name}/")
        assert response.status_code == 200
        return len(captured), response.context["cl"].result_count

    with django_capture_on_commit_callbacks(execute=True):
        LISTS[name]()
    queries()  # what a process asks once: which content type is which
    few, first = queries()
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(10):
            LISTS[name]()
    many, last = queries()
    assert last >= first + 10
    assert many == few


@pytest.mark.parametrize("name", LISTS)
def test_every_list_can_be_searched(admin_client, name):
    LISTS[name]()
    response = admin_client.get(f"/admin/{name}/", {"q": "nothing-has-this-name"})
    assert response.status_code == 200
    assert response.context["cl"].result_count == 0


def test_a_guest_is_found_by_address_and_name(admin_client, db):
    guest = factories.GuestFactory(name="Grace Hopper", email="grace@example.org")
    factories.GuestFactory()
    for words in ("grace@example", "Hopper"):
        page = admin_client.get("/admin/guests/guest/", {"q": words})
        assert list(page.context["cl"].queryset) == [guest]


def test_the_state_filter_agrees_with_what_each_link_says_of_itself(admin_client, owner):
    now = timezone.now()
    for access_on in (False, True):
        item = factories.MediaItemFactory(owner=owner)
        if access_on:
            GuestAccess.objects.create(item=item, enabled_at=now)
        for number in range(16):
            factories.GuestLinkFactory(
                item=item,
                deleted_at=now if number & 1 else None,
                paused_at=now if number & 2 else None,
                expires_at=now + timedelta(days=-1 if number & 4 else 1),
                places=2,
                places_taken=2 if number & 8 else 1,
            )
    factories.GuestLinkFactory()  # an item whose switch was never touched
    found = {}
    for state in LinkState.values:
        page = admin_client.get("/admin/guests/guestlink/", {"state": state})
        found |= dict.fromkeys(page.context["cl"].queryset.values_list("pk", flat=True), state)
    links = GuestLink.objects.select_related("item__guest_access")
    said = {
        link.pk: link.state_at(
            now,
            access_on=bool(getattr(link.item, "guest_access", None))
            and link.item.guest_access.enabled_at is not None,
        )
        for link in links
    }
    assert found == said
    assert set(said.values()) == set(LinkState)


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("media_items/mediaitem", {"bin": "yes"}),
        ("media_items/mediaitem", {"bin": "no", "preparation": "failed"}),
        ("guests/guest", {"state": "erased"}),
        ("guests/guestlink", {"state": "nonsense"}),
        ("invitations/invitation", {"state": "open"}),
        ("invitations/invitation", {"state": "expired"}),
        ("access/outgoingmail", {"state": "failed"}),
    ],
)
def test_filters_answer(admin_client, name, query):
    assert admin_client.get(f"/admin/{name}/", query).status_code == 200


@pytest.mark.parametrize("state", ["waiting", "running", "ready", "failed"])
def test_the_preparation_filter_agrees_with_each_preparation(admin_client, state):
    now = timezone.now()
    for times in (
        {},
        {"started_at": now},
        {"started_at": now, "finished_at": now},
        {"started_at": now, "failed_at": now},
    ):
        Preparation.objects.create(item=factories.MediaItemFactory(), **times)
    factories.MediaItemFactory()
    page = admin_client.get("/admin/media_items/mediaitem/", {"preparation": state})
    [item] = page.context["cl"].queryset
    assert item.preparation.state == state


@pytest.mark.parametrize(
    "link",
    [
        "media_items/mediaitem/?owner__id__exact=1",
        "media_items/mediaitem/?galleries__id__exact=1",
        "guests/guestlink/?item__id__exact=1",
        "guests/guest/?link__item__id__exact=1",
        "guests/guest/?link__id__exact=1",
        "access/accessevent/?link__id__exact=1",
        "access/accessevent/?guest__id__exact=1",
        "access/accessevent/?invitation__id__exact=1",
        "access/gallerymembership/?gallery__id__exact=1",
        "accounts/user/?groups__id__exact=1",
        "live/participant/?session__id__exact=1",
        "live/chatmessage/?session__id__exact=1",
        "live/chatmessage/?author__id__exact=1",
        "live/audiencequestion/?session__id__exact=1",
        "live/poll/?session__id__exact=1",
        "quizzes/taker/?quiz__id__exact=1",
        "quizzes/attempt/?taker__id__exact=1",
    ],
)
def test_pages_link_to_lists_that_open(admin_client, link):
    assert admin_client.get(f"/admin/{link}").status_code == 200


def test_nobody_filters_accounts_by_their_password(admin_client):
    response = admin_client.get("/admin/accounts/user/?password__startswith=md5")
    assert response.status_code == 400


def test_every_row_has_a_page(admin_client):
    for name, make in LISTS.items():
        make()
        model = next(
            m for m in site._registry if f"{m._meta.app_label}/{m._meta.model_name}" == name
        )
        row = model._default_manager.order_by("-pk").first()
        page = admin_client.get(f"/admin/{name}/{row.pk}/change/")
        assert page.status_code == 200, name


def test_a_gallery_of_many_members_opens_in_few_queries(admin_client, gallery, settings):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(f"/admin/media_items/gallery/{gallery.pk}/change/")
        return len(captured)

    factories.GalleryMembershipFactory(gallery=gallery)
    queries()  # content types are looked up once per process
    few = queries()
    factories.GalleryMembershipFactory.create_batch(10, gallery=gallery)
    assert queries() == few


def test_titles_are_shown_as_text(admin_client, owner):
    factories.MediaItemFactory(owner=owner, title="<script>alert(1)</script>")
    page = admin_client.get("/admin/media_items/mediaitem/").content.decode()
    assert "<script>alert" not in page
    assert MediaItem.objects.count() == 1


def test_lists_are_called_by_what_is_in_them(admin_client):
    for name in ("access/accessevent", "accounts/user", "live/participant"):
        page = admin_client.get(f"/admin/{name}/").content.decode()
        assert '<h1 dir="auto">Select' not in page
        assert "<title>Select" not in page
    assert (
        '<h1 dir="auto">Activity</h1>'
        in admin_client.get("/admin/access/accessevent/").content.decode()
    )


def test_participants_are_listed_in_words(admin_client):
    live_factories.ParticipantFactory(role="co_editor", certainty="signed_in")
    for address in ("", f"{Participant.objects.get().pk}/change/"):
        page = admin_client.get(f"/admin/live/participant/{address}").content.decode()
        assert "Co-editor" in page
        assert "Signed in" in page
        assert ">co_editor<" not in page
        assert ">signed_in<" not in page


def test_who_took_back_and_who_let_in_again_are_named_as_pages_name_them(admin_client):
    invitation = factories.InvitationFactory()
    page = admin_client.get(f"/admin/invitations/invitation/{invitation.pk}/change/")
    assert "Withdrawn by" in page.content.decode()
    assert "Revoked" not in page.content.decode()
    make_block()
    page = admin_client.get(f"/admin/access/block/{Block.objects.get().pk}/change/")
    assert "Let back in by" in page.content.decode()
    assert "Lifted" not in page.content.decode()
