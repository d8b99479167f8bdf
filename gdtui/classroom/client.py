"""A follower's end of the socket: takes in what the lecturer sends, and says little."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

from gdtui.classroom.arrival import merged
from gdtui.classroom.lines import LONGEST_UPDATE, Hello, Update, WireError, Word, misfit, read, written
from gdtui.classroom.listener import LectureError, NoLecture, connected
from gdtui.classroom.transcript import Transcript
from gdtui.text import _

#: Seconds within which a lecturer says hello.
GREETING = 10.0
#: Seconds between two tries to reach a lecture that is away.
AGAIN = 1.0
#: The longest answer to a hello, in bytes.
LONGEST_HELLO = 2048


def shake_hands(path: Path | None = None) -> socket.socket:
    """Return a connection to the lecture at a path, once both sides know that they understand each other.

    LectureError: there is no lecture, this user may not enter, or the versions do not fit.
    """
    made = connected(path)
    made.settimeout(GREETING)
    try:
        if reason := misfit(_greeted(made)):
            raise LectureError(reason)
    except BaseException:
        made.close()
        raise
    made.setblocking(False)
    return made


def _greeted(connection: socket.socket) -> Hello:
    """Say hello and return what the other side says; LectureError: it says none."""
    try:
        connection.sendall(written(Hello()))
        line = b""
        while not line.endswith(b"\n") and len(line) < LONGEST_HELLO:
            piece = connection.recv(1)  # no byte more than the line: the rest is for whoever reads on
            if not piece:
                raise ConnectionError
            line += piece
        return read(Hello, line)
    except ConnectionError:
        raise LectureError(_("the lecture has closed the connection")) from None
    except (OSError, WireError):
        raise LectureError(_("what listens there is no lecture of gdtui")) from None


async def reconnected(path: Path | None, say: Callable[[str], None]) -> socket.socket:
    """Return a connection to a lecture that is away, as soon as it is back; `say` is told of anything else, once."""
    said = ""
    while True:
        await asyncio.sleep(AGAIN)
        try:
            return await asyncio.to_thread(shake_hands, path)
        except NoLecture:
            continue
        except LectureError as error:
            if str(error) != said:
                said = str(error)
                say(said)


class Client:
    """A follower's side of the connection; `folder` is the follower's own, for the files that come with a lecture.

    `over` says whether the lecturer has ended the lecture.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.over = False
        self._writer: asyncio.StreamWriter | None = None

    async def transcripts(self, connection: socket.socket) -> AsyncIterator[Transcript]:
        """Yield each transcript of the lecture, until the connection ends; WireError: what comes is not understood."""
        reader, writer = await asyncio.open_unix_connection(sock=connection, limit=LONGEST_UPDATE)
        self._writer = writer
        transcript = Transcript()
        try:
            while line := await self._line(reader):
                update = read(Update, line)
                if update.over:
                    self.over = True
                    return
                if update.scene is not None or update.lesson is not None:
                    transcript = await asyncio.to_thread(merged, transcript, update, self.folder)
                else:
                    transcript = merged(transcript, update, self.folder)
                yield transcript
        except ValueError as error:
            raise WireError(str(error)) from None
        finally:
            self._writer = None
            with suppress(OSError, RuntimeError):
                writer.close()

    async def _line(self, reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.readline()
        except OSError:
            return b""

    def say(self, word: Word) -> None:
        """Tell the lecturer; nothing is said while there is no connection."""
        if self._writer is not None and not self._writer.transport.is_closing():
            self._writer.write(written(word))
