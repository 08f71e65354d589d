"""What the owner of a quiz sets, exemptions, and what follows for attempts that are open."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from media_items.quizzes.attempts import deadlines, ending, takers
from media_items.quizzes.attempts.exemptions import exemption_by, exemption_of
from media_items.quizzes.attempts.persons import person_digest
from media_items.quizzes.choices import AttemptState, KeptScore, Preset, ShownWhen
from media_items.quizzes.models import Attempt, Exemption, Quiz, QuizChange, Taker, TakerKey
from media_items.quizzes.writing import tasks
from media_items.quizzes.writing.presets import PRESETS
from media_items.quizzes.writing.services.settings import save_settings, seen_of
from tests.quiz_factories import QuizFactory, published_quiz
from tests.reading import text_of
from tests.tasks import run_tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def quiz(owner):
    return published_quiz(item__owner=owner)


@pytest.fixture
def browser(client, owner):
    client.force_login(owner)
    return client


def at(name, quiz, *args):
    return reverse(f"media_items:{name}", args=[quiz.item.public_id, *args])


def typed(**more):
    """A practice quiz, valid as it is."""
    return {
        "preset": "practice",
        "is_scored": "on",
        "attempts_allowed": "",
        "kept_score": "best",
        "may_go_back": "on",
        "score_when": "handed_in",
        "feedback_when": "at_once",
        "answers_when": "at_once",
    } | more


def seen(quiz):
    """As the form of somebody who has just opened it sends it."""
    stored = Quiz.objects.filter(item=quiz.item).first() or Quiz(item=quiz.item)
    stored.item.refresh_from_db()
    return {"seen": seen_of(stored)}


def attempt_of(quiz, *, minutes_ago=0, **taker):
    taker = {"name": "Ada", "certainty": "signed_in"} | taker
    return Attempt.objects.create(
        quiz=quiz,
        taker=Taker.objects.create(quiz=quiz, **taker),
        version=quiz.published,
        number=1,
        started_at=timezone.now() - timedelta(minutes=minutes_ago),
    )


@pytest.mark.parametrize("preset", Preset)
def test_a_preset_fills_in_its_switches_and_saves_nothing(browser, quiz, preset):
    before = quiz.preset
    answer = browser.post(
        at("quiz_settings", quiz), seen(quiz) | typed(preset=preset.value, use="1")
    )
    form = answer.context["form"]
    assert answer.status_code == 200
    shown = {name: form[name].value() for name in PRESETS[preset]}
    assert {name: str(value or "") for name, value in shown.items()} == {
        name: str(value or "") for name, value in PRESETS[preset].items()
    }
    quiz.refresh_from_db()
    assert quiz.preset == before


@pytest.mark.parametrize("preset", Preset)
def test_each_preset_can_be_saved_as_it_is_once_the_quiz_has_its_dates(browser, quiz, preset):
    dates = {"starts_at": "2027-01-01T10:00", "ends_at": "2027-01-02T10:00"}
    filled = browser.post(
        at("quiz_settings", quiz), seen(quiz) | typed(preset=preset.value, use="1", **dates)
    )
    form = filled.context["form"]
    boxes = {name for name in form.fields if form[name].value() is False}
    again = {name: form[name].value() or "" for name in form.fields if name not in boxes}
    answer = browser.post(at("quiz_settings", quiz), again)
    assert answer.status_code == 302, answer.context["form"].errors
    quiz.refresh_from_db()
    assert {name: getattr(quiz, name) for name in PRESETS[preset]} == PRESETS[preset]
    quiz.item.refresh_from_db()
    assert quiz.item.ends_at > quiz.item.starts_at


def test_a_contradiction_is_refused_beside_its_field_and_nothing_is_saved(browser, quiz):
    answer = browser.post(at("quiz_settings", quiz), seen(quiz) | typed(answers_when="closed"))
    assert answer.status_code == 422
    assert "Set a closing time." in text_of(answer)
    assert list(answer.context["form"].errors) == ["answers_when"]
    quiz.refresh_from_db()
    assert quiz.preset == Preset.CHECK


def test_what_was_set_before_and_after_is_in_the_trail(browser, quiz, owner):
    browser.post(at("quiz_settings", quiz), seen(quiz) | typed(attempts_allowed="1"))
    change = QuizChange.objects.get()
    assert (change.what, change.by) == ("settings", owner)
    assert (change.was["attempts_allowed"], change.now["attempts_allowed"]) == (2, 1)
    assert change.now["answers_when"] == ShownWhen.AT_ONCE


def set_limit(browser, quiz, minutes):
    sent = seen(quiz) | typed(time_limit_minutes=str(minutes or ""))
    return text_of(browser.post(at("quiz_settings", quiz), sent, follow=True))


@pytest.mark.parametrize(
    ("limits", "lasts"),
    [
        ([10, 30], 30),
        ([10, 1], 10),
        ([10, 1, 5], 10),
        ([10, 30, 1], 30),
        ([10, 1, 30, 20], 30),
        ([10, None], None),
        ([10, 1, None, 5], None),
        ([None, 10], None),
        ([None, 10, 5], None),
    ],
)
def test_a_time_limit_lengthens_attempts_under_way_and_never_shortens_them(
    browser, quiz, limits, lasts
):
    Quiz.objects.update(time_limit_minutes=limits[0])
    attempt = attempt_of(Quiz.objects.get(), minutes_ago=2)
    deadlines.bring_up_to_date(attempt.quiz)
    for minutes in limits[1:]:
        set_limit(browser, quiz, minutes)
    attempt.refresh_from_db()
    ends = attempt.started_at + timedelta(minutes=lasts) if lasts else None
    assert attempt.deadline == ends
    # Nor does what brings deadlines up to date later.
    deadlines.bring_up_to_date(Quiz.objects.get())
    attempt.refresh_from_db()
    assert attempt.deadline == ends


def test_a_shorter_limit_leaves_who_was_interrupted_what_they_had(browser, quiz):
    Quiz.objects.update(time_limit_minutes=10)
    attempt = attempt_of(Quiz.objects.get(), minutes_ago=2)
    ending.interrupt(takers=[attempt.taker_id])
    set_limit(browser, quiz, 1)
    attempt.refresh_from_db()
    went_on = ending.let_go_on(attempt=attempt)
    assert went_on.deadline >= attempt.started_at + timedelta(minutes=10)


def test_a_shorter_limit_is_not_multiplied_anew_by_an_exemption(browser, quiz):
    Quiz.objects.update(time_limit_minutes=10)
    attempt = attempt_of(Quiz.objects.get(), minutes_ago=2)
    set_limit(browser, quiz, 1)
    Exemption.objects.create(quiz=quiz, taker=attempt.taker, time_factor=Decimal(2))
    deadlines.bring_up_to_date(Quiz.objects.get())
    attempt.refresh_from_db()
    assert attempt.deadline == attempt.started_at + timedelta(minutes=20)


def test_saving_a_limit_says_for_whom_it_is(browser, quiz):
    assert "Saved." in set_limit(browser, quiz, 20)
    attempt_of(quiz)
    said = set_limit(browser, quiz, 10)
    assert "1 person is taking the quiz now and keeps the time they started with." in said
    attempt_of(quiz, name="Bob")
    said = set_limit(browser, quiz, 30)
    assert "2 people are taking the quiz now: the new limit is for them, too." in said
    assert "taking the quiz now" not in set_limit(browser, quiz, 30)


@pytest.mark.parametrize("is_past", [False, True])
def test_an_earlier_end_that_takes_time_from_somebody_is_asked_about_once(browser, quiz, is_past):
    attempt = attempt_of(quiz, minutes_ago=20)
    closes = timezone.now().replace(second=0, microsecond=0)
    closes += timedelta(minutes=-10 if is_past else 90)
    sent = typed(ends_at=f"{closes:%Y-%m-%dT%H:%M}", time_zone="UTC")
    answer = browser.post(at("quiz_settings", quiz), seen(quiz) | sent)
    assert answer.status_code == 422
    asks = "Their time would be up at once" if is_past else "would have less time: until"
    assert f"1 person is taking the quiz now{'.' if is_past else ''}" in text_of(answer)
    assert asks in text_of(answer)
    attempt.refresh_from_db()
    assert attempt.deadline is None
    agreed = {"agreed_end": answer.context["form"]["agreed_end"].value()}
    # To another end than that nobody has agreed.
    other = typed(ends_at=f"{closes - timedelta(minutes=2):%Y-%m-%dT%H:%M}", time_zone="UTC")
    assert browser.post(at("quiz_settings", quiz), seen(quiz) | other | agreed).status_code == 422
    answer = browser.post(at("quiz_settings", quiz), seen(quiz) | sent | agreed)
    assert answer.status_code == 302
    attempt.refresh_from_db()
    assert attempt.deadline == closes
    assert browser.post(at("quiz_settings", quiz), seen(quiz) | sent).status_code == 302


def test_nobody_is_asked_about_an_end_that_takes_nothing(browser, quiz):
    attempt_of(quiz)
    Attempt.objects.update(is_preview=True)
    theirs = attempt_of(quiz, name="Bob")
    closes = timezone.now() + timedelta(days=1)
    Exemption.objects.create(quiz=quiz, taker=theirs.taker, closes_at=closes)
    deadlines.bring_up_to_date(quiz)
    sent = typed(ends_at=f"{closes - timedelta(hours=2):%Y-%m-%dT%H:%M}", time_zone="UTC")
    assert browser.post(at("quiz_settings", quiz), seen(quiz) | sent).status_code == 302


def test_a_closing_time_set_where_the_item_is_edited_binds_them_too(browser, quiz):
    attempt = attempt_of(quiz)
    item = quiz.item
    edit = reverse("media_items:edit_media_item", args=[item.public_id])
    closes = (timezone.now() + timedelta(days=1)).replace(second=0, microsecond=0)
    form = browser.get(edit).context["form"]
    sent = {
        "title": item.title,
        "seen_at": form["seen_at"].value(),
        "ends_at": f"{closes:%Y-%m-%dT%H:%M}",
        "time_zone": "UTC",
    }
    answer = browser.post(edit, sent)
    assert answer.status_code == 422
    assert "1 person is taking the quiz now and would have less time" in text_of(answer)
    sent["agreed_end"] = answer.context["form"]["agreed_end"].value()
    assert browser.post(edit, sent).status_code == 302
    attempt.refresh_from_db()
    assert attempt.deadline == closes


def test_a_finished_attempt_keeps_its_deadline(browser, quiz):
    attempt = attempt_of(quiz)
    Attempt.objects.update(state=AttemptState.HANDED_IN)
    browser.post(at("quiz_settings", quiz), seen(quiz) | typed(time_limit_minutes="30"))
    attempt.refresh_from_db()
    assert attempt.deadline is None


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [
        ({}, False),
        ({"time_factor": "1.5"}, True),
        ({"extra_attempts": "1"}, True),
        ({"closes_at": "2031-01-01T10:00"}, True),
    ],
)
def test_an_exemption_that_gives_nothing_is_refused(browser, quiz, given, is_kept):
    sent = {"email": "kim@uni.example", "time_factor": "1", "extra_attempts": "0"} | given
    answer = browser.post(at("quiz_exemptions", quiz), sent)
    assert Exemption.objects.exists() == is_kept
    said = "Give more time, extra attempts or other dates."
    assert (said in text_of(answer)) == (not is_kept)


def test_an_exemption_gives_more_time_during_an_attempt_and_ends_again(browser, quiz):
    quiz.time_limit_minutes = 30
    quiz.save()
    attempt = attempt_of(quiz, minutes_ago=5)
    other = attempt_of(quiz, minutes_ago=5, name="Bob")
    sent = {"taker": attempt.taker_id, "time_factor": "1.5", "extra_attempts": "0"}
    assert browser.post(at("quiz_exemptions", quiz), sent).status_code == 302
    attempt.refresh_from_db()
    other.refresh_from_db()
    assert attempt.deadline == attempt.started_at + timedelta(minutes=45)
    assert other.deadline == other.started_at + timedelta(minutes=30)
    exemption = Exemption.objects.get()
    page = text_of(browser.get(at("quiz_exemptions", quiz)))
    assert "Time × 1.5" in page
    more = {"time_factor": "2", "extra_attempts": "1"}
    assert browser.post(at("quiz_exemption", quiz, exemption.pk), more).status_code == 302
    attempt.refresh_from_db()
    assert attempt.deadline == attempt.started_at + timedelta(minutes=60)
    browser.post(at("end_exemption", quiz, exemption.pk))
    attempt.refresh_from_db()
    assert attempt.deadline == attempt.started_at + timedelta(minutes=30)


def test_an_exemption_by_address_binds_whoever_has_proven_it(browser, quiz):
    quiz.time_limit_minutes = 30
    quiz.save()
    ada = person_digest("ada@example.org")
    proven = attempt_of(quiz, person=ada)
    typed_only = attempt_of(quiz, person=ada, certainty="typed")
    sent = {"email": "Ada@Example.org", "time_factor": "2", "extra_attempts": "0"}
    assert browser.post(at("quiz_exemptions", quiz), sent).status_code == 302
    proven.refresh_from_db()
    typed_only.refresh_from_db()
    assert proven.deadline == proven.started_at + timedelta(minutes=60)
    assert typed_only.deadline == typed_only.started_at + timedelta(minutes=30)
    found = exemption_by(quiz, None, persons=[ada], keys=TakerKey.objects.none())
    assert found.time_factor == Decimal(2)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choose a person, or enter an email address."),
        ({"email": "ada@example.org", "time_factor": "0.5"}, "greater than or equal to 1"),
        (
            {
                "email": "ada@example.org",
                "opens_at": "2027-01-02T10:00",
                "closes_at": "2027-01-01T10:00",
            },
            "The quiz must close later than it opens.",
        ),
    ],
)
def test_an_exemption_that_cannot_be_is_refused_with_a_sentence(browser, quiz, sent, said):
    sent = {"time_factor": "1", "extra_attempts": "0"} | sent
    answer = browser.post(at("quiz_exemptions", quiz), sent)
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_nobody_has_two_exemptions_on_one_quiz(browser, quiz):
    sent = {"email": "ada@example.org", "time_factor": "2", "extra_attempts": "0"}
    browser.post(at("quiz_exemptions", quiz), sent)
    answer = browser.post(at("quiz_exemptions", quiz), sent | {"email": "ADA@example.org"})
    assert "already has an exemption" in text_of(answer)
    assert quiz.exemptions.count() == 1


def test_of_two_exemptions_that_of_the_person_counts_before_that_of_the_address(quiz):
    ada = person_digest("ada@example.org")
    taker = Taker.objects.create(quiz=quiz, person=ada, certainty="signed_in")
    Exemption.objects.create(quiz=quiz, email="a@b.c", person=ada, time_factor=3)
    own = Exemption.objects.create(quiz=quiz, taker=taker, time_factor=2)
    assert exemption_of(taker) == own


def test_another_rule_for_the_score_is_a_task_that_finds_everybodys_anew(
    browser, quiz, django_capture_on_commit_callbacks
):
    taker = Taker.objects.create(quiz=quiz, name="Ada", finished=2)
    for number, score in ((1, 10), (2, 4)):
        Attempt.objects.create(
            quiz=quiz,
            taker=taker,
            version=quiz.published,
            number=number,
            state=AttemptState.HANDED_IN,
            score=score,
            possible=14,
        )
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(at("quiz_settings", quiz), seen(quiz) | typed(kept_score=KeptScore.LAST))
    assert tasks.take_up() == 0  # it waits in the queue
    run_tasks()
    taker.refresh_from_db()
    assert taker.score == 4
    quiz.refresh_from_db()
    assert quiz.scores_by == KeptScore.LAST
    assert tasks.take_up() == 0


@pytest.mark.parametrize("is_lost", [False, True])
def test_fewer_attempts_are_fewer_that_count_of_who_was_merged(
    browser, quiz, django_capture_on_commit_callbacks, is_lost
):
    first = attempt_of(quiz, minutes_ago=9, name="Grace", finished=1).taker
    taker = attempt_of(quiz, finished=1).taker
    Attempt.objects.update(state=AttemptState.HANDED_IN, possible=14)
    for number, one in enumerate([first, taker]):
        one.attempts.update(score=4 + 6 * number)
    takers.merge(first, into=taker)
    taker.refresh_from_db()
    assert taker.score == 10
    with django_capture_on_commit_callbacks(execute=True):
        changed = typed(preset="check", attempts_allowed="1", answers_when="never")
        assert browser.post(at("quiz_settings", quiz), seen(quiz) | changed).status_code == 302
    assert "People whose score is found" in text_of(browser.get(at("quiz_settings", quiz)))
    if is_lost:
        DBTaskResult.objects.all().delete()
        assert tasks.take_up() == 1
    run_tasks()
    taker.refresh_from_db()
    assert taker.score == 4
    assert tasks.take_up() == 0


def test_scores_whose_task_was_lost_are_found_by_another(quiz):
    quiz.kept_score = KeptScore.LAST
    quiz.save()
    assert tasks.take_up() == 1
    assert tasks.take_up() == 0
    run_tasks()
    quiz.refresh_from_db()
    assert quiz.scores_by == KeptScore.LAST


def test_settings_of_a_quiz_without_a_row_open_too(browser, owner):
    quiz = QuizFactory(item__owner=owner)
    item = quiz.item
    quiz.delete()
    address = reverse("media_items:quiz_settings", args=[item.public_id])
    assert browser.get(address).status_code == 200
    assert browser.post(address, seen(quiz) | typed()).status_code == 302


def test_of_two_people_who_save_the_later_is_told_and_nothing_is_lost(browser, quiz):
    first = seen(quiz)
    assert browser.post(at("quiz_settings", quiz), first | typed(welcome="A")).status_code == 302
    answer = browser.post(at("quiz_settings", quiz), first | typed(welcome="B"))
    assert answer.status_code == 422
    assert "Somebody else changed this while you were editing." in text_of(answer)
    form = answer.context["form"]
    quiz.refresh_from_db()
    assert (quiz.welcome, form["welcome"].value()) == ("A", "B")
    again = {"seen": form["seen"].value()} | typed(welcome="B")
    assert browser.post(at("quiz_settings", quiz), again).status_code == 302
    quiz.refresh_from_db()
    assert quiz.welcome == "B"


def test_a_title_that_was_changed_meanwhile_is_no_change_of_the_settings(browser, quiz):
    first = seen(quiz)
    quiz.item.title = "Another title"
    quiz.item.save()
    assert browser.post(at("quiz_settings", quiz), first | typed(welcome="A")).status_code == 302
    quiz.item.ends_at = timezone.now() + timedelta(days=3)
    first = seen(quiz)
    quiz.item.save()
    assert browser.post(at("quiz_settings", quiz), first | typed()).status_code == 422


def test_scores_that_are_found_anew_show_how_far_it_is(browser, quiz, monkeypatch):
    for name in "abcd":
        Taker.objects.create(quiz=quiz, name=name, certainty="typed", finished=1)
    words = "People whose score is found by the new rule: {} of 4"
    page = at("quiz_settings", quiz)
    assert "scores-progress" not in browser.get(page).content.decode()
    browser.post(page, seen(quiz) | typed(kept_score=KeptScore.LAST))
    assert words.format(0) in text_of(browser.get(page))
    shown = []
    monkeypatch.setattr(tasks, "TELL_EVERY", 2)
    monkeypatch.setattr(
        tasks,
        "keep_score",
        lambda *_: shown.append(
            text_of(browser.get(page, headers={"HX-Request": "true"})).split(": ")[1][:1]
        ),
    )
    tasks.keep_scores_anew.func(quiz.pk)
    assert shown == ["0", "0", "2", "2"]
    assert "scores-progress" not in browser.get(page).content.decode()


def test_the_item_is_locked_before_the_quiz(quiz, owner):
    seen = seen_of(quiz)
    with CaptureQueriesContext(connection) as asked:
        save_settings(quiz=quiz, columns=["welcome"], by=owner, seen=seen)
    tables = [one["sql"].split(" FROM ")[1].split()[0] for one in asked if " FROM " in one["sql"]]
    assert [one for one in tables if one in {'"media_items_mediaitem"', '"quizzes_quiz"'}][:2] == [
        '"media_items_mediaitem"',
        '"quizzes_quiz"',
    ]


def test_another_kind_of_quiz_with_other_settings_is_asked_about_once(browser, quiz):
    page = at("quiz_settings", quiz)
    opened = browser.get(page).context["form"]
    assert opened["settings_of"].value() == Preset.CHECK
    sent = seen(quiz) | typed(preset="survey", settings_of="check")
    answer = browser.post(page, sent)
    assert answer.status_code == 422
    assert "not those of this kind of quiz" in text_of(answer)
    quiz.refresh_from_db()
    assert quiz.preset == Preset.CHECK
    again = sent | {"settings_of": answer.context["form"]["settings_of"].value()}
    assert browser.post(page, again).status_code == 302
    quiz.refresh_from_db()
    assert quiz.preset == Preset.SURVEY


def test_a_kind_whose_settings_were_filled_in_is_saved_at_once(browser, quiz):
    page = at("quiz_settings", quiz)
    fitting = typed(preset="practice", settings_of="check", shuffle_options="on")
    assert browser.post(page, seen(quiz) | fitting).status_code == 302
    changed = seen(quiz) | typed(preset="survey", settings_of="practice", use="1")
    assert browser.post(page, changed).context["form"]["settings_of"].value() == "survey"


@pytest.mark.parametrize("address_first", [True, False])
def test_a_person_and_their_proven_address_have_one_exemption(browser, quiz, address_first):
    ada = Taker.objects.create(
        quiz=quiz,
        name="Ada",
        kind="account",
        person=person_digest("ada@example.org"),
        certainty="signed_in",
    )
    both = [{"email": "Ada@example.org"}, {"taker": ada.pk}]
    first, second = both if address_first else reversed(both)
    more = {"time_factor": "2", "extra_attempts": "1"}
    assert browser.post(at("quiz_exemptions", quiz), first | more).status_code == 302
    page = text_of(browser.get(at("quiz_exemptions", quiz)))
    assert page.count("Ada") >= 2  # in the list, and to be chosen
    assert QuizChange.objects.get().taker == ada
    answer = browser.post(at("quiz_exemptions", quiz), second | more)
    assert "already has an exemption" in text_of(answer)
    assert quiz.exemptions.count() == 1


def test_an_address_that_was_only_typed_has_an_exemption_of_its_own(browser, quiz):
    typed_only = Taker.objects.create(
        quiz=quiz, name="X", person=person_digest("ada@example.org"), certainty="typed"
    )
    more = {"time_factor": "2", "extra_attempts": "1"}
    for who in ({"email": "ada@example.org"}, {"taker": typed_only.pk}):
        assert browser.post(at("quiz_exemptions", quiz), who | more).status_code == 302
    assert quiz.exemptions.count() == 2
