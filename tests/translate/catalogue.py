"""A catalogue: read, brought up to date with the sources, judged, written with its compiled form beside it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tests.translate.sources import PACKAGE, messages

#: Where each catalogue lies, without its ending: `.po` is the source, `.mo` what `gettext` reads.
CATALOGUES = {"zh_CN": PACKAGE / "locale" / "zh_CN" / "LC_MESSAGES" / "gdtui"}
_HEAD = """# The sentences of gdtui in {language}.
# Kept by `python -m tests.translate`, which adds and drops messages; GLOSSARY.md beside it has the terms.
#"""
#: Percent places, as argparse has them.
_PERCENT = re.compile(r"%(?:\(\w+\))?[sdr]")


def read(name: str) -> Catalog:
    """Return what is on disk."""
    path = CATALOGUES[name].with_suffix(".po")
    if not path.exists():
        return Catalog(locale=name)
    with path.open("rb") as file:
        return read_po(file, locale=name)


def merged(name: str) -> Catalog:
    """Return the catalogue with exactly the messages of the sources; near ones carry a translation marked fuzzy."""
    template = Catalog()
    for message, places in sorted(messages().items()):  # by file, then by text: code that moves changes nothing
        template.add(message, locations=[(file, 0) for file in dict.fromkeys(file for file, _line in places)])
    old = read(name)
    catalogue = Catalog(locale=name, project="gdtui", charset="utf-8", fuzzy=False)
    for entry in old:
        if entry.id:
            catalogue[entry.id] = entry
    catalogue.update(template)
    catalogue.header_comment = _HEAD.format(language=catalogue.locale.get_display_name("en"))
    return catalogue


def faults(catalogue: Catalog) -> Iterator[str]:
    """Yield a sentence for each message that is untranslated, fuzzy, or has other places than the original."""
    for entry in catalogue:
        if not entry.id:
            continue
        if not entry.string:
            yield f"untranslated: {entry.id!r}"
        elif entry.fuzzy:
            yield f"fuzzy: {entry.id!r}: {entry.string!r}"
        elif places(entry.id) != places(entry.string):
            yield f"other places: {entry.id!r}: {entry.string!r}"


def places(text: str) -> list[str]:
    """Return the places of a message, sorted; places without a name are numbered as `format` does."""
    found = _PERCENT.findall(text)
    count = 0
    try:
        for _before, name, spec, conversion in Formatter().parse(text):
            if name is not None:
                found.append(f"{{{name or count}!{conversion or ''}:{spec}}}")
                count += not name
    except ValueError as error:
        return [f"cannot be formatted: {error}"]
    return sorted(found)


def text_of(catalogue: Catalog) -> bytes:
    """Return the catalogue as a file, the same bytes for the same messages."""
    file = io.BytesIO()
    write_po(file, catalogue, width=120, ignore_obsolete=True, include_lineno=False, sort_by_file=True)
    kept = [line for line in file.getvalue().splitlines(keepends=True) if not line.startswith(_DATES)]
    return b"".join(kept)


#: Lines of the head that change with the day or the tool.
_DATES = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By', b'"Last-Translator', b'"Report-Msgid')


def compiled(catalogue: Catalog) -> bytes:
    """Return what `gettext` reads."""
    file, made = io.BytesIO(), read_po(io.BytesIO(text_of(catalogue)))
    made.creation_date = made.revision_date = datetime(2000, 1, 1, tzinfo=UTC)  # the same bytes every day
    write_mo(file, made)
    return file.getvalue()


def write(name: str, catalogue: Catalog) -> None:
    """Write both forms."""
    path = CATALOGUES[name]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".po").write_bytes(text_of(catalogue))
    path.with_suffix(".mo").write_bytes(compiled(catalogue))
