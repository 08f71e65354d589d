"""What moderators do with a question."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from media_items.abilities import Ability
from media_items.live.page.rendering import after_act
from media_items.live.qna import services
from media_items.live.qna.forms import AnswerQuestionForm
from media_items.live.qna.lists import row_of
from media_items.live.qna.models import AudienceQuestion
from media_items.live.qna.views import find_question
from media_items.live.sessions.lookups import Place, get_place
from media_items.requests import FoyerRequest
from media_items.responses import close_dialog, render_dialog, with_toast


@require_POST
def take_question(request: FoyerRequest, public_id: str, question_id: int) -> HttpResponse:
    """With `then=answer` the form for the answer comes at once."""
    place, question = _moderating(request, public_id, question_id)
    refusal = _tried(request, place, partial(services.take, question=question, by=place.me))
    if refusal is not None:
        return refusal
    if request.POST.get("then") != "answer":
        return after_act(request, place, panel="qna")
    if request.htmx:
        return _answer_dialog(request, place, question, _answer_form(question), began=True)
    return close_dialog(request, to=f"{_answer_address(place, question)}?began=1")


@require_POST
def put_question_back(request: FoyerRequest, public_id: str, question_id: int) -> HttpResponse:
    place, question = _moderating(request, public_id, question_id)
    return _done(request, place, partial(services.put_back, question=question))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_question(request: FoyerRequest, public_id: str, question_id: int) -> HttpResponse:
    """A dialog, so that nothing half-written is lost when the list behind it changes."""
    place, question = _moderating(request, public_id, question_id)
    asked = request.POST if request.method == "POST" else request.GET
    began = "began" in asked and question.taken_by_id == place.me.pk
    if request.method != "POST":
        return _answer_dialog(request, place, question, _answer_form(question), began=began)
    form = _answer_form(question, request.POST)
    if not form.is_valid() or not _answered(place, question, form):
        return _answer_dialog(request, place, question, form, began=began, status=422)
    back = reverse("media_items:qna", args=[place.item.public_id]) + "?group=answered"
    return close_dialog(request, "live:qna", to=back)


@require_POST
def mark_question_answered_live(
    request: FoyerRequest, public_id: str, question_id: int
) -> HttpResponse:
    place, question = _moderating(request, public_id, question_id)
    act = partial(services.mark_answered_live, question=question, by=place.me)
    return _done(request, place, act)


@require_POST
def publish_question(request: FoyerRequest, public_id: str, question_id: int) -> HttpResponse:
    place, question = _moderating(request, public_id, question_id)
    return _done(request, place, partial(services.publish, question=question))


@require_POST
def unpublish_question(request: FoyerRequest, public_id: str, question_id: int) -> HttpResponse:
    place, question = _moderating(request, public_id, question_id)
    return _done(request, place, partial(services.unpublish, question=question))


@require_POST
def dismiss_question(request: FoyerRequest, public_id: str, question_id: int) -> HttpResponse:
    place, question = _moderating(request, public_id, question_id)
    said = _("The question was dismissed. You can restore it under “Dismissed”.")
    act = partial(services.dismiss, question=question, by=place.me)
    return _done(request, place, act, said=said)


@require_POST
def reopen_question(request: FoyerRequest, public_id: str, question_id: int) -> HttpResponse:
    place, question = _moderating(request, public_id, question_id)
    return _done(request, place, partial(services.reopen, question=question))


@require_POST
def allow_anonymous_questions(request: FoyerRequest, public_id: str) -> HttpResponse:
    place = get_place(request, public_id, needs=Ability.RUN_SESSION)
    services.set_anonymous_questions(session=place.session, allowed=True)
    response = after_act(request, place, panel="qna")
    return with_toast(request, response, _("People can now ask anonymously."))


@require_POST
def stop_anonymous_questions(request: FoyerRequest, public_id: str) -> HttpResponse:
    place = get_place(request, public_id, needs=Ability.RUN_SESSION)
    services.set_anonymous_questions(session=place.session, allowed=False)
    response = after_act(request, place, panel="qna")
    return with_toast(request, response, _("New questions now show the name of the person asking."))


def _moderating(
    request: FoyerRequest, public_id: str, question_id: int
) -> tuple[Place, AudienceQuestion]:
    place = get_place(request, public_id, needs=Ability.MODERATE)
    return place, find_question(place, question_id)


def _done(
    request: FoyerRequest, place: Place, act: Callable[[], None], *, said: str = ""
) -> HttpResponse:
    refusal = _tried(request, place, act)
    if refusal is not None:
        return refusal
    response = after_act(request, place, panel="qna")
    return with_toast(request, response, said) if said else response


def _tried(request: FoyerRequest, place: Place, act: Callable[[], None]) -> HttpResponse | None:
    """None: it is done. Else the answer that says why it is not, with the list as it is now."""
    try:
        act()
    except (services.TakenByAnother, services.Changed) as refusal:
        said = str(refusal)
    else:
        return None
    return with_toast(request, after_act(request, place, panel="qna"), said)


def _answer_form(question: AudienceQuestion, typed: object = None) -> AnswerQuestionForm:
    return AnswerQuestionForm(
        typed,
        is_published=question.published_at is not None,
        initial={"answer": question.answer, "seen": question.answer_version, "publish": True},
    )


def _answered(place: Place, question: AudienceQuestion, form: AnswerQuestionForm) -> bool:
    """False, with the reason in the form: the words typed stay."""
    try:
        services.answer(
            question=question,
            by=place.me,
            text=form.cleaned_data["answer"],
            seen=form.cleaned_data["seen"],
            publish=form.cleaned_data.get("publish", False),
        )
    except services.TakenByAnother as refusal:
        form.add_error(None, str(refusal))
    except services.Changed:
        form.add_error(None, _("This question has been dismissed or deleted in the meantime."))
    except services.AnsweredMeanwhile as meanwhile:
        # The answer that is there now is shown over the field; sending again replaces it.
        question.answer = meanwhile.question.answer
        form.data = {**form.data.dict(), "seen": meanwhile.question.answer_version}  # type: ignore[attr-defined]
        form.add_error("answer", str(meanwhile))
    return form.is_valid()


def _answer_address(place: Place, question: AudienceQuestion) -> str:
    return reverse("media_items:answer_question", args=[place.item.public_id, question.pk])


def _answer_dialog(
    request: FoyerRequest,
    place: Place,
    question: AudienceQuestion,
    form: AnswerQuestionForm,
    *,
    began: bool,
    status: int = 200,
) -> HttpResponse:
    """`began`: the question was taken by asking for this form, and is put back by leaving it."""
    context = {
        "item": place.item,
        "began": began,
        "row": row_of(question, place),
        "form": form,
        "shows_answer": form.is_bound and question.answer,
        "back": reverse("media_items:qna", args=[place.item.public_id]),
    }
    template = "media_items/live/qna/answer_question.html"
    events = ("live:qna",) if request.method == "POST" and status == 200 else ()
    return render_dialog(request, template, context, status=status, events=events)
