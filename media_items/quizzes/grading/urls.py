"""Addresses of `media_items.quizzes.grading`."""

from django.urls import URLPattern, path

from media_items.quizzes.grading.views import certificates, marking, regrading

urlpatterns: list[URLPattern] = [
    path("media/<slug:public_id>/quiz/marking/", marking.marking, name="marking"),
    path(
        "media/<slug:public_id>/quiz/marking/<slug:question_id>/",
        marking.mark_question,
        name="mark_question",
    ),
    path(
        "media/<slug:public_id>/quiz/marking/<slug:question_id>/<slug:attempt_id>/",
        marking.mark_answer,
        name="mark_answer",
    ),
    path(
        "media/<slug:public_id>/quiz/regrade/<slug:question_id>/",
        regrading.regrade_question,
        name="regrade_question",
    ),
    path(
        "media/<slug:public_id>/quiz/attempts/<slug:attempt_id>/certificate/",
        certificates.certificate_file,
        name="certificate_file",
    ),
    path("certificates/", certificates.find_certificate, name="find_certificate"),
    path("certificates/<slug:number>/", certificates.certificate, name="certificate"),
]
