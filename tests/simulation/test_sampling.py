"""Batches cover each epoch once, in an order that is a pure function of the seed; noise has its statistics."""

from __future__ import annotations

import numpy as np
import pytest

from gdtui.simulation.sampling import (
    SHUFFLES,
    Sampling,
    SamplingError,
    batches,
    gradient_noise,
    normals,
    raw_stream,
    read_sampling,
)

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
