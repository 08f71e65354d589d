"""Addresses of accounts: signing in and out, passwords, one's own account."""

from django.urls import URLPattern, URLResolver, path

from access.accounts import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/sign-in/", views.sign_in, name="sign_in"),
    path("accounts/sign-out/", views.sign_out, name="sign_out"),
    path("language/", views.choose_language, name="choose_language"),
    path("accounts/me/", views.account, name="account"),
    path("accounts/change-password/", views.change_password, name="change_password"),
    path("accounts/reset-password/", views.reset_password, name="reset_password"),
    path("accounts/reset-password/sent/", views.reset_password_sent, name="reset_password_sent"),
    # config.logs hides the token in this path; change both together.
    path("accounts/set-password/<uidb64>/<token>/", views.set_password, name="set_password"),
    path("accounts/password-is-set/", views.password_is_set, name="password_is_set"),
]
