"""Making, changing and deleting accounts; the mailed link that sets a password."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from access.accounts.mails import SetPasswordMail
from access.accounts.models import User
from access.accounts.personal_data import key_of
from access.audit.models import Act
from access.audit.services import record
from access.email_addresses import normal_email
from access.mail import outbox
from access.rights import attempts
from access.rights.services import rights_changed
from access.rights.signing_out import end_presence_of
from access.rights.whose import holders_of, people_at
from access.typed_text import clean_words
from media_items import personal_data
from media_items.kept_people import lock_to_erase
from media_items.live.sessions.models import LiveSession, Participant
from media_items.models import Gallery, MediaItem
from media_items.personal_data import Subject


@transaction.atomic
def create_account(
    *,
    email: str,
    first_name: str,
    last_name: str,
    by: User | None = None,
    send_mail: bool = True,
    is_staff: bool = False,
    is_superuser: bool = False,
) -> User:
    """An account without a password; the mailed link sets one. Raises `ValidationError`."""
    user = User(
        email=normal_email(email),
        first_name=clean_words(first_name, most=100),
        last_name=clean_words(last_name, most=100),
        is_staff=is_staff,
        is_superuser=is_superuser,
    )
    user.set_unusable_password()
    user.full_clean()
    user.save()
    if send_mail:
        send_set_password(user=user, by=by)
    return user


@transaction.atomic
def send_set_password(*, user: User, by: User | None = None) -> None:
    """Mails the link, by a task after commit. Accounts that are switched off get nothing; nor does
    one that is being deleted, whose address would stay in the outbox."""
    if User.objects.select_for_update(no_key=True).filter(pk=user.pk).first():
        outbox.add(kind=SetPasswordMail.name, mails=[(user.pk, user.email)], by=by)


@transaction.atomic
def answer_password_request(*, address: str, language: str = "") -> None:
    """Mails the link to that address if it has an account, in the language of the page.

    SECURITY: for an unknown address the same mail is asked for, about nobody, so that neither
    the page nor its time tells who has an account here.
    """
    # Held until the mail is asked for, so that deleting the account takes the mail with it.
    known = User.objects.select_for_update(no_key=True).filter(email=normal_email(address))
    mail = known.values_list("pk", "email").first()
    outbox.add(kind=SetPasswordMail.name, mails=[mail or outbox.NOBODY], language=language)


@transaction.atomic
def set_password_by_mail(*, user: User, password: str) -> User:
    """Sets the password typed behind the mailed link, which also proves the address.

    Signs nobody in. All HTTP sessions of the account end with the old password.
    """
    is_new = user.email_verified_at is None
    change_password(user=user, password=password)
    user.email_verified_at = timezone.now()
    user.save(update_fields=["email_verified_at"])
    if is_new:
        _proven(user)
    return user


def note_browser(*, user: User, time_zone: str, language: str) -> None:
    """What the browser of this account tells, for emails to an account that has chosen nothing.
    What it does not tell stays as it was."""
    told = {"seen_time_zone": time_zone, "seen_language": language}
    changed = {name: now for name, now in told.items() if now and now != getattr(user, name)}
    if changed:
        User.objects.filter(pk=user.pk).update(**changed)


@transaction.atomic
def change_password(*, user: User, password: str) -> None:
    """Every browser is signed out by it, but one that the caller signs in anew, and what they do in
    a session ends at once: whoever knew the old password may be among them.

    The sessions are locked before the account, as by `delete_account`.
    """
    end_presence_of(key_of(user))
    user.set_password(password)
    user.save(update_fields=["password"])


@transaction.atomic
def confirm_address(*, user: User) -> None:
    """Marks the address as proven, by a mailed code that the caller has checked.

    SECURITY: only if the account still has the address that was proven.
    """
    moment = timezone.now()
    if User.objects.filter(pk=user.pk, email=user.email, email_verified_at=None).update(
        email_verified_at=moment
    ):
        user.email_verified_at = moment
        _proven(user)


def _proven(user: User) -> None:
    _record_change(Act.ACCOUNT_EMAIL_CONFIRMED, user, by=user, taken=False)
    attempts.address_proven(key_of(user))


@transaction.atomic
def edit_account(*, user: User, by: User) -> None:
    """Saves the account as it stands on the instance. A new address is not proven."""
    before = User.objects.select_for_update().get(pk=user.pk)
    if before.email != user.email:
        user.email_verified_at = None
    user.save()
    if before.email != user.email:
        _record_change(Act.ACCOUNT_NEW_EMAIL, user, by=by, address_before=before.email)
    if before.is_active != user.is_active:
        _record_change(_SWITCHED[user.is_active], user, by=by)


@transaction.atomic
def switch_account(*, user: User, on: bool, by: User) -> bool:
    """Returns whether that changed anything.

    Off: signed out everywhere at the next request, and without access to anything. No data is lost.
    """
    if not User.objects.filter(pk=user.pk, is_active=not on).update(is_active=on):
        return False
    user.is_active = on
    _record_change(_SWITCHED[on], user, by=by)
    return True


@transaction.atomic
def delete_account(*, user: User, by: User) -> None:
    """With its memberships and co-editing; its name and words go out of live sessions.

    Raises `ProtectedError` while it owns media, or is the only manager of a gallery.

    Whoever holds a gallery or a session writes down who did it, and so waits for the account: it is
    locked after all of them.
    """
    everywhere = _everything_of(user)
    _lock_galleries_of(user)
    lock_to_erase(everywhere.keys)
    _lock_sessions_of(user)
    User.objects.select_for_update().get(pk=user.pk)
    _record_change(Act.ACCOUNT_DELETED, user, by=by)
    personal_data.erase(everywhere, moment=timezone.now())
    user.delete()


def _everything_of(user: User) -> Subject:
    # SECURITY: whoever has not proven the address erases what the account gave, and no more of it.
    proven = user.email_verified_at is not None
    addresses = {"email": user.email} if proven else {"typed_email": user.email}
    keys = frozenset({str(key_of(user))})
    return Subject(item=None, keys=keys, is_typed=not proven, **addresses)


def _lock_galleries_of(user: User) -> None:
    """Of every role: a membership that somebody changes meanwhile is deleted with the account."""
    theirs = Gallery.objects.filter(memberships__user=user)
    list(Gallery.objects.select_for_update().filter(pk__in=theirs.values("pk")).order_by("pk"))


def _lock_sessions_of(user: User) -> None:
    """Those that the erasing locks: where the account is inside, and where its address is out."""
    inside = Participant.objects.filter(key=str(key_of(user)))
    is_out = MediaItem.objects.filter(blocks__email=user.email)
    sessions = LiveSession.objects.select_for_update(of=("self",), no_key=True).under_way()
    both = Q(pk__in=inside.values("session")) | Q(item__in=is_out.values("pk"))
    list(sessions.filter(both).order_by("pk"))


_SWITCHED = {False: Act.ACCOUNT_SWITCHED_OFF, True: Act.ACCOUNT_SWITCHED_ON}


def _record_change(
    act: Act, user: User, *, by: User, taken: bool = True, address_before: str = ""
) -> None:
    """A change of rights of the account, and of people in sessions with its address."""
    event = record(act, item=None, by=by, account=user.pk)
    whose = holders_of(key_of(user)) | people_at([user.email, address_before])
    rights_changed(event, whose=whose, taken=taken)
