"""Addresses of taking a quiz, all of them under `/media/<public_id>/quiz/`."""

from django.urls import URLPattern, URLResolver, include, path

from media_items.quizzes.taking.views import answers, attempts, pictures

_OF_AN_ATTEMPT = [
    path("", attempts.quiz_attempt, name="quiz_attempt"),
    path("hand-in/", attempts.hand_in_quiz, name="hand_in_quiz"),
    path("result/", attempts.quiz_result, name="quiz_result"),
    path("clock/", answers.quiz_clock, name="quiz_clock"),
    path("answers/<slug:question_id>/", answers.save_answer, name="save_answer"),
    path("answers/<slug:question_id>/check/", answers.check_answer, name="check_answer"),
    path("answers/<slug:question_id>/hint/", answers.question_hint, name="question_hint"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("media/<slug:public_id>/quiz/start/", attempts.start_quiz, name="start_quiz"),
    path("media/<slug:public_id>/quiz/attempts/<slug:attempt_id>/", include(_OF_AN_ATTEMPT)),
    path(
        "media/<slug:public_id>/quiz/pictures/<slug:picture_id>/",
        pictures.question_picture,
        name="question_picture",
    ),
]
