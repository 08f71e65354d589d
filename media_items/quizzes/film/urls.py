"""Addresses of `media_items.quizzes.film`."""

from django.urls import URLPattern, path

from media_items.quizzes.film import views

_FILM = "media/<slug:public_id>/quiz/film/"

urlpatterns: list[URLPattern] = [
    path(_FILM, views.quiz_film, name="quiz_film"),
    path(f"{_FILM}upload/", views.upload_quiz_film, name="upload_quiz_film"),
    path(f"{_FILM}files/<number:file_id>/", views.quiz_film_file, name="quiz_film_file"),
    path(f"{_FILM}picture/", views.quiz_film_picture, name="quiz_film_picture"),
]
