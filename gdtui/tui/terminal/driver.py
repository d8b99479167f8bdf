"""Textual's driver for Unix terminals, extended to restore the terminal and to survive faulty ones."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import termios
import threading
import time
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING

from textual.drivers.linux_driver import LinuxDriver
from textual.events import InputEvent, Key, MouseMove, Resize
from textual.geometry import Size

from gdtui.tui.terminal import guard
from gdtui.tui.terminal.keyboard import Keyboard, StatusReport
from gdtui.tui.terminal.output import Output
from gdtui.tui.terminal.picture import Span
from gdtui.tui.terminal.reduction import reduction
from gdtui.tui.terminal.wire import Wire

if TYPE_CHECKING:
    from asyncio import TimerHandle

    from textual.app import App

#: Signals that end the program.
ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)

#: Seconds after which an ending is cut short.
HARD_END_AFTER = 2.0
#: Seconds that a terminal which does not read has for the last frame.
LAST_WAIT = 0.7
#: Seconds that the terminal has for an answer, so that the shell does not get it.
ANSWER_WAIT = 0.7
#: So many keys and reports of the mouse in so many seconds are a flood; it ends when none has come for a while.
MOST_KEYS, FLOOD_SECONDS, QUIET_SECONDS = 120, 0.25, 0.05
#: Seconds after a change of size in which the screen is drawn anew, or else it is sent again as it is.
SIZE_SECONDS = 0.1


class TerminalDriver(LinuxDriver):
    """A `LinuxDriver` that ends cleanly on every signal, stops and continues with the shell, and never blocks."""

    def __init__(
        self, app: App[object], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._wire = Wire(
            ascii=bool(getattr(app, "plain", False)), reduced=reduction(getattr(app, "terminal_colors", "true"))
        )
        self._terminal = Output(self._wire)
        self._file = self._terminal  # type: ignore[assignment]  # Textual draws on stderr
        self._before = guard.attributes()
        self._open = False
        self._ending = 0
        self._background = 0
        self._recent: deque[float] = deque(maxlen=MOST_KEYS)
        self._flood_until = 0.0
        self._dropped: Key | None = None
        self._redrawing: TimerHandle | None = None
        # handled in the loop, between callbacks: a handler that interrupts a write would wait for itself
        for number in ENDING:
            if signal.getsignal(number) != signal.SIG_IGN:  # nohup
                self._loop.add_signal_handler(number, self._end, number)
        self._loop.add_signal_handler(signal.SIGTSTP, self._suspend)
        self._loop.add_signal_handler(signal.SIGCONT, self._continued)

    # -- the size ---------------------------------------------------------------------------------

    def _get_terminal_size(self) -> tuple[int, int]:
        self._wire.doubted = True  # asked after a change of size: terminals cut or fold what they show
        try:
            size = os.get_terminal_size(self._terminal.fileno())
        except OSError:
            return 80, 24
        return size.columns or 80, size.lines or 24

    def _resized(self) -> None:
        """Tell the app the size, even if the terminal reports it itself: a report within a paste is text."""
        size = Size(*self._get_terminal_size())
        self._app.post_message(Resize(size, size))
        if self._redrawing is not None:
            self._redrawing.cancel()
        self._redrawing = self._loop.call_later(SIZE_SECONDS, self._redraw_in_doubt)

    def _redraw_in_doubt(self) -> None:
        """Send everything if the size has gone back before Textual drew in another: it draws nothing then."""
        if self._wire.doubted:
            self.write("")

    # -- opening and closing ----------------------------------------------------------------------

    def start_application_mode(self) -> None:
        """Open the screen."""
        guard.screen_open(True)
        self._open = True
        self._terminal.flow.begin()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        # in the loop: a handler that the next signal interrupts would tell the app its older size last
        self._loop.add_signal_handler(signal.SIGWINCH, self._resized)
        if guard.lost():  # Textual reads no keys of a terminal that it may not set, so nobody would notice
            self._loop.call_soon(self._end, signal.SIGKILL)

    def stop_application_mode(self) -> None:
        """Close the screen; do not wait for a terminal that does not read."""
        if not self._open:
            return
        if not guard.foreground():  # the shell has its own settings in force
            self.attrs_before = None
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        self.disable_input()
        out = self._terminal
        out.until, out.cut = time.monotonic() + LAST_WAIT, False
        self.write(guard.LEAVE_MORE)
        super().stop_application_mode()
        self.close()
        if out.cut:
            guard.send(guard.LEAVE, out.fileno(), patience=0)
        out.until = None
        self._open = False
        guard.screen_open(False)

    def disable_input(self) -> None:
        """Stop reading keys; a terminal that the shell has taken back is left alone, or it would stop this process."""
        if self._open:
            self._terminal.flow.end(ANSWER_WAIT)
            super().disable_input()

    def close(self) -> None:
        """End the writer thread, once."""
        thread, self._writer_thread = self._writer_thread, None
        if thread is not None:
            thread.stop()

    def write(self, data: str) -> None:
        """Draw into the picture that the terminal is to show, unless it is gone; this never waits for the terminal."""
        if self._writer_thread is not None and not self._terminal.gone:
            self._wire.write(data, self._app.size)
            self._wake()

    def draw(self, spans: Iterable[Span]) -> None:
        """Draw texts into the same picture; the cursor stays where it is."""
        if self._writer_thread is not None and not self._terminal.gone:
            self._wire.draw(spans, self._app.size)
            self._wake()

    def _wake(self) -> None:
        if self._writer_thread is not None and self._terminal.wants_waking():
            self._writer_thread.write("")

    def redraw(self) -> None:
        """Send the whole screen again."""
        self._wire.doubted = True
        if self._app.is_running and self._app.screen_stack:
            self._app.screen.refresh(layout=True)

    # -- keys -------------------------------------------------------------------------------------

    def run_input_thread(self) -> None:
        """Read keys until told to stop or the terminal hangs up; replace bytes that are not UTF-8."""
        keyboard = Keyboard(debug=self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                text = ""
                if guard.lost():
                    self._from_thread(signal.SIGKILL)
                    return
                if selector.select(0.1):
                    if not guard.foreground():  # moved to the background: reading would stop this process half-way
                        os.kill(os.getpid(), signal.SIGTSTP)
                        self.exit_event.wait(0.5)
                        continue
                    data = self._read()
                    if not data:
                        self._from_thread(signal.SIGHUP)
                        return
                    text = decode(data)
                for message in chain(keyboard.feed(text) if text else (), keyboard.tick()):
                    if isinstance(message, StatusReport):
                        self._terminal.flow.answer()
                        continue
                    self._wire.doubted = self._wire.doubted or isinstance(message, Resize)
                    if not isinstance(message, InputEvent) or not self._flooded(message):
                        self.process_message(message)
                if self._dropped is not None and time.monotonic() >= self._flood_until:
                    last, self._dropped = self._dropped, None
                    last.time = time.monotonic()
                    self.process_message(last)

    def _flooded(self, event: InputEvent) -> bool:
        """Say whether a key or a report of the mouse comes in a flood that nobody types: it is dropped then.

        What the app has not dealt with yet is dropped with it (`Turns.deaf_until`), until the terminal is quiet. The
        last key is kept for then: somebody may have pressed it to end all this.
        """
        now = event.time
        if not isinstance(event, MouseMove):
            self._recent.append(now)
        flood = len(self._recent) == MOST_KEYS and now - self._recent[0] < FLOOD_SECONDS
        turns = self._app.turns  # type: ignore[attr-defined]
        if flood or self._app.message_queue_size + len(turns) > MOST_KEYS:
            self._flood_until = now + QUIET_SECONDS
        if now >= self._flood_until:
            return False
        self._flood_until = now + QUIET_SECONDS
        turns.deaf_until = now
        if isinstance(event, Key):
            self._dropped = event
        return True

    def _read(self) -> bytes:
        while True:
            try:
                return os.read(self.fileno, 4096)
            except (BlockingIOError, InterruptedError):
                time.sleep(0.01)  # another program has left O_NONBLOCK set on the terminal
            except OSError:
                return b""

    def _from_thread(self, number: int) -> None:
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._end, number)

    # -- signals ----------------------------------------------------------------------------------

    def _end(self, number: int) -> None:
        """End the app with 128 + n, once: a signal to the whole group arrives through the guard as well."""
        if self._ending:
            return
        self._ending = number
        timer = threading.Timer(HARD_END_AFTER, self._hard_end)
        timer.daemon = True
        timer.start()
        self._app.exit(return_code=128 + number)

    def _hard_end(self) -> None:
        if self._open:
            self._terminal.dropping = True
            guard.put_back(self._before, screen=True)
            guard.screen_open(False)
        os._exit(128 + self._ending)

    def _suspend(self) -> None:
        if self._ending or not self._auto_restart:
            return
        if self._open:
            self.suspend_application_mode()
            self._must_signal_resume = True
        self._loop.remove_signal_handler(signal.SIGTSTP)
        os.kill(os.getpid(), signal.SIGTSTP)  # the kernel ignores it if there is no shell to continue the process
        self._loop.add_signal_handler(signal.SIGTSTP, self._suspend)
        self._resume_soon()

    def _resume_soon(self) -> None:
        """Resume, after any ending signal that came while the process was stopped (`kill %1`)."""
        self._loop.call_later(0.02, self._loop.call_soon, self._resume)

    def _resume(self) -> None:
        if self._ending or self._open:
            return
        if not guard.foreground():  # after `bg`: a screen cannot run in the background
            signal.signal(signal.SIGTTOU, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGTTOU)
            self._background += 1
            if self._background > 100:  # no shell stops or continues this process
                self._end(signal.SIGHUP)
            self._resume_soon()
            return
        self._background = 0
        self.resume_application_mode()
        self.redraw()

    def _continued(self) -> None:
        """After SIGCONT: open the screen again if a shell has taken over the terminal since (SIGSTOP)."""
        if self._ending or not self._open:
            return
        flags = (guard.attributes() or [0] * 4)[3]
        if isinstance(flags, int) and flags & (termios.ICANON | termios.ECHO):
            self.disable_input()
            self.close()
            self._open = False
            self._resume()
        else:
            self.redraw()
