"""A network at work on one sample, line by line: forwards and backwards, with the numbers put in.

Layer k has z = W·a + b and a = f(z). The error δ = ∂loss/∂z of the last layer comes from the loss, that of an earlier
layer from the next one: δᵏ = Wᵏ⁺¹ᵀδᵏ⁺¹ ⊙ f′(zᵏ) (Rumelhart, Hinton & Williams 1986). For one sample ∂W = δ·aᵀ, ∂b = δ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gdtui.kernel import Array
from gdtui.objectives.network import unit_kinds
from gdtui.objectives.network.inspection import LayerValues, predictions
from gdtui.objectives.network.model import Model
from gdtui.text import SUPERSCRIPTS, number

#: How activations are written; the others by their names.
_FUNCTIONS = {"sigmoid": "σ", "leaky-relu": "leaky"}
#: ∂loss/∂ŷ of an output, before it is divided by the number of outputs; of a loss on logits, ∂loss/∂z.
_LOSSES = {
    "mse": "2·({} − {})", "mae": "sign({} − {})", "huber": "clip({} − {}, ±1)", "bce": "{} − {}", "softmax": "{} − {}",
}  # fmt: skip


def named(letter: str, k: int) -> str:
    """Return a quantity of layer k (from 0) with the number of the layer raised: z¹."""
    return letter + str(k + 1).translate(SUPERSCRIPTS)


@dataclass(frozen=True)
class Derivation:
    """One line: name = symbols = numbers = values.

    Parameters
    ----------
    name, symbols
        the quantity, and its formula.
    numbers
        the formula with numbers in place of symbols; "" where there is nothing to compute.
    values
        the result.
    index
        the number of the unit as name and symbols have it: "[0]".
    """

    name: str
    symbols: str
    numbers: str
    values: tuple[float, ...]
    index: str = ""

    def brief(self) -> tuple[str, str]:
        """Return name and symbols without the number of the unit."""
        return (self.name.replace(self.index, ""), self.symbols.replace(self.index, ""))


@dataclass(frozen=True, eq=False)
class Writer:
    """Writes the lines of one sample.

    Parameters
    ----------
    model, layers
        the network, and what it has computed.
    target
        one number for each output; for a class, 1 at its number and 0 elsewhere.
    terms, digits
        how many terms of a sum are written out, and the significant digits of each number.
    """

    model: Model
    layers: Sequence[LayerValues]
    target: Array
    terms: int = 12
    digits: int = 4

    def to(self, terms: int, digits: int) -> Writer:
        """Return a writer with other lengths."""
        return replace(self, terms=terms, digits=digits)

    def unit(self, k: int, j: int) -> tuple[Derivation, ...]:
        """Return z, a, δ and ∂W of unit j of layer k, both from 0."""
        layer, last = self.layers[k], k == len(self.layers) - 1
        at = f"[{j}]" if len(layer.z) > 1 else ""
        weights, biases, delta, z = (named(letter, k) for letter in ("W", "b", "δ", "z"))
        before, after = named("a", k - 1) if k else "x", "ŷ" if last else named("a", k)
        weighted = self._sum(list(zip(layer.weights[j], layer.inputs, strict=True)), layer.biases[j])
        gradient = f"{self._write(layer.delta[j])}·{self._vector(layer.inputs)}"
        activated, error = self._activation(k, j, at), self._error(k, j, at)
        a = self.answer[j] if last else layer.a[j]
        return (
            Derivation(z + at, f"{weights}{at}·{before} + {biases}{at}", weighted, (layer.z[j],), at),
            Derivation(after + at, *activated, (a,), at),
            Derivation(delta + at, *error, (layer.delta[j],), at),
            Derivation(f"∂{weights}{at}", f"{delta}{at}·{before}ᵀ", gradient, tuple(layer.weights_grad[j]), at),
        )

    def backward(self) -> tuple[Derivation, ...]:
        """Return δ of every layer as a vector, from the last layer to the first."""
        lines = []
        for k in range(len(self.layers) - 1, -1, -1):
            if k == len(self.layers) - 1:
                symbols = self._loss("ŷ", "y")
                numbers = self._loss(self._vector(self.answer), self._vector(self.target))
            else:
                symbols = self._back(k)
                numbers = self._vector(self.layers[k + 1].weights.T @ self.layers[k + 1].delta)
            if self._has_slope(k):
                symbols += f" ⊙ {self._function(k)}′({named('z', k)})"
                numbers += f" ⊙ {self._vector(self._slopes(k))}"
            lines.append(Derivation(named("δ", k), symbols, numbers, tuple(self.layers[k].delta)))
        return tuple(lines)

    # -- what the network does --------------------------------------------------------------------

    @property
    def answer(self) -> Array:
        """What is compared with the target."""
        return predictions(self.model, self.layers[-1].z)

    def activation(self, k: int) -> str:
        """Return the name of the activation of layer k, as the kernel applies it."""
        return self.model.activation if k < len(self.layers) - 1 else self.model.output

    def _function(self, k: int) -> str:
        return _FUNCTIONS.get(self.activation(k), self.activation(k))

    def _has_slope(self, k: int) -> bool:
        return self.activation(k) != "identity"

    def _slopes(self, k: int) -> Array:
        """Return f′(z) of each unit of layer k."""
        layer, kind = self.layers[k], unit_kinds.ACTIVATIONS.index(self.activation(k))
        with np.errstate(all="ignore"):
            return np.array([unit_kinds.slope(kind, z, a) for z, a in zip(layer.z, layer.a, strict=True)])

    # -- formulas, each in symbols and in numbers --------------------------------------------------

    def _activation(self, k: int, j: int, at: str) -> tuple[str, str]:
        layer, kind, z, symbol = self.layers[k], self.activation(k), self._write(self.layers[k].z[j]), named("z", k)
        if k == len(self.layers) - 1 and self.model.loss == "softmax":
            powers = [f"exp({self._write(value)})" for value in layer.z[: self.terms]]
            below = " + ".join([*powers, "…"] if len(layer.z) > self.terms else powers)
            return f"exp({symbol}{at})/Σexp({symbol})", f"exp({z})/({below})"
        if k == len(self.layers) - 1 and self.model.loss == "bce":
            return f"σ({symbol}{at})", f"σ({z})"
        if kind == "identity":
            return symbol + at, ""
        written = {"relu": f"max(0, {z})", "leaky-relu": f"max({unit_kinds.LEAK:g}·{_factor(z)}, {z})",
                   "gelu": f"{z}·Φ({z})"}  # fmt: skip
        return f"{self._function(k)}({symbol}{at})", written.get(kind, f"{self._function(k)}({z})")

    def _error(self, k: int, j: int, at: str) -> tuple[str, str]:
        """Return what comes back to a unit, times the slope of its activation."""
        if k == len(self.layers) - 1:
            symbols = self._loss(f"ŷ{at}", f"y{at}")
            answer, target = self.answer[j], self.target[j]
            numbers = self._loss(self._apart(answer, target), _factor(self._write(target)))
        else:
            after = self.layers[k + 1]
            symbols = f"({self._back(k)}){at}" if at else self._back(k)
            numbers = self._sum(list(zip(after.weights[:, j], after.delta, strict=True)))
            if self._has_slope(k) and len(after.delta) > 1:
                numbers = f"({numbers})"
        if self._has_slope(k):
            symbols += f"·{self._function(k)}′({named('z', k)}{at})"
            numbers += f"·{self._slope(k, j)}"
        return symbols, numbers

    def _slope(self, k: int, j: int) -> str:
        """Return f′(z) in numbers, written from a where it is a formula of a."""
        a = self.layers[k].a[j]
        written = {
            "sigmoid": f"{self._write(a)}·(1 − {self._apart(a, 1.0)})",
            "tanh": f"(1 − {_factor(self._apart(a, np.sign(a)))}²)",
        }
        return written.get(self.activation(k)) or self._write(self._slopes(k)[j])

    def _back(self, k: int) -> str:
        return f"{named('W', k + 1)}ᵀ{named('δ', k + 1)}"

    def _loss(self, answer: str, target: str) -> str:
        """Return the derivative of the loss; but for softmax it is a mean over the outputs."""
        text, outputs = _LOSSES[self.model.loss].format(answer, target), len(self.target)
        if outputs == 1 or self.model.loss == "softmax":
            return text
        return f"({text})/{outputs}" if self.model.loss == "bce" else f"{text}/{outputs}"

    # -- numbers -----------------------------------------------------------------------------------

    def _write(self, value: float) -> str:
        return number(float(value), self.digits)

    def _apart(self, value: float, other: float) -> str:
        """Return a number with so many digits that its difference to another is seen."""
        if not np.isfinite(value) or value == other:
            return self._write(value)
        enough = (
            n for n in range(self.digits, 17) if abs(_read(number(value, n)) - value) <= 0.005 * abs(value - other)
        )
        return number(float(value), next(enough, 17))

    def _sum(self, products: Sequence[tuple[float, float]], rest: float | None = None) -> str:
        """Write w·x + w·x + … + rest, with the signs of w and rest between the terms."""
        terms = [(w, f"{self._write(abs(w))}·{_factor(self._write(x))}") for w, x in products[: self.terms]]
        if len(products) > self.terms:
            terms.append((1.0, "…"))
        if rest is not None:
            terms.append((rest, self._write(abs(rest))))
        (sign, first), *others = terms
        return ("−" if sign < 0 else "") + first + "".join(f" {'−' if w < 0 else '+'} {term}" for w, term in others)

    def _vector(self, values: Array) -> str:
        """Write a vector in parentheses, a single number as a factor."""
        if len(values) == 1:
            return _factor(self._write(values[0]))
        listed = [self._write(value) for value in values[: self.terms]]
        return f"({'  '.join([*listed, '…'] if len(values) > self.terms else listed)})"


def _read(text: str) -> float:
    return float(text.replace("−", "-"))


def _factor(text: str) -> str:
    return f"({text})" if text.startswith("−") else text
