"""Basins: at which minimum each run of a map over starts is, and since which update."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdtui.kernel import Array, Indices
from gdtui.objectives.objective import Objective
from gdtui.plot.figure import Swatch
from gdtui.simulation.fields.members import Outcomes
from gdtui.text import _, number

#: Basins that have a colour of their own, and the role of their colours.
BASINS, ROLE = 5, "basin"
#: Steps of a basin's colour, each for a quarter of the runs, the quickest first; and the characters of all basins.
STEPS, GLYPHS = 4, "".join(2 * letter + 2 * letter.lower() for letter in "ABCDE")
#: A run has arrived at a minimum that is nearer than this part of the domain's diagonal.
ARRIVED = 0.03
#: Directions from a place in which the loss is higher if the place is a minimum.
AROUND = 16


def reach(objective: Objective) -> float:
    """Return how near to a minimum a run has arrived."""
    return ARRIVED * float(np.linalg.norm([high - low for low, high in objective.domain]))


def known_minima(objective: Objective) -> Array:
    """Return the minima that the objective knows [k, d], as many as have a colour."""
    known = np.array([minimum[:-1] for minimum in objective.minima], dtype=np.float64)
    return np.ascontiguousarray(known[:BASINS].reshape(-1, objective.dimension))


def found_minima(objective: Objective, found: Outcomes) -> Array:
    """Return the minima at which runs end [k, d], those with the most runs first."""
    ended = found.known & ~found.diverged & np.all(np.isfinite(found.theta), axis=1) & np.isfinite(found.loss)
    ends, losses = found.theta[ended], found.loss[ended]
    places: list[tuple[int, Array]] = []
    while len(ends):
        lowest = int(np.argmin(losses))
        near = np.linalg.norm(ends - ends[lowest], axis=1) < reach(objective)
        if _is_minimum(objective, ends[lowest], float(losses[lowest])):
            places.append((int(np.count_nonzero(near)), ends[lowest]))
        ends, losses = ends[~near], losses[~near]
    places.sort(key=lambda place: -place[0])
    minima = [place for _count, place in places[:BASINS]]
    return np.array(minima, dtype=np.float64).reshape(-1, objective.dimension)


def _is_minimum(objective: Objective, place: Array, loss: float) -> bool:
    """Say whether the loss is nowhere lower at the distance within which runs count as arrived.

    Runs that have not come to rest end anywhere: their ends are no minima.
    """
    angles = 2.0 * np.pi * np.arange(AROUND) / AROUND
    around = place + reach(objective) * np.column_stack((np.cos(angles), np.sin(angles)))
    losses = np.array([objective.evaluate(point)[0] for point in around])
    return not np.any(losses < loss)


@dataclass(frozen=True, eq=False)
class Basins:
    """The runs of a map: the number of the minimum at which each is [n], −1 for none; since which update [n]."""

    minima: Array
    places: Indices
    arrived: Indices

    @classmethod
    def of(cls, found: Outcomes, minima: Array) -> Basins:
        """Return the basins of the runs, of which `minima` were the targets."""
        if not len(minima):
            return cls(minima, np.full(len(found.loss), -1), found.arrived)
        with np.errstate(all="ignore"):
            distances = np.linalg.norm(found.theta[:, None, :] - minima[None, :, :], axis=2)
        nearest = np.argmin(np.where(np.isfinite(distances), distances, np.inf), axis=1)
        return cls(minima, np.where((found.arrived >= 0) & ~found.diverged, nearest, -1), found.arrived)

    @property
    def codes(self) -> Indices:
        """The shade of each run: the colour of its minimum, the paler the later it arrived; −1: at none."""
        at = self.places >= 0
        codes = np.full(len(at), -1, dtype=np.int64)
        if np.any(at):
            quarters = np.quantile(self.arrived[at], [0.25, 0.5, 0.75])
            codes[at] = STEPS * self.places[at] + np.searchsorted(quarters, self.arrived[at])
        return codes

    def key(self, known: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[Swatch]:
        """Return each minimum, the share of the known runs that end there, and by which update half of all have."""
        key, places = [], self.places[known]
        for place, minimum in enumerate(self.minima.tolist()):
            percent, where = _percent(places == place), ", ".join(number(x, 3) for x in minimum)
            swatch = tuple(range(STEPS * place, STEPS * (place + 1)))
            key.append(Swatch(swatch, f"({where}) {percent}", percent, apart=True))
        nowhere = _percent(places < 0)
        long, short = _("blank: none {share}"), _("none {share}")
        key.append(Swatch((), long.format(share=nowhere), short.format(share=nowhere), apart=True))
        if np.any(self.places >= 0):
            half = number(float(np.median(self.arrived[self.places >= 0])), 3)
            long, short = _("half by update {update}"), _("half by {update}")
            key.append(Swatch((), long.format(update=half), short.format(update=half), apart=True))
        return key


def _percent(which: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> str:
    return f"{100.0 * float(np.mean(which)) if len(which) else 0.0:.0f} %"
