"""A class that takes a quiz at the same time, and the results of a large one.

300 people start within a minute, answer every ten seconds and hand in within the same five: how
long each waits, and whether anybody is refused. Their browsers are threads on this machine, with
the server as it is shipped. `results` times the pages over 5,000 attempts, or as many as it is
told.
"""

from __future__ import annotations

import math
import random
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.benchmarks import load
from tests.benchmarks.rates import Server

PEOPLE = 300
START_SECONDS = 60.0
EVERY_SECONDS = 10.0
HAND_IN_SECONDS = 5.0
TAKERS = 5_000
AT_ONCE = 5_000  # rows held in memory while a quiz is filled
TOKEN = "a" * 32
ANSWERS = [
    ("single", {"single": "a"}),
    ("multiple", {"multiple": "a"}),
    ("true_false", {"true_false": "t"}),
    ("short_text", {"short_text": "centromere"}),
    ("number", {"number": "1,5 h"}),
    ("matching", {"matching.p": "1", "matching.q": "2"}),
    ("ordering", {"ordering.ka": "1", "ordering.kb": "2", "ordering.kc": "3", "ordering.kd": "4"}),
    ("open", {"open": "It is so, because otherwise one cell would lack what the other has."}),
]


@dataclass
class Waits:
    """Seconds of each request, by what it was; and what went wrong."""

    of: dict[str, list[float]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    most_connections: int = 0

    def add(self, what: str, seconds: float) -> None:
        self.of.setdefault(what, []).append(seconds)


class Browser:
    """One guest, who has come in."""

    def __init__(self, port: int, cookie: str, quiz_path: str, waits: Waits) -> None:
        self.port, self.path, self.waits = port, quiz_path, waits
        self.headers = {"Cookie": cookie, "Accept": "application/json"}

    def post(self, what: str, path: str, given: dict[str, str], expect: int) -> bytes:
        body = urlencode({"csrfmiddlewaretoken": TOKEN, **given}).encode()
        request = load.request_bytes("POST", path, port=self.port, headers=self.headers, body=body)
        began = time.perf_counter()
        try:
            answer = load.send(self.port, request)
        except OSError as error:
            self.waits.wrong.append(f"{what}: {error!r}")
            return b""
        self.waits.add(what, time.perf_counter() - began)
        if load.status_of(answer) != expect:
            self.waits.wrong.append(f"{what}: {answer[:200].decode('latin-1')}")
        return answer

    def take(self, began: float, starts: float, hands_in: float) -> None:
        sleep_until(began + starts)
        answer = self.post("start", f"{self.path}quiz/start/", {}, 302)
        attempt = answer.partition(b"Location: ")[2].partition(b"\r\n")[0].decode()
        if not attempt:
            return
        self.get("page of the attempt", attempt)
        for number, (question, given) in enumerate(ANSWERS, start=1):
            sleep_until(began + starts + number * EVERY_SECONDS)
            fields = {**given, f"{question}.revision": "0", "page": "one", "count": str(number)}
            self.post("save", f"{attempt}answers/{question}/", fields, 200)
        sleep_until(began + hands_in)
        self.post("hand in", f"{attempt}hand-in/", {"anyway": "1"}, 302)

    def get(self, what: str, path: str) -> None:
        began = time.perf_counter()
        request = load.request_bytes("GET", path, port=self.port, headers=self.headers)
        try:
            answer = load.send(self.port, request)
        except OSError as error:
            self.waits.wrong.append(f"{what}: {error!r}")
            return
        self.waits.add(what, time.perf_counter() - began)
        if load.status_of(answer) != 200:
            self.waits.wrong.append(f"{what}: {answer[:200].decode('latin-1')}")


def sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.perf_counter()))


def rush(port: int, log: Path) -> Waits:
    from tests.factories import GuestLinkFactory
    from tests.quiz_factories import published_quiz

    quiz = published_quiz()
    link = GuestLinkFactory(item=quiz.item, access_on=True)
    cookies = [_cookie(number, link) for number in range(PEOPLE)]
    waits = Waits()
    dice = random.Random(11)
    end = START_SECONDS + (len(ANSWERS) + 1) * EVERY_SECONDS
    with Server(port, log):
        began = time.perf_counter() + 1
        threads = [
            threading.Thread(
                target=Browser(port, cookie, quiz.item.get_absolute_url(), waits).take,
                args=(
                    began,
                    dice.uniform(0, START_SECONDS),
                    end + dice.uniform(0, HAND_IN_SECONDS),
                ),
            )
            for cookie in cookies
        ]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            waits.most_connections = max(waits.most_connections, _connections())
            time.sleep(0.5)
    finished = quiz.attempts.finished().count()
    if finished != PEOPLE:
        waits.wrong.append(f"{finished} of {PEOPLE} have handed in")
    return waits


