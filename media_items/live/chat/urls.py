"""Addresses of this room, under `/media/<public_id>/session/`."""

from django.urls import path

from media_items.live.chat import views

urlpatterns = [
    path("chat/", views.chat, name="chat"),
    path("chat/send/", views.send_chat_message, name="send_chat_message"),
    path("chat/pause/", views.pause_chat, name="pause_chat"),
    path("chat/resume/", views.resume_chat, name="resume_chat"),
    path("chat/clear/", views.clear_chat, name="clear_chat"),
    path("chat/<number:message_id>/remove/", views.remove_chat_message, name="remove_chat_message"),
    path("chat/<number:message_id>/pin/", views.pin_chat_message, name="pin_chat_message"),
    path("chat/<number:message_id>/unpin/", views.unpin_chat_message, name="unpin_chat_message"),
    path("backchannel/", views.backchannel, name="backchannel"),
    path("backchannel/send/", views.send_backchannel_message, name="send_backchannel_message"),
    path(
        "backchannel/<number:message_id>/remove/",
        views.remove_backchannel_message,
        name="remove_backchannel_message",
    ),
]
