"""The Q&A panel's lists: what one person sees of each question, and may do to it.

SECURITY: templates get `Row`, never an `AudienceQuestion`: one without a name carries no name, no
id and no colour of its author, not even for moderators.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from media_items.abilities import Ability
from media_items.live.page.panels import Panel
from media_items.live.qna.models import (
    PUBLISHED,
    AudienceQuestion,
    AudienceQuestionQuerySet,
    AudienceQuestionState,
    Group,
)
from media_items.live.sessions.lookups import Place
from media_items.live.sessions.models import Participant
from media_items.pagination import page_of

QNA_PANEL = Panel("qna", _("Q&A"))

PER_PAGE = 25
OWN_SHOWN = 3  # of the questions one has asked, or taken, over the others

_TONES = {
    AudienceQuestionState.WAITING: ("neutral", "clock"),
    AudienceQuestionState.TAKEN: ("accent", "user"),
    AudienceQuestionState.ANSWERED: ("success", "check"),
    AudienceQuestionState.ANSWERED_LIVE: ("success", "live-event"),
    AudienceQuestionState.DISMISSED: ("neutral", "info"),
}
# What those who do not moderate choose from.
VIEWS: dict[str, str | Promise] = {
    "top": _("Most votes"),
    "newest": _("Newest"),
    "own": _("Your questions"),
}


@dataclass(frozen=True)
class Row:
    id: int
    text: str
    asked_by: str  # empty: without a name
    colour: str
    asked_at: datetime
    is_mine: bool
    state: AudienceQuestionState
    is_public: bool
    votes: int
    has_my_vote: bool
    taken_by: str
    is_taken_by_me: bool
    answer: str
    answered_by: str
    answered_at: datetime | None
    acts: frozenset[str]

    @property
    def tone(self) -> str:
        return _TONES[self.state][0]

    @property
    def icon(self) -> str:
        return _TONES[self.state][1]

    @property
    def is_anonymous(self) -> bool:
        return not self.asked_by


def moderates(place: Place) -> bool:
    return Ability.MODERATE in place.item.abilities


def may_vote(place: Place) -> bool:
    return bool({Ability.INTERACT, Ability.ASK_QUESTIONS} & place.item.abilities)


def row_of(question: AudienceQuestion, place: Place) -> Row:
    """`question` with its people at hand, and `has_my_vote`."""
    me = place.me
    hidden = question.is_anonymous
    return Row(
        id=question.pk,
        text=question.text,
        asked_by="" if hidden else str(question.author),
        colour="" if hidden else str(question.author_id)[-1],
        asked_at=question.asked_at,
        is_mine=question.author_id == me.pk,
        state=question.state,
        is_public=question.is_public,
        votes=question.vote_count,
        has_my_vote=getattr(question, "has_my_vote", False),
        taken_by=_name(question.taken_by),
        is_taken_by_me=question.taken_by_id == me.pk,
        answer=question.answer,
        answered_by=_name(question.answered_by),
        answered_at=question.answered_at or question.answered_live_at,
        acts=_acts(question, place),
    )


def _name(somebody: Participant | None) -> str:
    return str(somebody) if somebody is not None else ""


def _acts(question: AudienceQuestion, place: Place) -> frozenset[str]:
    """What the buttons offer. The services judge again."""
    state, mine = question.state, question.author_id == place.me.pk
    acts = set()
    if question.is_public and not mine and may_vote(place):
        acts.add("vote")
    if mine and state == AudienceQuestionState.WAITING:
        acts.add("take_back")
    if not moderates(place):
        return frozenset(acts)
    if state == AudienceQuestionState.DISMISSED:
        # Of one that was erased there is nothing to bring back.
        return frozenset(acts | {"reopen"} if question.text else acts)
    acts.add("unpublish" if question.published_at else "publish")
    if state == AudienceQuestionState.TAKEN:
        acts.add("put_back")
        if question.taken_by_id != place.me.pk:
            return frozenset(acts)
    if state in {AudienceQuestionState.WAITING, AudienceQuestionState.TAKEN}:
        acts |= {"answer", "answered_live", "dismiss"}
        acts |= {"take"} if state == AudienceQuestionState.WAITING else set()
    elif state == AudienceQuestionState.ANSWERED:
        acts.add("edit_answer")
    else:
        acts |= {"answer", "reopen"}
    return frozenset(acts)


def panel_context(request: HttpRequest, place: Place) -> dict[str, Any]:
    """The lists of the panel for this person. The same number of queries for any number of rows."""
    questions = place.session.questions.all()
    if moderates(place):
        return _for_moderators(request, place, questions)
    return _for_everybody(request, place, questions)


def _for_moderators(
    request: HttpRequest, place: Place, questions: AudienceQuestionQuerySet
) -> dict[str, Any]:
    wanted = request.GET.get("group", "")
    group = Group(wanted) if wanted in Group.values else Group.NEW
    counts = questions.counts()
    page = _page(request, place, questions.in_group(group).most_voted())
    mine = []
    if group == Group.NEW:
        # What one has taken stays where one took it.
        taken = questions.in_group(Group.TAKEN).filter(taken_by=place.me)
        mine = _rows(taken.order_by("-taken_at", "-pk"), place, most=OWN_SHOWN + 1)
    return {
        "moderates": True,
        "own": mine[:OWN_SHOWN],
        "has_more_own": len(mine) > OWN_SHOWN,
        "choices": [(one.value, one.label, counts[one.value]) for one in Group],
        "chosen": group.value,
        "choice_name": "group",
        "page_obj": page,
        "list_address": _address(place, group=group.value, page=page.number),
    }


def _for_everybody(
    request: HttpRequest, place: Place, questions: AudienceQuestionQuerySet
) -> dict[str, Any]:
    wanted = request.GET.get("view", "")
    view = wanted if wanted in VIEWS else "top"
    mine = questions.filter(author=place.me).order_by("-id")
    if view == "own":
        listed, own = mine, []
    else:
        published = questions.published()
        listed = published.most_voted() if view == "top" else published.newest()
        # One more than is shown says whether there are more.
        own = _rows(mine.filter(~PUBLISHED), place, most=OWN_SHOWN + 1)
    page = _page(request, place, listed)
    return {
        "moderates": False,
        # One's own stand over the others; all of them behind a link there.
        "choices": [(name, label, None) for name, label in VIEWS.items() if name != "own"],
        "chosen": view,
        "choice_name": "view",
        "own": own[:OWN_SHOWN],
        "has_more_own": len(own) > OWN_SHOWN,
        "page_obj": page,
        "list_address": _address(place, view=view, page=page.number),
    }


def _page(request: HttpRequest, place: Place, questions: AudienceQuestionQuerySet) -> Page[Any]:
    full = questions.with_people().with_vote_of(place.me)
    page = page_of(full, request.GET.get("page"), per_page=PER_PAGE)
    page.object_list = [row_of(one, place) for one in page.object_list]
    return page


def _rows(questions: AudienceQuestionQuerySet, place: Place, *, most: int) -> list[Row]:
    full = questions.with_people().with_vote_of(place.me)[:most]
    return [row_of(one, place) for one in full]


def _address(place: Place, *, page: int, **query: str) -> str:
    """Of the list as it stands, for asking again and for coming back."""
    if page > 1:
        query["page"] = str(page)
    return f"{reverse('media_items:qna', args=[place.item.public_id])}?{urlencode(query)}"
