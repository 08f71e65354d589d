"""The lists of the panel: in which order, how many, at what cost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from media_items.live.qna.models import AudienceQuestion, AudienceQuestionState, Group
from media_items.live.sessions.models import Participant


@pytest.fixture
def asked(session):
    """`asked("Why?", vote_count=3)`: a question of somebody else, with these facts."""

    def make(text="Why?", *, by=None, **facts):
        if by is None:
            number = session.participants.count()
            by = Participant.objects.create(session=session, key=f"x:{number}", name="Else")
        return AudienceQuestion.objects.create(session=session, author=by, text=text, **facts)

    return make


def texts(answer):
    return re.findall(r'<p class="question-text"[^>]*>(.*?)</p>', answer.content.decode())


def states(moment):
    """Every combination of the moments in a question's life."""
    names = ["taken_at", "answered_at", "answered_live_at", "published_at", "dismissed_at"]
    for bits in range(2 ** len(names)):
        yield {name: moment for at, name in enumerate(names) if bits >> at & 1}


def test_every_question_is_in_one_group_and_it_is_the_one_of_its_state(asked, session):
    for facts in states(timezone.now()):
        asked(**facts)
    groups = {
        AudienceQuestionState.WAITING: Group.NEW,
        AudienceQuestionState.TAKEN: Group.TAKEN,
        AudienceQuestionState.ANSWERED: Group.ANSWERED,
        AudienceQuestionState.ANSWERED_LIVE: Group.ANSWERED,
        AudienceQuestionState.DISMISSED: Group.DISMISSED,
    }
    for question in session.questions.all():
        found = [one for one in Group if session.questions.in_group(one).contains(question)]
        assert found == [groups[question.state]]
        assert session.questions.published().contains(question) == question.is_public
    counts = session.questions.all().counts()
    assert counts == {one: session.questions.in_group(one).count() for one in Group}


def test_moderators_have_four_groups_with_counts_most_voted_first(asked, person):
    now = timezone.now()
    asked("Three", vote_count=3)
    asked("Nine", vote_count=9)
    asked("Also nine", vote_count=9)
    asked("Taken", taken_at=now)
    asked("Gone", dismissed_at=now)
    moderator = person("moderator")
    answer = moderator.get("qna", htmx=True)
    assert texts(answer) == ["Nine", "Also nine", "Three"]
    found = re.findall(
        r'<strong class="numbers">(\d+)</strong> <span>(\w+)</span>', answer.content.decode()
    )
    assert found == [("3", "New"), ("1", "Taken"), ("0", "Answered"), ("1", "Dismissed")]
    assert texts(moderator.get("qna", group="taken", htmx=True)) == ["Taken"]
    assert texts(moderator.get("qna", group="answered", htmx=True)) == []
    assert texts(moderator.get("qna", group="dismissed", htmx=True)) == ["Gone"]


def test_what_one_has_taken_stays_above_the_new_ones_marked(asked, person):
    now = timezone.now()
    moderator, other = person("moderator"), person("moderator")
    asked("New")
    for number in range(4):
        asked(f"Mine {number}", taken_at=now + timedelta(seconds=number), taken_by=moderator.me)
    asked("Of another", taken_at=now, taken_by=other.me)
    asked("Done", taken_at=now, taken_by=moderator.me, answered_at=now, answer="Yes.")
    answer = moderator.get("qna", htmx=True)
    assert texts(answer) == ["Mine 3", "Mine 2", "Mine 1", "New"]
    assert answer.text.count("Taken by you") == 1 + 3  # the heading, and each of them
    assert "All taken questions" in answer.text
    assert texts(other.get("qna", htmx=True)) == ["Of another", "New"]
    assert "Of another" not in texts(moderator.get("qna", group="answered", htmx=True))


