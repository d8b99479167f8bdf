"""Batches cover each epoch once, in an order that is a pure function of the seed; noise has its statistics."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest

from gdtui.errors import SamplingError
from gdtui.objectives.specs import ObjectiveSpec, Specification
from gdtui.session import Session
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.sampling import (
    SHUFFLES,
    Sampling,
    batches,
    batches_of,
    gradient_noise,
    has_random_gradients,
    normals,
    orders_of,
    raw_stream,
    read_sampling,
)
from gdtui.simulation.trace_view import TraceView
from gdtui.verbs import Step

TRAIN = np.arange(100) * 3  # row numbers need not begin at 0 nor be dense


@pytest.mark.parametrize("batch", [1, 7, 20, 99, 100, 1000])
@pytest.mark.parametrize("shuffle", ["each-epoch", "once", "none"])
def test_an_epoch_sees_every_row_once(batch: int, shuffle: str) -> None:
    sampling = Sampling(batch, shuffle)
    per_epoch = sampling.updates_per_epoch(100)
    order, begin, end = batches(5, sampling, TRAIN, 3 * per_epoch, per_epoch)
    seen = np.concatenate([order[a:b] for a, b in zip(begin, end, strict=True)])
    assert sorted(seen) == sorted(TRAIN)
    assert sampling.samples(4 * per_epoch, 100) == 400


@pytest.mark.parametrize("shuffle", SHUFFLES)
@pytest.mark.parametrize("drop", [False, True])
def test_a_batch_depends_on_its_update_alone(shuffle: str, drop: bool) -> None:
    sampling = Sampling(32, shuffle, drop)
    order, begin, end = batches(5, sampling, TRAIN, 0, 50)
    whole = [order[a:b].tolist() for a, b in zip(begin, end, strict=True)]
    for t0, n in ((0, 1), (13, 7), (49, 1), (2, 48)):
        order, begin, end = batches(5, sampling, TRAIN, t0, n)
        assert [order[a:b].tolist() for a, b in zip(begin, end, strict=True)] == whole[t0 : t0 + n]
    sizes = [len(b) for b in whole]
    assert sum(sizes) == sampling.samples(50, 100) or shuffle == "with-replacement"
    assert (min(sizes) == 32) == drop or shuffle == "with-replacement"


def epochs_of(sampling: Sampling, count: int, seed: int = 5) -> list[list[list[int]]]:
    """Return the batches of the first `count` epochs over `TRAIN`."""
    per_epoch = sampling.updates_per_epoch(len(TRAIN))
    order, begin, end = batches(seed, sampling, TRAIN, 0, count * per_epoch)
    seen = [order[a:b].tolist() for a, b in zip(begin, end, strict=True)]
    return [seen[k : k + per_epoch] for k in range(0, len(seen), per_epoch)]


@pytest.mark.parametrize("shuffle", ["each-epoch", "once", "none"])
def test_the_short_last_batch_is_kept_or_dropped(shuffle: str) -> None:
    for kept, dropped in zip(
        epochs_of(Sampling(32, shuffle), 6), epochs_of(Sampling(32, shuffle, True), 6), strict=True
    ):
        assert [len(batch) for batch in kept] == [32, 32, 32, 4]
        assert dropped == kept[:3]
        assert sorted(chain(*kept)) == TRAIN.tolist()


def test_in_order_and_shuffled_once_are_what_they_say() -> None:
    assert epochs_of(Sampling(20, "none"), 3) == [[TRAIN[k : k + 20].tolist() for k in range(0, 100, 20)]] * 3
    first, *others = epochs_of(Sampling(20, "once"), 4)
    assert others == [first] * 3 and list(chain(*first)) != TRAIN.tolist()


def test_every_order_of_the_rows_is_equally_likely() -> None:
    """A row's place in its epoch: each of the 100 equally often in 4000 epochs, 40 ± 5 standard deviations."""
    found = np.array([list(chain(*epoch)) for epoch in epochs_of(Sampling(50), 4000)])
    for row in TRAIN[[0, 1, 57, 99]]:
        counts = np.bincount(np.nonzero(found == row)[1], minlength=100)
        assert counts.sum() == 4000 and np.abs(counts - 40).max() < 5 * np.sqrt(40)
    follows = np.mean(found[:, 1:] == found[:, :-1] + 3)  # neighbours in the file that stay neighbours: 1 in 100
    assert follows == pytest.approx(0.01, abs=0.001)


