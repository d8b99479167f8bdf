"""Keys in turn: what is typed ahead, as over a slow line, acts in the order in which it was typed."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from textual.events import Event, Key, MouseDown, MouseMove

if TYPE_CHECKING:
    from textual.app import App
    from textual.message_pump import MessagePump

#: Seconds between two looks at a screen that is being mounted, and how many.
MOUNTING_WAIT, MOUNTING_WAITS = 0.005, 400
#: Seconds that a widget may take over what it was sent, and how many screens may come up for one key.
PATIENCE, SCREENS = 2.0, 3
#: Seconds after an answer in which Enter confirms it and does nothing else: one key is enough, but hands add Enter.
CONFIRMING = 1.0


class Turns:
    """Lets one input event at a time act: the next waits until what the last one opened is there and has the focus.

    A key goes from the app down to the widget with the focus and, where none of its screen has a use for it, back up to
    the app, which then acts. Textual sends the next one down before: of "o", "booth", enter in one packet, the letters
    would reach the bench and not the dialog that "o" opens.

    Keys that come before there is a bench wait for it, until they are released. Those with Ctrl do not: one quits.
    """

    def __init__(self, app: App[None], act: Callable[[Event], Awaitable[None]]) -> None:
        self._app = app
        self._act = act
        self._ahead: deque[Event] = deque()
        self._settling: asyncio.Task[None] | None = None
        self._held = True
        self.deaf_until = 0.0  # what came before this time is dropped
        self._confirming_until = 0.0  # so is Enter before this time

    def __len__(self) -> int:
        """Return how many events wait."""
        return len(self._ahead)

    async def arrive(self, event: Event) -> None:
        """Let an event act, now or behind those that came before it; called by the app's own task."""
        if self._held and not (isinstance(event, Key) and "ctrl+" not in event.key):
            await self._act(event)
            return
        if isinstance(event, Key) and event.key == "ctrl+c":
            self._ahead.clear()  # as a terminal drops what it has not delivered yet when it is interrupted
        self._ahead.append(event)
        if self._settling is None:
            await self._go_on()

    def release(self) -> None:
        """Let keys act from now on, first those that were pressed before."""
        self._held = False
        self._app.call_later(self._go_on)

    def answered(self) -> None:
        """Note that a question has been answered: Enter right behind it does nothing."""
        self._confirming_until = time.monotonic() + CONFIRMING

    def _confirms(self, event: Event) -> bool:
        """Say whether an event only confirms what has been answered; any other key or click ends that."""
        if isinstance(event, Key) and event.key == "enter":
            return event.time <= self._confirming_until
        if isinstance(event, (Key, MouseDown)):
            self._confirming_until = 0.0
        return False

    async def _go_on(self) -> None:
        while self._ahead and self._settling is None and not self._held:
            event = self._ahead.popleft()
            if event.time <= self.deaf_until or self._confirms(event):
                continue
            if isinstance(event, MouseMove):
                await self._act(event)
                continue
            await self._mounted()
            self._settling = asyncio.create_task(self._settled())
            await self._act(event)

    async def _settled(self) -> None:
        """Wait until everybody has dealt with the event, then let the next one act."""
        try:
            for _screen in range(SCREENS):
                screen = self._top()
                await self._mounted()
                focused = self._app.focused if screen is not None else None
                for pump in [screen] if focused is None else focused.ancestors_with_self:
                    if pump is not None and pump is not self._app:
                        await _idle(pump)
                await _idle(self._app)
                if self._top() is screen:
                    break
        finally:
            self._settling = None
            if self._ahead:
                self._app.call_later(self._go_on)

    def _top(self) -> MessagePump | None:
        return self._app.screen if self._app.screen_stack else None

    async def _mounted(self) -> None:
        """Return once the top screen can take a key: its handlers look for widgets that are mounted with it."""
        for _wait in range(MOUNTING_WAITS):
            if not self._app.screen_stack or self._app.screen.is_mounted:
                return
            await asyncio.sleep(MOUNTING_WAIT)


async def _idle(pump: MessagePump) -> None:
    """Return when a widget has dealt with all it was sent, or after a while."""
    done = asyncio.Event()
    if pump.call_later(done.set):
        try:
            await asyncio.wait_for(done.wait(), PATIENCE)
        except TimeoutError:
            return