@pytest.mark.parametrize("role", ["viewer", "speaker"])
def test_everybody_else_reads_what_is_published_by_votes_or_newest_first(asked, person, role):
    now = timezone.now()
    asked("Old", published_at=now - timedelta(minutes=2), vote_count=1)
    asked("New", published_at=now)
    asked("Favourite", published_at=now - timedelta(minutes=1), vote_count=8)
    asked("Hidden", vote_count=9)
    asked("Gone", published_at=now, dismissed_at=now, vote_count=9)
    somebody = person(role)
    assert texts(somebody.get("qna", htmx=True)) == ["Favourite", "Old", "New"]
    newest = somebody.get("qna", view="newest", htmx=True)
    assert texts(newest) == ["New", "Favourite", "Old"]


def test_ones_own_are_above_until_everybody_sees_them_and_all_in_their_own_view(asked, person):
    viewer = person()
    for number in range(5):
        asked(f"Mine {number}", by=viewer.me)
    asked("Mine and shown", by=viewer.me, published_at=timezone.now())
    asked("Else", published_at=timezone.now(), vote_count=1)
    answer = viewer.get("qna", htmx=True)
    assert texts(answer) == ["Mine 4", "Mine 3", "Mine 2", "Else", "Mine and shown"]
    assert "All your questions" in answer.content.decode()
    # No tab beside them would list the same once more.
    assert 'id="question-choice-own"' not in answer.content.decode()
    own = viewer.get("qna", view="own", htmx=True)
    assert texts(own) == ["Mine and shown", *(f"Mine {n}" for n in (4, 3, 2, 1, 0))]


@pytest.mark.parametrize(
    ("state", "facts"),
    [
        ("Waiting", {}),
        ("Being answered", {"taken_at": timezone.now()}),
        ("Answered", {"answered_at": timezone.now(), "answer": "Yes."}),
        ("Answered live", {"answered_live_at": timezone.now()}),
        ("Not answered", {"dismissed_at": timezone.now()}),
    ],
)
def test_whoever_asked_reads_the_state_in_words(asked, person, state, facts):
    viewer = person()
    asked(by=viewer.me, **facts)
    page = viewer.get("qna", htmx=True).content.decode()
    assert re.search(rf'<span class="badge[^>]*>[^>]*<svg.*?</svg>\s*{state}</span>', page)


def test_a_page_holds_twenty_five_and_keeps_its_group(asked, person):
    for number in range(26):
        asked(f"Number {number}")
    moderator = person("moderator")
    first = moderator.get("qna", group="new", htmx=True)
    assert len(texts(first)) == 25
    assert "?group=new&amp;page=2" in first.content.decode()
    second = moderator.get("qna", group="new", page=2, htmx=True)
    assert texts(second) == ["Number 25"]
    # It asks itself anew, and acts come back, as it stands.
    assert 'hx-get="' in second.content.decode()
    assert "/qna/?group=new&amp;page=2" in second.content.decode()


@pytest.mark.parametrize("role", ["viewer", "moderator"])
@pytest.mark.parametrize("htmx", [True, False])
def test_eleven_questions_cost_as_many_queries_as_one(asked, person, role, htmx):
    now = timezone.now()
    somebody = person(role)
    answerer = person("moderator").me

    def more(count):
        for _n in range(count):
            facts = {"published_at": now, "answer": "Yes.", "answered_by": answerer}
            asked(**facts, taken_by=answerer)
            asked(by=somebody.me)

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert somebody.get("qna", htmx=htmx).status_code == 200
        return len(queries)

    more(1)
    somebody.get("qna")  # what is cached once
    with_one = cost()
    more(10)
    assert cost() == with_one
    assert with_one <= (16 if htmx else 24), with_one


def test_a_long_list_is_read_by_the_index(asked, session):
    published = str(session.questions.published().newest()[:25].explain())
    voted = str(session.questions.published().most_voted()[:25].explain())
    if connection.vendor == "sqlite":
        assert "question_published" in published
        assert "question_most_voted" in voted
        assert "TEMP B-TREE" not in published + voted
