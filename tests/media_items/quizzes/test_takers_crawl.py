"""A taker's crawl: whatever a taker can get before the rule of revealing says so is searched for
every key, credit, feedback, explanation and hint of the quiz, for its drafts, for others' answers.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from media_items.catalogue.models import Kind, State
from media_items.quizzes.attempts import ending
from media_items.quizzes.choices import Preset
from media_items.quizzes.content import Content
from media_items.quizzes.kinds import TYPED_KINDS
from media_items.quizzes.models import Answer, Attempt, Question, QuestionOption
from media_items.quizzes.writing.presets import PRESETS
from tests import factories
from tests.conftest import client_with_admissions, client_with_proofs
from tests.quiz_factories import (
    EVERY_KIND,
    RIGHT_ANSWERS,
    QuizFactory,
    publish_content,
)
from tests.reading import tags_of
from tests.test_access_table import ADDRESSES

pytestmark = pytest.mark.django_db

NEVER = {"SECRET-OTHER", "SECRET-DRAFT", "61.37", "17.93"}
ANSWERS = {"SECRET-EXPLAIN", "SECRET-ACCEPT", "31337", "0.7743"}
FEEDBACK = {"SECRET-FEEDBACK", "SECRET-COMMENT"}
HINTS = {"SECRET-HINT"}
EVERYTHING = NEVER | ANSWERS | FEEDBACK | HINTS

# What may be seen once it is handed in, the first attempt of those there are, the quiz open.
AFTERWARDS = {
    Preset.PRACTICE: ANSWERS | FEEDBACK | HINTS,
    Preset.CHECK: FEEDBACK,
    Preset.TEST: set(),
    Preset.SURVEY: set(),
}
PEOPLE = ["guest", "invitee", "account", "stranger"]
# The page's own time: 17.93 seconds past a minute are no credit of 17.93 percent.
_FRACTION_OF_SECOND = re.compile(r"(T\d\d:\d\d:\d\d)\.\d+")
# Ways out, and what would end the crawl.
_LEAVES = re.compile(r"/(leave|sign-out|erase|logout|language|delete)\b")


def secret(question):
    """The question with a word of its own in each field that nobody may read."""
    marked = replace(
        question,
        hint=f"SECRET-HINT {question.id}",
        explanation=f"SECRET-EXPLAIN {question.id}",
    )
    options = [replace(one, feedback="SECRET-FEEDBACK here") for one in question.options]
    if question.kind in TYPED_KINDS:
        is_number = question.kind == "number"
        word = "31337" if is_number else "SECRET-ACCEPT"
        options = [
            replace(
                one,
                text=word if one.credit == 100 else ("31338" if is_number else "SECRET-ACCEPT too"),
                credit=one.credit if one.credit == 100 else Decimal("61.37"),
                margin="0.7743" if one.margin else "",
            )
            for one in options
        ]
    elif question.kind == "single":
        options = [
            one if one.credit == 100 else replace(one, credit=Decimal("17.93")) for one in options
        ]
    return replace(marked, options=tuple(options))


SECRET = Content(tuple(secret(one) for one in EVERY_KIND.questions))
GIVEN = RIGHT_ANSWERS | {"short_text": {"text": "mine"}, "number": {"text": "7"}}


@pytest.fixture
def quiz(owner, request):
    preset = request.node.callspec.params["preset"]
    item = factories.MediaItemFactory(
        owner=owner,
        kind=Kind.QUIZ,
        starts_at=timezone.now() - timezone.timedelta(days=1),
        ends_at=timezone.now() + timezone.timedelta(days=1),
    )
    quiz = QuizFactory(item=item, preset=preset, **PRESETS[Preset(preset)])
    publish_content(quiz, SECRET)
    draft = Question.objects.create(quiz=quiz, kind="single", text="SECRET-DRAFT question")
    QuestionOption.objects.create(question=draft, text="SECRET-DRAFT option")
    # Somebody else has handed in, and was told something.
    other = Taker.take(quiz, factories.GuestAdmissionFactory(guest__link__item=item))
    other.answers()
    Answer.objects.filter(attempt=other.attempt, question="open").update(
        response={"text": "SECRET-OTHER"}, comment="SECRET-OTHER too", given=Decimal(2)
    )
    ending.hand_in(attempt=other.attempt)
    return quiz


class Taker:
    """Somebody with a browser, who crawls: `seen` is all that they were answered."""

    def __init__(self, quiz, browser):
        self.quiz, self.item, self.browser = quiz, quiz.item, browser
        self.seen: list[tuple[str, str]] = []

    @classmethod
    def take(cls, quiz, admission):
        made = cls(quiz, client_with_admissions(admission))
        made.start()
        return made

    def start(self):
        self.post(reverse("media_items:start_quiz", args=[self.item.public_id]))
        self.attempt = Attempt.objects.filter(quiz=self.quiz).order_by("-pk").first()

    def at(self, name, *more):
        ids = [self.item.public_id, self.attempt.public_id, *more]
        return reverse(f"media_items:{name}", args=ids)

    def get(self, address, **headers):
        return self.note(address, self.browser.get(address, **headers))

    def post(self, address, data=None, **headers):
        return self.note(f"POST {address}", self.browser.post(address, data or {}, **headers))

    def note(self, address, answer):
        body = b"".join(answer) if answer.streaming else answer.content
        heads = "\n".join(f"{name}: {value}" for name, value in answer.items())
        text = heads + "\n" + body.decode("utf-8", "replace")
        self.seen.append((address, _FRACTION_OF_SECOND.sub(r"\1", text)))
        return answer

    def answers(self):
        """Each by the script's request; one too late; one that fits nothing."""
        for question, given in GIVEN.items():
            self.post(self.at("save_answer", question), fields(question, given))
        self.post(self.at("save_answer", "single"), {"single": "b", "single.revision": "0"})
        self.post(self.at("save_answer", "single"), {"single": "nonsense"})
        self.post(self.at("save_answer", "nothing"), {"nothing": "x"})

    def crawl(self, *, widely=False):
        """Every page that leads on from the quiz; and every address that takes nothing but it."""
        todo = [self.item.get_absolute_url(), *(self.own_addresses() if widely else ())]
        if hasattr(self, "attempt") and self.attempt:
            todo += [self.at("quiz_attempt"), self.at("quiz_result"), self.at("quiz_clock")]
            todo += [self.at("quiz_attempt") + f"?page={n}&review=1" for n in (1, 2, 9)]
        done = set()
        while todo:
            address = todo.pop()
            if address in done or _LEAVES.search(address):
                continue
            done.add(address)
            answer = self.get(address)
            for header in ("HX-Redirect", "Location"):
                if header in answer:
                    todo += self.inside(answer[header])
            if "html" in answer.get("Content-Type", ""):
                for tag in tags_of(answer):
                    for name in ("href", "src", "hx-get", "action", "data-address"):
                        todo += self.inside(tag[name] or "")
        return done

    def inside(self, address):
        parts = urlsplit(address)
        is_ours = parts.path.startswith(f"/media/{self.item.public_id}/")
        return [parts.path + (f"?{parts.query}" if parts.query else "")] if is_ours else []

    def own_addresses(self):
        for name in ADDRESSES:
            try:
                yield reverse(name, args=[self.item.public_id])
            except NoReverseMatch:
                continue

    def leaks(self, words):
        return sorted({(at, word) for at, body in self.seen for word in words if word in body})


