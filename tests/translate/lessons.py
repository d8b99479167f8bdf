"""What the lessons and courses that come with gdtui say, in which languages."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from gdtui.objectives.network.unit_kinds import ACTIVATIONS
from gdtui.optimizers import REGISTRY
from gdtui.plot.widths import cell_width, wrapped
from gdtui.scenario.read.languages import TABLES, words_of
from tests.translate.sources import ROOT

FILES = sorted([*(ROOT / "scenarios").glob("*.toml"), *(ROOT / "scenarios" / "courses").glob("*.toml")])
#: The box of a caption at 60×18: rows beside the heading and what space does, and cells beside the bar.
ROWS, CELLS = 5, 57
#: Cells of a title, and of a summary in a list.
TITLE, SUMMARY = 60, 110
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e-?\d+)?")


def faults(path: Path) -> Iterator[str]:
    """Yield a sentence for each text that lacks a language, does not fit, says other numbers, or is there no more."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    said = dict.fromkeys(words_of(document))
    lanes = document.get("lanes", {})
    names = {*(lanes if isinstance(lanes, dict) else ()), *ACTIVATIONS, *REGISTRY}
    names |= {entry.title for entry in REGISTRY.values()}
    for language in TABLES:
        table = document.get(language, {})
        for text in said:
            if text in table:
                yield from (f"{path.stem}: {fault}: {text!r}" for fault in _faults(document, text, table[text]))
            elif text not in names and re.search("[A-Za-z]{2}", text):
                yield f"{path.stem}: not in {language}: {text!r}"
        yield from (f"{path.stem}: no longer said: {text!r}" for text in table if text not in said)


def _faults(document: dict[str, object], text: str, translated: str) -> Iterator[str]:
    """Yield what is wrong with a translation."""
    here, there = (Counter(_NUMBER.findall(each.replace(" 000", "000"))) for each in (text, translated))
    if here != there:
        yield f"other numbers, {sorted((here - there) + (there - here))}"
    if text in (document.get("title"), document.get("summary")):
        most = TITLE if text == document["title"] else SUMMARY
        if cell_width(translated) > most:
            yield f"{cell_width(translated)} cells, {most} fit"
    elif len(wrapped(translated, CELLS)) > ROWS:
        yield f"{len(wrapped(translated, CELLS))} rows, {ROWS} fit"
