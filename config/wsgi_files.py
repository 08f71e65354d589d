"""Answers of WSGI applications as they are sent: files by the event loop, all else in pieces.

`wsgi.file_wrapper` (PEP 3333) is how an application hands a file to its server: Django's
`FileResponse` does, WhiteNoise's with it, and gunicorn takes it, too.
"""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from threading import Event
from typing import Any

PIECE_BYTES = 64 * 1024


class OpenFile:
    """`length` bytes of a file from `offset` on. Its own descriptor: what the application opened is
    closed by the application."""

    def __init__(self, descriptor: int, offset: int, length: int) -> None:
        self.descriptor, self.offset, self.left = descriptor, offset, length

    def read(self) -> bytes:
        """The next piece. Raises `OSError` when the file is shorter than what was announced."""
        piece = os.pread(self.descriptor, min(PIECE_BYTES, self.left), self.offset)
        if self.left and not piece:
            raise OSError("A stored file ended before its length.")
        self.offset += len(piece)
        self.left -= len(piece)
        return piece

    def close(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


class FileToSend:
    """`wsgi.file_wrapper`."""

    def __init__(self, filelike: Any, block_size: int = PIECE_BYTES) -> None:
        self.filelike = filelike
        self.close = getattr(filelike, "close", lambda: None)

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.filelike.read(PIECE_BYTES), b"")

    def opened(self, length: int) -> OpenFile | None:
        """None for what only looks like a file, such as bytes in memory."""
        try:
            descriptor = self.filelike.fileno()
            offset = self.filelike.tell()
        except (AttributeError, io.UnsupportedOperation):
            return None
        return OpenFile(os.dup(descriptor), offset, length)


def even_pieces(answer: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of 64 KB: each costs two hops between a thread and the loop."""
    held = bytearray()
    for piece in answer:
        held += piece
        while len(held) >= PIECE_BYTES:
            yield bytes(held[:PIECE_BYTES])
            del held[:PIECE_BYTES]
    if held:
        yield bytes(held)


async def read_in_order(file: OpenFile, disk: Executor, gone: Event, send: Any) -> None:
    """Sends the file: a thread of `disk` for the time of one read, none while the browser reads."""
    loop = asyncio.get_running_loop()
    while not gone.is_set():
        piece = await loop.run_in_executor(disk, file.read)
        await send({"type": "http.response.body", "body": piece, "more_body": bool(file.left)})
        if not file.left:
            return
