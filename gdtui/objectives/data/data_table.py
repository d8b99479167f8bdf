"""Rows of data to learn from."""

from __future__ import annotations

from dataclasses import dataclass

from gdtui.kernel import Array


@dataclass(frozen=True, eq=False)
class Table:
    """Inputs and targets, and what they are called.

    Parameters
    ----------
    x, y
        inputs (rows x d) and targets (rows x k).
    inputs, targets
        the names of their columns.
    classes
        names of the classes where the target is a class number, else empty.
    places
        of each input, where its name stands in a file, as "points.csv:1:3"; empty where there is no file.
    name, title, teaches
        of the data; one line each.
    """

    x: Array
    y: Array
    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    classes: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    name: str = "data"
    title: str = "data"
    teaches: str = ""
