"""Addresses that exist only where DEVELOPMENT_PAGES is on."""

from django.urls import path

from config.development import views

app_name = "development"
urlpatterns = [
    path("mail/", views.mails, name="mails"),
    path("mail/<slug:name>/", views.mail, name="mail"),
    path("mail/<slug:name>/html/", views.mail_as_html, name="mail_as_html"),
]
