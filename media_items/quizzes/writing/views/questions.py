"""Writing one question, in its place on the paper or on a page of its own."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem
from media_items.library import uploads
from media_items.lookups import get_media_item
from media_items.numbers import whole_number
from media_items.quizzes.film.films import film_for_moments, film_ms_of
from media_items.quizzes.kinds import QuestionKind
from media_items.quizzes.models import Question
from media_items.quizzes.models.questions import MOST_OPTIONS
from media_items.quizzes.pages import pages_of
from media_items.quizzes.quizzes import quiz_of, saved_quiz_of
from media_items.quizzes.writing.forms.lines import FIELDS_OF, Lines, lines_of, more_lines
from media_items.quizzes.writing.forms.questions import QuestionForm, new_question
from media_items.quizzes.writing.paper import PaperQuestion, on_paper
from media_items.quizzes.writing.services import pictures
from media_items.quizzes.writing.services import questions as services
from media_items.quizzes.writing.views.paper import (
    PAPER,
    address_of,
    editor_of,
    find_question,
    paper_context,
    row_context,
)
from media_items.refusals import Refusal
from media_items.requests import FoyerRequest
from media_items.responses import (
    fragment_or_redirect,
    page_or_fragment,
    retarget,
    stands_alone,
    with_toast,
)

_PAGE = "media_items/quizzes/writing/quiz_question.html"
_CHANGED = "media_items/quizzes/writing/_changed_row.html"
_WORD = re.compile(r"\W", re.ASCII)
_LONGEST_NAME = 40
_METHODS = ["GET", "HEAD", "POST"]


@dataclass
class Sheet:
    """What is typed for one question: the form of its kind, and its lines."""

    request: FoyerRequest
    question: Question

    @cached_property
    def data(self) -> QueryDict | None:
        return self.request.POST if self.request.method == "POST" else None

    @cached_property
    def form(self) -> QuestionForm:
        return QuestionForm(
            *((self.data, self.request.FILES) if self.data is not None else ()),
            instance=self.question,
            has_film=bool(self.question.quiz.film_id),
            film_ms=film_ms_of(self.question.quiz) if self.data is not None else None,
            refused=uploads.refused_files(self.request),
            auto_id=self._auto_id,
        )

    @cached_property
    def lines(self) -> Lines | None:
        options = list(self.question.options.all()) if self.question.pk else []
        kind = QuestionKind(self.question.kind)
        return lines_of(self.data, kind=kind, options=options, auto_id=self._auto_id)

    @cached_property
    def name(self) -> str:
        """Of this form: of a question that is not saved there may be several on a page."""
        if self.question.pk:
            return self.question.public_id
        sent = _WORD.sub("", self.request.POST.get("form", ""))[:_LONGEST_NAME]
        return sent or (f"new{secrets.token_hex(4)}" if self.request.htmx else "new")

    @property
    def _auto_id(self) -> str:
        return f"id_{self.name}_%s"

    def is_valid(self) -> bool:
        """Both are asked, so that every fault is said at once."""
        answers = [self.form.is_valid(), self.lines is None or self.lines.is_valid()]
        return all(answers)

    def show_as_typed(self) -> None:
        self.form.show_as_typed()
        if self.lines:
            self.lines.show_as_typed()

    def takes_picture_away(self) -> bool:
        """Also of a form that is not valid yet."""
        self.form.is_valid()
        return bool(self.form.cleaned_data.get("remove_picture"))

    def take_picture(self) -> None:
        question, cleaned = self.form.instance, self.form.cleaned_data
        if self.takes_picture_away():
            question.picture = None
        if upload := cleaned.get("picture_file"):
            question.picture = pictures.add_picture(quiz=question.quiz, uploaded=upload)

    @property
    def typed_lines(self) -> list[services.Line]:
        return self.lines.lines() if self.lines else []


@require_safe
def new_question_kinds(request: FoyerRequest, public_id: str) -> HttpResponse:
    """Which kind it is to be; `after` names the question that it comes behind."""
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    context = {
        "item": item,
        "kinds": QuestionKind.choices,
        "after": _after(request),
        "is_alone": stands_alone(request),
        "pages": pages_of(item, "media_items:quiz_questions"),
    }
    template = "media_items/quizzes/writing/new_question_kinds.html"
    return page_or_fragment(request, template, context, fragment="kinds")


@require_safe
def more_question_lines(request: FoyerRequest, public_id: str, kind: str) -> HttpResponse:
    """Empty lines for a form on a page, behind the `from` that it has; for htmx."""
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    if kind not in FIELDS_OF:
        raise Http404
    behind = whole_number(request.GET.get("from"), at_most=MOST_OPTIONS, default=0)
    of = _WORD.sub("", request.GET.get("of", ""))
    more = more_lines(QuestionKind(kind), behind=behind, auto_id=f"id_{of}_%s")
    context = {
        "item": item,
        "kind": kind,
        "more": more,
        "from": behind + len(more),
        "most": MOST_OPTIONS,
        "of": of,
    }
    return render(request, "media_items/quizzes/writing/more_question_lines.html", context)


def _after(request: FoyerRequest) -> str:
    return request.POST.get("after") or request.GET.get("after", "")


# SECURITY: exempt because its inner half is protected; this half changes nothing.
@csrf_exempt
@require_http_methods(_METHODS)
def new_quiz_question(request: FoyerRequest, public_id: str, kind: str) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    if kind not in QuestionKind.values:
        raise Http404
    uploads.receive_files(request, {"picture_file": uploads.most_bytes_of_thumbnail()})
    return _new_quiz_question(request, item, QuestionKind(kind))


@csrf_protect
def _new_quiz_question(request: FoyerRequest, item: MediaItem, kind: QuestionKind) -> HttpResponse:
    quiz = saved_quiz_of(item) if request.method == "POST" else quiz_of(item)
    sheet = Sheet(request, new_question(quiz, kind))
    if request.method == "POST" and "more" not in request.POST and sheet.is_valid():
        try:
            sheet.take_picture()
            question = services.add_question(
                question=sheet.form.save(commit=False),
                lines=sheet.typed_lines,
                by=editor_of(request),
                after=_after(request),
            )
        except Refusal as refusal:
            sheet.form.add_error(None, str(refusal))
        else:
            return _added(request, item, question)
    return _sheet_shown(request, item, sheet)


# SECURITY: exempt because its inner half is protected; this half changes nothing.
@csrf_exempt
@require_http_methods(_METHODS)
def quiz_question(request: FoyerRequest, public_id: str, question_id: str) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    uploads.receive_files(request, {"picture_file": uploads.most_bytes_of_thumbnail()})
    return _quiz_question(request, item, question_id)


@csrf_protect
def _quiz_question(request: FoyerRequest, item: MediaItem, question_id: str) -> HttpResponse:
    if request.htmx and "cancel" in request.GET:
        return render(request, _CHANGED, row_context(item, question_id) | {"focus": question_id})
    sheet = Sheet(request, find_question(item, question_id))
    theirs: PaperQuestion | None = None
    if request.method == "POST" and "more" not in request.POST and sheet.is_valid():
        try:
            return _saved(request, item, _save(request, sheet))
        except services.QuestionChanged as refusal:
            sheet.form.say_changed_meanwhile(str(refusal), revision=refusal.now.revision)
            theirs = on_paper(refusal.now, 1)
        except Refusal as refusal:
            sheet.form.add_error(None, str(refusal))
    return _sheet_shown(request, item, sheet, theirs=theirs)


def _save(request: FoyerRequest, sheet: Sheet) -> Question:
    sheet.take_picture()
    return services.save_question(
        question=sheet.form.save(commit=False),
        fields=sheet.form.columns,
        lines=sheet.typed_lines,
        revision=sheet.form.cleaned_data["revision"] or 0,
        by=editor_of(request),
    )


def _added(request: FoyerRequest, item: MediaItem, question: Question) -> HttpResponse:
    def paper() -> HttpResponse:
        changed = {"is_changed": True, "focus": question.public_id}
        response = render(request, f"{PAPER}#paper", paper_context(item) | changed)
        return with_toast(request, retarget(response, "#paper"), _("Saved."), tone="success")

    to = address_of(item, question.public_id)
    return fragment_or_redirect(request, paper, to=to, said=_("Saved."))


def _saved(request: FoyerRequest, item: MediaItem, question: Question) -> HttpResponse:
    def row() -> HttpResponse:
        changed = {"is_changed": True, "focus": question.public_id}
        context = row_context(item, question.public_id) | changed
        response = retarget(render(request, _CHANGED, context), f"#q-{question.public_id}")
        return with_toast(request, response, _("Saved."), tone="success")

    to = address_of(item, question.public_id)
    return fragment_or_redirect(request, row, to=to, said=_("Saved."))


def _sheet_shown(
    request: FoyerRequest,
    item: MediaItem,
    sheet: Sheet,
    *,
    theirs: PaperQuestion | None = None,
) -> HttpResponse:
    question = sheet.question
    is_more = "more" in request.POST
    if is_more:
        sheet.show_as_typed()
    if request.htmx:
        sheet.form.focus()
    context: dict[str, Any] = {
        "item": item,
        "form": sheet.form,
        "lines": sheet.lines,
        "draft": question,
        "kind": question.kind,
        "kind_name": question.get_kind_display(),
        "of": sheet.name,
        "preview_url": reverse(
            "media_items:preview_question", args=[item.public_id, question.kind]
        ),
        "is_new": not question.pk,
        "after": _after(request),
        "is_alone": stands_alone(request),
        "theirs": theirs,
        "moment_film": film_for_moments(question.quiz),
        "action": _action(item, question),
        "pages": pages_of(item, "media_items:quiz_questions"),
    }
    status = 422 if request.method == "POST" and not is_more else 200
    return page_or_fragment(request, _PAGE, context, fragment="sheet", status=status)


def _action(item: MediaItem, question: Question) -> str:
    if question.pk:
        args = [item.public_id, question.public_id]
        return reverse("media_items:quiz_question", args=args)
    return reverse("media_items:new_quiz_question", args=[item.public_id, question.kind])
