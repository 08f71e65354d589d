"""Addresses of the requests to be let in."""

from django.urls import path

from access.access_requests import views

_REQUESTS = "media/<slug:public_id>/access-requests/"

urlpatterns = [
    path(_REQUESTS, views.access_requests, name="access_requests"),
    path(f"{_REQUESTS}newest/", views.asks, name="asks"),
    path(f"{_REQUESTS}<number:request_id>/", views.access_request, name="access_request"),
    path(f"{_REQUESTS}<number:request_id>/let-in/", views.let_request_in, name="let_request_in"),
    path(f"{_REQUESTS}<number:request_id>/decline/", views.decline_request, name="decline_request"),
]
