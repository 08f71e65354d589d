"""Which way the media of a description may run, read from descriptions as browsers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_items.live.stage.mesh.sdp import (
    DIRECTIONS,
    ONLY_RECEIVING,
    ONLY_SENDING,
    WrongDescription,
    check_directions,
)
from tests.media_items.live.stage.samples import description, firefoxes


@pytest.mark.parametrize("direction", ["recvonly", "inactive"])
def test_an_answer_that_only_receives_passes_for_somebody_who_watches(direction):
    check_directions(description(direction, "recvonly"), allowed=ONLY_RECEIVING)


@pytest.mark.parametrize("direction", ["sendrecv", "sendonly", ""])
@pytest.mark.parametrize("medium", ["audio", "video"])
def test_an_answer_that_sends_is_refused_for_somebody_who_watches(direction, medium):
    media = {"audio": "recvonly", "video": "recvonly", medium: direction}
    with pytest.raises(WrongDescription):
        check_directions(description(**media), allowed=ONLY_RECEIVING)


@pytest.mark.parametrize("direction", ["sendrecv", "recvonly", ""])
def test_an_offer_to_somebody_who_watches_asks_nothing_of_them(direction):
    with pytest.raises(WrongDescription):
        check_directions(description("sendonly", direction), allowed=ONLY_SENDING)
    check_directions(description("sendonly", "sendonly"), allowed=ONLY_SENDING)


@pytest.mark.parametrize("direction", [*sorted(DIRECTIONS), ""])
def test_between_two_on_stage_any_direction_passes(direction):
    check_directions(description(direction, direction), allowed=DIRECTIONS)


RECEIVES = description("recvonly", "recvonly")


@pytest.mark.parametrize(
    "tampered",
    [
        RECEIVES.replace("a=recvonly\r\n", "a=recvonly\r\na=sendonly\r\n", 1),
        RECEIVES.replace("a=recvonly\r\n", "a=sendonly\r\na=recvonly\r\n", 1),
        RECEIVES.replace("t=0 0\r\n", "t=0 0\r\na=SENDRECV\r\n"),
        RECEIVES.replace("a=recvonly", "a=RECVONLY"),
        RECEIVES.replace("a=recvonly", "A=recvonly"),
        RECEIVES.replace("a=recvonly", " a=recvonly"),
        RECEIVES.replace("a=recvonly", "a=recvonly "),
        RECEIVES.replace("a=recvonly", "a= recvonly"),
        RECEIVES.replace("a=recvonly\r\n", "a=sendrecv\ra=recvonly\r\n", 1),
        RECEIVES.replace("a=recvonly\r\n", "a=sendrecv\u2028a=recvonly\r\n", 1),
        RECEIVES.replace("a=recvonly\r\n", "a=sendrecv\x0ba=recvonly\r\n", 1),
        RECEIVES.replace("a=recvonly\r\n", "a=sendrecv\x85a=recvonly\r\n", 1),
        RECEIVES + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=recvonly\r\n",
        RECEIVES + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n",
        RECEIVES.removeprefix("v=0\r\n"),
        RECEIVES.replace("\r\n", ""),
        "",
    ],
)
def test_whatever_some_browser_might_read_as_sending_is_refused(tampered):
    with pytest.raises(WrongDescription):
        check_directions(tampered, allowed=ONLY_RECEIVING)


@pytest.mark.parametrize("above", sorted(DIRECTIONS))
@pytest.mark.parametrize("own", [*sorted(DIRECTIONS), ""])
def test_what_is_said_above_the_first_medium_takes_no_medium_s_place(above, own):
    """RFC 8866, 6.7: a default for media without a word of their own. They are refused here."""
    said = description("recvonly", own).replace("t=0 0\r\n", f"t=0 0\r\na={above}\r\n")
    if own in ONLY_RECEIVING:
        check_directions(said, allowed=ONLY_RECEIVING)
    else:
        with pytest.raises(WrongDescription):
            check_directions(said, allowed=ONLY_RECEIVING)


FIREFOX = [("offer", "sendonly", ONLY_SENDING), ("answer", "recvonly", ONLY_RECEIVING)]


@pytest.mark.parametrize(("name", "direction", "allowed"), FIREFOX)
def test_one_way_media_of_firefox_pass(name, direction, allowed):
    said = firefoxes(name)
    assert "\r\na=sendrecv\r\n" in said.partition("m=")[0]
    check_directions(said, allowed=allowed)


@pytest.mark.parametrize(("name", "direction", "allowed"), FIREFOX)
@pytest.mark.parametrize("instead", ["", "a=sendrecv\r\n"])
@pytest.mark.parametrize("medium", ["audio", "video"])
def test_a_medium_of_firefox_that_says_nothing_or_both_is_refused(
    name, direction, allowed, instead, medium
):
    before, mark, after = firefoxes(name).partition(f"m={medium} ")
    with pytest.raises(WrongDescription):
        check_directions(
            before + mark + after.replace(f"a={direction}\r\n", instead, 1), allowed=allowed
        )


def test_lines_may_end_in_lf_alone():
    check_directions(RECEIVES.replace("\r\n", "\n"), allowed=ONLY_RECEIVING)


@given(st.lists(st.sampled_from([*DIRECTIONS, ""]), min_size=1, max_size=4), st.booleans())
def test_it_passes_when_and_only_when_every_medium_says_only_what_is_allowed(said, lines):
    media = "".join(
        f"m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:{at}\r\n" + (f"a={word}\r\n" if word else "")
        for at, word in enumerate(said)
    )
    text = f"v=0\r\ns=-\r\n{media}"
    text = text.replace("\r\n", "\n") if lines else text
    try:
        check_directions(text, allowed=ONLY_RECEIVING)
    except WrongDescription:
        passed = False
    else:
        passed = True
    assert passed == all(word in ONLY_RECEIVING for word in said)
