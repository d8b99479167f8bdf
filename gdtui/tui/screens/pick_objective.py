"""The picker of an objective: a surface, a dataset, a formula or a CSV file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from gdtui.errors import ExpressionError, ObjectiveError
from gdtui.objectives.data.datasets import DATASETS
from gdtui.objectives.expression.expression import gradient
from gdtui.objectives.expression.functions import CALLABLE
from gdtui.objectives.expression.notation import pretty
from gdtui.objectives.specs import CsvSpec, DatasetSpec, ExpressionSpec, Specification, SurfaceSpec
from gdtui.objectives.surfaces.catalogue import SURFACES
from gdtui.text import N_, _
from gdtui.tui.screens.csv_file import PickFile, in_words, targets_of
from gdtui.tui.screens.pick import Choice, Picker
from gdtui.tui.widgets.words import Words

#: The word after a CSV file that scales its inputs.
STANDARDIZE = "standardize"


class PickObjective(Picker[Specification]):
    """Choose a surface or a dataset, or type a formula or a CSV file."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "functions", N_("functions of formulas"), show=False),
        Binding("f2", "files", N_("a CSV file"), show=False),
    ]

    def __init__(self, *, files: bool = False) -> None:
        self._files = files
        choices: list[Choice[Specification]] = [
            Choice(s.name, _(s.teaches), SurfaceSpec(s.name), _("surface")) for s in SURFACES.values()
        ]
        choices += [
            Choice(
                d.name,
                _("{title}. {teaches}").format(title=_(d.title), teaches=_(d.teaches)),
                DatasetSpec(d.name),
                _("dataset"),
            )
            for d in DATASETS.values()
        ]
        super().__init__(
            _("objective: a surface, a dataset, your own formula or CSV file"),
            choices,
            _("type to search, or x^2 + 10*y^2, or data.csv TARGET standardize"),
        )
        self._listed = self._choices

    def on_mount(self) -> None:
        """Show everything; with `files`, a tree of files over it."""
        super().on_mount()
        if self._files:
            self.action_files()

    def keys(self) -> str:
        """Say what the keys do, and where the functions of a formula are."""
        return _("↑ ↓ choose · enter take · f1 functions · f2 CSV files · esc cancel")

    def action_files(self) -> None:
        """Choose a CSV file in a tree of files: its name is then typed."""

        def take(path: Path) -> None:
            field = self.query_one(Input)
            field.value = f"{os.path.relpath(path)} "
            field.cursor_position = len(field.value)

        PickFile(Path.cwd()).ask(self.app, take)

    def _fill(self, typed: str) -> None:
        """List the columns of a CSV file that is typed, each as what may be predicted; else what matches."""
        path, ending, rest = typed.strip().rpartition(".csv")
        columns = list(map(_target, targets_of(os.path.expanduser(path + ending)))) if ending else []
        named = [one for one in columns if all(word in one.name.casefold() for word in rest.casefold().split())]
        self._choices = named if ending else self._listed
        super()._fill("" if named else typed)
        if named:
            self._highlight(named[0])

    def action_functions(self) -> None:
        """List what a formula may contain."""
        names = " ".join(CALLABLE)
        self.query_one("#about", Words).update(_("+ - * / ^ ( ) pi e x y x1 … x16 and {names}").format(names=names))

    def read(self, typed: str) -> Specification | None:
        """Return a CSV file or a formula, if it is free of faults."""
        return None if self.explain(typed)[1] else _own(typed)

    def explain(self, typed: str) -> tuple[str, str]:
        """Return the gradient of a formula, the columns of a CSV file, or what is wrong."""
        try:
            made = _own(typed).build()
        except ExpressionError as error:
            return "", f"{error.pointer()}\n{error}"
        except (ObjectiveError, OSError) as error:
            return "", str(error)
        if made.expression is None:
            return _(made.teaches), ""
        slopes = zip(made.names, gradient(made.expression), strict=True)
        return "   ".join([made.formula, *(f"∂{name} = {pretty(slope)}" for name, slope in slopes)]), ""


def _target(spec: CsvSpec) -> Choice[Specification]:
    """Return a column of a CSV file as a choice."""
    about = in_words(spec)
    name = spec.target[0] if spec.target else _("the last column")
    if spec.standardize:
        name, about = f"{name} {STANDARDIZE}", _("with inputs of mean 0 and variance 1: {about}").format(about=about)
    return Choice(name, about, spec)


def _own(typed: str) -> Specification:
    """Return the formula that is typed, or the CSV file with the target and "standardize" that may follow it."""
    path, ending, rest = typed.strip().rpartition(".csv")
    if not ending:
        return ExpressionSpec(typed)
    words = rest.split()
    target = " ".join(word for word in words if word != STANDARDIZE)
    name = os.path.expanduser(path + ending)
    return CsvSpec(csv=name, target=(target,) if target else (), standardize=STANDARDIZE in words)
