"""All addresses: those of the two apps, the admin, and pages for trying Foyer out."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("media_items.urls")),
    path("", include("access.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "config.refused_requests.bad_request"

if settings.DEVELOPMENT_PAGES:
    urlpatterns += [path("dev/", include("config.development.urls"))]
