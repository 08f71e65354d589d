"""Addresses of `media_items.quizzes.taking`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
