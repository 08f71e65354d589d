"""Accounts of instructors and admins: the email address is the login."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.email_addresses import check_deliverable, normal_email, shown_email
from access.mail.models import mails_about

# In small letters, without the dot, as people write them before a first name.
TITLES = frozenset(
    ["dr", "prof", "professor", "mr", "mrs", "ms", "miss", "mx", "sir", "rabbi", "herr", "frau"]
)


NOTICES = ("notice_asked", "notice_bounced", "notice_accepted", "notice_joined")


class NoticePace(models.TextChoices):
    """How soon somebody wants to hear of what happens on their media."""

    AT_ONCE = "at_once", _("Right away")
    DAILY = "daily", _("Once a day")
    NEVER = "never", _("Never")


class UserManager(BaseUserManager["User"]):
    """Makes accounts as `createsuperuser` and Django's auth expect it."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=normal_email(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """An account; without a password it cannot sign in until one is set by mail."""
        user = self.model(email=normal_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account. `email_verified_at`: a mailed link proved the address.

    `time_zone`, as zoneinfo names it, and `language` are those of the browser while they are empty;
    for emails, of the browser that signed in or saved the account last: `seen_…`.
    `notice_…`: how soon they hear of each kind of notice (`access.notices.kinds`).
    """

    email = models.EmailField(
        _("email address"),
        unique=True,
        error_messages={"unique": _("There is already an account with this email.")},
    )
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    is_staff = models.BooleanField(
        _("staff"), default=False, help_text=_("Can sign in to the admin.")
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Switch off instead of deleting the account.")
    )
    email_verified_at = models.DateTimeField(_("email verified"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    language = models.CharField(_("language"), max_length=16, blank=True)
    seen_time_zone = models.CharField(
        _("time zone of the last browser"),
        max_length=64,
        blank=True,
        editable=False,
        default="",
        db_default="",  # processes of the version before insert accounts, too
    )
    seen_language = models.CharField(
        _("language of the last browser"),
        max_length=16,
        blank=True,
        editable=False,
        default="",
        db_default="",
    )
    notice_asked = models.CharField(
        _("somebody asks to be let in"),
        max_length=8,
        choices=NoticePace,
        default=NoticePace.AT_ONCE,
    )
    notice_bounced = models.CharField(
        _("an invitation email doesn’t arrive"),
        max_length=8,
        choices=NoticePace,
        default=NoticePace.AT_ONCE,
    )
    notice_accepted = models.CharField(
        _("somebody accepts an invitation"),
        max_length=8,
        choices=NoticePace,
        default=NoticePace.DAILY,
    )
    notice_joined = models.CharField(
        _("somebody joins with a guest link"),
        max_length=8,
        choices=NoticePace,
        default=NoticePace.DAILY,
    )
    date_joined = models.DateTimeField(
        pgettext_lazy("account", "joined"), default=timezone.now, editable=False
    )
    mails = mails_about("account")

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name", "last_name"]

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["email"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="user_email_lower_case",
                violation_error_message=_("Write the email address in lower case."),
            )
        ]
        indexes = [models.Index(fields=["last_name", "first_name"], name="user_last_first_name")]

    def __str__(self) -> str:
        return self._name() or shown_email(self.email)

    def clean(self) -> None:
        super().clean()
        self.email = check_deliverable(self.email)

    @property
    def browser_mark(self) -> str:
        """Which account this is, for what a browser keeps of it: it says nothing else."""
        digest = salted_hmac("access.accounts.browser_mark", str(self.pk), algorithm="sha256")
        return digest.hexdigest()[:32]

    def get_full_name(self) -> str:
        """First and last name; while there is none, what stands before the @ of the address.

        SECURITY: strangers at a guest link read this, so it is never the whole address.
        """
        return self._name() or self.email.partition("@")[0]

    def get_short_name(self) -> str:
        """What a mail greets by: the first name, with the last one where it begins with a title."""
        has_title = self.first_name.partition(" ")[0].casefold().rstrip(".") in TITLES
        return self.get_full_name() if has_title or not self.first_name else self.first_name

    def _name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()
