"""The socket's file: made for one lecture, found by its class, removed at the end.

A file that a lecture has left when it was killed is recognised and replaced. A lecture that is going on, a link, a file
that is no socket, and what belongs to another user are never touched.
"""

from __future__ import annotations

import errno
import os
import socket
import stat
import time
from contextlib import suppress
from pathlib import Path

from gdtui.errors import UnkeyedError
from gdtui.files import make_own_folder, runtime_folder
from gdtui.text import _

#: The longest path that the system takes for a socket, in bytes; and how many followers may connect at once.
LONGEST_PATH, BACKLOG = 107, 256
#: What the system says where nobody listens.
ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.ECONNREFUSED)
#: Seconds within which a lecture answers that is going on.
PATIENCE = 2.0


class LectureError(UnkeyedError):
    """A socket that cannot be opened, or that cannot be reached."""


def usual_path() -> Path:
    """Return where a lecture's socket is if nothing else is said: in the user's own runtime folder."""
    return runtime_folder() / "lecture.sock"


class NoLecture(LectureError):
    """There is no lecture at a path, or it is over."""


class Listener:
    """A listening socket and its file; LectureError if it cannot be opened.

    Only the user may enter, or with a group its members too.
    """

    def __init__(self, path: Path | None = None, group: str = "") -> None:
        self.path = shown = _path_for(path)
        self._group = _number_of(group) if group else -1
        try:
            if path is None and not make_own_folder(self.path.parent):
                message = _("{path} belongs to another user: choose a path with --socket")
                raise LectureError(message.format(path=self.path.parent))
            self._open()
        except OSError as error:
            raise LectureError(f"{shown}: {error.strerror or error}") from None

    def _open(self) -> None:
        self.socket = _bound(self.path, self._group)
        self._made = os.lstat(self.path)

    def renew(self) -> bool:
        """Make socket and file anew if somebody has removed the file, and say so; whoever is in stays in."""
        if os.path.lexists(self.path):
            return False
        try:
            self._open()
        except (OSError, LectureError):  # the folder is gone, too, or another lecture is quicker
            return False
        return True

    def close(self) -> None:
        """Close the socket, and remove its file if it is still this one."""
        self.socket.close()
        with suppress(OSError):
            if os.path.samestat(os.lstat(self.path), self._made):
                os.unlink(self.path)


def _bound(path: Path, group: int) -> socket.socket:
    """Return a socket that listens; its file appears under its name only then, so that whoever sees it can connect."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(folder)  # two lectures that begin at once must not both find the file of a third
        _remove_stale(path)
        unready = path.with_name(("-" if path.name.startswith("_") else "_") + path.name[1:])  # no longer than the path
        _remove_stale(unready)
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        mask = os.umask(0o177)
        try:
            made.bind(os.fspath(unready))
        except OSError:
            made.close()
            raise
        finally:
            os.umask(mask)
        try:
            if group >= 0:
                os.chown(unready, -1, group)
                os.chmod(unready, 0o660)
            made.listen(BACKLOG)
            os.rename(unready, path)
        except OSError:
            made.close()
            os.unlink(unready)
            raise
    finally:
        os.close(folder)
    return made


def _lock(folder: int) -> None:
    import fcntl

    with suppress(OSError):  # a file system without locks
        fcntl.flock(folder, fcntl.LOCK_EX)


def _remove_stale(path: Path) -> None:
    """Remove the socket of a lecture that has ended; LectureError for anything else that is there."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return
    if stat.S_ISLNK(found.st_mode):
        raise LectureError(_("{path} is a link: give the path of the socket itself").format(path=path))
    if not stat.S_ISSOCK(found.st_mode):
        raise LectureError(_("{path} is there already and is no socket: choose another path").format(path=path))
    if found.st_uid != os.getuid():
        raise LectureError(_("{path} belongs to another user: choose another path").format(path=path))
    if _answers(path):
        message = _("a lecture is given at {path} already: --socket takes another path")
        raise LectureError(message.format(path=path))
    os.unlink(path)


def _answers(path: Path) -> bool:
    """Say whether somebody listens at a socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(PATIENCE)
        try:
            probe.connect(os.fspath(path))
        except OSError as error:
            return error.errno != errno.ECONNREFUSED
    return True


def _number_of(group: str) -> int:
    import grp

    try:
        return grp.getgrnam(group).gr_gid
    except KeyError:
        raise LectureError(_("there is no group {group!r}").format(group=group)) from None


def _path_for(path: Path | None) -> Path:
    """Return the path of a lecture, the usual one unless it is given; LectureError if no socket can have it."""
    found = usual_path() if path is None else path
    if len(os.fsencode(found)) > LONGEST_PATH:
        raise LectureError(_("{path}: a socket's path has at most {most} bytes").format(path=found, most=LONGEST_PATH))
    return found


def connected(path: Path | None = None) -> socket.socket:
    """Return a connection to the lecture at a path; LectureError if there is none, or this user may not enter."""
    at = _path_for(path)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.settimeout(PATIENCE)
    try:
        _connect(made, at)
    except OSError as error:
        made.close()
        number = errno.ENOTSOCK if error.errno == errno.ECONNREFUSED and not at.is_socket() else error.errno
        raise (NoLecture if number in ABSENT else LectureError)(_reason(number).format(path=at)) from None
    return made


def _connect(made: socket.socket, path: Path) -> None:
    """Connect; where a whole class comes at once, wait a moment and try again."""
    last = time.monotonic() + PATIENCE
    while True:
        try:
            made.connect(os.fspath(path))
            return
        except BlockingIOError:
            if time.monotonic() > last:
                raise
            time.sleep(0.05)


def _reason(number: int | None) -> str:
    return {
        errno.ENOENT: _("there is no lecture at {path}: gdtui present opens one"),
        errno.ENOTDIR: _("there is no lecture at {path}: gdtui present opens one"),
        errno.ECONNREFUSED: _("the lecture at {path} is over"),
        errno.EACCES: _("you may not enter {path}: its owner can let a group in with --group"),
        errno.ENOTSOCK: _("{path} is no socket"),
    }.get(number or 0, _("{path} cannot be reached"))
