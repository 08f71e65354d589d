"""Addresses of taking a quiz, all of them under `/media/<public_id>/quiz/`."""

from django.urls import URLPattern, path

from media_items.quizzes.taking.views import answers, attempts, film, pictures

_QUIZ = "media/<slug:public_id>/quiz"
_ATTEMPT = f"{_QUIZ}/attempts/<slug:attempt_id>"
_ANSWER = f"{_ATTEMPT}/answers/<slug:question_id>"

urlpatterns: list[URLPattern] = [
    path(f"{_QUIZ}/start/", attempts.start_quiz, name="start_quiz"),
    path(f"{_ATTEMPT}/", attempts.quiz_attempt, name="quiz_attempt"),
    path(f"{_ATTEMPT}/hand-in/", attempts.hand_in_quiz, name="hand_in_quiz"),
    path(f"{_ATTEMPT}/result/", attempts.quiz_result, name="quiz_result"),
    path(f"{_ATTEMPT}/film/", film.watch_film, name="watch_film"),
    path(f"{_ATTEMPT}/clock/", answers.quiz_clock, name="quiz_clock"),
    path(f"{_ANSWER}/", answers.save_answer, name="save_answer"),
    path(f"{_ANSWER}/check/", answers.check_answer, name="check_answer"),
    path(f"{_ANSWER}/hint/", answers.question_hint, name="question_hint"),
    path(
        f"{_QUIZ}/pictures/<slug:picture_id>/", pictures.question_picture, name="question_picture"
    ),
]
