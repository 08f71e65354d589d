"""System checks of the program that prepares films, for a public server."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register

from media_items.processing import ffmpeg
from media_items.processing.errors import PreparationError


@register(Tags.compatibility, deploy=True)
def check_ffmpeg(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        program, version = ffmpeg.find_ffmpeg(), ffmpeg.version()
    except (PreparationError, OSError) as error:
        return [
            Warning(
                f"There is no ffmpeg: {error}",
                hint="Correct FFMPEG_BIN, or leave it out.",
                id="foyer.W111",
            )
        ]
    found: list[CheckMessage] = []
    if version is not None and version < ffmpeg.OLDEST:
        found.append(
            Warning(
                f"{program} is ffmpeg {version[0]}.{version[1]}, older than Foyer is tried with.",
                hint="Take 5.1 or newer; without FFMPEG_BIN and a packaged one, Foyer has its own.",
                id="foyer.W112",
            )
        )
    if not ffmpeg.has_encoders("libx264", "aac"):
        found.append(
            Warning(
                f"{program} cannot write H.264 and AAC, so most films cannot be prepared.",
                hint="Take a build with libx264.",
                id="foyer.W113",
            )
        )
    if not ffmpeg.has_filters("zscale", "tonemap"):
        found.append(
            Warning(
                f"{program} lacks zscale or tonemap: films of high range (HDR) look washed out.",
                hint="Take a build with libzimg, such as that of Debian.",
                id="foyer.W114",
            )
        )
    return found
