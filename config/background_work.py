"""Background work in the administration: how much waits, who is at it, and what went wrong."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.tasks import TaskResultStatus
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult

from media_items.admin_tools import pages_beside
from media_items.pagination import page_of
from media_items.workers import STALE_AFTER, Worker

PERMISSION = "django_tasks_database.view_dbtaskresult"
PER_PAGE = 50
WORDS = {
    "access.mail.sending.send_mails": _("Send emails"),
    "access.people_lists.services.inviting.make_batch": _("Invite a list of people"),
    "access.rights.tasks.apply_rights_change": _("Apply changes of access"),
    "media_items.library.tasks.purge_media_item": _("Empty the bin"),
    "media_items.live.broadcast.tasks.make_recording": _("Make a recording"),
    "media_items.quizzes.grading.regrading.regrade_attempts": _("Regrade a question of a quiz"),
    "media_items.quizzes.results.mailing.mail_results_on": _("Email the results of a quiz"),
    "media_items.quizzes.interchange.services.reading.read_import": _("Read questions from a file"),
    "media_items.quizzes.writing.tasks.keep_scores_anew": _("Find the scores of a quiz"),
    "media_items.processing.tasks.prepare_media_item": _("Prepare a file"),
}


def in_words(task_path: str) -> str:
    return str(WORDS.get(task_path, gettext("Something else")))


@require_safe
def background_work(request: HttpRequest) -> HttpResponse:
    """Seven queries, however much there is."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    failed = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED)
    page = page_of(
        failed.order_by("-finished_at", "-pk").defer("args_kwargs", "return_value"),
        request.GET.get("p"),
        per_page=PER_PAGE,
    )
    page.object_list = [
        {
            "what": in_words(task.task_path),
            "finished_at": task.finished_at,
            "error": task.exception_class_path.rpartition(".")[2],
        }
        for task in page.object_list
    ]
    alive = Worker.objects.filter(seen_at__gt=timezone.now() - STALE_AFTER)
    context = {
        **admin.site.each_context(request),
        "title": gettext("Background work"),
        "workers": alive.count(),
        "under_way": _by_task(TaskResultStatus.RUNNING),
        "waiting": _by_task(TaskResultStatus.READY),
        "failed": page,
        "pages": pages_beside("p", page.number, has_next=page.has_next()),
    }
    return TemplateResponse(request, "admin/background_work.html", context)


def _by_task(status: TaskResultStatus) -> list[dict[str, object]]:
    """What stands like this, how often, and since when the oldest does."""
    rows = DBTaskResult.objects.filter(status=status).order_by().values("task_path")
    counted = rows.annotate(number=Count("pk"), since=Min("enqueued_at"))
    found = [{**row, "what": in_words(row["task_path"])} for row in counted]
    return sorted(found, key=lambda row: str(row["what"]))
