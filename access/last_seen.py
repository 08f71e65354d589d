"""How often it is noted that somebody was seen: in a browser of a guest or as an invited person, on
the page of a film or in a live session. What is shown to the minute is true to the minute."""

from __future__ import annotations

from datetime import timedelta

NOTED_EVERY = timedelta(minutes=1)
