"""Foyer's addresses and `/bare/`."""

from django.shortcuts import render
from django.urls import path

from config.urls import urlpatterns as foyer


def bare(request):
    """One small template, no query, behind the same middleware."""
    return render(request, "bare.html", {"numbers": range(20)})


urlpatterns = [path("bare/", bare), *foyer]
