"""What pages send about their own picture and sound. Apart from the views because the mesh's forms
build on `OwnSeatForm`."""

from __future__ import annotations

from django import forms

from media_items.numbers import LARGEST_ID


class MediaStateForm(forms.Form):
    """Script writes it; without script nothing is on."""

    microphone = forms.BooleanField(required=False)
    camera = forms.BooleanField(required=False)
    screen = forms.BooleanField(required=False)


class SeatForm(MediaStateForm):
    """`anew`: the page was loaded again and wants a new seat in place of the one it had."""

    anew = forms.BooleanField(required=False)


class OwnSeatForm(forms.Form):
    seat = forms.IntegerField(min_value=1, max_value=LARGEST_ID)
