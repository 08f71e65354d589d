"""Addresses of this room, under `/media/<public_id>/session/`."""

from django.urls import path

from media_items.live.interactions import poll_views, views

_ONE = "polls/<number:poll_id>/"

urlpatterns = [
    path("reactions/", views.reactions, name="reactions"),
    path("reactions/send/", views.send_reaction, name="send_reaction"),
    path("polls/", poll_views.polls, name="polls"),
    path("polls/open/", views.open_poll, name="open_poll"),
    path("polls/new/", poll_views.new_poll, name="new_poll"),
    path(_ONE + "answer/", views.answer_poll, name="answer_poll"),
    path(_ONE + "edit/", poll_views.edit_poll, name="edit_poll"),
    path(_ONE + "start/", poll_views.start_poll, name="start_poll"),
    path(_ONE + "close/", poll_views.close_poll, name="close_poll"),
    path(_ONE + "results/show/", poll_views.show_poll_results, name="show_poll_results"),
    path(_ONE + "results/hide/", poll_views.hide_poll_results, name="hide_poll_results"),
    path(_ONE + "delete/", poll_views.delete_poll, name="delete_poll"),
]
