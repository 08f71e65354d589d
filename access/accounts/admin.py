"""Accounts and groups in the admin.

SECURITY: nobody types or sees a password here; a mailed link sets it. Only superusers decide who
is staff or superuser and what groups may do, and only they touch the accounts of those people:
else the right to change accounts would be the right to become anybody.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from access.accounts.models import User
from access.accounts.services import (
    delete_account,
    edit_account,
    send_set_password,
    switch_account,
)
from access.address_fields import AddressField, AddressInput
from access.admin_addresses import FindsAddresses, address_in
from access.email_addresses import shown_email
from access.mail.models import OutgoingMail
from access.typed_text import clean_words
from media_items.admin_tools import actor, confirm_first, do_to_each, link_to, link_to_list
from media_items.models import MediaItem
from media_items.person_page import PersonPart, Somebody, register

_EVERYWHERE = [ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM]
POWERS: list[Any] = ["is_staff", "is_superuser", "groups", "user_permissions"]


def log_entries_about(user: User) -> QuerySet[LogEntry]:
    """Of the administration's own log, which names what was changed."""
    content_type = ContentType.objects.get_for_model(User)
    return LogEntry.objects.filter(content_type=content_type, object_id=str(user.pk))


_MAY = {
    "add": gettext_lazy("can add"),
    "change": gettext_lazy("can change"),
    "delete": gettext_lazy("can delete"),
    "view": gettext_lazy("can view"),
}


class PermissionsField(forms.ModelMultipleChoiceField):
    """In the reader's language: the database keeps Django's English name of a permission."""

    def label_from_instance(self, obj: Permission) -> str:
        may = _MAY.get(obj.codename.partition("_")[0], obj.name)
        return _("%(what)s: %(may)s") % {"what": obj.content_type, "may": may}


class _ChoosesPermissions(admin.ModelAdmin[Any]):
    """In the reader's language, and their kinds read with them."""

    def formfield_for_manytomany(
        self, db_field: Any, request: HttpRequest | None = None, **kwargs: Any
    ) -> Any:
        if db_field.related_model is Permission:
            queryset = Permission.objects.select_related("content_type")
            kwargs |= {"queryset": queryset, "form_class": PermissionsField}
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[arg-type]


class AccountForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ["email", "first_name", "last_name"]
        field_classes: ClassVar = {"email": AddressField}
        widgets: ClassVar = {"email": AddressInput(attrs={"class": "vTextField"})}

    def clean_first_name(self) -> str:
        return clean_words(self.cleaned_data["first_name"], most=100)

    def clean_last_name(self) -> str:
        return clean_words(self.cleaned_data["last_name"], most=100)


