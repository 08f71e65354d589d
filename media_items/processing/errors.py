"""The two refusals of processing; both carry one plain sentence for the person who uploaded."""

from __future__ import annotations


class NotAcceptedFile(Exception):
    """The uploaded file is not what the form asks for; `reason` says why, in a sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = str(reason)


class PreparationError(Exception):
    """An accepted file could not be prepared; `problem` is for its owner, `detail` for the log."""

    def __init__(self, problem: str, *, detail: str = "") -> None:
        super().__init__(problem)
        self.problem = str(problem)
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.problem} [{self.detail}]" if self.detail else self.problem
