"""Addresses of `media_items.quizzes`."""

from django.urls import URLPattern

from media_items.quizzes.film.urls import urlpatterns as film_urls
from media_items.quizzes.grading.urls import urlpatterns as grading_urls
from media_items.quizzes.interchange.urls import urlpatterns as interchange_urls
from media_items.quizzes.people.urls import urlpatterns as people_urls
from media_items.quizzes.results.urls import urlpatterns as results_urls
from media_items.quizzes.taking.urls import urlpatterns as taking_urls
from media_items.quizzes.writing.urls import urlpatterns as writing_urls

# Those of interchange come before those of writing: questions/import/ would match as a question.
urlpatterns: list[URLPattern] = [
    *interchange_urls,
    *writing_urls,
    *taking_urls,
    *film_urls,
    *grading_urls,
    *results_urls,
    *people_urls,
]
