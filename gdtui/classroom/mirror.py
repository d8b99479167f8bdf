"""Brings a session to where a lecture is, to the same bits."""

from __future__ import annotations

from gdtui.classroom.transcript import Log, Scene, Transcript, digest_of, shared
from gdtui.session import Session
from gdtui.session.session import Saved
from gdtui.simulation.lane_updates import Interrupt
from gdtui.verbs import Add, Back, Epoch, Mark, Reset, Set, Step, Until

#: The moments that are kept for going back; before the first of them a log is done again from its beginning.
MOST_MOMENTS = 500


#: Commands of which nothing is left once every lane is back at its start.
_UNDONE = (Step, Epoch, Until, Back, Set, Mark)


def needless_before(log: Log) -> tuple[int, frozenset[int]]:
    """Return the number of the last command that puts every lane back at its start, and those before it without effect.

    (0, none) if there is no such command, or if a lane began where another one was.
    """
    start = max((number for number, command in enumerate(log) if isinstance(command, Reset)), default=0)
    if any(isinstance(command, Add) and command.from_ for command in log[:start]):
        return 0, frozenset()
    return start, frozenset(number for number in range(start) if isinstance(log[number], _UNDONE))


class Mirror:
    """Does to a session what a transcript says: only what is new, back to an earlier moment where commands were undone.

    `differs` says whether the numbers have come out otherwise than at the lecturer's.
    """

    def __init__(self) -> None:
        self.differs = False
        self._scene: Scene | None = None
        self._moments: dict[int, Saved] = {}  # by the number of commands before it
        self._base: Saved | None = None

    @property
    def scene(self) -> Scene | None:
        """The scene that the session is on."""
        return self._scene

    def leave(self, session: Session) -> None:
        """Remember this moment: what is done to the session from now on is not the lecturer's."""
        self._base = session.saved()

    def follow(self, session: Session, transcript: Transcript, interrupt: Interrupt | None = None) -> bool:
        """Bring the session to the transcript; say whether all of it is done, which an interrupt may prevent.

        ObjectiveError, ParameterError or CommandError: it cannot be done here.
        """
        scene = transcript.scene
        assert scene is not None
        if self._base is not None:
            session.put_back(self._base)
            self._base = None
        if scene is not self._scene or self._moments.get(0) is None:
            self._open(session, scene)
        if not self._go_back(session, transcript, interrupt):
            return False
        start, needless = needless_before(transcript.log) if not session.log else (0, frozenset[int]())
        log = session.log
        for number in range(len(log), len(transcript.log)):
            command = transcript.log[number]
            if number not in needless:
                if number >= start:
                    self._keep(session, number)
                session.do(command, interrupt)
            if interrupt is not None and interrupt():
                if number < start:  # what was left out is missing here
                    self._return_to(session, 0)
                return False
            log = session.log = log.then(command)
        self.differs = transcript.digest is not None and digest_of(session) != transcript.digest
        return True

    def _open(self, session: Session, scene: Scene) -> None:
        session.open(scene.experiment, scene.coords, scene.objective)
        self._scene, self._moments = scene, {0: session.saved()}

    def _go_back(self, session: Session, transcript: Transcript, interrupt: Interrupt | None) -> bool:
        """Take back what the transcript no longer has, or go on with the last command; say whether that is done."""
        log = tuple(session.log)
        number = shared(log, transcript.log)
        if number == len(log) - 1 and number < len(transcript.log):
            more = transcript.log[number].beyond(log[number])
            if more is not None:
                session.do(more, interrupt)
                return session.log.last == transcript.log[number]
        if number < len(log):
            self._return_to(session, number)
        return True

    def _return_to(self, session: Session, number: int) -> None:
        """Go to the moment before a command."""
        at = max((count for count in self._moments if count <= number), default=0)
        session.put_back(self._moments[at])
        for count in [count for count in self._moments if count > at]:
            del self._moments[count]

    def _keep(self, session: Session, number: int) -> None:
        self._moments[number] = session.saved()
        if len(self._moments) > MOST_MOMENTS:
            oldest = sorted(self._moments)[1]  # the beginning stays
            del self._moments[oldest]
