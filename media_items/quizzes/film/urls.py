"""Addresses of `media_items.quizzes.film`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
