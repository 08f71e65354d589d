"""Looking at questions as a taker does, and trying them. Nothing is stored."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from media_items.abilities import Ability
from media_items.lengths import clock
from media_items.lookups import get_media_item
from media_items.quizzes import sizes, texts
from media_items.quizzes.attempts.shown import ShownQuestion
from media_items.quizzes.content import Content
from media_items.quizzes.film.films import film_for_moments
from media_items.quizzes.kinds import QuestionKind
from media_items.quizzes.models import Question
from media_items.quizzes.pages import pages_of
from media_items.quizzes.quizzes import quiz_of
from media_items.quizzes.writing.forms.questions import new_question
from media_items.quizzes.writing.preview import Trying, shown_preview
from media_items.quizzes.writing.publishing import content_of
from media_items.quizzes.writing.typed import asides_of, typed_question, unread_of
from media_items.quizzes.writing.views.questions import Sheet
from media_items.requests import FoyerRequest
from media_items.responses import render_varied, wants_fragment

_PAGE = "media_items/quizzes/writing/preview_quiz.html"
_TRIED = "media_items/quizzes/taking/_question.html"
_TYPED = "media_items/quizzes/writing/_question_preview.html"


@require_http_methods(["GET", "HEAD", "POST"])
def preview_quiz(request: FoyerRequest, public_id: str) -> HttpResponse:
    """All questions as they are written now. `answers` shows what is right, too."""
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    quiz, trying = quiz_of(item), Trying.of(request.POST)
    content = content_of(quiz)
    with_answers = "answers" in request.GET
    with_key = content.question_of if with_answers else ()
    questions = shown_preview(quiz, content, trying=trying, with_key=with_key)
    context = {"item": item, **_trying_context(request, trying)}
    if trying.act and wants_fragment(request):
        found = next((one for one in questions if one.id == trying.question), None)
        if found is None:
            raise Http404
        return render_varied(request, _TRIED, context | {"question": found})
    context |= {
        "quiz": quiz,
        "questions": [(one, _moment(one)) for one in questions],
        "with_answers": with_answers,
        "welcome": texts.block(quiz.welcome) if quiz.welcome else "",
        "moment_film": film_for_moments(quiz),
        "too_much": sizes.too_much(content.questions),
        "pages": pages_of(item, "media_items:quiz_questions"),
    }
    return render_varied(request, _PAGE, context)


def _moment(question: ShownQuestion) -> str:
    return "" if question.at_ms is None else clock(question.at_ms // 1000)


@require_POST
def preview_question(request: FoyerRequest, public_id: str, kind: str) -> HttpResponse:
    """One that is being typed; for htmx."""
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    if kind not in QuestionKind.values:
        raise Http404
    question = new_question(quiz_of(item), QuestionKind(kind))
    own = Question.objects.live().filter(quiz__item=item, public_id=request.POST.get("form", ""))
    question.picture = next((one.picture for one in own.select_related("picture")), None)
    sheet, trying = Sheet(request, question), Trying.of(request.POST)
    if sheet.takes_picture_away():
        question.picture = None
    typed = typed_question(sheet.form, sheet.lines, name=f"p{sheet.name}")
    [typed] = sizes.drawn([typed])
    [shown] = shown_preview(question.quiz, Content((typed,)), trying=trying)
    context = {
        "item": item,
        "question": shown,
        # Not sent before the question is saved: the page has it, and shows it.
        "picture_is_chosen": "picture_chosen" in request.POST,
        "try_of": "closest .sheet-form",
        **_trying_context(request, trying),
    }
    if trying.act:
        return render_varied(request, _TRIED, context)
    asides = asides_of(typed)
    context |= {
        "asides": asides,
        "is_empty": not (
            shown.text or shown.picture or context["picture_is_chosen"] or typed.options or asides
        ),
        "unread": unread_of(sheet.form, sheet.lines),
    }
    return render_varied(request, _TYPED, context)


def _trying_context(request: FoyerRequest, trying: Trying) -> dict[str, Any]:
    return {
        "try_url": request.path,
        "may_check": True,
        "tried": f"{trying.act}:{trying.question}",
        "trying": trying,
    }
