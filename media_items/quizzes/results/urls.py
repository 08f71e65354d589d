"""Addresses of `media_items.quizzes.results`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
