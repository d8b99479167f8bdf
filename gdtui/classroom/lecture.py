"""Serves a lecture to its class, on a thread of its own.

What was sent to a follower last is one transcript; the next line is the difference to the newest, made when the last
line is out. So nothing queues up: who is slow gets fewer and larger differences, who reads nothing gets nothing, and
the lecturer waits for nobody.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from gdtui.classroom.lines import LONGEST_WORD, Hello, Update, WireError, Word, lines, misfit, read, written
from gdtui.classroom.listener import BACKLOG, Listener
from gdtui.classroom.transcript import Transcript
from gdtui.text import _

#: The most followers, and the most who have not said hello yet: the oldest of them is sent away for another.
MOST_FOLLOWERS, MOST_UNMET = 400, 300
#: Seconds: to say hello, to read what was sent, between two lines to the same follower, to take the last line.
GREETING, STUCK, PACE, LEAVE = 5.0, 20.0, 0.025, 0.4
#: Seconds between two looks at the socket's file.
RENEW = 2.0
#: Bytes that wait in this process for a follower who reads slowly.
PIECE = 65_536
#: A follower may say so many words at once, and one more in each second.
MOST_WORDS = 20


#: An answer, and whether it is right.
Reply = tuple[str, bool | None]


@dataclass(frozen=True)
class Attendance:
    """How many follow, how many of them are on their own, and how often each answer to the question was given.

    With an answer comes whether it is right (None: it was skipped, or nobody knows). So many as `left` have answered
    and do not follow any more: their answers count.
    """

    following: int = 0
    alone: int = 0
    answers: Counter[Reply] = field(default_factory=Counter)
    left: int = 0

    @property
    def asked(self) -> int:
        """How many have been asked."""
        return self.following + self.left

    @property
    def answered(self) -> int:
        """How many have answered."""
        return sum(self.answers.values())


@dataclass(eq=False)
class _Follower:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    news: asyncio.Event
    alone: bool = False
    answer: Reply | None = None
    words: float = MOST_WORDS
    told: float = 0.0


class Lecture:
    """Serves the newest transcript on a socket; `publish` and `close` may be called on any thread.

    `counted` is called on the serving thread whenever the attendance has changed.
    """

    def __init__(self, listener: Listener, counted: Callable[[Attendance], None] = lambda _attendance: None) -> None:
        self.listener, self.counted = listener, counted
        self.attendance = Attendance()
        self._newest = Transcript()
        self._followers: set[_Follower] = set()
        self._unmet: dict[_Follower, None] = {}  # who have not said hello yet, in order
        self._question = 0
        self._left: list[Reply] = []  # answers of those who follow no more
        self._made: dict[int, tuple[Transcript | None, Transcript, list[bytes]]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lecture", daemon=True)

    def start(self) -> None:
        """Let the class in."""
        self._thread.start()
        self._ready.wait()

    def publish(self, transcript: Transcript) -> None:
        """Send what is new in this transcript to everyone, as soon as each can take it."""
        self._newest = transcript
        self._soon(self._tell)

    def ask(self, question: int) -> None:
        """Take answers to the question of this number; forget those to another."""
        self._soon(self._begin_question, question)

    def close(self) -> None:
        """Send everyone home and remove the socket."""
        self._soon(self._over.set)
        self._thread.join(2.0)
        self.listener.close()

    def _soon(self, act: Callable[..., object], *given: object) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended
                self._loop.call_soon_threadsafe(act, *given)

    # On the serving thread -------------------------------------------------------------------------

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        # what is reported here are connections that could not be accepted: the lecturer's screen is no place for that
        self._loop.set_exception_handler(lambda _loop, _context: None)
        server = await self._opened()
        self._ready.set()
        try:
            while not await self._over_within(RENEW):
                if self.listener.renew():
                    server.close()
                    server = await self._opened()
            server.close()
            self._tell()
            await self._all_gone()
        finally:
            for follower in list(self._followers):
                follower.writer.transport.abort()
            await self._all_gone()

    async def _opened(self) -> asyncio.Server:
        return await asyncio.start_unix_server(
            self._meet, sock=self.listener.socket, limit=LONGEST_WORD, backlog=BACKLOG
        )

    async def _over_within(self, seconds: float) -> bool:
        """Wait for the end; say whether it has come."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds)
        return self._over.is_set()

    async def _all_gone(self) -> None:
        """Return once each follower has been taken leave of, or after a while."""
        end = time.monotonic() + LEAVE
        while self._followers and time.monotonic() < end:
            await asyncio.sleep(0.01)

    def _tell(self) -> None:
        self._made.clear()
        for follower in self._followers:
            follower.news.set()

    def _begin_question(self, question: int) -> None:
        if question != self._question:
            self._question = question
            self._left.clear()
            for follower in self._followers:
                follower.answer = None
            self._count()

    def _count(self) -> None:
        answers = Counter(follower.answer for follower in self._followers if follower.answer is not None)
        answers.update(self._left)
        alone = sum(follower.alone for follower in self._followers)
        self.attendance = Attendance(len(self._followers), alone, answers, len(self._left))
        self.counted(self.attendance)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one follower until they leave or say what nobody understands."""
        follower = _Follower(reader, writer, asyncio.Event())
        writer.transport.set_write_buffer_limits(high=0)  # drain waits until everything is out
        if len(self._unmet) >= MOST_UNMET:
            next(iter(self._unmet)).writer.transport.abort()
        self._unmet[follower] = None
        try:
            if await asyncio.wait_for(self._greet(follower), GREETING):
                del self._unmet[follower]
                self._followers.add(follower)
                self._count()
                tasks = [asyncio.ensure_future(each) for each in (self._send(follower), self._listen(follower))]
                try:
                    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for task in tasks:
                        task.cancel()
                    await asyncio.gather(*tasks, return_exceptions=True)
        except (OSError, ValueError, TimeoutError, asyncio.IncompleteReadError):
            pass
        finally:
            self._unmet.pop(follower, None)
            if follower in self._followers:
                self._followers.remove(follower)
                if follower.answer is not None and len(self._left) < MOST_FOLLOWERS:
                    self._left.append(follower.answer)
                self._count()
            if writer.transport.get_write_buffer_size():
                writer.transport.abort()
            else:
                writer.close()

    async def _greet(self, follower: _Follower) -> bool:
        line = await follower.reader.readline()
        refused = _("the class is full") if len(self._followers) >= MOST_FOLLOWERS else ""
        if not refused:
            try:
                refused = misfit(read(Hello, line))
            except WireError:
                refused = _("this is a lecture of gdtui: gdtui follow shows it")
        await self._write(follower, written(Hello(refused=refused)))
        return not refused

    async def _send(self, follower: _Follower) -> None:
        """Send what is new until the lecture is over."""
        sent: Transcript | None = None
        while True:
            transcript = self._newest
            for line in self._lines(sent, transcript):
                await self._write(follower, line)
            sent = transcript
            if self._over.is_set() and self._newest is sent:
                await self._write(follower, written(Update(over=True)))
                return
            await follower.news.wait()
            follower.news.clear()
            if self._newest is sent:
                continue
            wait = follower.told + PACE - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            follower.told = time.monotonic()

    def _lines(self, sent: Transcript | None, transcript: Transcript) -> list[bytes]:
        """Return the difference of two transcripts; followers who have the same get the same bytes."""
        made = self._made.get(id(sent))
        if made is None or made[0] is not sent or made[1] is not transcript:
            made = sent, transcript, list(lines(sent, transcript))
            self._made[id(sent)] = made
        return made[2]

    async def _write(self, follower: _Follower, line: bytes) -> None:
        for start in range(0, len(line), PIECE):
            follower.writer.write(line[start : start + PIECE])
            if follower.writer.transport.get_write_buffer_size():
                await asyncio.wait_for(follower.writer.drain(), STUCK)

    async def _listen(self, follower: _Follower) -> None:
        """Take what a follower says; return at the end, and for what is not understood or too much."""
        last = time.monotonic()
        while line := await follower.reader.readline():
            word, now = read(Word, line), time.monotonic()
            follower.words = min(MOST_WORDS, follower.words + now - last) - 1
            last = now
            if follower.words < 0:
                return
            if word.alone is not None:
                follower.alone = word.alone
            if word.answer is not None and word.question == self._question:
                follower.answer = word.answer, word.right
            self._count()
