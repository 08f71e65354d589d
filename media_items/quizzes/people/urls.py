"""Addresses about people who take a quiz."""

from django.urls import path

from media_items.quizzes.people import views

urlpatterns = [
    path(
        "media/<slug:public_id>/quiz/earlier-attempts/",
        views.earlier_attempts,
        name="earlier_attempts",
    ),
]
