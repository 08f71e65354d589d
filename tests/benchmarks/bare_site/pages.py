"""A page of thirty rows: for who is signed in, and for anybody."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import path

ROWS = [f"Row number {number}, which says what it is" for number in range(30)]


def anonymous(request):
    return render(request, "page.html", {"rows": ROWS, "name": "you"})


@login_required
def signed_in(request):
    """Two queries: the session, and its user."""
    return render(request, "page.html", {"rows": ROWS, "name": request.user.username})


urlpatterns = [path("anonymous/", anonymous), path("signed-in/", signed_in)]
