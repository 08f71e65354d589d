"""Addresses of this room, under `/media/<public_id>/session/`."""

from django.urls import path

from media_items.live.qna import moderating_views, views

_ONE = "qna/<number:question_id>/"

urlpatterns = [
    path("qna/", views.qna, name="qna"),
    path("qna/ask/", views.ask_question, name="ask_question"),
    path(
        "qna/anonymous/allow/",
        moderating_views.allow_anonymous_questions,
        name="allow_anonymous_questions",
    ),
    path(
        "qna/anonymous/stop/",
        moderating_views.stop_anonymous_questions,
        name="stop_anonymous_questions",
    ),
    path(_ONE + "delete/", views.take_question_back, name="take_question_back"),
    path(_ONE + "vote/", views.vote_for_question, name="vote_for_question"),
    path(_ONE + "vote/back/", views.take_vote_back, name="take_vote_back"),
    path(_ONE + "take/", moderating_views.take_question, name="take_question"),
    path(_ONE + "put-back/", moderating_views.put_question_back, name="put_question_back"),
    path(_ONE + "answer/", moderating_views.answer_question, name="answer_question"),
    path(
        _ONE + "answered-live/",
        moderating_views.mark_question_answered_live,
        name="mark_question_answered_live",
    ),
    path(_ONE + "publish/", moderating_views.publish_question, name="publish_question"),
    path(_ONE + "unpublish/", moderating_views.unpublish_question, name="unpublish_question"),
    path(_ONE + "dismiss/", moderating_views.dismiss_question, name="dismiss_question"),
    path(_ONE + "reopen/", moderating_views.reopen_question, name="reopen_question"),
]
