"""Addresses of the mesh, under `/media/<public_id>/session/`."""

from django.urls import path

from media_items.live.stage.mesh import views

urlpatterns = [
    path("stage/signal/", views.signal, name="signal"),
]
