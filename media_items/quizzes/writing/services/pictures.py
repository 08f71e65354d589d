"""The pictures of questions."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.files.base import ContentFile

from media_items.processing.pictures import clean_whole_picture
from media_items.quizzes.models import QuestionPicture, Quiz


def add_picture(*, quiz: Quiz, uploaded: Any) -> QuestionPicture:
    """Encoded anew, with nothing but its pixels. Raises NotAcceptedFile."""
    content = ContentFile(clean_whole_picture(uploaded))
    picture = QuestionPicture(quiz=quiz)
    picture.file.save(f"{secrets.token_hex(12)}.jpg", content)
    return picture
