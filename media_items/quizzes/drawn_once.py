"""What was drawn is kept, in the memory of the process, by what it was drawn of."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

type _Key = tuple[str, Hashable]

_OF_AN_ENTRY = 200


class DrawnOnce[T: str | None]:
    """Bounded by characters and not by how many there are: a formula is a thousand times as long
    as a word. What was asked for longest ago goes first."""

    def __init__(self, most_characters: int) -> None:
        self._most = most_characters
        self._size = 0
        self._kept: OrderedDict[_Key, T] = OrderedDict()
        self._lock = Lock()

    def get(self, text: str, how: Hashable, draw: Callable[[], T]) -> T:
        key = text, how
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = draw()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = made
                self._size += _size(key, made)
            while self._size > self._most:
                self._size -= _size(*self._kept.popitem(last=False))
        return made

    def __len__(self) -> int:
        return len(self._kept)


def _size(key: _Key, made: str | None) -> int:
    return _OF_AN_ENTRY + len(key[0]) + len(made or "")
