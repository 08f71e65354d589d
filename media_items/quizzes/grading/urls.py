"""Addresses of `media_items.quizzes.grading`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
