"""A TOML text as values; what is wrong with it has a place."""

from __future__ import annotations

import re
import tomllib

from gdtui.text import _
from gdtui.toml.source import Fault, ScenarioError, Source

_POSITION = re.compile(r" \((?:at line (\d+), column (\d+)|at end of document)\)$")


def read_document(source: Source) -> dict[str, object]:
    """Return the document as `tomllib` reads it; ScenarioError if it is not TOML."""
    found = source.positions
    if found.stuck is not None and found.stuck[1]:  # too deep: tomllib might recurse without end
        raise ScenarioError(source.file, [source.at(*found.stuck)])
    try:
        return tomllib.loads(source.text)
    except RecursionError:
        fault = source.at(found.stuck[0] if found.stuck else 0, _("nested too deeply"))
    except ValueError as error:
        fault = _syntax_fault(source, str(error))
    raise ScenarioError(source.file, [fault]) from None


def _syntax_fault(source: Source, message: str) -> Fault:
    found = source.positions
    match = _POSITION.search(message)
    if "overwrite" in message and found.repeated:
        path, offset = found.repeated[0]
        first = source.place(found.keys[path]).line
        return source.at(offset, _("{!r} is given twice (first in line {})").format(path[-1], first))
    text = message[: match.start()] if match else message
    if match is None:  # a number that Python refuses, without its place
        long = (b for b, e in found.values.values() if e - b > 4000 and source.text[b] in "+-0123456789")
        return source.at(next(long, 0), _("this is not TOML: {}").format(text[:1].lower() + text[1:]))
    if match[1] is None:
        offset = found.stuck[0] if found.stuck else len(source.text.rstrip())
    else:
        line, column = int(match[1]), int(match[2])
        offset = min(source.starts[line - 1] + column - 1, len(source.text))
    return source.at(offset, _("this is not TOML: {}").format(text[:1].lower() + text[1:]))