def _cookie(number: int, link: Any) -> str:
    from django.conf import settings

    from tests.conftest import client_with_admissions
    from tests.factories import GuestAdmissionFactory

    admission = GuestAdmissionFactory(guest__link=link, guest__email=f"g{number}@example.org")
    session = client_with_admissions(admission).cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"


def _connections() -> int:
    """Of the server, on PostgreSQL; SQLite has none to count."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def measure(port: int, log: Path) -> Iterator[str]:
    """Lines of a table."""
    waits = rush(port, log)
    for what, seconds in waits.of.items():
        ordered = sorted(seconds)
        p99 = ordered[math.ceil(0.99 * len(ordered)) - 1]
        yield (
            f"| {what} | {len(ordered):,} | {statistics.median(ordered) * 1000:.0f} | "
            f"{p99 * 1000:.0f} | {ordered[-1] * 1000:.0f} |"
        )
    most = f"; at most {waits.most_connections} connections" if waits.most_connections else ""
    yield ""
    yield f"Errors: {len(waits.wrong)}{most}.{''.join(f' {one}' for one in waits.wrong[:3])}"


# --- results ------------------------------------------------------------------------------------


def fill(takers: int) -> Any:
    """A quiz of every kind, taken once by each."""
    from tests.quiz_factories import published_quiz

    quiz = published_quiz()
    dice = random.Random(5)
    for start in range(0, takers, AT_ONCE):
        _fill(quiz, range(start, min(start + AT_ONCE, takers)), dice)
    return quiz


def _fill(quiz: Any, numbers: range, dice: random.Random) -> None:
    from django.utils import timezone

    from media_items.quizzes.attempts.starting import order_for
    from media_items.quizzes.choices import AttemptState
    from media_items.quizzes.models import Answer, Attempt, Taker, TakerKey
    from media_items.quizzes.scoring import rules
    from tests.quiz_factories import EVERY_KIND, RIGHT_ANSWERS

    began = timezone.now() - timedelta(days=1)
    people, answers = [], []
    for number in numbers:
        skill = dice.random()
        given = {
            name: response
            for name, response in RIGHT_ANSWERS.items()
            if name != "single" and dice.random() < skill
        }
        given["single"] = {"chosen": "a" if dice.random() < skill else "b"}
        found = rules.total(EVERY_KIND, given)
        people.append(
            Taker(
                quiz=quiz, name=f"Guest {number}", kind="guest", certainty="typed", finished=1,
                score=rules.kept(found.earned), possible=rules.kept(found.possible),
                waiting=found.waiting,
            )
        )  # fmt: skip
        answers.append(given)
    Taker.objects.bulk_create(people)
    TakerKey.objects.bulk_create(
        TakerKey(quiz=quiz, taker=one, key=f"guest:{10**6 + one.pk}") for one in people
    )
    order = order_for(quiz, EVERY_KIND)
    made = Attempt.objects.bulk_create(
        Attempt(
            quiz=quiz, taker=person, version=quiz.published, marked_with=quiz.published,
            number=1, order=order, state=AttemptState.HANDED_IN, started_at=began,
            ended_at=began + timedelta(minutes=9), certainty="typed", score=person.score,
            possible=person.possible, waiting=person.waiting, is_kept=True,
        )
        for person in people
    )  # fmt: skip
    Answer.objects.bulk_create(
        (
            Answer(attempt=attempt, question=name, response=response, revision=1, earned=earned)
            for attempt, given in zip(made, answers, strict=True)
            for name, response in given.items()
            for earned in [_earned(EVERY_KIND.question_of[name], response)]
        ),
        batch_size=1_000,
    )


def _earned(question: Any, response: Any) -> Any:
    from media_items.quizzes.scoring import rules

    made = rules.mark(question, response)
    return None if made.earned is None else rules.kept(made.earned)


PAGES = (
    ("Results, people", "quiz_results", ()),
    ("Results by question", "quiz_results_questions", ()),
    ("One question: single choice", "quiz_results_question", ("single",)),
    ("One question: short text", "quiz_results_question", ("short_text",)),
    ("One question: matching", "quiz_results_question", ("matching",)),
    ("One question: open text", "quiz_results_question", ("open",)),
    ("Marking", "marking", ()),
)


def results(takers: int = TAKERS) -> Iterator[str]:
    """Lines of a table: the pages of the host over many attempts."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    quiz = fill(takers)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client(SERVER_NAME="localhost")
    client.force_login(quiz.item.owner)
    for name, view, of in PAGES:
        address = reverse(f"media_items:{view}", args=[quiz.item.public_id, *of])
        client.get(address)
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
        seconds = time.perf_counter() - began
        if answer.status_code != 200:
            raise SystemExit(f"{name}: {answer.status_code}")
        yield f"| {name} | {seconds:.3f} | {len(captured)} | {len(answer.content):,} |"
