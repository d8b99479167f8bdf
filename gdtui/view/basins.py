"""Basins: at which minimum each run of a map over starts is, and since which update."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdtui.insight.curvature import differenced
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
#: Directions in which the loss is looked at around a place where it is flat.
AROUND = 32
#: Curvatures below this part of the largest are none; half the length of the differences that give them, in reaches.
FLAT, STEP = 1e-6, 1e-4
#: Newton's steps within which a minimum is found.
MOST_STEPS = 30


def reach(objective: Objective) -> float:
    """Return how near to a minimum a run has arrived."""
    return ARRIVED * float(np.linalg.norm([high - low for low, high in objective.domain]))


def known_minima(objective: Objective) -> Array:
    """Return the minima that the objective knows [k, d], as many as have a colour."""
    known = np.array([minimum[:-1] for minimum in objective.minima], dtype=np.float64)
    return np.ascontiguousarray(known[:BASINS].reshape(-1, objective.dimension))


def has_others(objective: Objective) -> bool:
    """Say whether there can be minima that the objective does not know."""
    return not objective.minima or (objective.expression is not None and len(objective.minima) < BASINS)


def found_minima(objective: Objective, found: Outcomes) -> Array:
    """Return the minima that are known [k, d], and of the others at which runs end those with most runs, by place."""
    known, near = known_minima(objective), reach(objective)
    ended = found.known & ~found.diverged & np.all(np.isfinite(found.theta), axis=1) & np.isfinite(found.loss)
    ends, losses = found.theta[ended], found.loss[ended]
    for minimum in known:
        elsewhere = np.linalg.norm(ends - minimum, axis=1) >= near
        ends, losses = ends[elsewhere], losses[elsewhere]
    places: list[tuple[int, tuple[float, ...]]] = []
    while len(ends):
        lowest = ends[np.argmin(losses)]
        there = np.linalg.norm(ends - lowest, axis=1) < near
        minimum = _minimum_near(objective, lowest)
        others = [*known, *(np.array(place) for _count, place in places)]
        if minimum is not None and all(np.linalg.norm(minimum - other) >= near for other in others):
            places.append((int(np.count_nonzero(there)), tuple(minimum.tolist())))
        ends, losses = ends[~there], losses[~there]
    most = [place for _count, place in sorted(places, reverse=True)[: BASINS - len(known)]]
    others = sorted(most, key=lambda place: [round(x / near) for x in place])  # by place: a turn of a knob swaps none
    return np.concatenate((known, np.array(others).reshape(-1, objective.dimension)))


def _minimum_near(objective: Objective, place: Array) -> Array | None:
    """Return the minimum within reach of a place: runs that have not come to rest end anywhere, and have none.

    Newton's steps lead to it; where the loss is flat in some direction, it is the place itself.
    """
    near, there = reach(objective), place
    for _step in range(MOST_STEPS):
        hessian = _hessian(objective, there)
        if not np.all(np.isfinite(hessian)):
            return None
        least, largest = np.linalg.eigvalsh(hessian)[[0, -1]].tolist()
        if not least > FLAT * largest > 0:
            flat = least >= -FLAT * max(largest, -least)
            return place if flat and _is_lowest(objective, place) else None
        step = np.linalg.solve(hessian, objective.evaluate(there)[1])
        there = there - step
        if not np.linalg.norm(there - place) < near:
            return None
        if np.linalg.norm(step) < STEP * near:
            return there
    return None


def _hessian(objective: Objective, place: Array) -> Array:
    """Return the Hessian by differences of gradients."""
    product = differenced(objective, place, STEP * reach(objective))
    found = np.array([product(v) for v in np.eye(objective.dimension)])
    symmetric: Array = (found + found.T) / 2
    return symmetric


def _is_lowest(objective: Objective, place: Array) -> bool:
    """Say whether the loss is nowhere lower around a place, within reach, and somewhere higher."""
    angles = 2.0 * np.pi * np.arange(AROUND) / AROUND
    around = place + reach(objective) * np.column_stack((np.cos(angles), np.sin(angles)))
    losses = np.array([objective.evaluate(point)[0] for point in around])
    loss = objective.evaluate(place)[0]
    return bool(np.all(losses >= loss) and np.any(losses > loss))


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
        long, short = _("blank: none of these {share}"), _("none {share}")
        key.append(Swatch((), long.format(share=nowhere), short.format(share=nowhere), apart=True))
        if np.any(self.places >= 0):
            half = number(float(np.median(self.arrived[self.places >= 0])), 3)
            long, short = _("half by update {update}"), _("half by {update}")
            key.append(Swatch((), long.format(update=half), short.format(update=half), apart=True))
        return key


def _percent(which: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> str:
    return f"{100.0 * float(np.mean(which)) if len(which) else 0.0:.0f} %"
