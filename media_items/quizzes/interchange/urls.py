"""Addresses of `media_items.quizzes.interchange`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
