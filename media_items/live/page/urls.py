"""Addresses of the session."""

from django.urls import path

from media_items.live.page import acts, settings_views, views

urlpatterns = [
    path("", views.session, name="session"),
    path("enter/", views.enter_session, name="enter_session"),
    path("leave/", views.leave_session, name="leave_session"),
    path("left/", views.left_session, name="left_session"),
    path("heartbeat/", views.session_heartbeat, name="session_heartbeat"),
    path("here/", views.session_here, name="session_here"),
    path("top/", views.session_top, name="session_top"),
    path("open/", acts.open_session, name="open_session"),
    path("end/", acts.end_session, name="end_session"),
    path("lock/", acts.lock_session, name="lock_session"),
    path("unlock/", acts.unlock_session, name="unlock_session"),
    path("settings/", settings_views.live_settings, name="live_settings"),
    path("stage-access/", settings_views.stage_access, name="stage_access"),
]
