"""A quiz on a film: who gets the film, and which questions are open by how far it was watched."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from random import Random

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from access.guests.services import confirming
from access.invitations.models import InvitationRole
from media_items.abilities import Ability
from media_items.catalogue.models import Kind, MediaItem
from media_items.processing.models import MediaFile, Preparation, Purpose
from media_items.quizzes.attempts import answering, ending, starting
from media_items.quizzes.attempts.refusals import AttemptOver, NotReached
from media_items.quizzes.attempts.watching import open_questions, watch
from media_items.quizzes.content import Content
from media_items.quizzes.models import Answer, Attempt
from media_items.quizzes.results import naming
from media_items.quizzes.writing.publishing import publish
from media_items.refusals import Invalid
from tests import factories
from tests.conftest import client_with_admissions, client_with_proofs
from tests.media_samples import samples
from tests.quiz_factories import (
    REFLECTION,
    SHORT_TEXT,
    SINGLE,
    TRUE_FALSE,
    DraftFactory,
    guest_identity,
    published_quiz,
)
from tests.reading import text_of

pytestmark = pytest.mark.django_db

TAKE = frozenset({Ability.VIEW, Ability.TAKE_QUIZ})


def at(question, seconds, **more):
    return replace(question, at_ms=seconds * 1000, **more)


# Written in another order than that of the film.
ON_FILM = Content(
    (REFLECTION, at(SHORT_TEXT, 60), at(SINGLE, 20, is_required=True), at(TRUE_FALSE, 30))
)


@pytest.fixture
def film(owner):
    item = factories.MediaItemFactory(owner=owner, title="Mitosis, the film")
    for purpose, kind in [
        (Purpose.ORIGINAL, "video/mp4"),
        (Purpose.PLAYBACK, "video/mp4"),
        (Purpose.POSTER, "image/webp"),
        (Purpose.CAPTIONS, "text/vtt"),
    ]:
        content = ContentFile(b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n", name="file.bin")
        MediaFile.objects.create(
            item=item, purpose=purpose, file=content, content_type=kind, size=39
        )
    yield item
    for file in MediaFile.objects.all():
        file.file.delete(save=False)


@pytest.fixture
def quiz(owner, film):
    return published_quiz(ON_FILM, item__owner=owner, film=film)


@pytest.fixture
def admission(quiz):
    return factories.GuestAdmissionFactory(
        guest__link=factories.GuestLinkFactory(item=quiz.item, access_on=True)
    )


@pytest.fixture
def attempt(quiz, admission, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    return starting.start(quiz=quiz, identity=guest_identity(admission), abilities=TAKE)


def addresses(quiz):
    files = quiz.film.files.exclude(purpose=Purpose.ORIGINAL)
    return [
        *(
            reverse("media_items:quiz_film_file", args=[quiz.item.public_id, one.pk])
            for one in files
        ),
        reverse("media_items:quiz_film_picture", args=[quiz.item.public_id]),
    ]


# --- the film -----------------------------------------------------------------------------------


def test_whoever_takes_the_quiz_gets_the_film_and_not_its_item(quiz, admission, attempt):
    guest = client_with_admissions(admission)
    assert [guest.get(address).status_code for address in addresses(quiz)] == [200] * 4
    playback = quiz.film.files.get(purpose=Purpose.PLAYBACK)
    own = reverse("media_items:media_file", args=[quiz.film.public_id, playback.pk])
    assert guest.get(own).status_code == 404
    assert guest.get(quiz.film.get_absolute_url()).status_code == 404


def test_whom_the_host_has_merged_goes_on_watching(quiz, admission, attempt, owner):
    other = factories.GuestAdmissionFactory(guest__link=admission.guest.link)
    theirs = starting.start(quiz=quiz, identity=guest_identity(other), abilities=TAKE)
    ending.hand_in(attempt=theirs)
    confirming.confirm(admission=admission, item=quiz.item)
    naming.merge(source=theirs.taker, into=attempt.taker, by=owner)
    for browser in map(client_with_admissions, (admission, other)):
        assert [browser.get(address).status_code for address in addresses(quiz)] == [200] * 4


def test_nobody_gets_the_film_before_they_have_begun(quiz, admission, client_of, owner):
    quiz.item.starts_at = timezone.now() + timedelta(days=3)
    quiz.item.save()
    guest = client_with_admissions(admission)
    assert {guest.get(address).status_code for address in addresses(quiz)} == {404}
    assert {client_of(owner).get(address).status_code for address in addresses(quiz)} == {200}


def test_the_original_is_no_takers(quiz, admission, attempt, client_of, owner):
    original = quiz.film.files.get(purpose=Purpose.ORIGINAL)
    address = reverse("media_items:quiz_film_file", args=[quiz.item.public_id, original.pk])
    for client in (client_with_admissions(admission), client_of(owner)):
        assert client.get(address).status_code == 404


def test_a_file_of_another_item_is_not_to_be_had_through_the_quiz(quiz, admission, attempt, item):
    content = ContentFile(b"secret", name="file.bin")
    other = MediaFile.objects.create(
        item=item, purpose=Purpose.PLAYBACK, file=content, content_type="video/mp4", size=6
    )
    address = reverse("media_items:quiz_film_file", args=[quiz.item.public_id, other.pk])
    assert client_with_admissions(admission).get(address).status_code == 404


def test_who_may_not_take_it_does_not_get_the_film(
    quiz, admission, attempt, stranger, client_of, client
):
    link = admission.guest.link
    link.may_take_quiz = False
    link.save()
    statuses = {
        person.get(address).status_code
        for address in addresses(quiz)
        for person in (client_with_admissions(admission),)
    }
    assert statuses == {403}
    for person in (client, client_of(stranger)):
        assert {person.get(address).status_code for address in addresses(quiz)} == {404}


def test_a_film_in_the_bin_is_not_there(quiz, admission, attempt):
    MediaItem.objects.filter(pk=quiz.film_id).update(deleted_at=timezone.now())
    guest = client_with_admissions(admission)
    assert {guest.get(address).status_code for address in addresses(quiz)} == {404}


def test_films_are_chosen_by_who_may_show_them(quiz, owner, client_of, film):
    page = reverse("media_items:quiz_film", args=[quiz.item.public_id])
    host = client_of(owner)
    assert "Mitosis, the film" in host.get(page).content.decode()
    sound = factories.MediaItemFactory(owner=owner, kind=Kind.AUDIO)
    assert host.post(page, {"film": sound.public_id}).status_code == 302
    quiz.refresh_from_db()
    assert quiz.film == sound
    for other in (
        factories.MediaItemFactory(),
        factories.MediaItemFactory(owner=owner, kind=Kind.DOCUMENT),
        factories.MediaItemFactory(owner=owner, deleted_at=timezone.now()),
    ):
        assert host.post(page, {"film": other.public_id}).status_code == 422
    assert host.post(page, {"film": ""}).status_code == 302
    quiz.refresh_from_db()
    assert quiz.film is None


def test_a_collaborator_chooses_from_what_is_theirs_and_a_viewer_does_not(quiz):
    page = reverse("media_items:quiz_film", args=[quiz.item.public_id])
    for role, status in ((InvitationRole.COLLABORATOR, 200), (InvitationRole.VIEWER, 403)):
        proof = factories.InvitationProofFactory(invitation__item=quiz.item, invitation__role=role)
        answer = client_with_proofs(proof).get(page)
        assert answer.status_code == status
        assert "Mitosis, the film" not in answer.content.decode().replace(
            f"“{quiz.item.title}”", ""
        )


def test_saving_the_page_takes_nobodys_film_away(quiz, film):
    page = reverse("media_items:quiz_film", args=[quiz.item.public_id])
    proof = factories.InvitationProofFactory(
        invitation__item=quiz.item, invitation__role=InvitationRole.COLLABORATOR
    )
    collaborator = client_with_proofs(proof)
    form = collaborator.get(page).context["form"]
    assert [str(label) for _value, label in form.fields["film"].choices] == [
        "No film",
        "The film that it has now",
    ]
    assert collaborator.post(page, {"film": film.public_id}).status_code == 302
    quiz.refresh_from_db()
    assert quiz.film == film


# --- uploading one ------------------------------------------------------------------------------


def upload(client, quiz, path, **extra):
    address = reverse("media_items:upload_quiz_film", args=[quiz.item.public_id])
    with path.open("rb") as file:
        return client.post(address, {"file": file}, **extra)


def test_a_film_is_uploaded_into_the_quiz_and_is_an_item_of_its_owner(
    owner, client_of, admission, quiz
):
    answer = upload(client_of(owner), quiz, samples().mp4)
    assert answer.status_code == 302
    quiz.refresh_from_db()
    made = quiz.film
    assert (made.owner, made.kind, made.state) == (owner, Kind.VIDEO, "private")
    assert made.title == quiz.item.title != "Mitosis, the film"
    page = client_of(owner).get(answer["Location"]).content.decode()
    assert reverse("media_items:preparation", args=[made.public_id]) in page
    assert made in client_of(owner).get(reverse("media_items:my_media")).context["page_obj"]


def test_a_co_editors_upload_is_the_owners_and_a_collaborator_has_none(
    quiz, owner, stranger, client_of
):
    proof = factories.InvitationProofFactory(
        invitation__item=quiz.item, invitation__role=InvitationRole.COLLABORATOR
    )
    collaborator = client_with_proofs(proof)
    assert upload(collaborator, quiz, samples().mp4).status_code == 403
    page = reverse("media_items:quiz_film", args=[quiz.item.public_id])
    assert 'type="file"' not in collaborator.get(page).content.decode()
    before = quiz.film
    quiz.refresh_from_db()
    assert quiz.film == before
    factories.CoEditorFactory(item=quiz.item, user=stranger)
    assert upload(client_of(stranger), quiz, samples().mp4).status_code == 302
    quiz.refresh_from_db()
    assert quiz.film.owner == owner
    said = client_of(stranger).get(page).content.decode()
    assert "The film is being prepared. Until it is ready, nobody can start the quiz." in said


def test_what_is_no_film_is_refused_and_the_old_one_stays(quiz, film, owner, client_of, tmp_path):
    (tmp_path / "film.mp4").write_text("no film")
    for path in (samples().pdf, tmp_path / "film.mp4"):
        answer = upload(client_of(owner), quiz, path)
        assert answer.status_code == 422
        assert answer.context["upload_form"].errors["file"]
    quiz.refresh_from_db()
    assert quiz.film == film
    assert MediaItem.objects.filter(title=quiz.item.title).count() == 1


def test_nobody_starts_before_the_film_is_ready(quiz, film, admission):
    film.files.filter(purpose=Purpose.PLAYBACK).delete()
    guest = client_with_admissions(admission)
    said = guest.get(quiz.item.get_absolute_url()).content.decode()
    assert "The film of this quiz is being prepared." in said
    assert "Start the quiz" not in said
    guest.post(reverse("media_items:start_quiz", args=[quiz.item.public_id]))
    assert not Attempt.objects.exists()
    Preparation.objects.create(item=film, failed_at=timezone.now())
    assert "Start the quiz" in guest.get(quiz.item.get_absolute_url()).content.decode()


# --- watching -----------------------------------------------------------------------------------


def ids(attempt):
    questions = [attempt.version.questions.question_of[one] for one in attempt.order["questions"]]
    return [one.id for one in open_questions(attempt, questions)]


def test_questions_stand_in_the_order_of_the_film(attempt):
    assert attempt.order["questions"] == ["single", "true_false", "short_text", "reflection"]


def test_a_question_opens_when_the_film_has_come_to_it(attempt, time_machine):
    assert ids(attempt) == ["reflection"]
    with pytest.raises(NotReached):
        answering.save(attempt=attempt, question_id="single", given={"chosen": "a"}, revision=0)
    time_machine.shift(timedelta(seconds=20))
    attempt = watch(attempt=attempt, at_ms=20_000)
    assert ids(attempt) == ["single", "reflection"]
    answering.save(attempt=attempt, question_id="single", given={"chosen": "a"}, revision=0)


def test_nobody_has_watched_more_than_time_has_passed(attempt, time_machine):
    time_machine.shift(timedelta(seconds=5))
    assert watch(attempt=attempt, at_ms=60_000).watched_ms == 13_000
    assert watch(attempt=attempt, at_ms=60_000).watched_ms == 13_000


def test_the_film_waits_for_what_must_be_answered(attempt, time_machine):
    time_machine.shift(timedelta(minutes=5))
    attempt = watch(attempt=attempt, at_ms=60_000)
    assert attempt.watched_ms == 20_000
    answering.save(attempt=attempt, question_id="single", given={"chosen": "a"}, revision=0)
    attempt = watch(attempt=attempt, at_ms=60_000)
    assert ids(attempt) == ["single", "true_false", "short_text", "reflection"]


def test_the_film_does_not_wait_for_what_was_checked_without_an_answer(attempt, time_machine):
    time_machine.shift(timedelta(minutes=5))
    Answer.objects.create(attempt=attempt, question="single", is_final=True)
    assert watch(attempt=attempt, at_ms=60_000).watched_ms == 60_000


def test_watching_again_closes_nothing(attempt, time_machine):
    time_machine.shift(timedelta(minutes=5))
    watch(attempt=attempt, at_ms=20_000)
    assert watch(attempt=attempt, at_ms=0).watched_ms == 20_000


def test_after_the_end_nothing_is_watched(attempt):
    ending.hand_in(attempt=attempt)
    with pytest.raises(AttemptOver):
        watch(attempt=attempt, at_ms=1)


def test_where_skipping_is_allowed_or_the_film_is_gone_all_questions_are_open(attempt):
    every = ["single", "true_false", "short_text", "reflection"]
    attempt.quiz.no_seeking = False
    attempt.quiz.save()
    assert ids(fresh(attempt)) == every
    attempt.quiz.no_seeking = True
    attempt.quiz.save()
    assert ids(fresh(attempt)) == ["reflection"]
    MediaItem.objects.filter(pk=attempt.quiz.film_id).update(deleted_at=timezone.now())
    assert ids(fresh(attempt)) == every
    answering.save(
        attempt=fresh(attempt), question_id="short_text", given={"text": "x"}, revision=0
    )


def fresh(attempt):
    return Attempt.objects.select_related("quiz", "version").get(pk=attempt.pk)


# --- the page of an attempt -----------------------------------------------------------------------


@pytest.fixture
def page(quiz, attempt):
    return reverse("media_items:quiz_attempt", args=[quiz.item.public_id, attempt.public_id])


@pytest.fixture
def taker(admission):
    return client_with_admissions(admission)


def test_what_comes_later_is_not_in_the_page(taker, page, attempt, time_machine):
    said = taker.get(page).content.decode()
    for secret in (SINGLE.text, "Metaphase", SINGLE.hint, TRUE_FALSE.text):
        assert secret not in said
    assert "opens in the film at 0:20" in said
    assert REFLECTION.text in said
    time_machine.shift(timedelta(seconds=20))
    watched = reverse(
        "media_items:watch_film", args=[attempt.quiz.item.public_id, attempt.public_id]
    )
    assert taker.post(watched, {"at": "20000"}).json() == {"watched": 20_000}
    said = taker.get(page).content.decode()
    assert SINGLE.text in said
    assert TRUE_FALSE.text not in said


def test_a_later_question_is_neither_answered_nor_hinted(taker, attempt):
    for name, status in (("save_answer", 409), ("question_hint", 409), ("check_answer", 409)):
        address = reverse(
            f"media_items:{name}",
            args=[attempt.quiz.item.public_id, attempt.public_id, "single"],
        )
        answer = taker.post(address, {"single": "a", "single.revision": "0"})
        assert answer.status_code == status, name
        assert SINGLE.hint not in answer.content.decode()


def test_the_film_plays_from_the_address_of_the_quiz(taker, page, quiz):
    said = taker.get(page).content.decode()
    assert f"/media/{quiz.item.public_id}/quiz/film/files/" in said
    assert quiz.film.public_id not in said


def test_without_script_one_says_how_far_one_has_watched(taker, page, attempt, time_machine):
    said = taker.post(page, {"act": "film:20000"}, follow=True).content.decode()
    assert "You can’t have watched that far yet" in said
    time_machine.shift(timedelta(seconds=20))
    answer = taker.post(page, {"act": "film:20000"})
    assert answer["Location"].endswith("#q-single")
    assert SINGLE.text in taker.get(page).content.decode()


def test_a_film_that_is_being_prepared_says_so(taker, page, quiz):
    quiz.film.files.filter(purpose=Purpose.PLAYBACK).delete()
    assert "The film is being prepared." in taker.get(page).content.decode()


def test_a_film_that_is_gone_is_said_and_all_questions_are_open(taker, page, quiz, film):
    said = "The film is not available; all questions are open."
    assert said not in taker.get(page).content.decode()
    MediaItem.objects.filter(pk=film.pk).update(deleted_at=timezone.now())
    answer = taker.get(page).content.decode()
    assert said in answer
    assert TRUE_FALSE.text in answer
    film.delete()
    assert said in taker.get(page).content.decode()


def test_a_quiz_without_a_film_says_nothing_of_one(owner, client_of):
    quiz = published_quiz(item__owner=owner)
    host = client_of(owner)
    host.post(reverse("media_items:start_quiz", args=[quiz.item.public_id]))
    attempt = Attempt.objects.get()
    page = reverse("media_items:quiz_attempt", args=[quiz.item.public_id, attempt.public_id])
    assert "The film is not available" not in host.get(page).content.decode()


def test_the_review_leads_to_the_film_for_what_it_has_not_come_to(
    taker, page, attempt, time_machine
):
    time_machine.shift(timedelta(seconds=12))
    watch(attempt=attempt, at_ms=12_000)
    review = taker.get(page, {"review": "1"}).context
    [place] = review["required"]
    assert (place.opens_at, place.url) == ("0:20", f"{page}?page=1&t=12#film")
    said = " ".join(taker.get(page, {"review": "1"}).content.decode().split())
    assert "opens in the film at 0:20. You have watched to 0:12; the link leads there." in said
    film_page = taker.get(page, {"page": 1, "t": 12}).content.decode()
    assert "#t=12" in film_page
    assert "#t=12" in taker.get(page, {"page": 1, "t": 50}).content.decode()
    time_machine.shift(timedelta(seconds=20))
    watch(attempt=attempt, at_ms=20_000)
    [place] = taker.get(page, {"review": "1"}).context["required"]
    assert place.url.endswith("#q-single")


def begins_at(taker, page, **query):
    return taker.get(page, query).context["film"]["begins_at"]


def test_the_film_begins_where_it_was_left(taker, page, quiz, attempt, time_machine):
    assert begins_at(taker, page) is None
    time_machine.shift(timedelta(seconds=15))
    watch(attempt=attempt, at_ms=15_400)
    assert begins_at(taker, page) == 15
    assert begins_at(taker, page, t="4") == 4
    assert begins_at(taker, page, t="0") is None
    assert begins_at(taker, page, t="30") == 15
    type(quiz).objects.update(no_seeking=False)
    assert begins_at(taker, page, t="30") == 30
    quiz.film.files.filter(purpose=Purpose.PLAYBACK).update(duration_ms=16_000)
    assert begins_at(taker, page) is None  # it was watched to the end


def test_the_link_of_a_question_leads_to_its_place_in_the_film(taker, page):
    said = taker.get(page).content.decode()
    assert f'href="{page}?t=20#film" aria-label="Question 1 at 0:20"' in said


def test_after_the_end_the_player_is_told_where_the_result_is(taker, attempt):
    ending.hand_in(attempt=attempt)
    watched = reverse(
        "media_items:watch_film", args=[attempt.quiz.item.public_id, attempt.public_id]
    )
    answer = taker.post(watched, {"at": "1"})
    told = answer.json()
    assert (answer.status_code, "result" in told["over"], told["handedIn"]) == (409, True, True)


def test_whose_attempt_was_interrupted_is_not_told_that_it_is_over(taker, attempt):
    ending.interrupt(takers=[attempt.taker_id])
    watched = reverse(
        "media_items:watch_film", args=[attempt.quiz.item.public_id, attempt.public_id]
    )
    answer = taker.post(watched, {"at": "1"})
    assert (answer.status_code, answer.json()) == (409, {"interrupted": True})


# --- settings and words ---------------------------------------------------------------------------


def free(name):
    return replace(REFLECTION, id=name)


def test_on_a_film_those_without_a_moment_are_shuffled_and_the_others_stay(quiz):
    content = Content(
        (free("a"), at(SHORT_TEXT, 60), free("b"), at(SINGLE, 20), free("c"), at(TRUE_FALSE, 20))
    )

    def orders():
        made = [starting.order_for(quiz, content, Random(n))["questions"] for n in range(60)]
        return {tuple(one) for one in made}

    quiz.shuffle_questions = False
    assert orders() == {("single", "true_false", "short_text", "a", "b", "c")}
    quiz.shuffle_questions = True
    assert {one[:3] for one in orders()} == {("single", "true_false", "short_text")}
    assert {one[3:] for one in orders()} == set(permutations("abc"))
    quiz.film = None
    assert len({one[:3] for one in orders()}) > 6


@pytest.mark.parametrize("no_seeking", [True, False])
@pytest.mark.parametrize(
    ("questions", "said", "unsaid"),
    [
        (ON_FILM.questions[1:], "The questions belong to a film", "follow below"),
        (ON_FILM.questions, "3 of the 4 questions belong to a film", "The questions belong"),
        (ON_FILM.questions[:2], "1 of the 2 questions belongs to a film", "each of them"),
        (ON_FILM.questions[:1], "the questions follow below it.", "waits"),
    ],
)
def test_the_start_page_says_how_many_questions_the_film_waits_at(
    owner, film, client_of, questions, said, unsaid, no_seeking
):
    quiz = published_quiz(Content(questions), item__owner=owner, film=film, no_seeking=no_seeking)
    page = text_of(client_of(owner).get(quiz.item.get_absolute_url()))
    assert said in page
    assert unsaid not in page
    assert ("skip ahead" in page) == no_seeking


def test_what_has_no_effect_on_a_film_is_said_beside_it_and_before_publishing(
    owner, client_of, quiz
):
    def said_at(name):
        return text_of(host.get(reverse(f"media_items:{name}", args=[quiz.item.public_id])))

    host = client_of(owner)
    draft = DraftFactory(quiz=quiz, at_ms=20_000)
    beside = "Has no effect here: with a film all questions are on one page."
    before = [
        "“One question a page” has no effect",
        "With a film, people can go back to earlier questions.",
        "“Shuffle the questions” has no effect",
    ]
    assert beside in said_at("quiz_settings")
    for page in ("publish_quiz", "quiz_film"):
        assert not [one for one in before if one in said_at(page)]
    quiz.one_at_a_time, quiz.may_go_back, quiz.shuffle_questions = True, False, True
    quiz.save()
    for page in ("publish_quiz", "quiz_film"):
        assert all(one in said_at(page) for one in before)
    DraftFactory.create_batch(2, quiz=quiz)
    assert before[2] not in said_at("publish_quiz")
    quiz.film = None
    quiz.save()
    assert not [one for one in before if one in said_at("publish_quiz")]
    assert beside not in said_at("quiz_settings")
    assert draft.text not in said_at("quiz_film")


def test_the_page_of_the_film_has_its_player_and_its_questions(owner, client_of, quiz):
    host, name = client_of(owner), quiz.item.public_id
    address = reverse("media_items:quiz_film", args=[name])
    assert "No question has a moment yet" in text_of(host.get(address))
    late, early = (DraftFactory(quiz=quiz, at_ms=at_ms) for at_ms in (62_000, 5_000))
    page = host.get(address)
    shown = [(one.number, one.at, one.title) for one in page.context["moments"]]
    assert shown == [(2, "0:05", early.text), (1, "1:02", late.text)]
    playback = quiz.film.files.get(purpose=Purpose.PLAYBACK)
    said = page.content.decode()
    assert reverse("media_items:quiz_film_file", args=[name, playback.pk]) in said
    assert reverse("media_items:quiz_question", args=[name, late.public_id]) in said


# --- writing on a film ----------------------------------------------------------------------------


def test_the_form_of_a_question_has_the_film_and_takes_its_moment(owner, client_of, quiz):
    host = client_of(owner)
    address = reverse("media_items:new_quiz_question", args=[quiz.item.public_id, "open"])
    playback = quiz.film.files.get(purpose=Purpose.PLAYBACK)
    file = reverse("media_items:quiz_film_file", args=[quiz.item.public_id, playback.pk])
    for headers in ({}, {"HX-Request": "true"}):
        page = host.get(address, headers=headers)
        said = page.content.decode()
        assert file in said
        assert f'data-use-moment="id_{page.context["of"]}_at"' in said
    draft = DraftFactory(quiz=quiz)
    edit = reverse("media_items:quiz_question", args=[quiz.item.public_id, draft.public_id])
    for headers in ({}, {"HX-Request": "true"}):
        said = host.get(edit, headers=headers).content.decode()
        assert f'data-use-moment="id_{draft.public_id}_at"' in said
    playback.delete()
    said = host.get(address).content.decode()
    assert "data-use-moment" not in said
    assert 'name="at"' in said


def test_another_order_than_that_of_the_film_is_said(owner, client_of, quiz):
    paper = reverse("media_items:quiz_questions", args=[quiz.item.public_id])
    host = client_of(owner)
    warning = "On the film the questions are in the order of their moments"
    for position, at_ms in enumerate([None, 60_000, 20_000]):
        DraftFactory(quiz=quiz, position=position, at_ms=at_ms)
    answer = host.get(paper)
    assert [one.number for one in answer.context["summary"].in_film] == [3, 2]
    assert "The others follow below the film." in answer.content.decode()
    assert warning in answer.content.decode()
    quiz.questions.filter(at_ms=None).update(position=5)
    quiz.questions.filter(at_ms=20_000).update(position=0)
    assert warning not in host.get(paper).content.decode()
    quiz.questions.filter(at_ms=20_000).update(position=4)
    quiz.film = None
    quiz.save()
    assert warning not in host.get(paper).content.decode()


@pytest.mark.parametrize(("typed", "is_late"), [("0:34", False), ("0:35", True), ("1:39:00", True)])
def test_a_moment_after_the_end_of_the_film_is_refused(owner, client_of, quiz, typed, is_late):
    quiz.film.files.filter(purpose=Purpose.PLAYBACK).update(duration_ms=33_400)
    draft = DraftFactory(quiz=quiz, kind="open", rule="by_hand")
    edit = reverse("media_items:quiz_question", args=[quiz.item.public_id, draft.public_id])
    sent = {"text": "Why?", "points": "1", "revision": "1", "at": typed}
    answer = client_of(owner).post(edit, sent)
    assert answer.status_code == (422 if is_late else 302)
    if is_late:
        assert "The film is 0:34 long." in str(answer.context["form"].errors["at"])


def test_a_moment_that_came_otherwise_is_named_before_publishing(owner, client_of, quiz):
    draft = DraftFactory(quiz=quiz, kind="reflection", rule="none", at_ms=99_000)
    host = client_of(owner)
    said = "The moment is after the end of the film."
    for name in ("quiz_questions", "publish_quiz"):
        assert (
            said
            not in host.get(
                reverse(f"media_items:{name}", args=[quiz.item.public_id])
            ).content.decode()
        )
    quiz.film.files.filter(purpose=Purpose.PLAYBACK).update(duration_ms=34_000)
    for name in ("quiz_questions", "publish_quiz"):
        assert (
            said
            in host.get(reverse(f"media_items:{name}", args=[quiz.item.public_id])).content.decode()
        )
    with pytest.raises(Invalid):
        publish(quiz=quiz, by=owner)
    draft.at_ms = 34_000
    draft.save()
    publish(quiz=quiz, by=owner)
