"""Where somebody stands while marking: the question, which answers they go through, and whether
they see whose they are. All of it is in the address."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from media_items.quizzes.grading import queue
from media_items.quizzes.grading.queue import AskedQuestion, Show
from media_items.quizzes.models import Answer, Quiz
from media_items.requests import FoyerRequest

_LABELS: dict[Show, Promise] = {
    Show.WAITING: pgettext_lazy("answers", "To mark"),
    Show.MARKED: pgettext_lazy("answers", "Marked by hand"),
    Show.ALL: pgettext_lazy("answers", "All answers"),
}


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Marking:
    """`shows_names` is off unless somebody asks for names."""

    quiz: Quiz
    asked: AskedQuestion
    show: Show
    shows_names: bool

    @classmethod
    def of(cls, request: FoyerRequest, quiz: Quiz, question_id: str) -> Marking:
        """Raises `Http404` for a question that nobody was asked."""
        asked = queue.asked_questions(quiz).get(question_id) if quiz.pk else None
        if asked is None:
            raise Http404
        wanted = request.GET.get("show", "")
        usual = Show.WAITING if asked.question.by_hand else Show.ALL
        show = Show(wanted) if wanted in set(Show) else usual
        return cls(quiz, asked, show, request.GET.get("names") == "yes")

    @property
    def rows(self) -> QuerySet[Answer]:
        return queue.answers_to(self.quiz, self.asked, self.show)

    @property
    def list_url(self) -> str:
        return self._list + self.query()

    @property
    def names_url(self) -> str:
        """The same list with the names, or without them."""
        return self._list + self.query(shows_names=not self.shows_names)

    @property
    def tabs(self) -> list[Tab]:
        return [
            Tab(str(label), self._list + self.query(show=show), show == self.show)
            for show, label in _LABELS.items()
        ]

    def address_of(self, answer: Answer) -> str:
        where = [self.quiz.item.public_id, self.asked.question.id, answer.attempt.public_id]
        return reverse("media_items:mark_answer", args=where) + self.query()

    def query(self, *, show: Show | None = None, shows_names: bool | None = None) -> str:
        named = self.shows_names if shows_names is None else shows_names
        said = {"show": str(show or self.show)} | ({"names": "yes"} if named else {})
        return f"?{urlencode(said)}"

    @property
    def _list(self) -> str:
        where = [self.quiz.item.public_id, self.asked.question.id]
        return reverse("media_items:mark_question", args=where)
