"""Questions and answers. The question is the viewer's, and everybody sees it."""

from __future__ import annotations

from django.utils import timezone

from media_items.live.qna.models import AudienceQuestion

TYPED = {
    "media_items:ask_question": {"text": "Why do cells divide?"},
    "media_items:answer_question": {"answer": "Because they grow.", "publish": "on"},
}


def words(world):
    question = AudienceQuestion.objects.create(
        session=world.session,
        author=world.participants["viewer"],
        text="Why do cells divide?",
        published_at=timezone.now(),
    )
    return {"question_id": question.pk}


# Whoever asked is told kindly that a vote for their own question is not counted: 302, too.
# fmt: off
TABLE = """
media_items:qna                    GET  200 200 200 200 200 200 302 302 302 404 404
media_items:qna                    POST 405
media_items:ask_question                 GET  405
media_items:ask_question                 POST 302 302 302 302 302 302 403 403 403 404 404
media_items:take_question_back           GET  405
media_items:take_question_back           POST 302 302 302 302 302 302 403 403 403 404 404
media_items:vote_for_question            GET  405
media_items:vote_for_question            POST 302 302 302 302 302 302 403 403 403 404 404
media_items:take_vote_back               GET  405
media_items:take_vote_back               POST 302 302 302 302 302 302 403 403 403 404 404
media_items:take_question                GET  405
media_items:take_question                POST 302 302 302 403 403 403 403 403 403 404 404
media_items:put_question_back            GET  405
media_items:put_question_back            POST 302 302 302 403 403 403 403 403 403 404 404
media_items:answer_question              GET  200 200 200 403 403 403 403 403 403 404 404
media_items:answer_question              POST 302 302 302 403 403 403 403 403 403 404 404
media_items:mark_question_answered_live  GET  405
media_items:mark_question_answered_live  POST 302 302 302 403 403 403 403 403 403 404 404
media_items:publish_question             GET  405
media_items:publish_question             POST 302 302 302 403 403 403 403 403 403 404 404
media_items:unpublish_question           GET  405
media_items:unpublish_question           POST 302 302 302 403 403 403 403 403 403 404 404
media_items:dismiss_question             GET  405
media_items:dismiss_question             POST 302 302 302 403 403 403 403 403 403 404 404
media_items:reopen_question              GET  405
media_items:reopen_question              POST 302 302 302 403 403 403 403 403 403 404 404
media_items:allow_anonymous_questions    GET  405
media_items:allow_anonymous_questions    POST 302 302 302 403 403 403 403 403 403 404 404
media_items:stop_anonymous_questions     GET  405
media_items:stop_anonymous_questions     POST 302 302 302 403 403 403 403 403 403 404 404
"""
# fmt: on
