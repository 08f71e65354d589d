"""Makes rows in the most restricted ordinary state; anything more is said at the call."""

from __future__ import annotations

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from access.accounts.models import User
from access.blocks.models import Block
from access.guests.models import Guest, GuestAccess, GuestAdmission, GuestLink
from access.invitations.models import (
    Certainty,
    Invitation,
    InvitationProof,
    InvitationRole,
    MailKind,
)
from access.mail.models import MailText, OutgoingMail
from access.memberships.models import CoEditor, GalleryMembership, GalleryRole
from access.typed_text import same_words
from media_items.catalogue.models import (
    Gallery,
    GalleryKind,
    Kind,
    MediaItem,
    Publication,
    State,
)

PASSWORD = "correct horse battery"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.edu")
    first_name = "Pat"
    last_name = factory.Sequence(lambda n: f"Person{n}")
    password = factory.django.Password(PASSWORD)


class MediaItemFactory(DjangoModelFactory):
    """Private, a video without a file, no window, no schedule."""

    class Meta:
        model = MediaItem

    class Params:
        unlisted = factory.Trait(state=State.UNLISTED)
        published = factory.Trait(state=State.PUBLISHED)
        in_bin = factory.Trait(deleted_at=factory.LazyFunction(timezone.now))

    owner = factory.SubFactory(UserFactory)
    kind = Kind.VIDEO
    title = factory.Sequence(lambda n: f"Cell division, part {n}")


class GalleryFactory(DjangoModelFactory):
    class Meta:
        model = Gallery

    kind = GalleryKind.COURSE
    name = factory.Sequence(lambda n: f"Biology {n}")


class PublicationFactory(DjangoModelFactory):
    class Meta:
        model = Publication

    item = factory.SubFactory(MediaItemFactory, published=True)
    gallery = factory.SubFactory(GalleryFactory)


class GalleryMembershipFactory(DjangoModelFactory):
    class Meta:
        model = GalleryMembership

    gallery = factory.SubFactory(GalleryFactory)
    user = factory.SubFactory(UserFactory)
    role = GalleryRole.MEMBER


class CoEditorFactory(DjangoModelFactory):
    class Meta:
        model = CoEditor

    item = factory.SubFactory(MediaItemFactory)
    user = factory.SubFactory(UserFactory)


class GuestLinkFactory(DjangoModelFactory):
    """A link whose item's guest access is off, as it is before the host switches it on."""

    class Meta:
        model = GuestLink
        skip_postgeneration_save = True

    class Params:
        paused = factory.Trait(paused_at=factory.LazyFunction(timezone.now))
        deleted = factory.Trait(deleted_at=factory.LazyFunction(timezone.now))

    item = factory.SubFactory(MediaItemFactory)
    name = factory.LazyAttribute(lambda link: _free_link_name(link.item))
    name_key = factory.LazyAttribute(lambda link: same_words(link.name))

    @factory.post_generation
    def access_on(link, create, extracted, **kwargs):
        if create and extracted:
            GuestAccess.objects.update_or_create(
                item=link.item, defaults={"enabled_at": timezone.now()}
            )


def _free_link_name(item):
    """“Webinar”; the next ones of an item are “Webinar 2”, “Webinar 3”."""
    if item is None or item.pk is None:
        return "Webinar"
    others = GuestLink.objects.filter(item=item, name__startswith="Webinar").count()
    return f"Webinar {others + 1}" if others else "Webinar"


class GuestFactory(DjangoModelFactory):
    class Meta:
        model = Guest

    link = factory.SubFactory(GuestLinkFactory)
    email = factory.Sequence(lambda n: f"guest{n}@example.org")
    name = "Ada Lovelace"


class GuestAdmissionFactory(DjangoModelFactory):
    class Meta:
        model = GuestAdmission

    guest = factory.SubFactory(GuestFactory)
    name = "Ada Lovelace"
    last_seen_at = factory.LazyFunction(timezone.now)


class InvitationFactory(DjangoModelFactory):
    """Made, not sent, not opened: a viewer without an account."""

    class Meta:
        model = Invitation

    class Params:
        accepted = factory.Trait(
            opened_at=factory.LazyFunction(timezone.now),
            accepted_at=factory.LazyFunction(timezone.now),
            certainty=Certainty.CONFIRMED,
        )
        declined = factory.Trait(
            opened_at=factory.LazyFunction(timezone.now),
            declined_at=factory.LazyFunction(timezone.now),
        )
        revoked = factory.Trait(revoked_at=factory.LazyFunction(timezone.now))

    item = factory.SubFactory(MediaItemFactory)
    email = factory.Sequence(lambda n: f"invited{n}@example.org")
    first_name = "Grace"
    last_name = "Hopper"
    role = InvitationRole.VIEWER
    invited_by = factory.SelfAttribute("item.owner")


class InvitationProofFactory(DjangoModelFactory):
    """A browser of somebody who has accepted."""

    class Meta:
        model = InvitationProof

    invitation = factory.SubFactory(InvitationFactory, accepted=True)
    how = Certainty.CONFIRMED
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=60))


class BlockFactory(DjangoModelFactory):
    """A block; with a session it is a removal from that session."""

    class Meta:
        model = Block

    class Params:
        lifted = factory.Trait(lifted_at=factory.LazyFunction(timezone.now))

    item = factory.SubFactory(MediaItemFactory, kind=Kind.ROOM)
    email = factory.Sequence(lambda n: f"out{n}@example.org")
    level = 3


class OutgoingMailFactory(DjangoModelFactory):
    """Asked for, and waiting for its task."""

    class Meta:
        model = OutgoingMail

    class Params:
        sent = factory.Trait(sent_at=factory.LazyFunction(timezone.now))

    about = factory.SubFactory(InvitationFactory)
    kind = MailKind.INVITE
    address = factory.SelfAttribute("about.email")


class MailTextFactory(DjangoModelFactory):
    class Meta:
        model = MailText

    kind = MailKind.INVITE
    language = factory.Sequence(lambda n: f"x-{n}")
    subject = "{host} invites you"
    body = "{hello}\n\n{link}"