@admin.register(User)
class UserAdmin(_ChoosesPermissions, FindsAddresses):
    form = AccountForm
    list_display = [
        address_in("email"),
        "first_name",
        "last_name",
        "is_staff",
        "is_active",
        "password_state",
        "last_login",
        "owned_items",
    ]
    list_filter = ["is_active", "is_staff", "is_superuser", "groups", "date_joined"]
    list_per_page = 50
    search_fields = ["email", "first_name", "last_name"]
    show_full_result_count = False
    ordering = ["email"]
    filter_horizontal = ["groups", "user_permissions"]
    readonly_fields = [
        "password_state",
        "email_verified_at",
        "last_login",
        "date_joined",
        "owned_items",
    ]
    fieldsets = [
        (None, {"fields": ["email", "first_name", "last_name", "password_state", "is_active"]}),
        (gettext_lazy("Admin permissions"), {"fields": POWERS}),
        (
            gettext_lazy("History"),
            {"fields": ["date_joined", "last_login", "email_verified_at", "owned_items"]},
        ),
    ]
    add_fieldsets = [
        (
            None,
            {
                "fields": ["email", "first_name", "last_name"],
                "description": gettext_lazy("When you save, we email a link to set a password."),
            },
        )
    ]
    actions = ["send_set_password_mail", "switch_off", "switch_on"]

    # --- who may touch whom --------------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        own = [*self.readonly_fields]
        return own if request.user.is_superuser else [*own, *POWERS]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """If an account owns media, or alone manages a gallery, that is the reason to show, not a
        missing permission.

        Mails about an account, which anybody can cause and nobody deletes by hand, go with it.
        """
        to_delete, counts, lacking, protected = super().get_deleted_objects(objs, request)
        lacking = set() if protected else lacking - {OutgoingMail._meta.verbose_name}
        return to_delete, counts, lacking, protected

    # --- the pages -----------------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        return self.add_fieldsets if obj is None else super().get_fieldsets(request, obj)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        # Staff, superuser and groups are rights in the administration and on no media item.
        if change:
            edit_account(user=obj, by=actor(request))
            return
        obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        send_set_password(user=obj, by=actor(request))

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        entries = log_entries_about(obj)
        delete_account(user=obj, by=actor(request))
        entries.update(object_repr=_("Deleted account"))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            self.delete_model(request, user)

    @admin.display(description=gettext_lazy("password"))
    def password_state(self, user: User) -> str:
        return _("Set") if user.has_usable_password() else _("Not set")

    @admin.display(description=gettext_lazy("media items"))
    def owned_items(self, user: User) -> str:
        return link_to_list(MediaItem, _("Media items"), owner__id__exact=user.pk)

    # --- actions -------------------------------------------------------------------------------

    @admin.action(
        description=gettext_lazy("Email a link to set the password"),
        permissions=["change"],
        location=_EVERYWHERE,
    )
    def send_set_password_mail(self, request: HttpRequest, users: QuerySet[User]) -> None:
        chosen = list(users)
        fitting = [user for user in chosen if user.is_active and _may_touch(request, user)]
        do_to_each(
            self,
            request,
            fitting,
            lambda user: send_set_password(user=user, by=actor(request)),
            skipped=len(chosen) - len(fitting),
        )

    @admin.action(
        description=gettext_lazy("Switch off"), permissions=["change"], location=_EVERYWHERE
    )
    @confirm_first(
        title=gettext_lazy("Switch these accounts off?"),
        consequence=gettext_lazy(
            "They’re signed out the next time they open a page and can’t sign in "
            "again. Everything they made stays."
        ),
        button=gettext_lazy("Switch off"),
    )
    def switch_off(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._switch(request, users.exclude(pk=actor(request).pk), on=False)

    @admin.action(
        description=gettext_lazy("Switch on again"), permissions=["change"], location=_EVERYWHERE
    )
    def switch_on(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._switch(request, users, on=True)

    def _switch(self, request: HttpRequest, users: QuerySet[User], *, on: bool) -> None:
        touched = (
            users if request.user.is_superuser else users.filter(is_staff=False, is_superuser=False)
        )
        by = actor(request)
        done = sum(switch_account(user=user, on=on, by=by) for user in list(touched))
        self.message_user(
            request,
            ngettext("%(count)s account changed.", "%(count)s accounts changed.", done)
            % {"count": done},
            messages.SUCCESS if done else messages.WARNING,
        )


def _may_touch(request: HttpRequest, user: User | None) -> bool:
    if user is None or request.user.is_superuser:
        return True
    return not (user.is_staff or user.is_superuser)


admin.site.unregister(Group)


@admin.register(Group)
class PeopleGroupAdmin(_ChoosesPermissions, GroupAdmin):
    list_display = ["name", "people"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        groups: QuerySet[Group] = super().get_queryset(request)
        return groups.annotate(people_count=Count("user"))

    @admin.display(description=gettext_lazy("accounts"), ordering="people_count")
    def people(self, group: Group) -> str:
        count = group.people_count  # type: ignore[attr-defined]
        return link_to_list(User, _("Accounts (%s)") % count, groups__id__exact=group.pk)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        # SECURITY: a group carries rights; changing one is making rights.
        return request.user.is_superuser

    has_delete_permission = has_change_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser


def _accounts_of(somebody: Somebody) -> QuerySet[User]:
    return User.objects.filter(email__in=somebody.emails).order_by("pk")


register(
    PersonPart(
        name="accounts",
        heading=gettext_lazy("Accounts"),
        order=10,
        permission="accounts.view_user",
        rows=_accounts_of,
        columns=[
            (gettext_lazy("Name"), link_to),
            (gettext_lazy("Email"), lambda user: shown_email(user.email)),
            (
                gettext_lazy("Sign-in"),
                lambda user: _("Possible") if user.is_active else _("Switched off"),
            ),
            (
                gettext_lazy("Administration"),
                lambda user: _("May open it") if user.is_staff else "–",
            ),
            (gettext_lazy("Email verified"), lambda user: user.email_verified_at),
            (gettext_lazy("Last signed in"), lambda user: user.last_login),
        ],
    )
)
