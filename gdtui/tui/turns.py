"""Keys in turn: what is typed ahead, as over a slow line, acts in the order in which it was typed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from textual.events import Event, MouseMove

if TYPE_CHECKING:
    from textual.app import App
    from textual.message_pump import MessagePump

#: Seconds between two looks at a screen that is being mounted, and how many.
MOUNTING_WAIT, MOUNTING_WAITS = 0.005, 400
#: Seconds that a widget may take over what it was sent before, and how often the app's own messages go first.
PATIENCE, DEFERRALS = 2.0, 3


class Turns:
    """Lets one input event at a time act: the next waits until what the last one opened is there and has the focus.

    Textual hands keys to the screen on top without waiting for what the key before does there: of "o", "booth", enter
    in one packet, the letters would reach the bench and not the dialog that "o" opens.
    """

    def __init__(self, app: App[None], act: Callable[[Event], Awaitable[None]]) -> None:
        self._app = app
        self._act = act
        self._ahead: deque[Event] = deque()
        self.deaf_until = 0.0  # what came before this time is dropped
        self._deferred = 0

    def __len__(self) -> int:
        """Return how many events wait."""
        return len(self._ahead)

    async def arrive(self, event: Event) -> None:
        """Let an event act, now or behind those that came before it; called by the app's own task."""
        self._ahead.append(event)
        if len(self._ahead) == 1:
            await self._go_on()

    async def _go_on(self) -> None:
        while self._ahead:
            event = self._ahead[0]
            if event.time <= self.deaf_until:
                self._ahead.popleft()
                continue
            if not isinstance(event, MouseMove) and not await self._settled() and self._deferred < DEFERRALS:
                self._deferred += 1
                self._app.call_later(self._go_on)
                return
            self._deferred = 0
            try:
                await self._act(event)
            finally:
                self._ahead.popleft()

    async def _settled(self) -> bool:
        """Wait until nothing on the screen is at work; False if that has left the app something to do first."""
        app = self._app
        for _wait in range(MOUNTING_WAITS):  # handlers of keys look for widgets that are mounted with the screen
            if not app.screen_stack or app.screen.is_mounted:
                break
            await asyncio.sleep(MOUNTING_WAIT)
        if not app.screen_stack:
            return True
        screen = app.screen
        for pump in [screen] if app.focused is None else [*app.focused.ancestors_with_self]:
            if pump is not app:
                await _idle(pump)
        return app.screen is screen and app.message_queue_size == 0


async def _idle(pump: MessagePump) -> None:
    """Return when a widget has dealt with all it was sent, or after a while."""
    done = asyncio.Event()
    if pump.call_later(done.set):
        try:
            await asyncio.wait_for(done.wait(), PATIENCE)
        except TimeoutError:
            return
