"""The questions of a quiz over everybody who took it, as the pages of results tell it: the sums of
`sums`, read by `psychometrics`. Nothing is told of too few people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString

from media_items.quizzes import texts
from media_items.quizzes.content import Content, Question
from media_items.quizzes.models import Quiz
from media_items.quizzes.numbering import numbers_in
from media_items.quizzes.results import psychometrics
from media_items.quizzes.results.psychometrics import Sums, Whole
from media_items.quizzes.results.sums import keys_of, sums_of, unmarked_in


@dataclass(frozen=True)
class Analysed:
    """One question as its newest version has it. What too few people say is None. `unmarked`:
    answers left out of all but `answered`."""

    question: Question
    number: int
    people: int
    answered: int
    unmarked: int = 0
    facility: float | None = None
    discrimination: float | None = None
    weight: float | None = None

    @property
    def line(self) -> SafeString:
        return texts.line(self.question.text)

    @property
    def text(self) -> SafeString:
        return texts.block(self.question.text)

    @property
    def may_have_wrong_key(self) -> bool:
        return self.discrimination is not None and self.discrimination < 0

    @property
    def is_worth_a_look(self) -> bool:
        low = psychometrics.LOW_DISCRIMINATION
        return self.discrimination is not None and 0 <= self.discrimination < low

    @property
    def is_very_easy(self) -> bool:
        return self.facility is not None and self.facility > psychometrics.VERY_EASY

    @property
    def is_very_hard(self) -> bool:
        return self.facility is not None and self.facility < psychometrics.VERY_HARD


@dataclass(frozen=True)
class Analysis:
    """`waiting`: how many of the people have answers that are not marked yet. `whole` is over the
    version that most of them took, `of_version` of them, and `possible` the points of a total."""

    questions: list[Analysed]
    people: int
    waiting: int
    whole: Whole
    of_version: int
    possible: Decimal | None = None

    @property
    def mean_percent(self) -> float | None:
        if self.whole.mean is None or not self.possible:
            return None
        return 100 * self.whole.mean / float(self.possible)


def analysis_of(quiz: Quiz) -> Analysis:
    """Six queries at most, however many people and questions."""
    keys = keys_of(quiz)
    left_out = unmarked_in(quiz, keys)
    sums = sums_of(quiz, keys, left_out)
    people, of_questions = sums.people(), sums.of_questions()
    weights = psychometrics.effective_weights(sums.of_whole())
    answered: dict[str, int] = defaultdict(int)
    for (_key, question), (count, _sums) in sums.answers.items():
        answered[question] += count
    questions = [
        _analysed(
            one,
            number,
            of_questions.get(one.id, Sums()),
            people[one.id],
            answered[one.id],
            weights.get(one.id),
            left_out.get(one.id, 0),
        )
        for number, one in questions_of(quiz, keys).items()
    ]
    biggest = max(sums.totals, key=lambda key: sums.totals[key].count, default=None)
    return Analysis(
        questions=questions,
        people=sum(one.count for one in sums.totals.values()),
        waiting=sums.waiting,
        whole=_told(psychometrics.whole_of(sums.of_version(biggest))),
        of_version=sums.totals[biggest].count if biggest else 0,
        possible=sums.possible_of(biggest),
    )


def questions_of(quiz: Quiz, keys: Mapping[int, Content]) -> dict[int, Question]:
    """By their numbers: those of the published version, with the key that marks now; and those that
    `keys` have besides. One query."""
    versions = list(quiz.versions.order_by("-number"))
    numbers = numbers_in(quiz, versions)
    contents = [content for _key, content in sorted(keys.items(), reverse=True)]
    newest = [one for one in versions if quiz.published_id in {one.pk, one.key_of_id}]
    if newest:
        contents.insert(0, newest[0].questions)
    found: dict[int, Question] = {}
    for content in contents:
        for question in content.questions:
            found.setdefault(numbers[question.id], question)
    return dict(sorted(found.items()))


def _analysed(
    question: Question,
    number: int,
    sums: Sums,
    people: int,
    answered: int,
    weight: float | None,
    unmarked: int,
) -> Analysed:
    is_enough = sums.count >= psychometrics.FEWEST and question.is_marked
    is_many = sums.count >= psychometrics.FEWEST_FOR_DISCRIMINATION and question.is_marked
    return Analysed(
        question=question,
        number=number,
        people=people,
        answered=answered,
        unmarked=unmarked,
        facility=psychometrics.facility(sums, 1) if is_enough else None,
        discrimination=psychometrics.discrimination(sums) if is_many else None,
        weight=weight if is_many else None,
    )


def _told(whole: Whole) -> Whole:
    """Nothing of too few people."""
    if whole.count < psychometrics.FEWEST:
        return Whole(whole.count, None, None, None, None)
    if whole.count < psychometrics.FEWEST_FOR_DISCRIMINATION:
        return Whole(whole.count, whole.mean, whole.deviation, None, None)
    return whole
