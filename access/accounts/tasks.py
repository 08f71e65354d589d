"""Background work of accounts. Arguments are ids, never tokens or addresses."""

from __future__ import annotations

from django.tasks import task

from access.accounts.emails import set_password_email
from access.accounts.models import User


@task()
def send_set_password_email(user_id: int, by_id: int | None = None) -> None:
    """Mails the link; `by_id` made the account. Nobody, or a switched-off account: no mail."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return
    made_by = User.objects.filter(pk=by_id).first() if by_id else None
    set_password_email(user, made_by=made_by).send()
