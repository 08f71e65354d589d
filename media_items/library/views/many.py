"""What a person does to many of their items at once: publish, delete, restore what was deleted."""

from __future__ import annotations

from functools import partial
from itertools import batched
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from django.views.decorators.http import require_POST

from media_items.abilities import Ability, GalleryAbility
from media_items.catalogue.models import MediaItem
from media_items.library import many
from media_items.library.forms.publishing import PublishManyForm
from media_items.library.many import Chosen, ItemAct, Outcome
from media_items.library.services import deleting, publishing
from media_items.numbers import ids
from media_items.requests import FoyerRequest
from media_items.responses import posted_next, reload_or_go_to, render_dialog
from media_items.selections import MOST_AT_ONCE, NothingSelected, Selection, TooManySelected

MOST_NAMED = 5  # items in a message
MOST_SHOWN = 10  # items in a question
_TEMPLATE = "media_items/library/act_on_media.html"


@login_required
@require_POST
def act_on_media(request: FoyerRequest) -> HttpResponse:
    """For those selected, on the page or by the list's filter."""
    act = many.named(request.POST.get("act", ""))
    if act is None:
        return _refuse(request, _("Choose what to do with the selected items, then press Apply."))
    try:
        selection = Selection.of(request, partial(many.found_by, request), is_sure=is_sure(request))
    except (NothingSelected, TooManySelected) as refusal:
        return _refuse(request, str(refusal))
    return act.answer(request, Chosen.of(request, selection))


def is_sure(request: FoyerRequest) -> bool:
    return request.POST.get("sure") == "yes"


# --- the acts -------------------------------------------------------------------------------------

_NOT_YOURS_TO_PUBLISH = gettext_lazy("You can’t change who has access to it.")
_NOT_YOURS_TO_DELETE = gettext_lazy("Only its owner can delete it.")


def _publish(request: FoyerRequest, chosen: Chosen) -> HttpResponse:
    among = request.visitor.galleries_with(GalleryAbility.PUBLISH_INTO)
    form = PublishManyForm(
        request.POST if is_sure(request) else None, items=chosen.items, among=among
    )
    if form.is_bound and form.is_valid():
        outcome = many.do_to_all(
            request,
            chosen.items,
            needs=Ability.PUBLISH,
            unfit=_NOT_YOURS_TO_PUBLISH,
            do=lambda items: publishing.publish_many(
                items=items, by=request.user, among=among, **form.cleaned_data
            ),
        )
        return _done(request, chosen, outcome, said=_PUBLISHED[form.cleaned_data["state"]])
    return _ask(
        request, PUBLISH, chosen, needs=Ability.PUBLISH, unfit=_NOT_YOURS_TO_PUBLISH, form=form
    )


def _delete(request: FoyerRequest, chosen: Chosen) -> HttpResponse:
    if is_sure(request):
        at = timezone.now()
        outcome = many.do_to_all(
            request,
            chosen.items,
            needs=Ability.DELETE,
            unfit=_NOT_YOURS_TO_DELETE,
            do=lambda items: (deleting.move_many_to_bin(items=items, by=request.user, at=at), {}),
        )
        # The lines of My media that offer to undo it say it.
        return _done(request, chosen, outcome, said=None)
    now = timezone.now()
    return _ask(
        request,
        DELETE,
        chosen,
        needs=Ability.DELETE,
        unfit=_NOT_YOURS_TO_DELETE,
        kept_days=settings.BIN_KEPT_DAYS,
        has_upcoming=any(item.starts_at and item.starts_at > now for item in chosen.items),
    )


PUBLISH = ItemAct(key="publish", title=gettext_lazy("Publish"), order=10, answer=_publish)
DELETE = ItemAct(
    key="delete", title=gettext_lazy("Delete"), order=30, answer=_delete, is_for_shared=False
)

_PUBLISHED = {
    "private": ngettext_lazy(
        "%(count)d item is now private.", "%(count)d items are now private.", "count"
    ),
    "unlisted": ngettext_lazy(
        "Anybody with its page link can open %(count)d item now.",
        "Anybody with their page links can open %(count)d items now.",
        "count",
    ),
    "published": ngettext_lazy(
        "%(count)d item is now published.", "%(count)d items are now published.", "count"
    ),
}


# --- asking, and saying what was done -------------------------------------------------------------


def _ask(
    request: FoyerRequest,
    act: ItemAct,
    chosen: Chosen,
    *,
    needs: Ability,
    unfit: Any,
    **shown: Any,
) -> HttpResponse:
    """The question: what fits, and what does not with the reason."""
    fitting, others = many.split(request, chosen.items, needs)
    is_refused = not fitting or is_sure(request)
    context = {
        "act": act,
        "chosen": chosen,
        "fitting": fitting,
        "more": max(0, len(fitting) - MOST_SHOWN),
        "others": others,
        "more_others": max(0, len(others) - MOST_SHOWN),
        "unfit": unfit,
        **shown,
    }
    return render_dialog(request, _TEMPLATE, context, status=422 if is_refused else 200)


def _refuse(request: FoyerRequest, words: str) -> HttpResponse:
    return render_dialog(request, _TEMPLATE, {"sorry": words}, status=422)


def _done(request: FoyerRequest, chosen: Chosen, outcome: Outcome, *, said: Any) -> HttpResponse:
    if outcome.done and said is not None:
        messages.success(request, said % {"count": outcome.done})
    if chosen.gone:
        words = ngettext(
            "%(count)d item is no longer in this list and was left as it was.",
            "%(count)d items are no longer in this list and were left as they were.",
            chosen.gone,
        )
        messages.warning(request, words % {"count": chosen.gone})
    _say_what_was_refused(request, outcome.refused)
    return reload_or_go_to(request, posted_next(request) or reverse("media_items:my_media"))


def _say_what_was_refused(request: FoyerRequest, refused: list[tuple[MediaItem, str]]) -> None:
    """One message for each reason, with the items it is about."""
    by_reason: dict[str, list[str]] = {}
    for item, why in refused:
        by_reason.setdefault(why, []).append(item.title)
    for why, titles in by_reason.items():
        named = ", ".join(f"“{title}”" for title in titles[:MOST_NAMED])
        words, more = _("Not changed: %(titles)s. %(why)s"), len(titles) - MOST_NAMED
        if more > 0:
            words = ngettext(
                "Not changed: %(titles)s and %(more)d more item. %(why)s",
                "Not changed: %(titles)s and %(more)d more items. %(why)s",
                more,
            )
        messages.warning(request, words % {"titles": named, "more": more, "why": why})


# --- out of the bin -------------------------------------------------------------------------------


@login_required
@require_POST
def restore_media(request: FoyerRequest) -> HttpResponse:
    """Those that are still in this person's bin."""
    keys = ids(request.POST.getlist("pk"))[:MOST_AT_ONCE]
    restored = 0
    for some in batched(sorted(keys), many.AT_ONCE):
        theirs = request.visitor.items_with(Ability.RESTORE).filter(pk__in=some)
        restored += len(deleting.restore_many(items=theirs, by=request.user))
    if restored:
        words = ngettext("%(count)d item was restored.", "%(count)d items were restored.", restored)
        messages.success(request, words % {"count": restored})
    return reload_or_go_to(request, posted_next(request) or reverse("media_items:my_media"))
