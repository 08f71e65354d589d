"""Whoever may not go on with a quiz is interrupted: by each act, by the clock, in the end by the
sweep; whoever may is not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from access.accounts.services import delete_account, switch_account
from access.blocks.services import Actor, block_typed
from access.guests.services import confirming, guests, joining, links
from access.invitations.services import answering as invited
from access.invitations.services import managing
from access.memberships.services import remove_member
from access.rights import attempts, clock
from access.visitors import Visitor
from config.management.commands.housekeeping import DUTIES
from media_items.catalogue.models import Kind, State
from media_items.library.services import deleting, editing, publishing
from media_items.live.sessions.models import Level
from media_items.models import Gallery, MediaItem
from media_items.quizzes.attempts import answering, ending, starting
from media_items.quizzes.attempts.takers import merge
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.models import Answer, Attempt, Taker
from media_items.quizzes.results.one import attempt_page
from media_items.refusals import NotNow
from tests import factories
from tests.quiz_factories import published_quiz

pytestmark = pytest.mark.django_db


@pytest.fixture
def quiz(owner):
    return published_quiz(item=factories.MediaItemFactory(owner=owner, kind=Kind.QUIZ))


@pytest.fixture
def item(quiz):
    return quiz.item


class World:
    """Somebody of one kind in the middle of the quiz, with the rows behind them."""

    def __init__(self, quiz):
        self.quiz, self.item, self.owner = quiz, quiz.item, quiz.item.owner

    def starts(self, visitor) -> Attempt:
        identity = visitor.identity_on(self.item)
        self.attempt = starting.start(
            quiz=self.quiz, identity=identity, abilities=visitor.abilities_on(self.item)
        )
        answering.save(attempt=self.attempt, question_id="open", given={"text": "Half"}, revision=0)
        return self.attempt

    def by_key(self, key):
        return Visitor.of_keys({1: key}, item=self.item)[1]

    def guest(self):
        link = factories.GuestLinkFactory(item=self.item, access_on=True)
        self.admission = joining.join(
            link=link, key_version=1, name="Ada", email="ada@example.org", by=None
        )
        self.guest_row, self.link = self.admission.guest, link
        self.starts(self.by_key(f"guest:{self.admission.pk}"))

    def invitee(self):
        self.proof = factories.InvitationProofFactory(invitation__item=self.item)
        self.invitation = self.proof.invitation
        self.starts(self.by_key(f"invitation:{self.invitation.pk}"))

    def invited_account(self):
        self.user = factories.UserFactory(email_verified_at=timezone.now())
        self.invitation = factories.InvitationFactory(
            item=self.item, email=self.user.email, accepted=True
        )
        self.starts(Visitor.of_account(self.user))

    def declines(self):
        invited.decline(invitation=self.invitation, key_version=1, is_proven=True)

    def declines_and_leaves(self):
        self.declines()
        invited.leave(proofs=[self.proof])

    def member(self):
        self.gallery = factories.GalleryMembershipFactory(role="manager", user=self.owner).gallery
        self.membership = factories.GalleryMembershipFactory(gallery=self.gallery)
        MediaItem.objects.filter(pk=self.item.pk).update(state=State.PUBLISHED)
        self.item.refresh_from_db()
        factories.PublicationFactory(item=self.item, gallery=self.gallery)
        self.user = self.membership.user
        self.starts(Visitor.of_account(self.user))

    def passer_by(self):
        MediaItem.objects.filter(pk=self.item.pk).update(state=State.UNLISTED)
        self.item.refresh_from_db()
        self.user = factories.UserFactory()
        self.starts(Visitor.of_account(self.user))

    def available_until(self, **seconds):
        self.item.available_until = timezone.now() + timedelta(**seconds)
        editing.edit_as_admin(item=self.item, changed=["available_until"], by=self.owner)

    def private(self):
        publishing.publish(
            item=self.item,
            state=State.PRIVATE,
            galleries=[],
            among=Gallery.objects.none(),
            by=self.owner,
        )


ACTS = {
    "guest removed": ("guest", lambda w: guests.remove_guest(guest=w.guest_row, by=w.owner)),
    "guest blocked": (
        "guest",
        lambda w: block_typed(item=w.item, email=w.guest_row.email, by=Actor(Level.HOST, w.owner)),
    ),
    "guest erased": ("guest", lambda w: guests.erase_guest(guest=w.guest_row, by=w.owner)),
    "link deleted": ("guest", lambda w: links.delete_link(link=w.link, by=w.owner)),
    "link paused for everyone": (
        "guest",
        lambda w: links.pause_link(link=w.link, by=w.owner, end_inside=True),
    ),
    "guest access off for everyone": (
        "guest",
        lambda w: links.switch_off(item=w.item, by=w.owner, end_inside=True),
    ),
    "guests may not take it": (
        "guest",
        lambda w: links.change_link(link=w.link, by=w.owner, may_take_quiz=False),
    ),
    "last day of the link moved to the past": (
        "guest",
        lambda w: links.change_link(
            link=w.link, by=w.owner, expires_at=timezone.now() - timedelta(seconds=1)
        ),
    ),
    "invitation withdrawn": (
        "invitee",
        lambda w: managing.revoke(invitation=w.invitation, by=w.owner),
    ),
    "browsers of an invitation ended with a new link": (
        "invitee",
        lambda w: managing.give_new_address(invitation=w.invitation, end_browsers=True, by=w.owner),
    ),
    "member removed": (
        "member",
        lambda w: remove_member(membership=w.membership, by=w.owner),
    ),
    "taken out of the gallery": (
        "member",
        lambda w: publishing.take_out(item=w.item, gallery=w.gallery, by=w.owner),
    ),
    "made private": ("passer_by", World.private),
    "account switched off": (
        "passer_by",
        lambda w: switch_account(user=w.user, on=False, by=w.owner),
    ),
    "account deleted": ("passer_by", lambda w: delete_account(user=w.user, by=w.user)),
    "moved to the bin": ("invitee", lambda w: deleting.move_to_bin(item=w.item, by=w.owner)),
    "available until a moment ago": ("guest", lambda w: w.available_until(seconds=-1)),
}


def state_of(world):
    return Attempt.objects.get(pk=world.attempt.pk).state


@pytest.mark.parametrize("name", ACTS)
def test_what_takes_the_right_interrupts(quiz, name, django_capture_on_commit_callbacks):
    kind, act = ACTS[name]
    world = World(quiz)
    getattr(world, kind)()
    with django_capture_on_commit_callbacks(execute=True):
        act(world)
    assert state_of(world) == AttemptState.INTERRUPTED
    taker = Taker.objects.get(pk=world.attempt.taker_id)
    assert taker.right_ended_at is not None
    if taker.erased_at is None:
        assert Answer.objects.get().response == {"text": "Half"}


KEEPS = {
    "guest left": ("guest", lambda w: joining.leave(admission=w.admission)),
    "left by who was invited": ("invitee", lambda w: invited.leave(proofs=[w.proof])),
    "invitation declined": (
        "invitee",
        lambda w: invited.decline(invitation=w.invitation, key_version=1, is_proven=True),
    ),
    "invitation declined, and left": ("invitee", World.declines_and_leaves),
    "invitation declined by an account": ("invited_account", World.declines),
    "link paused": ("guest", lambda w: links.pause_link(link=w.link, by=w.owner)),
    "guest access off for newcomers": (
        "guest",
        lambda w: links.switch_off(item=w.item, by=w.owner, end_inside=False),
    ),
    "another guest joins": (
        "guest",
        lambda w: joining.join(link=w.link, key_version=1, name="Bo", email="bo@x.org", by=None),
    ),
    "a typed address blocked": (
        "invitee",
        lambda w: block_typed(item=w.item, email=w.invitation.email, by=Actor(Level.HOST, w.owner)),
    ),
    "made private": ("invitee", World.private),
}


@pytest.mark.parametrize("name", KEEPS)
def test_what_leaves_the_right_interrupts_nobody(quiz, name, django_capture_on_commit_callbacks):
    kind, act = KEEPS[name]
    world = World(quiz)
    getattr(world, kind)()
    with django_capture_on_commit_callbacks(execute=True):
        act(world)
    assert state_of(world) == AttemptState.OPEN
    assert attempts.sweep() == 0


def test_who_has_it_by_another_proof_goes_on(quiz, django_capture_on_commit_callbacks):
    """An account at the invited address: one person by two proofs."""
    world = World(quiz)
    user = factories.UserFactory(email_verified_at=timezone.now())
    invitation = factories.InvitationFactory(item=world.item, email=user.email, accepted=True)
    proof = factories.InvitationProofFactory(invitation=invitation)
    world.starts(world.by_key(f"invitation:{invitation.pk}"))
    MediaItem.objects.filter(pk=world.item.pk).update(state=State.UNLISTED)
    quiz.item.refresh_from_db()
    account = Visitor.of_account(user)
    assert world.starts(account) == world.attempt
    with django_capture_on_commit_callbacks(execute=True):
        managing.revoke(invitation=proof.invitation, by=world.owner)
    assert state_of(world) == AttemptState.OPEN


def test_who_edits_the_quiz_only_tries_it(quiz):
    world = World(quiz)
    world.starts(Visitor.of_account(world.owner))
    MediaItem.objects.filter(pk=world.item.pk).update(owner=factories.UserFactory())
    assert attempts.sweep() == 0


@pytest.mark.parametrize("what", ["link", "invitation", "proof", "window"])
def test_the_clock_interrupts_too(quiz, what, time_machine):
    world = World(quiz)
    world.guest() if what in {"link", "window"} else world.invitee()
    ends = timezone.now() + timedelta(minutes=10)
    row = {
        "link": lambda: world.link,
        "invitation": lambda: world.invitation,
        "proof": lambda: world.proof,
        "window": lambda: world.item,
    }[what]()
    name = "available_until" if what == "window" else "expires_at"
    type(row).objects.filter(pk=row.pk).update(**{name: ends})
    clock.apply_what_has_ended(timezone.now())
    assert state_of(world) == AttemptState.OPEN
    time_machine.move_to(ends + timedelta(seconds=2))
    clock.apply_what_has_ended(timezone.now())
    assert state_of(world) == AttemptState.INTERRUPTED


def test_what_nobody_saw_is_found_by_housekeeping(quiz):
    world = World(quiz)
    world.guest()
    assert attempts.sweep() == 0
    type(world.link).objects.update(may_take_quiz=False)  # by nobody's act
    assert DUTIES["attempts of people who may not take their quiz any more"]() == 1
    assert state_of(world) == AttemptState.INTERRUPTED
    assert attempts.sweep() == 0


def test_many_cost_as_much_as_one(quiz, django_assert_max_num_queries):
    world = World(quiz)
    world.guest()
    for number in range(20):
        guest = factories.GuestAdmissionFactory(
            guest__link=world.link, guest__email=f"g{number}@example.org"
        )
        world.starts(world.by_key(f"guest:{guest.pk}"))
    with django_assert_max_num_queries(10):
        assert attempts.sweep() == 0
    with django_assert_max_num_queries(2):
        assert attempts.open_on([world.item.pk], clock.EVERYBODY)


LEFT_THEN = {
    "guest removed": ("guest left", lambda w: guests.remove_guest(guest=w.guest_row, by=w.owner)),
    "invitation withdrawn": (
        "left by who was invited",
        lambda w: managing.revoke(invitation=w.invitation, by=w.owner),
    ),
    "declined invitation withdrawn": (
        "invitation declined",
        lambda w: managing.revoke(invitation=w.invitation, by=w.owner),
    ),
    "an account's declined invitation withdrawn": (
        "invitation declined by an account",
        lambda w: managing.revoke(invitation=w.invitation, by=w.owner),
    ),
}


@pytest.mark.parametrize("name", LEFT_THEN)
def test_who_has_left_is_interrupted_once_they_may_not_come_back(
    quiz, name, django_capture_on_commit_callbacks
):
    how, act = LEFT_THEN[name]
    kind, leave = KEEPS[how]
    world = World(quiz)
    getattr(world, kind)()
    with django_capture_on_commit_callbacks(execute=True):
        leave(world)
    assert attempts.sweep() == 0
    assert state_of(world) == AttemptState.OPEN
    with django_capture_on_commit_callbacks(execute=True):
        act(world)
    assert state_of(world) == AttemptState.INTERRUPTED


@pytest.mark.parametrize("how", ["declined", "left"])
def test_who_has_left_another_item_has_not_left_the_quiz(
    quiz, how, django_capture_on_commit_callbacks
):
    """A member of the gallery, who was invited to something else once."""
    world = World(quiz)
    world.member()
    type(world.user).objects.filter(pk=world.user.pk).update(email_verified_at=timezone.now())
    elsewhere = factories.InvitationFactory(email=world.user.email, accepted=True)
    if how == "declined":
        invited.decline(invitation=elsewhere, key_version=1, is_proven=True)
    else:
        invited.leave(proofs=[factories.InvitationProofFactory(invitation=elsewhere)])
    with django_capture_on_commit_callbacks(execute=True):
        publishing.take_out(item=world.item, gallery=world.gallery, by=world.owner)
    assert state_of(world) == AttemptState.INTERRUPTED


def test_who_has_left_in_one_browser_and_goes_on_in_another_is_interrupted_by_the_host(
    quiz, django_capture_on_commit_callbacks, time_machine
):
    """The one that ended last says who ended it."""
    world = World(quiz)
    world.invitee()
    later = timezone.now() + timedelta(minutes=1)
    newest = factories.InvitationProofFactory(invitation=world.invitation, proven_at=later)
    with django_capture_on_commit_callbacks(execute=True):
        invited.leave(proofs=[newest])
    assert state_of(world) == AttemptState.OPEN
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    with django_capture_on_commit_callbacks(execute=True):
        managing.give_new_address(invitation=world.invitation, end_browsers=True, by=world.owner)
    assert state_of(world) == AttemptState.INTERRUPTED


@pytest.mark.parametrize("loses", ["the account", "the link"])
def test_of_two_attempts_of_one_person_each_goes_on_while_another_proof_has_the_right(
    quiz, loses, django_capture_on_commit_callbacks
):
    """Whoever verifies in the middle of one, and is in the middle of another one signed in."""
    world = World(quiz)
    world.passer_by()
    type(world.user).objects.filter(pk=world.user.pk).update(email_verified_at=timezone.now())
    Attempt.objects.all().delete()
    Taker.objects.all().delete()
    account = Visitor.of_account(type(world.user).objects.get(pk=world.user.pk))
    here = world.starts(account)
    link = factories.GuestLinkFactory(item=world.item, access_on=True)
    phone = joining.join(link=link, key_version=1, name="Ada", email=world.user.email, by=None)
    there = world.starts(world.by_key(f"guest:{phone.pk}"))
    confirming.confirm(admission=phone, item=world.item)
    assert Taker.objects.filter(is_apart=True).count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        if loses == "the link":
            links.delete_link(link=link, by=world.owner)
        else:
            World.private(world)
    states = set(Attempt.objects.values_list("state", flat=True))
    assert (states, attempts.sweep()) == ({AttemptState.OPEN}, 0)
    assert {here.taker, there.taker} == set(Taker.objects.all())


def test_who_was_invited_and_left_goes_on_where_they_were(quiz, django_capture_on_commit_callbacks):
    world = World(quiz)
    world.invitee()
    with django_capture_on_commit_callbacks(execute=True):
        invited.leave(proofs=[world.proof])
    factories.InvitationProofFactory(invitation=world.invitation)
    begun = world.attempt
    assert world.starts(world.by_key(f"invitation:{world.invitation.pk}")) == begun
    assert Attempt.objects.count() == 1


def test_let_go_on_they_are_in_again(quiz, django_capture_on_commit_callbacks):
    world = World(quiz)
    world.guest()
    with django_capture_on_commit_callbacks(execute=True):
        links.change_link(link=world.link, by=world.owner, may_take_quiz=False)
    with django_capture_on_commit_callbacks(execute=True):
        links.change_link(link=world.link, by=world.owner, may_take_quiz=True)
    assert state_of(world) == AttemptState.INTERRUPTED
    ending.let_go_on(attempt=Attempt.objects.get())
    assert state_of(world) == AttemptState.OPEN
    assert Taker.objects.get().right_ended_at is None
    assert attempts.sweep() == 0


@pytest.mark.parametrize("is_proven", [False, True])
def test_a_proof_that_was_merged_keeps_no_attempt_open_that_it_does_not_open(
    quiz, is_proven, django_capture_on_commit_callbacks
):
    """The phone has ended, the laptop is in the middle; they are merged, and the host removes the
    laptop. A host who merges is refused that (`naming.merge`)."""
    world = World(quiz)
    world.guest()
    phone = joining.join(
        link=world.link, key_version=1, name="Ada", email="phone@example.org", by=None
    )
    laptop = world.attempt
    ending.hand_in(attempt=world.starts(world.by_key(f"guest:{phone.pk}")))
    ended, world.attempt = world.attempt, laptop
    merge(laptop.taker, into=ended.taker)
    if is_proven:
        confirming.confirm(admission=phone, item=world.item)
    with django_capture_on_commit_callbacks(execute=True):
        guests.remove_guest(guest=world.guest_row, by=world.owner)
    attempts.sweep()
    assert state_of(world) == AttemptState.INTERRUPTED


def test_of_somebody_erased_nothing_goes_on(quiz, client_of, django_capture_on_commit_callbacks):
    world = World(quiz)
    world.guest()
    with django_capture_on_commit_callbacks(execute=True):
        guests.erase_guest(guest=world.guest_row, by=world.owner)
    attempt = Attempt.objects.get()
    with pytest.raises(NotNow):
        ending.let_go_on(attempt=attempt)
    assert attempt_page(attempt)["may_go_on"] is False
