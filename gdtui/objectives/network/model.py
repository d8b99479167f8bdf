"""A model: layer sizes, activation, loss, initial parameters and the names of parameters."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from typing import overload

import numpy as np

from gdtui.errors import ObjectiveError
from gdtui.kernel import Array, Indices
from gdtui.objectives.data.random_streams import normals, raw_stream, uniforms
from gdtui.objectives.network import unit_kinds
from gdtui.text import _, did_you_mean

INITS = ("zeros", "uniform", "xavier", "he")
MAX_PARAMETERS = 4_000_000
MAX_LAYERS = 32
MAX_UNITS = 4096


def _choose(key: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        message = _("{key} is one of {known}, not {value!r}").format(key=key, known=", ".join(known), value=value)
        raise ObjectiveError(key, message, did_you_mean(value, known))


@dataclass(frozen=True)
class Part:
    """A block of the parameters: a weight matrix, a bias vector (one column) or an embedding table.

    `form` names the parameter in row {r} and column {c}; `kind` is "weights", "biases" or "table".
    """

    first: int
    rows: int
    cols: int
    form: str
    kind: str

    @property
    def end(self) -> int:
        """The number of the first parameter after it."""
        return self.first + self.rows * self.cols


class Names(Sequence[str]):
    """The names of the parameters in consecutive parts, formatted on demand: there may be millions."""

    def __init__(self, parts: tuple[Part, ...]) -> None:
        self._parts = parts
        self._firsts = [part.first for part in parts]

    def __len__(self) -> int:
        return self._parts[-1].end

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        place = range(len(self))[index]
        part = self._parts[bisect.bisect_right(self._firsts, place) - 1]
        row, column = divmod(place - part.first, part.cols)
        return part.form.format(r=row, c=column)


@dataclass(frozen=True)
class Model:
    """A network, with or without embedding tables before it.

    Parameters
    ----------
    layers
        units of each layer, inputs and outputs included.
    activation, output
        activation of the hidden layers and of the last layer, from `unit_kinds.ACTIVATIONS`; a loss on logits needs the
        output "identity".
    loss
        one of `unit_kinds.LOSSES`.
    tables, labels
        (rows, width) of each embedding table, whose widths add up to layers[0]; the names of the tables.

    Raises
    ------
    ObjectiveError
        there is no such model; the key is layers, activation, loss or output.
    """

    layers: tuple[int, ...]
    activation: str
    loss: str
    tables: tuple[tuple[int, int], ...] = ()
    labels: tuple[str, ...] = ()
    output: str = "identity"

    def __post_init__(self) -> None:
        _choose("activation", self.activation, unit_kinds.ACTIVATIONS)
        _choose("loss", self.loss, unit_kinds.LOSSES)
        _choose("output", self.output, unit_kinds.ACTIVATIONS)
        if self.output != "identity" and self.loss in unit_kinds.ON_LOGITS:
            message = _("{loss} takes the last z itself: leave output out, or choose the loss mse, mae or huber")
            raise ObjectiveError("output", message.format(loss=self.loss))
        if not 2 <= len(self.layers) <= MAX_LAYERS or min(self.layers) < 1:
            message = _("layers are 2 to {most} sizes of at least 1, inputs first, not {layers}")
            raise ObjectiveError("layers", message.format(most=MAX_LAYERS, layers=list(self.layers)))
        if max(self.layers) > MAX_UNITS:
            message = _("a layer has at most {most} units, not {given}")
            raise ObjectiveError("layers", message.format(most=MAX_UNITS, given=max(self.layers)))
        if self.size > MAX_PARAMETERS:
            message = _("a model has at most {most} parameters; {layers} has {size}")
            message = message.format(most=MAX_PARAMETERS, layers=list(self.layers), size=self.size)
            raise ObjectiveError("layers", message)

    @property
    def linear(self) -> bool:
        """Whether there are neither hidden layers nor tables."""
        return len(self.layers) == 2 and not self.tables

    @property
    def size(self) -> int:
        """How many parameters there are."""
        in_tables = sum(rows * width for rows, width in self.tables)
        return in_tables + sum((n_in + 1) * n_out for n_in, n_out in pairwise(self.layers))

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The blocks of the parameters in order: tables, then weights and biases of each layer."""
        parts: list[Part] = []
        first = 0
        for (rows, width), label in zip(self.tables, self.labels, strict=True):
            parts.append(Part(first, rows, width, label + "[{r},{c}]", "table"))
            first = parts[-1].end
        for k, (n_in, n_out) in enumerate(pairwise(self.layers), 1):
            weight, bias = f"w{k}[{{r}},{{c}}]", f"b{k}[{{r}}]"
            if self.linear and n_out == 1:
                weight, bias = "w" if n_in == 1 else "w{c}", "b"
            parts.append(Part(first, n_out, n_in, weight, "weights"))
            parts.append(Part(parts[-1].end, n_out, 1, bias, "biases"))
            first = parts[-1].end
        return tuple(parts)

    @property
    def blocks(self) -> Indices:
        """(first, rows, columns) of each part, as rules over blocks take them."""
        return np.array([(part.first, part.rows, part.cols) for part in self.parts], dtype=np.int64)

    @property
    def names(self) -> Names:
        """The names of the parameters."""
        return Names(self.parts)

    @property
    def shape(self) -> Indices:
        """The model as the kernel takes it."""
        codes = [unit_kinds.ACTIVATIONS.index(name) for name in (self.activation, self.output)]
        head = (*codes, unit_kinds.LOSSES.index(self.loss), len(self.layers))
        return np.array((*head, *self.layers, len(self.tables), *chain(*self.tables)), dtype=np.int64)

    def __str__(self) -> str:
        sizes = "→".join(str(n) for n in self.layers)
        hidden = f" {self.activation}" if len(self.layers) > 2 else ""
        last = f", output {self.output}" if self.output != "identity" else ""
        return f"{'embeddings→' if self.tables else ''}{sizes}{hidden}{last}, {self.loss}"

    def default_init(self) -> str:
        """Return the default initialisation: He's for relu and its variants, Xavier's for the others.

        A linear model starts at zero, where nothing hides what the optimizer does.
        """
        if self.linear:
            return "zeros"
        if self.tables:
            return "uniform"
        return "he" if self.activation in ("relu", "leaky-relu", "gelu") else "xavier"

    def first_parameters(self, init: str, seed: int) -> Array:
        """Return the initial parameters; an empty `init` means `default_init`.

        zeros; uniform: weights and biases from U(−1/√n_in, 1/√n_in), as torch.nn.Linear; xavier: weights from
        U(−√(6/(n_in+n_out)), √(6/(n_in+n_out))), biases 0 (Glorot & Bengio 2010); he: weights from N(0, 2/n_in),
        biases 0 (He et al. 2015). Unless zeros, embedding tables are from N(0, 1).

        Raises
        ------
        ObjectiveError
            no such initialisation.
        """
        init = init or self.default_init()
        _choose("init", init, INITS)
        theta = np.zeros(self.size)
        if init == "zeros":
            return theta
        n_in = n_out = 1
        for number, part in enumerate(self.parts):
            count = part.end - part.first
            where = slice(part.first, part.end)
            if part.kind == "weights":
                n_out, n_in = part.rows, part.cols
            if part.kind == "table":
                theta[where] = normals(seed, "init", number, count)
            elif init == "he":
                if part.kind == "weights":
                    theta[where] = np.sqrt(2.0 / n_in) * normals(seed, "init", number, count)
            elif init == "uniform" or part.kind == "weights":
                bound = np.sqrt(1.0 / n_in) if init == "uniform" else np.sqrt(6.0 / (n_in + n_out))
                theta[where] = bound * (2.0 * uniforms(raw_stream(seed, "init", number, count)) - 1.0)
        return theta
