"""Addresses of the doors."""

from django.urls import URLPattern, URLResolver, path

from access.access_requests.urls import urlpatterns as access_requests_urls
from access.accounts.urls import urlpatterns as accounts_urls
from access.blocks.urls import urlpatterns as blocks_urls
from access.guests.urls import urlpatterns as guests_urls
from access.invitations.urls import urlpatterns as invitations_urls
from access.memberships.urls import urlpatterns as memberships_urls
from access.my_record.urls import urlpatterns as my_record_urls
from access.people_lists.urls import urlpatterns as people_lists_urls
from access.register.urls import register_urls
from access.reports.urls import urlpatterns as reports_urls
from access.site_policy.views import privacy
from media_items.url_shapes import by_shape

app_name = "access"

urlpatterns: list[URLPattern | URLResolver] = by_shape(
    [
        *accounts_urls,
        *reports_urls,
        *blocks_urls,
        *guests_urls,
        *my_record_urls,
        *access_requests_urls,
        *invitations_urls,
        *memberships_urls,
        *people_lists_urls,
        *register_urls,
        path("privacy/", privacy, name="privacy"),
    ]
)
