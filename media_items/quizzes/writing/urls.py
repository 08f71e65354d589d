"""Addresses of `media_items.quizzes.writing`."""

from django.urls import URLPattern, path

from media_items.quizzes.writing.views import (
    exemptions,
    paper,
    previewing,
    publishing,
    questions,
    settings,
)

_QUESTIONS = "media/<slug:public_id>/questions/"
_QUESTION = f"{_QUESTIONS}<slug:question_id>/"
_QUIZ = "media/<slug:public_id>/quiz/"

# Words come before the ids of questions.
urlpatterns: list[URLPattern] = [
    path(_QUESTIONS, paper.quiz_questions, name="quiz_questions"),
    path(f"{_QUESTIONS}new/", questions.new_question_kinds, name="new_question_kinds"),
    path(f"{_QUESTIONS}new/<slug:kind>/", questions.new_quiz_question, name="new_quiz_question"),
    path(
        f"{_QUESTIONS}new/<slug:kind>/lines/",
        questions.more_question_lines,
        name="more_question_lines",
    ),
    path(
        f"{_QUESTIONS}new/<slug:kind>/preview/",
        previewing.preview_question,
        name="preview_question",
    ),
    path(f"{_QUESTIONS}publish/", publishing.publish_quiz, name="publish_quiz"),
    path(f"{_QUESTIONS}preview/", previewing.preview_quiz, name="preview_quiz"),
    path(f"{_QUESTIONS}pictures/<slug:picture_id>/", paper.draft_picture, name="draft_picture"),
    path(_QUESTION, questions.quiz_question, name="quiz_question"),
    path(f"{_QUESTION}duplicate/", paper.duplicate_question, name="duplicate_question"),
    path(f"{_QUESTION}move/", paper.move_question, name="move_question"),
    path(f"{_QUESTION}delete/", paper.delete_question, name="delete_question"),
    path(f"{_QUESTION}restore/", paper.restore_question, name="restore_question"),
    path(f"{_QUIZ}settings/", settings.quiz_settings, name="quiz_settings"),
    path(f"{_QUIZ}exemptions/", exemptions.quiz_exemptions, name="quiz_exemptions"),
    path(
        f"{_QUIZ}exemptions/<number:exemption_id>/",
        exemptions.quiz_exemption,
        name="quiz_exemption",
    ),
    path(
        f"{_QUIZ}exemptions/<number:exemption_id>/end/",
        exemptions.end_exemption,
        name="end_exemption",
    ),
]