def fields(question, given):
    """As `taking.given` reads it."""
    made = {"question": question, f"{question}.revision": "0"}
    if "chosen" in given:
        made[question] = given["chosen"]
    for one, other in given.get("pairs", {}).items():
        made[f"{question}.{one}"] = other
    for place, one in enumerate(given.get("order", []), start=1):
        made[f"{question}.{one}"] = place
    if "text" in given:
        made[question] = given["text"]
    if given.get("seen"):
        made[question] = "on"
    return made


@pytest.fixture
def person(request, quiz, client_of):
    item = quiz.item
    match request.node.callspec.params["who"]:
        case "guest":
            browser = client_with_admissions(
                factories.GuestAdmissionFactory(guest__link__item=item)
            )
        case "invitee":
            browser = client_with_proofs(factories.InvitationProofFactory(invitation__item=item))
        case "account":
            type(item).objects.filter(pk=item.pk).update(state=State.UNLISTED)
            browser = client_of(factories.UserFactory())
        case _:
            browser = Client()
    return Taker(quiz, browser)


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("preset", list(Preset))
def test_nothing_secret_is_answered_before_it_may_be_seen(person, preset, who):
    assert person.crawl()
    if who == "stranger":
        person.start()  # to the sign-in, or to nothing
        person.answers()
        person.crawl(widely=True)
        assert person.leaks(EVERYTHING) == []
        return
    person.start()
    person.crawl(widely=True)
    person.answers()
    person.post(person.at("quiz_attempt"), {"question": "open", "open": "So.", "act": "next"})
    person.post(person.at("hand_in_quiz"))  # asks first: something has no answer, or is fine
    if Attempt.objects.get(pk=person.attempt.pk).state == "open":
        person.crawl()
        assert len(person.seen) > 60
        assert person.leaks(EVERYTHING) == []
        person.post(person.at("hand_in_quiz"), {"anyway": "1"})
    else:
        before = [one for one in person.seen if "hand-in" not in one[0]]
        assert not [word for _at, body in before for word in EVERYTHING if word in body]
    Answer.objects.filter(attempt=person.attempt, question="open").update(
        comment="SECRET-COMMENT", given=Decimal(1)
    )
    person.seen.clear()
    person.crawl(widely=True)
    person.post(person.at("save_answer", "single"), {"single": "a", "single.revision": "9"})
    person.post(person.at("question_hint", "single"))
    may = AFTERWARDS[preset]
    assert person.leaks(EVERYTHING - may) == []
    seen = {word for _at, word in person.leaks(may)}
    assert seen == may - (HINTS if preset != Preset.PRACTICE else set())


