"""Results to take away: the people the list shows now, and every answer."""

from __future__ import annotations

from django.http import Http404
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from media_items.quizzes.quizzes import quiz_of
from media_items.quizzes.results.exports import answers_sheet, missing_sheet, people_sheet
from media_items.quizzes.results.forms import FindTakersForm
from media_items.quizzes.results.views import result_item
from media_items.requests import FoyerRequest
from media_items.spreadsheets import file_of


@require_safe
def quiz_people_export(request: FoyerRequest, public_id: str, form: str) -> HttpResponseBase:
    item = result_item(request, public_id)
    quiz = quiz_of(item)
    if quiz.pk is None:
        raise Http404
    wanted = FindTakersForm(request.GET)
    if wanted.is_of_missing:
        sheet = missing_sheet(item, wanted.words)
    else:
        sheet = people_sheet(wanted.found_in(quiz), quiz, item)
    return file_of(sheet, form=form, title=item.title)


@require_safe
def quiz_answers_export(request: FoyerRequest, public_id: str, form: str) -> HttpResponseBase:
    item = result_item(request, public_id)
    quiz = quiz_of(item)
    if quiz.pk is None:
        raise Http404
    return file_of(answers_sheet(quiz, item), form=form, title=item.title)
