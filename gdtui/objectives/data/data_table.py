"""Rows of data to learn from."""

from __future__ import annotations

from dataclasses import dataclass

from gdtui.kernel import Array


@dataclass(frozen=True, eq=False)
class Table:
    """Inputs x (rows x d) and targets y (rows x k), with the names of their columns and classes.

    `places` says where the name of each input is in a file: "points.csv:1:3".
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