@pytest.mark.parametrize("preset", [Preset.CHECK])
def test_the_first_attempt_tells_no_answers_while_the_last_one_is_open(quiz, preset):
    person = Taker.take(quiz, factories.GuestAdmissionFactory(guest__link__item=quiz.item))
    first = person.at("quiz_result")
    person.post(person.at("hand_in_quiz"), {"anyway": "1"})
    person.start()
    assert first in person.crawl(widely=True)
    assert person.leaks(NEVER | ANSWERS | HINTS) == []


@pytest.mark.parametrize("preset", [Preset.CHECK, Preset.TEST, Preset.SURVEY])
def test_nobody_checks_an_answer_where_that_is_for_later(quiz, preset):
    person = Taker.take(quiz, factories.GuestAdmissionFactory(guest__link__item=quiz.item))
    person.answers()
    for question, given in GIVEN.items():
        sent = fields(question, given)
        person.post(person.at("check_answer", question), sent, headers={"HX-Request": "true"})
    assert person.leaks(EVERYTHING) == []


@pytest.mark.parametrize("preset", [Preset.PRACTICE])
def test_a_checked_answer_tells_of_its_own_question_only(quiz, preset):
    person = Taker.take(quiz, factories.GuestAdmissionFactory(guest__link__item=quiz.item))
    person.answers()
    given = fields("single", GIVEN["single"])
    person.post(person.at("check_answer", "single"), given, headers={"HX-Request": "true"})
    person.crawl()
    told = {"SECRET-EXPLAIN", "SECRET-FEEDBACK", "SECRET-HINT"}
    assert {word for _at, word in person.leaks(EVERYTHING)} == told
    said = " ".join(body for _at, body in person.seen)
    assert set(re.findall(r"SECRET-EXPLAIN (\w+)", said)) == {"single"}


@pytest.mark.parametrize("preset", list(Preset))
def test_a_page_is_the_same_whichever_answer_is_right(quiz, preset, time_machine):
    """Two quizzes that differ in their keys alone, taken in the same order: no class, attribute,
    place or number tells them apart."""
    taker = Taker.take(quiz, factories.GuestAdmissionFactory(guest__link__item=quiz.item))
    taker.answers()
    time_machine.move_to(timezone.now(), tick=False)
    pages = [taker.browser.get(taker.at("quiz_attempt") + f"?page={n}") for n in (1, 2, 3)]
    Attempt.objects.filter(pk=taker.attempt.pk).update(version=other_key(quiz))
    again = [taker.browser.get(taker.at("quiz_attempt") + f"?page={n}") for n in (1, 2, 3)]
    for one, other in zip(pages, again, strict=True):
        assert plain(one) == plain(other)


def other_key(quiz):
    """Options right the other way round, other credits, other pairs, another order."""
    turned = []
    for one in SECRET.questions:
        shares = [option.credit for option in one.options][::-1]
        matches = [option.match for option in one.options][::-1]
        options = [
            replace(option, credit=share, match=match, feedback="else")
            for option, share, match in zip(one.options, shares, matches, strict=True)
        ]
        if one.kind == "ordering":
            options.reverse()
        turned.append(replace(one, options=tuple(options), explanation="else", hint="else"))
    return publish_content(quiz, Content(tuple(turned)))


def plain(answer):
    """Without what differs from answer to answer: the masks of tokens."""
    text = re.sub(
        r'(csrfmiddlewaretoken" value=|X-CSRFToken\W+)[\w"-]+', "", answer.content.decode()
    )
    return text.splitlines()
