"""What a host looks for on the register, by the query string of its address; and the form of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from access.invitations.models import Invitation, InvitationRole, InvitationState
from access.register.querysets import (
    LIVE,
    SORTS,
    Shown,
    Sort,
    first_rows,
    matching,
    ordered,
    shown,
)
from access.register.states import with_state
from media_items.models import MediaItem
from media_items.outlines import Outline
from media_items.searching import Select, searched_words


@dataclass(frozen=True)
class FindInvitees:
    """Values that it does not know are left out, so that an old address still opens a list."""

    words: str = ""
    show: Shown = Shown.INVITED
    role: str = ""
    state: str = ""
    sort: Sort = Sort.PROBLEMS_FIRST

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> FindInvitees:
        return cls(
            words=searched_words(data),
            show=Shown(_known(data.get("show"), Shown)),
            role=_known(data.get("role"), InvitationRole.values),
            state=_known(data.get("state"), InvitationState.values),
            sort=Sort(_known(data.get("sort"), Sort)),
        )

    @property
    def is_narrowing(self) -> bool:
        """Whether an empty list may only mean that nobody matches."""
        return bool(self.words or self.show or self.number_set)

    @property
    def number_set(self) -> int:
        """Of the filters beside the search."""
        return bool(self.role) + bool(self.state)

    def found_on(self, item: MediaItem, moment: datetime) -> QuerySet[Invitation]:
        """Searched, filtered, in order, with `state`. Those taken back are shown when asked for by
        state."""
        rows = matching(with_state(Invitation.objects.on(item), moment), self.words)
        if self.state != InvitationState.REVOKED:
            rows = rows.filter(shown(self.show, moment))
        if self.state:
            rows = rows.filter(Q(state=self.state))
        if self.role:
            rows = rows.filter(role=self.role)
        return ordered(rows, self.sort, moment)

    def first_found_on(self, item: MediaItem, moment: datetime) -> list[Invitation] | None:
        """The rows of the first page and one more; None where something is searched or filtered."""
        if self.words or self.number_set:
            return None
        return first_rows(item, moment, self.show, self.sort)

    def withdrawn_on(self, item: MediaItem, moment: datetime) -> int:
        """How many of those searched for had their invitation withdrawn, and are listed under that
        state alone."""
        if not self.words or self.state == InvitationState.REVOKED:
            return 0
        rows = matching(Invitation.objects.on(item).exclude(LIVE), self.words)
        return rows.order_by().count()

    # --- its form

    def form(self, path: str) -> SafeString:
        """Above the list at `path`."""
        return FIND_FORM.drawn({"find": replace(self, words="")}, path=path, words=self.words)

    def selects(self) -> Iterator[Select]:
        roles = [("", _("All roles")), *InvitationRole.choices]
        yield Select.of("role", _("Role"), roles, self.role)
        states = [("", _("Any status")), *InvitationState.choices]
        yield Select.of("state", _("Status"), states, self.state)
        yield Select.of("sort", _("Sort"), SORTS.items(), self.sort)


FIND_FORM = Outline("access/register/_find.html", "path", "words")


def _known(value: object, values: Iterable[str]) -> str:
    return value if isinstance(value, str) and value in values else ""
