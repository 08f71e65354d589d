"""The form at the door of an invite link where the site takes the typed address for a proof."""

from __future__ import annotations

from django import forms
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.address_fields import AddressField, AddressInput
from access.invitations.models import Invitation


class AddressForm(forms.Form):
    """Where `INVITATION_PROOF` is `address`: typing the invited address is the proof."""

    is_same_for_all = True

    email = AddressField(
        label=gettext_lazy("Your email"),
        widget=AddressInput(attrs={"autocomplete": "email", "autofocus": True}),
        help_text=gettext_lazy("The one your invitation was sent to."),
    )

    def is_the_invited(self, invitation: Invitation) -> bool:
        """SECURITY: in constant time; the answer says no more than yes or no."""
        return constant_time_compare(self.cleaned_data["email"], invitation.email)

    def add_wrong_address(self) -> None:
        self.add_error(
            "email",
            _("This email doesn’t match the invitation. Use the one your invitation was sent to."),
        )
