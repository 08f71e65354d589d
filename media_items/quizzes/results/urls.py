"""Addresses of `media_items.quizzes.results`."""

from django.urls import URLPattern, path

from media_items.quizzes.results import act_views, export_views, views

_QUIZ = "media/<slug:public_id>/quiz/results/"
_ATTEMPT = f"{_QUIZ}attempts/<slug:attempt_id>/"
_TAKER = f"{_QUIZ}people/<number:taker_id>/"

urlpatterns: list[URLPattern] = [
    path(_QUIZ, views.quiz_results, name="quiz_results"),
    path(f"{_QUIZ}export.<slug:form>", export_views.quiz_people_export, name="quiz_people_export"),
    path(
        f"{_QUIZ}answers.<slug:form>", export_views.quiz_answers_export, name="quiz_answers_export"
    ),
    path(f"{_QUIZ}questions/", views.quiz_results_questions, name="quiz_results_questions"),
    path(
        f"{_QUIZ}questions/<slug:question_id>/",
        views.quiz_results_question,
        name="quiz_results_question",
    ),
    path(f"{_QUIZ}mail/", act_views.mail_results, name="mail_results"),
    path(f"{_QUIZ}remind/", act_views.remind_of_quiz, name="remind_of_quiz"),
    path(f"{_QUIZ}activity/", views.quiz_trail, name="quiz_trail"),
    path(_ATTEMPT, views.attempt_results, name="attempt_results"),
    path(f"{_ATTEMPT}go-on/", act_views.let_attempt_go_on, name="let_attempt_go_on"),
    path(f"{_ATTEMPT}end/", act_views.end_attempt, name="end_attempt"),
    path(f"{_ATTEMPT}void/", act_views.void_attempt, name="void_attempt"),
    path(f"{_ATTEMPT}count/", act_views.count_attempt, name="count_attempt"),
    path(f"{_TAKER}rename/", act_views.rename_taker, name="rename_taker"),
    path(f"{_TAKER}merge/", act_views.merge_taker, name="merge_taker"),
    path(f"{_TAKER}separate/", act_views.separate_taker, name="separate_taker"),
]
