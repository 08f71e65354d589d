"""What each line of a list of people is, before anybody is invited.

    bad address → yourself → repeated → owner or co-editor → invited → gallery member
    → domain not allowed → new

The first that is true. A gallery member counts as having access only if the role asked for would
give no more than that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType

from access.email_addresses import is_good_email
from access.invitations.models import Invitation, InvitationRole
from access.memberships.co_editors import editors_of
from access.memberships.policies import memberships_letting_into
from access.people_lists.models import LineVerdict
from access.site_policy.models import current_policy
from media_items.models import MediaItem

CHUNK = 1_000  # addresses asked about in one query


def in_chunks[T](rows: list[T], size: int = CHUNK) -> Iterator[list[T]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def verdicts_of(
    *,
    item: MediaItem,
    role: str,
    own_email: str,
    emails: Collection[str],
    own_roles: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, LineVerdict]:
    """The verdict of each address alone; `REPEATED` follows from the order: `verdicts_in_order`.
    `own_roles` are those of addresses that are to have another than `role`.

    Two queries per thousand addresses and two more.
    """
    good = [email for email in dict.fromkeys(emails) if is_good_email(email)]
    verdicts = dict.fromkeys(emails, LineVerdict.BAD) | dict.fromkeys(good, LineVerdict.NEW)
    policy = current_policy()
    refused = [email for email in good if not policy.takes_address(email)]
    verdicts |= dict.fromkeys(refused, LineVerdict.DOMAIN)
    for part in in_chunks(good):
        viewers = [one for one in part if own_roles.get(one, role) == InvitationRole.VIEWER]
        if viewers:
            members = memberships_letting_into(item).filter(user__email__in=viewers)
            known = members.values_list("user__email", flat=True).distinct()
            verdicts |= dict.fromkeys(known, LineVerdict.HAS_ACCESS)
        invited = Invitation.objects.on(item).live().filter(email__in=part)
        verdicts |= dict.fromkeys(invited.values_list("email", flat=True), LineVerdict.INVITED)
    verdicts |= dict.fromkeys(editors_of(item) & verdicts.keys(), LineVerdict.HAS_ACCESS)
    if own_email in verdicts:
        verdicts[own_email] = LineVerdict.YOURSELF
    return verdicts


def verdicts_in_order(emails: list[str], verdicts: Mapping[str, LineVerdict]) -> list[LineVerdict]:
    """The verdict of each line. An address that stands in a line above is repeated."""
    seen: set[str] = set()
    judged = []
    for email in emails:
        verdict = verdicts[email]
        if verdict not in {LineVerdict.BAD, LineVerdict.YOURSELF} and email in seen:
            verdict = LineVerdict.REPEATED
        seen.add(email)
        judged.append(verdict)
    return judged
