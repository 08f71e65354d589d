"""Reactions and polls. The poll is open."""

from __future__ import annotations

from django.utils import timezone

from media_items.live.interactions.models import Poll, PollOption

TYPED = {
    "media_items:send_reaction": {"kind": "clap"},
    "media_items:new_poll": {"question": "More?", "option_1": "Yes", "option_2": "No"},
    "media_items:edit_poll": {"question": "Less?", "option_1": "Yes", "option_2": "No"},
    "media_items:answer_poll": {"option": "1"},
}


def words(world):
    poll = Poll.objects.create(session=world.session, question="More?", started_at=timezone.now())
    option = PollOption.objects.create(poll=poll, number=1, text="Yes")
    TYPED["media_items:answer_poll"]["option"] = str(option.pk)
    return {"poll_id": poll.pk}


# A poll that has been started is not edited any more: whoever may is led to the list.
# fmt: off
TABLE = """
media_items:reactions          GET  200 200 200 200 200 200 302 302 302 404 404
media_items:reactions          POST 405
media_items:send_reaction      GET  405
media_items:send_reaction      POST 302 302 302 302 302 302 403 403 403 404 404
media_items:polls              GET  200 200 200 200 200 200 302 302 302 404 404
media_items:polls              POST 405
media_items:open_poll          GET  200 200 200 200 200 200 302 302 302 404 404
media_items:open_poll          POST 405
media_items:new_poll           GET  200 200 200 403 403 403 403 403 403 404 404
media_items:new_poll           POST 302 302 302 403 403 403 403 403 403 404 404
media_items:answer_poll        GET  405
media_items:answer_poll        POST 302 302 302 302 302 302 403 403 403 404 404
media_items:edit_poll          GET  302 302 302 403 403 403 403 403 403 404 404
media_items:edit_poll          POST 302 302 302 403 403 403 403 403 403 404 404
media_items:start_poll         GET  405
media_items:start_poll         POST 302 302 302 403 403 403 403 403 403 404 404
media_items:close_poll         GET  405
media_items:close_poll         POST 302 302 302 403 403 403 403 403 403 404 404
media_items:show_poll_results  GET  405
media_items:show_poll_results  POST 302 302 302 403 403 403 403 403 403 404 404
media_items:hide_poll_results  GET  405
media_items:hide_poll_results  POST 302 302 302 403 403 403 403 403 403 404 404
media_items:delete_poll        GET  405
media_items:delete_poll        POST 302 302 302 403 403 403 403 403 403 404 404
"""
# fmt: on
