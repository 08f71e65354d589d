"""What browsers tell each other, and what they ask for."""

from __future__ import annotations

import json
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from media_items.live.stage.forms import OwnSeatForm
from media_items.live.stage.mesh.models import SignalKind
from media_items.live.stage.mesh.signalling import PAYLOAD_MAX_BYTES
from media_items.numbers import LARGEST_ID

_DESCRIPTIONS = {SignalKind.OFFER, SignalKind.ANSWER}
_LINK = re.compile(r"[A-Za-z0-9-]{1,40}", re.ASCII)
_CANDIDATES_MAX, _CANDIDATE_MAX = 100, 1_000


class WaitingSignalsForm(OwnSeatForm):
    after = forms.IntegerField(min_value=0, max_value=LARGEST_ID)


class SignalForm(OwnSeatForm):
    """`payload` is JSON: `{"link": …, "sdp": …}` or `{"link": …, "candidates": […]}`; `link` names
    one attempt of two browsers to connect."""

    to = forms.IntegerField(min_value=1, max_value=LARGEST_ID)
    kind = forms.ChoiceField(choices=SignalKind.choices)
    payload = forms.CharField(strip=False)

    def clean_payload(self) -> dict[str, Any]:
        text = self.cleaned_data["payload"]
        if len(text.encode()) > PAYLOAD_MAX_BYTES:
            raise ValidationError("too long")
        try:
            payload = json.loads(text)
        except (ValueError, RecursionError):
            raise ValidationError("not JSON") from None
        if not isinstance(payload, dict):
            raise ValidationError("not an object")
        return payload

    def clean(self) -> dict[str, Any]:
        """Only what is known is handed on, so that nobody sends anything else this way."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        kind, payload = cleaned["kind"], cleaned["payload"]
        known: dict[str, Any] = {"link": self._link(payload)}
        if kind in _DESCRIPTIONS:
            known["sdp"] = self._text(payload, "sdp", PAYLOAD_MAX_BYTES)
        elif kind == SignalKind.CANDIDATES:
            known["candidates"] = self._candidates(payload)
        cleaned["payload"] = known
        return cleaned

    @staticmethod
    def _link(payload: dict[str, Any]) -> str:
        value = payload.get("link")
        if not isinstance(value, str) or not _LINK.fullmatch(value):
            raise ValidationError("link is missing")
        return value

    @staticmethod
    def _text(payload: dict[str, Any], name: str, longest: int) -> str:
        value = payload.get(name)
        if not isinstance(value, str) or not value or len(value) > longest or not _clean(value):
            raise ValidationError(f"{name} is missing")
        return value

    @staticmethod
    def _candidates(payload: dict[str, Any]) -> list[dict[str, Any]]:
        found = payload.get("candidates")
        if not isinstance(found, list) or not 0 < len(found) <= _CANDIDATES_MAX:
            raise ValidationError("candidates are missing")
        if not all(isinstance(one, dict) for one in found):
            raise ValidationError("candidates are objects")
        if any(len(json.dumps(one)) > _CANDIDATE_MAX for one in found):
            raise ValidationError("a candidate is short")
        if not all(_clean(text) for one in found for text in one.values() if isinstance(text, str)):
            raise ValidationError("candidates are text")
        names = ("candidate", "sdpMid", "sdpMLineIndex", "usernameFragment")
        return [
            {
                name: one[name]
                for name in names
                if isinstance(one.get(name), str | int | None) and name in one
            }
            for one in found
        ]


def _clean(text: str) -> bool:
    """Without what PostgreSQL's jsonb does not take: NUL and halves of characters."""
    return "\0" not in text and text.encode("utf-8", "ignore").decode() == text