def test_with_replacement_each_row_is_drawn_equally_often_and_some_twice() -> None:
    drawn = np.concatenate([np.concatenate(epoch) for epoch in epochs_of(Sampling(20, "with-replacement"), 2000)])
    counts = np.bincount(drawn // 3, minlength=100)
    assert np.abs(counts - 2000).max() < 5 * np.sqrt(2000)
    repeated = [len(set(batch)) < 20 for epoch in epochs_of(Sampling(20, "with-replacement"), 500) for batch in epoch]
    # 1 − 100·99·…·81/100²⁰ = 0.87
    assert np.mean(repeated) == pytest.approx(0.87, abs=0.03)


def test_with_replacement_an_epoch_draws_as_many_rows_as_there_are() -> None:
    """As torch's RandomSampler(replacement=True) does it: 100 draws, the last batch short."""
    sampling = Sampling(32, "with-replacement")
    epochs = [[len(batch) for batch in epoch] for epoch in epochs_of(sampling, 5)]
    assert epochs == [[32, 32, 32, 4]] * 5
    assert [sampling.samples(update, 100) for update in range(6)] == [0, 32, 64, 96, 100, 132]


def trace(lanes: tuple[Lane, ...], name: str, spec: Specification, updates: int, seed: int = 5) -> TraceView:
    session = Session(Experiment(spec, lanes, seed))
    return session.apply(Step(updates)).lane(name).trace


@pytest.mark.parametrize(
    ("sampling", "random"),
    [
        (Sampling(), False),
        (Sampling(99), True),
        (Sampling(100), False),
        (Sampling(100, "with-replacement"), True),
    ],
)
def test_gradients_are_random_where_a_batch_can_differ_from_all_rows(sampling: Sampling, random: bool) -> None:
    objective = ObjectiveSpec("dataset", "linear-4-3").build()
    _full, order, begin, end = batches_of(objective, sampling, 0, 0, 1)
    drawn = np.sort(order[begin[0] : end[0]])
    assert (not np.array_equal(drawn, objective.train)) == random
    assert has_random_gradients(objective, sampling) == random


def test_lanes_of_one_sampling_see_the_same_batches_whoever_else_is_there() -> None:
    spec, batch = ObjectiveSpec("dataset", "gaussian-1000x10", rows=100), Sampling(32)
    one, other = Lane("one", sampling=batch), Lane("other", sampling=batch)
    alone = trace((one,), "one", spec, 30).rows
    together = (Lane("full"), other, Lane("adam", "adam", sampling=Sampling(7)), one)
    assert trace(together, "one", spec, 30).rows.tobytes() == alone.tobytes()
    assert trace(together, "other", spec, 30).rows.tobytes() == alone.tobytes()
    assert trace((one,), "one", spec, 30, seed=6).rows.tobytes() != alone.tobytes()


def noise_seen(batch: int | None, updates: int, sigma: float = 3.0) -> np.ndarray:
    """Return gradient − exact gradient of each update on x² + y² (updates x 2)."""
    lane = Lane("gd", "gd", settings={"lr": 1e-3}, sampling=Sampling(batch))
    seen = trace((lane,), "gd", ObjectiveSpec("surface", "sphere", noise=sigma), updates)
    theta, grad = (seen.rows[:, seen.layout.block(name)] for name in ("theta", "grad"))
    return grad[1:] - 2.0 * theta[:-1]


@pytest.mark.parametrize(("batch", "expected"), [(None, 3.0), (1, 3.0), (9, 1.0), (100, 0.3)])
def test_gradient_noise_of_a_surface_is_sigma_over_the_root_of_the_batch(batch: int | None, expected: float) -> None:
    noise = noise_seen(batch, 4000)
    # 8000 numbers: their deviation is known to 0.8 %, their mean to 0.011 deviations
    assert noise.std() == pytest.approx(expected, rel=0.035)
    assert np.abs(noise.mean(axis=0)).max() < 0.07 * expected
    assert abs(np.corrcoef(noise.T)[0, 1]) < 0.07 and abs(np.corrcoef(noise[1:, 0], noise[:-1, 0])[0, 1]) < 0.07


def test_a_batch_of_four_halves_each_draw_of_the_noise() -> None:
    np.testing.assert_allclose(noise_seen(4, 1), noise_seen(1, 1) / 2, rtol=1e-12)


def test_epochs_differ_and_seeds_differ() -> None:
    def epoch(seed: int, e: int, shuffle: str = "each-epoch") -> list[int]:
        return batches(seed, Sampling(100, shuffle), TRAIN, e, 1)[0].tolist()

    assert epoch(1, 0) != epoch(1, 1) and epoch(1, 0) != epoch(2, 0)
    assert epoch(1, 0, "once") == epoch(1, 5, "once")
    assert epoch(1, 0, "none") == TRAIN.tolist()


def test_the_raw_stream_is_philox_as_published() -> None:
    """Known answers of Random123's kat_vectors: philox4x64-10, counter 0, key 0.

    NumPy counts up before the first block, so its stream begins at counter 1: set the counter to −1.
    """
    philox = np.random.Philox(key=np.zeros(2, dtype=np.uint64), counter=np.full(4, 2**64 - 1, dtype=np.uint64))
    assert [f"{v:016x}" for v in philox.random_raw(4)] == [
        "16554d9eca36314c", "db20fe9d672d0fdc", "d7e772cee186176b", "7e68b68aec7ba23b",
    ]  # fmt: skip
    assert raw_stream(0, "a", 0, 3).tolist() != raw_stream(0, "b", 0, 3).tolist()


def test_normals_have_the_moments_of_a_normal_distribution() -> None:
    x = normals(1, "noise test", 0, 200_000)
    assert abs(x.mean()) < 0.01 and abs(x.std() - 1) < 0.01
    assert abs(np.mean(x**3)) < 0.03 and abs(np.mean(x**4) - 3) < 0.08
    assert abs(np.corrcoef(x[::2], x[1::2])[0, 1]) < 0.01


def test_noise_scales_and_depends_on_the_update_alone() -> None:
    whole = gradient_noise(3, "adam", 0.5, 2, 0, 5000)
    assert whole.shape == (5000, 2) and abs(whole.std() - 0.5) < 0.02
    assert np.array_equal(gradient_noise(3, "adam", 0.5, 2, 4000, 10), whole[4000:4010])
    assert not np.array_equal(gradient_noise(3, "gd", 0.5, 2, 0, 10), whole[:10])
    assert len(gradient_noise(3, "adam", 0.0, 2, 0, 10)) == 0


@pytest.mark.parametrize(
    ("given", "batch"), [("full", None), ("single", 1), (20, 20), ("20", 20), ({"batch": 5, "drop_last": True}, 5)]
)
def test_sampling_is_read(given: object, batch: int | None) -> None:
    assert read_sampling(given).batch == batch


@pytest.mark.parametrize("given", ["ful", 0, -3, 1.5, True, {"bach": 3}, {"batch": 3, "shuffle": "never"}, []])
def test_what_is_no_sampling_is_refused(given: object) -> None:
    with pytest.raises(SamplingError):
        read_sampling(given)


def test_a_misspelt_sampling_is_guessed() -> None:
    with pytest.raises(SamplingError, match="did you mean 'full'"):
        read_sampling("ful")


@pytest.mark.parametrize("rows", [1, 2, 3, 100, 8192])
def test_the_order_of_an_epoch_sorts_its_random_numbers(rows: int) -> None:
    raw = raw_stream(5, "order", 3, 8192 // rows * rows).reshape(-1, rows)
    np.testing.assert_array_equal(orders_of(raw), np.argsort(raw, axis=1, kind="stable"))


def test_numbers_that_differ_in_their_last_bits_only_are_sorted_by_them() -> None:
    raw = np.array([[8, 3, 7, 7, 0], [2**63 + 1, 2**63, 5, 2**64 - 1, 4]], dtype=np.uint64)
    np.testing.assert_array_equal(orders_of(raw), [[4, 1, 2, 3, 0], [4, 2, 1, 0, 3]])
