"""Addresses of `media_items.quizzes.interchange`."""

from django.urls import URLPattern, path

from media_items.quizzes.interchange.views import checking, exporting, importing

_IMPORT = "media/<slug:public_id>/questions/import/"
_EXPORT = "media/<slug:public_id>/questions/export/"

urlpatterns: list[URLPattern] = [
    path(_IMPORT, importing.import_questions, name="import_questions"),
    path(f"{_IMPORT}template.csv", importing.import_template, name="import_template"),
    path(f"{_IMPORT}<slug:import_id>/", checking.import_preview, name="import_preview"),
    path(f"{_IMPORT}<slug:import_id>/discard/", checking.discard_import, name="discard_import"),
    path(
        f"{_IMPORT}<slug:import_id>/pictures/<slug:picture_id>/",
        checking.import_picture,
        name="import_picture",
    ),
    path(_EXPORT, exporting.export_questions, name="export_questions"),
    path(f"{_EXPORT}<slug:form>/", exporting.export_questions_file, name="export_questions_file"),
]
