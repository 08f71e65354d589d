"""Adding captions, and choosing their letters where these cannot be known."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.conf import global_settings
from django.core.files.base import ContentFile
from django.core.signing import BadSignature, Signer
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language_info, gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from media_items.library import uploads
from media_items.library.forms.fields import checked_upload, upload_field
from media_items.processing.captions.reading import ACCEPT, chosen_among, cues_of, readings_of
from media_items.text_encodings import Reading, telling_lines

_MOST_KEPT = 800_000  # characters: DATA_UPLOAD_MAX_MEMORY_SIZE is of all fields together
# Names of languages that Foyer translates itself: Django's are not what people call them.
_OWN_NAMES = (gettext_noop("Mongolian"), gettext_noop("Persian"), gettext_noop("Punjabi"))


def _languages() -> list[tuple[str, str]]:
    return sorted(
        ((code, gettext(name)) for code, name in global_settings.LANGUAGES), key=lambda x: x[1]
    )


class _ReadingField(forms.ChoiceField):
    """Its choices are known only when the file has been read; an unknown one counts as none."""

    def valid_value(self, value: Any) -> bool:
        return len(str(value)) <= 40


class AddCaptionsForm(forms.Form):
    """A file whose letters cannot be known is given back with its possible readings: it stands in
    the page itself (`kept`), as a browser cannot be handed a chosen file again.

    SECURITY: signed for `sender`, who says which person and item; what was not uploaded here by the
    same person does not come back."""

    language = forms.ChoiceField(label=_("Language"), choices=_languages, initial="en")
    label = forms.CharField(
        label=_("Label"),
        max_length=60,
        required=False,
        help_text=_("Shown in the player. Leave empty to use the name of the language."),
    )
    file = upload_field(
        label=_("Captions file"),
        most_bytes=uploads.most_bytes_of_captions(),
        accept=ACCEPT,
        required=True,
        help_text=_("WebVTT (.vtt), SubRip (.srt), SBV (.sbv) or TTML (.ttml)."),
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput, max_length=_MOST_KEPT)
    kept_name = forms.CharField(required=False, widget=forms.HiddenInput, max_length=255)
    encoding = _ReadingField(
        label=_("Which text looks right?"), required=False, widget=forms.RadioSelect
    )

    def __init__(
        self,
        *args: Any,
        refused: Mapping[str, str] | None = None,
        sender: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **{**kwargs, "prefix": "captions"})
        self.refused = refused or {}
        self._signer = Signer(salt=f"media_items.captions.kept {sender}", sep=".")
        if self.refused or self._posted("kept"):
            self.fields["file"].required = False
        self._lay_out()

    def _posted(self, name: str) -> str:
        return str(self.data.get(self.add_prefix(name), "")) if self.is_bound else ""

    def _lay_out(self, *asked: str) -> None:
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        row = Div("language", "label", css_class="row")
        self.helper.layout = Layout(*asked, "file", row, "kept", "kept_name")

    def clean(self) -> dict[str, Any]:
        for reason in self.refused.values():
            self.add_error("file", reason)
        cleaned = self.cleaned_data
        if not cleaned.get("label") and cleaned.get("language"):
            cleaned["label"] = get_language_info(cleaned["language"])["name_local"][:60]
        if "file" not in self.errors:
            self._clean_captions(cleaned)
        return cleaned

    def _clean_captions(self, cleaned: dict[str, Any]) -> None:
        upload = cleaned.get("file") or self._unpacked(
            cleaned.get("kept"), cleaned.get("kept_name")
        )
        if upload is None:
            self.add_error("file", self.fields["file"].error_messages["required"])
            return
        upload.seek(0)
        data = upload.read()
        name = str(upload.name)
        # Another file than the one that was asked about has other letters.
        encoding = "" if self.files.get(self.add_prefix("file")) else cleaned.get("encoding", "")
        try:
            found = checked_upload(readings_of, data)
            reading = chosen_among(found, encoding)
            cues = checked_upload(lambda text: cues_of(text, name), reading.text)
        except forms.ValidationError as error:
            self.add_error("file", error)
            self._give_back("", "")
            return
        cleaned.update(file=upload, cues=cues)
        asks = reading.encoding != encoding and not found[0].certain
        if asks or self.errors:
            self._keep(data, name)
        if not found[0].certain:
            self._offer(found, reading)
        if asks and "file" not in self.errors:
            self.add_error(
                "encoding",
                gettext("We are not sure how to read this file. Choose the text that looks right."),
            )

    def _unpacked(self, kept: str | None, name: str | None) -> ContentFile | None:
        """SECURITY: from the browser: never more than a captions file may have, however packed."""
        if not kept:
            return None
        most = uploads.most_bytes_of_captions()
        try:
            packed = base64.b64decode(self._signer.unsign(kept), validate=True)
            data = zlib.decompressobj().decompress(packed, most)
        except (BadSignature, binascii.Error, ValueError, zlib.error):
            return None
        return ContentFile(data, name=name or "captions.srt")

    def _keep(self, data: bytes, name: str) -> None:
        packed = self._signer.sign(base64.b64encode(zlib.compress(data, 9)).decode())
        if len(packed) > _MOST_KEPT:
            self.add_error(
                "file",
                gettext("We could not read the text in this file. Save it as UTF-8 and try again."),
            )
            return
        self.fields["file"].required = False
        self["file"].help_text = gettext(
            "“%(name)s” is already selected. Choose a file only to replace it."
        ) % {"name": name}
        self._give_back(packed, name)

    def _give_back(self, kept: str, name: str) -> None:
        self._show("kept", kept)
        self._show("kept_name", name)

    def _show(self, field: str, value: str) -> None:
        """In the page that goes back, whatever was sent."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data[self.add_prefix(field)] = value
        self.data = data

    def _offer(self, found: list[Reading], chosen: Reading) -> None:
        field = cast("_ReadingField", self.fields["encoding"])
        field.choices = [(one.encoding, _shown(one)) for one in found]
        self._show("encoding", chosen.encoding)
        self._lay_out("encoding")


def _shown(reading: Reading) -> str:
    lines = format_html_join(" / ", "<bdi>{}</bdi>", ((x,) for x in telling_lines(reading)))
    return format_html("{}: {}", reading.label, lines)
