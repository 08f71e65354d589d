"""What a text takes, by its length: a promise that holds on any machine, as seconds do not."""

from __future__ import annotations

from collections.abc import Callable
from time import thread_time

_TIMES = 6
_MOST_TIMES = 2.5 * _TIMES
_LOOKS = 5


def assert_takes_its_length(
    read: Callable[[str], object], made: Callable[[int], str], *, length: int
) -> None:
    """To `read` the text `made` of `length` takes about six times as long as that of a sixth of it:
    with the square of the length it would be 36 times.

    Each is read five times, in turns, and the least counts: what a machine does beside it only ever
    adds.
    """
    long, short = made(length), made(length // _TIMES)
    took: dict[str, list[float]] = {long: [], short: []}
    for _look in range(_LOOKS):
        for text, seconds in took.items():
            began = thread_time()
            read(text)
            seconds.append(thread_time() - began)
    assert min(took[long]) < _MOST_TIMES * min(took[short])
