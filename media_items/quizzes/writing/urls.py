"""Addresses of `media_items.quizzes.writing`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
