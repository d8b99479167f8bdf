"""Which rows each update uses: pure functions of (seed, sampling, update), so that going back is exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gdtui.errors import SamplingError
from gdtui.kernel import Array, Indices
from gdtui.objectives.data.random_streams import Raw, normals, raw_stream, uniforms
from gdtui.objectives.objective import Objective
from gdtui.text import _, did_you_mean

#: The most rows of a batch.
MOST_ROWS = 2**31 - 1
SHUFFLES = ("each-epoch", "once", "none", "with-replacement")


@dataclass(frozen=True)
class Sampling:
    """How the rows of an update are drawn.

    `batch` is the number of rows (None for all), `shuffle` one of `SHUFFLES`; `drop_last` leaves out the short last
    batch of an epoch.
    """

    batch: int | None = None
    shuffle: str = "each-epoch"
    drop_last: bool = False

    def __str__(self) -> str:
        name = "full" if self.batch is None else "single" if self.batch == 1 else f"batch {self.batch}"
        return name if self.shuffle == "each-epoch" else f"{name} {self.shuffle}"

    def updates_per_epoch(self, rows: int) -> int:
        """Return how many updates an epoch takes."""
        if self.batch is None or self.batch >= rows:
            return 1
        return rows // self.batch if self.drop_last else -(-rows // self.batch)

    def epochs(self, update: int, rows: int) -> float | None:
        """Return how many passes over the data `update` updates are; None without rows."""
        return update / self.updates_per_epoch(rows) if rows else None

    def size(self, rows: int) -> int:
        """Return how many samples an update sees (the last of an epoch may see fewer).

        On a surface, which has no rows, a sample is an evaluation with noise.
        """
        if rows == 0:
            return self.batch or 1
        return rows if self.batch is None else min(self.batch, rows)

    def samples(self, update: int, rows: int) -> int:
        """Return how many samples updates 1 … `update` have seen."""
        if rows == 0 or self.drop_last:
            return update * self.size(rows)
        epochs, rest = divmod(update, self.updates_per_epoch(rows))
        return epochs * rows + rest * self.size(rows)


def read_sampling(given: object) -> Sampling:
    """Read "full", "single", a batch size, or a table of batch, shuffle and drop_last; raise SamplingError."""
    if given is None or given == "full":
        return Sampling()
    if given == "single":
        return Sampling(1)
    if isinstance(given, str) and given.isdecimal():
        given = int(given)
    if isinstance(given, int) and not isinstance(given, bool):
        if given < 1:
            raise SamplingError(_("a batch has at least 1 row, not {}").format(given))
        if given > MOST_ROWS:
            raise SamplingError(_("a batch has at most {most} rows, not {given}").format(most=MOST_ROWS, given=given))
        return Sampling(given)
    if isinstance(given, Mapping):
        known = ("batch", "shuffle", "drop_last")
        for key in given:
            if key not in known:
                message = _("sampling has no key {key!r} (it has: {known})")
                raise SamplingError(message.format(key=key, known=", ".join(known)))
        base = read_sampling(given.get("batch", "full"))
        shuffle, drop = given.get("shuffle", "each-epoch"), given.get("drop_last", False)
        if shuffle not in SHUFFLES:
            message = _("shuffle is one of {known}, not {shuffle!r}")
            raise SamplingError(message.format(known=", ".join(SHUFFLES), shuffle=shuffle))
        if not isinstance(drop, bool):
            raise SamplingError(_("drop_last is true or false"))
        return Sampling(base.batch, shuffle, drop)
    message = _('sampling is "full", "single" or a batch size, not {!r}').format(given)
    raise SamplingError(message, did_you_mean(given, ("full", "single")))


#: Numbers in a line whose upper halves nearly always differ.
SHORT = 256
#: About how many numbers of a stream are drawn at once, for orders of rows and for noise. What a seed means depends on
#: them: with others every run on data or with noise is another.
ORDERS_A_BLOCK, NOISE_A_BLOCK = 8192, 4096


@lru_cache(maxsize=64)
def _orders(seed: int, shuffle: str, rows: int, block: int) -> Indices:
    """Return the row orders of a block of epochs, drawn in one call of the generator."""
    height = _epochs_a_block(rows)
    if shuffle == "with-replacement":
        drawn = uniforms(raw_stream(seed, "draw", block, height * rows)) * rows
        return drawn.astype(np.int64).reshape(height, rows)
    return orders_of(raw_stream(seed, "order", block, height * rows).reshape(height, rows))


def orders_of(raw: Raw) -> Indices:
    """Return for each line of random numbers the order that sorts it, equal ones by their place.

    Each number gets its place in its lowest bits: sorting numbers is several times as fast as sorting places by them.
    Of short lines the upper halves nearly always decide, and sort in a third of the time.
    """
    wide = raw.shape[1] > SHORT
    keys = raw.copy() if wide else (raw >> np.uint64(32)).astype(np.uint32)
    below = keys.dtype.type((1 << (raw.shape[1] - 1).bit_length()) - 1)
    keys &= ~below
    np.bitwise_or(keys, np.arange(raw.shape[1], dtype=keys.dtype), out=keys)
    keys.sort(axis=1)
    orders: Indices = (keys & below).astype(np.int64)
    flat = keys.ravel()
    if flat.size > 1 and (flat[1:] ^ flat[:-1]).min() <= below:  # bits that were left out may decide
        tied = np.any(keys[:, 1:] ^ keys[:, :-1] <= below, axis=1)
        orders[tied] = np.argsort(raw[tied], axis=1, kind="stable")
    return orders


def _epochs_a_block(rows: int) -> int:
    return max(1, ORDERS_A_BLOCK // rows)


def _epochs(seed: int, shuffle: str, train: Indices, first: int, last: int) -> Indices:
    """Return the rows of `train` in the orders of epochs first … last, concatenated."""
    rows = len(train)
    if shuffle == "none":
        return np.tile(train, last - first + 1)
    if shuffle == "once":
        return np.tile(train[_orders(seed, shuffle, rows, 0)[0]], last - first + 1)
    height = _epochs_a_block(rows)
    found = np.empty((last - first + 1, rows), dtype=np.int64)
    made = 0
    while made < len(found):  # straight to their place: memory that comes and goes costs more than the rest
        block, begin = divmod(first + made, height)
        orders = _orders(seed, shuffle, rows, block)[begin : begin + len(found) - made]
        train.take(orders, out=found[made : made + len(orders)], mode="clip")
        made += len(orders)
    return found.ravel()


def batches(seed: int, sampling: Sampling, train: Indices, t0: int, n: int) -> tuple[Indices, Indices, Indices]:
    """Return (order, begin, end): update t0 + j + 1 sees the rows order[begin[j]:end[j]].

    The order of an epoch depends on (seed, shuffle, epoch) alone: lanes with the same sampling see the same batches.
    """
    rows = len(train)
    batch = sampling.size(rows)
    per_epoch = sampling.updates_per_epoch(rows)
    first, last = t0 // per_epoch, (t0 + n - 1) // per_epoch
    order = _epochs(seed, sampling.shuffle, train, first, last)
    epoch, place = np.divmod(np.arange(t0, t0 + n), per_epoch)
    base = (epoch - first) * rows
    begin = base + place * batch
    return order, begin, np.minimum(begin + batch, base + rows)


def batches_of(
    objective: Objective, sampling: Sampling, seed: int, t0: int, n: int
) -> tuple[bool, Indices, Indices, Indices]:
    """Return (all rows at once?, order, begin, end): update t0 + j + 1 uses the rows order[begin[j]:end[j]]."""
    if objective.in_order:
        begin = np.arange(t0, t0 + n) % len(objective.data)
        return False, np.arange(len(objective.data)), begin, begin + 1
    train = objective.train
    if len(train) == 0 or sampling.batch is None:
        return True, train, np.zeros(1, dtype=np.int64), np.array([len(train)])
    return False, *batches(seed, sampling, train, t0, n)


def has_random_gradients(objective: Objective, sampling: Sampling) -> bool:
    """Say whether a seed decides the gradients: they have noise, or come from rows that are drawn."""
    rows, batch = len(objective.train), sampling.batch
    drawn = batch is not None and (batch < rows or sampling.shuffle == "with-replacement")
    return objective.noise > 0 or (drawn and rows > 0)


def noise_of(objective: Objective, sampling: Sampling, stream: str, seed: int, t0: int, n: int) -> Array:
    """Return the noise (n x dimension) of batches t0 + 1 … t0 + n of a lane's stream; empty if there is none."""
    deviation = float(objective.noise / np.sqrt(sampling.size(len(objective.train))))
    return gradient_noise(seed, stream, deviation, objective.dimension, t0, n)


_NO_NOISE = np.zeros((0, 1))


def gradient_noise(seed: int, lane: str, deviation: float, dimension: int, t0: int, n: int) -> Array:
    """Return the noise (n x dimension) of updates t0 + 1 … t0 + n; empty where `deviation` is 0."""
    if deviation == 0.0:
        return _NO_NOISE
    height = max(1, NOISE_A_BLOCK // dimension)
    first, last = t0 // height, (t0 + n - 1) // height
    blocks = [normals(seed, f"noise {lane}", b, height * dimension) for b in range(first, last + 1)]
    all_of_them = np.concatenate(blocks).reshape(-1, dimension)
    return np.ascontiguousarray(deviation * all_of_them[t0 - first * height :][:n])
