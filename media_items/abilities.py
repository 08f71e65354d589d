"""The closed list of things a person may do to a media item, and to a gallery.

Who has which is decided by `access.policies`, through `request.visitor`.
"""

from __future__ import annotations

from enum import StrEnum


class Ability(StrEnum):
    """One thing a visitor may do to one media item."""

    VIEW = "view"
    DOWNLOAD = "download"
    EDIT_DETAILS = "edit_details"
    EDIT = "edit"
    PUBLISH = "publish"
    DELETE = "delete"
    RESTORE = "restore"
    SHARE = "share"
    EMBED = "embed"
    MANAGE_GUEST_ACCESS = "manage_guest_access"
    MAKE_GUEST_LINKS = "make_guest_links"
    INVITE_USERS = "invite_users"
    SEE_REGISTER = "see_register"
    MANAGE_CO_EDITORS = "manage_co_editors"
    CHAT = "chat"
    ASK_QUESTIONS = "ask_questions"
    RAISE_HAND = "raise_hand"
    # A quiz
    TAKE_QUIZ = "take_quiz"
    EDIT_QUESTIONS = "edit_questions"
    SEE_RESULTS = "see_results"  # of everybody, and whom they are of
    MARK = "mark"  # open answers by hand, and everybody anew with another key
    # In a live session
    WALK_IN = "walk_in"  # comes in without waiting to be admitted
    INTERACT = "interact"  # reacts, answers polls
    BACKCHANNEL = "backchannel"  # reads and writes where the audience cannot
    TAKE_STAGE = "take_stage"  # goes on the stage of a room at will
    BROADCAST = "broadcast"  # sends the picture of a live event
    MODERATE = "moderate"  # admits, mutes, takes off, removes; looks after chat, questions, polls
    RUN_SESSION = "run_session"  # opens, locks and ends


class GalleryAbility(StrEnum):
    """One thing a visitor may do to one gallery."""

    VIEW = "view"
    PUBLISH_INTO = "publish_into"
    TAKE_OUT = "take_out"
    MANAGE_MEMBERS = "manage_members"
    MAKE_ROOM = "make_room"
    EDIT = "edit"
    DELETE = "delete"
