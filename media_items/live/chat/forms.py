"""The one field under the chat and the backchannel."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from media_items.live.chat.message_text import clean_text
from media_items.live.chat.models import LONGEST_MESSAGE


class MessageField(forms.CharField):
    """Length is counted after cleaning."""

    def to_python(self, value: str | None) -> str:
        return clean_text(super().to_python(value) or "")


class MessageForm(forms.Form):
    text = MessageField(
        label=_("Your message"),
        max_length=LONGEST_MESSAGE,
        error_messages={
            "required": _("Write something first."),
            "max_length": _(
                "Your message is %(show_value)s characters long. The limit is "
                "%(limit_value)s. Shorten it, or send it in parts."
            ),
        },
    )
