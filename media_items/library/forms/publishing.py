"""Who can open a media item, and in which galleries it is listed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from media_items.catalogue.models import Gallery, MediaItem, State

WHO_CAN_OPEN = {
    State.PRIVATE: _(
        "Only you, your co-editors, and people with an invitation or guest link "
        "can open it. The page link alone does not."
    ),
    State.UNLISTED: _("Anybody with the page link can open it. It isn’t listed anywhere."),
    State.PUBLISHED: _("Members of the galleries you choose can open it and find it there."),
}


class _PublishingForm(forms.Form):
    """`among` are the galleries this person may publish into; others `there` are shown, locked."""

    state = forms.ChoiceField(
        choices=State,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who has access.")},
    )
    galleries: Any = forms.ModelMultipleChoiceField(
        queryset=Gallery.objects.none(),
        required=False,
        to_field_name="public_id",
        error_messages={
            "invalid_choice": _("You can no longer publish in one of these galleries."),
            "invalid_pk_value": _("You can no longer publish in one of these galleries."),
        },
    )

    def __init__(
        self,
        *args: Any,
        state: str,
        there: Collection[Gallery],
        among: QuerySet[Gallery],
        **kwargs: Any,
    ) -> None:
        self._there = there
        ticked = [gallery.public_id for gallery in there]
        kwargs["initial"] = {"state": state, "galleries": ticked}
        super().__init__(*args, **kwargs)
        cast("forms.ModelMultipleChoiceField[Gallery]", self.fields["galleries"]).queryset = among
        self._among = list(among)

    def states(self) -> Iterator[dict[str, Any]]:
        chosen = self["state"].value()
        for state in State:
            yield {"state": state, "who": WHO_CAN_OPEN[state], "checked": state == chosen}

    @property
    def _locked(self) -> list[Gallery]:
        return [gallery for gallery in self._there if gallery not in self._among]

    def gallery_rows(self) -> Iterator[dict[str, Any]]:
        """Every gallery to tick, then those that this person may not change."""
        ticked = set(self["galleries"].value() or ())
        for gallery in self._among:
            yield {"gallery": gallery, "checked": gallery.public_id in ticked, "is_locked": False}
        for gallery in self._locked:
            yield {"gallery": gallery, "checked": True, "is_locked": True}

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        nowhere = "galleries" in cleaned and not cleaned["galleries"] and not self._locked
        if nowhere and cleaned.get("state") == State.PUBLISHED:
            self.add_error("galleries", gettext("Choose at least one gallery to publish it in."))
        return cleaned


class PublishForm(_PublishingForm):
    """One item: the galleries it is in are ticked."""

    def __init__(self, *args: Any, item: MediaItem, **kwargs: Any) -> None:
        super().__init__(*args, state=item.state, there=list(item.galleries.all()), **kwargs)


class PublishManyForm(_PublishingForm):
    """Many items: what they are in stays, so nothing is ticked. *Publish* means published, unless
    `items` are all unlisted or there is no gallery."""

    def __init__(self, *args: Any, items: Collection[MediaItem], **kwargs: Any) -> None:
        states = {item.state for item in items}
        one = states.pop() if len(states) == 1 else ""
        super().__init__(*args, state=one, there=(), **kwargs)
        if self._among and one != State.UNLISTED:
            self.initial["state"] = State.PUBLISHED
