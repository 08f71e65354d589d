"""Background work in the admin: what was done, in words, and what went wrong."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django_tasks_db.admin import DBTaskResultAdmin
from django_tasks_db.models import DBTaskResult

WORDS = {
    "access.mail.sending.send_mails": _("Send emails"),
    "access.people_lists.services.inviting.make_batch": _("Invite a list of people"),
    "access.rights.tasks.apply_rights_change": _("Apply changes of access"),
    "media_items.library.tasks.purge_media_item": _("Empty the bin"),
    "media_items.live.broadcast.tasks.make_recording": _("Make a recording"),
    "media_items.processing.tasks.prepare_media_item": _("Prepare a file"),
}

admin.site.unregister(DBTaskResult)


@admin.register(DBTaskResult)
class TaskAdmin(DBTaskResultAdmin):
    list_display: Any = (
        "what",
        "status",
        "enqueued_at",
        "started_at",
        "finished_at",
        "queue_name",
    )
    list_filter: ClassVar[Any] = ("status", "queue_name", "enqueued_at")
    list_per_page = 50
    show_full_result_count = False

    @admin.display(description=_("what"), ordering="task_path")
    def what(self, task: DBTaskResult) -> str:
        return str(WORDS.get(task.task_path, task.task_path))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["what", *super().get_fields(request, obj)]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["what", *super().get_readonly_fields(request, obj)]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Under its words; the row itself is called by its class and a number."""
        task = self.get_object(request, object_id)
        words = {} if task is None else {"subtitle": self.what(task)}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **words})
