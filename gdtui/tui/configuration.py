"""The user's own configuration: a theme, and keys for the actions of the bench.

    theme = "light"

    [keys]
    bench.step = "n"
    bench.back = ["p", "backspace"]

A fault in the file never stops gdtui: what is wrong is said, and the defaults take its place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path

from gdtui.errors import UnsuitableFileError
from gdtui.files import read_text, xdg_folder
from gdtui.text import N_, _, did_you_mean
from gdtui.toml.document import read_document
from gdtui.toml.positions import Path as Place
from gdtui.toml.records import kind_of
from gdtui.toml.source import ScenarioError, Source

#: The largest configuration file that is read.
MOST_BYTES = 2**16
#: Keys that no action of the bench can have, and what they are for.
RESERVED = {"ctrl+p": N_("the command palette"), "ctrl+c": N_("quitting")}
_MODIFIERS = ("ctrl", "shift", "alt")


def configuration_file() -> Path | None:
    """Return where the configuration is, whether or not there is one; None without a home directory."""
    folder = xdg_folder("XDG_CONFIG_HOME", ".config")
    return None if folder is None else folder / "config.toml"


class Configuration:
    """What a configuration file says, as far as it can be used.

    Parameters
    ----------
    path
        of the file; it need not be there. None: nothing is read and nothing is remembered.

    Attributes
    ----------
    is_new
        whether there is no file yet.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.is_new = path is None or not path.exists()
        self._read()

    def _read(self) -> None:
        """Read the file; `_document` is None where it cannot be used at all."""
        name = "" if self.path is None else str(self.path)
        self._source, self._document, self._unreadable = Source(name, ""), {}, ""
        if self.path is None or not self.path.exists():
            return
        try:
            self._source = Source(name, read_text(self.path, MOST_BYTES).replace("\r\n", "\n"))
            self._document = read_document(self._source)
        except ScenarioError as error:
            fault = error.faults[0]
            self._unreadable = f"{name}:{fault.place.line}:{fault.place.column}: {fault.message}"
        except (OSError, UnsuitableFileError) as error:
            self._unreadable = f"{name}: {getattr(error, 'strerror', None) or error}"
        for key in self._document:
            if key not in ("theme", "keys"):
                message = _("there is no setting {key!r} (there are: theme, keys)").format(key=key)
                self._source.add((key,), message + did_you_mean(key, ("theme", "keys")), key=True)

    @property
    def faults(self) -> list[str]:
        """What is wrong with the file, each with its place."""
        found = sorted(self._source.faults.values(), key=lambda fault: fault.place)
        placed = [f"{self._source.file}:{f.place.line}:{f.place.column}: {f.message}" for f in found]
        return [self._unreadable, *placed] if self._unreadable else placed

    def theme(self, names: Collection[str]) -> str:
        """Return the theme, one of these names; "" if none is chosen."""
        name = self._document.get("theme", "")
        if name == "" or name in names:
            return str(name)
        if isinstance(name, str):
            self._source.add(("theme",), _("there is no theme {!r}").format(name) + did_you_mean(name, names))
        else:
            self._source.add(("theme",), _("theme is a name in quotes, not {}").format(kind_of(name)))
        return ""

    def keymap(self, defaults: Mapping[str, str]) -> dict[str, str]:
        """Return the keys of the actions that the file gives others than their own.

        Parameters
        ----------
        defaults
            keys, separated by commas, by the id of their action.
        """
        given: dict[str, list[str]] = {}
        places: dict[str, Place] = {}
        for name, place, value in self._key_entries():
            if name not in defaults:
                message = _("there is no action {!r}").format(name) + did_you_mean(name, defaults)
                self._source.add(place, message, key=True)
                continue
            keys = self._keys(place, value)
            if keys:
                given[name], places[name] = keys, place
        while clash := _clash({**{name: keys.split(",") for name, keys in defaults.items()}, **given}, given):
            key, name, other = clash
            message = _("{key} is the key of {other}: {name} keeps its own").format(key=key, other=other, name=name)
            self._source.add(places[name], message)
            del given[name]
        return {name: ",".join(keys) for name, keys in given.items()}

    def _key_entries(self) -> Iterator[tuple[str, Place, object]]:
        """Yield id, place and value of each key: bench.step = "n" is a table in a table, "bench.step" is none."""
        table = self._document.get("keys", {})
        if not isinstance(table, dict):
            self._source.add(("keys",), _("keys is a table, [keys], not {}").format(kind_of(table)))
            return
        left: list[tuple[str, Place, object]] = [(name, ("keys", name), value) for name, value in table.items()]
        while left:
            name, place, value = left.pop(0)
            if isinstance(value, dict):
                left = [(f"{name}.{key}", (*place, key), inner) for key, inner in value.items()] + left
            else:
                yield name, place, value

    def _keys(self, place: Place, value: object) -> list[str]:
        """Return keys as Textual names them; [] if one is wrong."""
        words = value.split(",") if isinstance(value, str) else value
        if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
            self._source.add(place, _('a key is "n", several are "n, f5" or ["n", "f5"]'))
            return []
        keys = []
        for word in (str(word).strip() for word in words):
            key = _normal(word)
            if not key:
                self._source.add(place, _("there is no key {!r}").format(word) + did_you_mean(word, _known_keys()))
            elif key in RESERVED:
                purpose = RESERVED[key]
                self._source.add(place, _("{key} is for {what}").format(key=key, what=_(purpose)))
            else:
                keys.append(key)
        return keys if len(keys) == len(words) else []


def _clash(keys: Mapping[str, list[str]], given: Collection[str]) -> tuple[str, str, str] | None:
    """Return (key, action, other action) for a key that the configuration gives to an action, though another has it."""
    owners: dict[str, list[str]] = {}
    for name, of in keys.items():
        for key in of:
            owners.setdefault(key, []).append(name)
    for key, names in owners.items():
        late = [name for name in given if name in names]
        if len(names) > 1 and late:
            return key, late[-1], next(name for name in names if name != late[-1])
    return None


@cache
def _known_keys() -> frozenset[str]:
    """Return the keys that have names of their own, and those of a keyboard's characters."""
    from textual.keys import Keys  # late: gdtui check reads the configuration without Textual

    return frozenset(str(key.value) for key in Keys) | {_named(chr(code)) for code in range(33, 127)}


def _named(character: str) -> str:
    """Return the name that Textual has for the key of a character: question_mark for ?."""
    from textual.binding import Binding

    if character == ",":  # it separates keys
        return "comma"
    return next(iter(Binding.make_bindings([(character, "key")]))).key


def _normal(word: str) -> str:
    """Return a key as Textual names it: question_mark for ?, ctrl+x for itself; "" if there is no such key."""
    if len(word) == 1:
        return _named(word) if word.isprintable() else ""
    *modifiers, key = word.split("+")
    known = word in _known_keys() or (key in _known_keys() and all(modifier in _MODIFIERS for modifier in modifiers))
    return word if known else ""
