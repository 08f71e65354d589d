"""Addresses of inviting many at once: the list, its lines, its start and how far it has come."""

from django.urls import path

from access.people_lists import bringing_views, views

_MANY = "media/<slug:public_id>/invitations/many/"

urlpatterns = [
    path(_MANY, bringing_views.create_batch, name="create_batch"),
    path(f"{_MANY}<number:batch_id>/", views.batch, name="batch"),
    path(f"{_MANY}<number:batch_id>/start/", views.start_batch, name="start_batch"),
    path(f"{_MANY}<number:batch_id>/discard/", views.discard_batch, name="discard_batch"),
    path(f"{_MANY}<number:batch_id>/progress/", views.batch_progress, name="batch_progress"),
    path(
        f"{_MANY}<number:batch_id>/refused/",
        views.correct_refused_lines,
        name="correct_refused_lines",
    ),
    path(
        f"{_MANY}<number:batch_id>/columns/<number:sheet>/",
        views.correct_batch_columns,
        name="correct_batch_columns",
    ),
    path(
        f"{_MANY}<number:batch_id>/letters/",
        views.choose_batch_letters,
        name="choose_batch_letters",
    ),
    path(
        f"{_MANY}<number:batch_id>/lines/<number:line_id>/mend/",
        views.mend_batch_line,
        name="mend_batch_line",
    ),
    path(
        f"{_MANY}<number:batch_id>/lines/<number:line_id>/remove/",
        views.remove_batch_line,
        name="remove_batch_line",
    ),
]
