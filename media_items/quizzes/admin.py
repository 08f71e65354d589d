"""Quizzes, the people who take them and their attempts in the admin: read, and nothing else."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from media_items.admin_tools import link_to, link_to_list
from media_items.live.participants.listing import HOW_KNOWN, ROLE_NAMES
from media_items.person_page import PersonPart, Somebody, register
from media_items.personal_data import Subject
from media_items.quizzes.models import Answer, Attempt, Quiz, Taker
from media_items.quizzes.people.erasing import is_whole, taken_as, takers_of
from media_items.quizzes.writing.services.settings import COLUMNS
from media_items.read_only_admin import ReadOnlyAdmin, ReadOnlyInline


def _points(score: object, possible: object) -> str:
    if score is None or possible is None:
        return "–"
    return f"{score:.2f} / {possible:.2f}"


@admin.register(Quiz)
class QuizAdmin(ReadOnlyAdmin):
    """SECURITY: no question and no key: whoever administers the site may be taking it."""

    list_display = ["__str__", "item_link", "preset", "is_published", "people"]
    list_filter = ["preset", "is_scored"]
    list_select_related = ["item"]
    search_fields = ["item__title", "item__public_id", "item__owner__email"]
    search_help_text = _("Title or public ID of the item, or the owner’s email.")
    fields: ClassVar[Any] = [
        "item_link",
        "is_published",
        *(name for name in COLUMNS if name != "welcome"),
        "people",
    ]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Quiz]:
        return super().get_queryset(request).select_related("item", "published")

    @admin.display(description=_("media item"), ordering="item__title")
    def item_link(self, quiz: Quiz) -> str:
        return link_to(quiz.item)

    @admin.display(description=_("published"), boolean=True)
    def is_published(self, quiz: Quiz) -> bool:
        return quiz.published_id is not None

    @admin.display(description=_("people"))
    def people(self, quiz: Quiz) -> str:
        return link_to_list(Taker, _("People"), quiz__id__exact=quiz.pk)


@admin.register(Taker)
class TakerAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "quiz_link", "role_label", "how_known", "points", "first_at"]
    list_filter = ["is_preview", "first_at"]
    list_select_related = ["quiz__item"]
    search_fields = ["name", "renamed", "came_by", "quiz__item__title", "quiz__item__public_id"]
    search_help_text = _("Name, guest link, or title of the quiz.")
    fields: ClassVar[Any] = [
        "name",
        "renamed",
        "quiz_link",
        "role_label",
        "came_by",
        "how_known",
        "is_preview",
        "first_at",
        "points",
        "finished",
        "waiting",
        "right_ended_at",
        "erased_at",
        "attempts",
    ]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Taker]:
        return super().get_queryset(request).select_related("quiz__item")

    @admin.display(description=_("quiz"))
    def quiz_link(self, one: Taker) -> str:
        return link_to(one.quiz)

    @admin.display(description=_("role"), ordering="role")
    def role_label(self, one: Taker) -> str:
        return str(ROLE_NAMES.get(one.role, "–"))

    @admin.display(description=_("verification"), ordering="certainty")
    def how_known(self, one: Taker) -> str:
        return str(HOW_KNOWN.get(one.certainty, "–"))

    @admin.display(description=_("score"), ordering="score")
    def points(self, one: Taker) -> str:
        return _points(one.score, one.possible)

    @admin.display(description=_("attempts"))
    def attempts(self, one: Taker) -> str:
        return link_to_list(Attempt, _("Attempts"), taker__id__exact=one.pk)


class AnswerInline(ReadOnlyInline):
    """SECURITY: points and not the answers: those are between the person and the host."""

    model = Answer
    fields: ClassVar[Any] = ["question", "saved_at", "revision", "earned", "given", "marked_by"]
    readonly_fields = fields
    ordering = ("saved_at", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Answer]:
        return super().get_queryset(request).select_related("attempt__taker", "marked_by")


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = ["started_at", "taker_link", "quiz_link", "number", "state", "points"]
    list_filter = ["state", "is_kept", "is_late", "started_at"]
    list_select_related = ["taker", "quiz__item"]
    search_fields = ["public_id", "taker__name", "taker__renamed", "quiz__item__title"]
    search_help_text = _("Name, title of the quiz, or public ID of the attempt.")
    fields: ClassVar[Any] = [
        "public_id",
        "quiz_link",
        "taker_link",
        "number",
        "state",
        "started_at",
        "deadline",
        "ended_at",
        "given_back_seconds",
        "is_late",
        "how_known",
        "points",
        "waiting",
        "is_kept",
    ]
    readonly_fields = fields
    inlines: ClassVar = [AnswerInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attempt]:
        return super().get_queryset(request).select_related("taker", "quiz__item")

    @admin.display(description=_("person"))
    def taker_link(self, one: Attempt) -> str:
        return link_to(one.taker)

    @admin.display(description=_("quiz"))
    def quiz_link(self, one: Attempt) -> str:
        return link_to(one.quiz)

    @admin.display(description=_("verification at the start"))
    def how_known(self, one: Attempt) -> str:
        return str(HOW_KNOWN.get(one.certainty, "–"))

    @admin.display(description=_("score"))
    def points(self, one: Attempt) -> str:
        return _points(one.score, one.possible)


def _takers_of(somebody: Somebody) -> QuerySet[Taker]:
    """SECURITY: what was only typed and has become a part of somebody else stands there as it was
    taken, without the name and the score of the other."""
    subject = Subject(item=None, keys=somebody.keys)
    whole = takers_of(subject).filter(is_whole(subject)).values("pk")
    parts = taken_as(subject).filter(erased_at=None).exclude(merged_into__in=whole)
    rows = Taker.objects.filter(Q(pk__in=whole) | Q(pk__in=parts.values("pk")))
    return rows.select_related("quiz__item").order_by("-first_at", "-pk")


register(
    PersonPart(
        name="quizzes",
        heading=_("Quizzes"),
        order=45,
        permission="quizzes.view_taker",
        rows=_takers_of,
        columns=[
            (_("Quiz"), lambda one: link_to(one, one.quiz.item.title)),
            (_("Name"), lambda one: one.shown_name),
            (_("Guest link"), lambda one: one.came_by or "–"),
            (_("How we know who they are"), lambda one: HOW_KNOWN.get(one.certainty, "–")),
            (_("Score"), lambda one: _points(one.score, one.possible)),
            (_("First attempt"), lambda one: one.first_at),
        ],
    )
)
