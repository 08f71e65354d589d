"""What goes wrong with files; each carries one plain sentence for the person who uploaded.

A module of its own because everything in `processing` and the forms of the library stand on it.
"""

from __future__ import annotations

from media_items.refusals import Invalid


class NotAcceptedFile(Invalid):
    """The uploaded file is not what the form asks for."""


class PreparationError(Exception):
    """A fault, not a refusal: an accepted file could not be prepared. `problem` is the sentence for
    its owner, `detail` is for the log."""

    def __init__(self, problem: str, *, detail: str = "") -> None:
        super().__init__(problem)
        self.problem = str(problem)
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.problem} [{self.detail}]" if self.detail else self.problem
