"""Questions in the admin. One asked without a name has no name here either."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from media_items.admin_tools import link_to
from media_items.live.qna.models import AudienceQuestion
from media_items.read_only_admin import ReadOnlyAdmin


@admin.register(AudienceQuestion)
class AudienceQuestionAdmin(ReadOnlyAdmin):
    """SECURITY: neither searched, sorted nor narrowed by author, or the name would come out."""

    list_display = [
        "asked_at",
        "session_link",
        "author_link",
        "beginning",
        "vote_count",
        "published_at",
        "dismissed_at",
    ]
    list_filter = ["is_anonymous", "asked_at"]
    list_select_related = ["session__item", "author"]
    search_fields = ["text", "answer", "session__item__title", "session__public_id"]
    search_help_text = _("Text of the question or answer, or title of the item.")
    fields: ClassVar[Any] = [
        "session_link",
        "author_link",
        "is_anonymous",
        "text",
        "asked_at",
        "vote_count",
        "taken_at",
        "taken_by_link",
        "answer",
        "answered_at",
        "answered_by_link",
        "answered_live_at",
        "published_at",
        "dismissed_at",
    ]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[AudienceQuestion]:
        rows = super().get_queryset(request)
        return rows.select_related("session__item", "author", "taken_by", "answered_by")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        if lookup.startswith(("author", "votes")):
            return False
        return super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("session"))
    def session_link(self, question: AudienceQuestion) -> str:
        return link_to(question.session)

    @admin.display(description=_("author"))
    def author_link(self, question: AudienceQuestion) -> str:
        return gettext("anonymous") if question.is_anonymous else link_to(question.author)

    @admin.display(description=_("question"))
    def beginning(self, question: AudienceQuestion) -> str:
        return Truncator(question.text).chars(80)

    @admin.display(description=_("taken by"))
    def taken_by_link(self, question: AudienceQuestion) -> str:
        return link_to(question.taken_by)

    @admin.display(description=_("answered by"))
    def answered_by_link(self, question: AudienceQuestion) -> str:
        return link_to(question.answered_by)
