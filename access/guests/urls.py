"""Addresses of guest access: the host's under the item, the stranger's under /g/."""

from django.urls import path

from access.guests.views import asking, confirming, door, hosts, inside, many, people, seeing

urlpatterns = [
    path(
        "media/<slug:public_id>/guest-access/on/",
        hosts.switch_on_guest_access,
        name="switch_on_guest_access",
    ),
    path(
        "media/<slug:public_id>/guest-access/off/",
        hosts.switch_off_guest_access,
        name="switch_off_guest_access",
    ),
    path("media/<slug:public_id>/guest-links/", hosts.guest_links, name="guest_links"),
    path(
        "media/<slug:public_id>/guest-links/new/", hosts.create_guest_link, name="create_guest_link"
    ),
    path(
        "media/<slug:public_id>/guest-links/<number:link_id>/", hosts.guest_link, name="guest_link"
    ),
    path(
        "media/<slug:public_id>/guest-links/<number:link_id>/edit/",
        hosts.edit_guest_link,
        name="edit_guest_link",
    ),
    path(
        "media/<slug:public_id>/guest-links/<number:link_id>/pause/",
        hosts.pause_guest_link,
        name="pause_guest_link",
    ),
    path(
        "media/<slug:public_id>/guest-links/<number:link_id>/resume/",
        hosts.resume_guest_link,
        name="resume_guest_link",
    ),
    path(
        "media/<slug:public_id>/guest-links/<number:link_id>/new-address/",
        hosts.new_guest_link_address,
        name="new_guest_link_address",
    ),
    path(
        "media/<slug:public_id>/guest-links/<number:link_id>/delete/",
        hosts.delete_guest_link,
        name="delete_guest_link",
    ),
    path(
        "media/<slug:public_id>/guest-links/<number:link_id>/qr.svg",
        hosts.guest_link_qr,
        name="guest_link_qr",
    ),
    path("media/<slug:public_id>/as-guest/", seeing.see_as_a_guest, name="see_as_a_guest"),
    path(
        "media/<slug:public_id>/guest-links/<number:link_id>/as-guest/",
        seeing.guest_door,
        name="guest_door",
    ),
    path(
        "media/<slug:public_id>/guest-links/<number:link_id>/as-guest/page/",
        seeing.guest_page,
        name="guest_page",
    ),
    path("media/<slug:public_id>/guests/", people.guests, name="guests"),
    path("media/<slug:public_id>/guests/act/", many.guests_act, name="guests_act"),
    path(
        "media/<slug:public_id>/guests/export.<slug:form>", many.guests_export, name="guests_export"
    ),
    path(
        "media/<slug:public_id>/guests/<number:guest_id>/remove/",
        people.remove_guest,
        name="remove_guest",
    ),
    path(
        "media/<slug:public_id>/guests/<number:guest_id>/let-back/",
        people.let_guest_back,
        name="let_guest_back",
    ),
    path("media/<slug:public_id>/still-in/", inside.still_in, name="still_in"),
    path("media/<slug:public_id>/confirm-email/", confirming.confirm_email, name="confirm_email"),
    path(
        "media/<slug:public_id>/confirm-email/send/",
        confirming.send_guest_code,
        name="send_guest_code",
    ),
    path("media/<slug:public_id>/leave/", inside.leave, name="leave"),
    path("media/<slug:public_id>/ask-host/", asking.ask_host_again, name="ask_host_again"),
    path("g/<str:token>/", door.join, name="join"),
    path("g/<str:token>/picture/", door.join_picture, name="join_picture"),
    path("g/<str:token>/calendar.ics", door.join_calendar, name="join_calendar"),
    path("g/<str:token>/ask/", asking.ask_host, name="ask_host"),
    path("guests/asked/", asking.asked_host, name="asked_host"),
    path("guests/left/", inside.left, name="left"),
]
