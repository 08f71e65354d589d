"""Tables of others that no admin reads: background work has a page of its own."""

from __future__ import annotations

import django_tasks_db.admin  # noqa: F401 - registers it
from django.contrib import admin
from django_tasks_db.models import DBTaskResult

admin.site.unregister(DBTaskResult)
