"""Linear models with one output have a kernel of their own: to the bits of the network's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gdtui.kernel import Array
from gdtui.objectives.network import kernels as networks
from gdtui.objectives.network import layers
from gdtui.objectives.network.linear import kernel_for, linear_model
from gdtui.objectives.network.model import Model

#: Of the last 32 rows at most, see `units_of`.
KEPT = ((layers.Z, 1), (layers.A, 0), (layers.A, 1))


def evaluated(model: Model, theta: Array, data: Array) -> tuple[float, Array, Array]:
    grad, work = np.full(len(theta), 7.0), np.zeros(networks.work_size(model.layers))
    rows = np.arange(len(data))[::-1].copy()
    loss = kernel_for(model)(theta, data, rows, 0, len(rows), model.shape, work, grad)
    return loss, grad, networks.units_of(work, model.layers)


@pytest.mark.parametrize("loss", ["mse", "mae", "huber"])
@pytest.mark.parametrize("output", ["identity", "tanh"])
@pytest.mark.parametrize(("width", "count"), [(1, 1), (1, 20), (3, 32), (7, 75)])
def test_a_second_output_that_is_always_right_halves_loss_and_gradient(
    loss: str, output: str, width: int, count: int
) -> None:
    random = np.random.default_rng(width * count)
    data, theta = random.normal(size=(count, width + 1)), random.normal(size=width + 1)
    model = Model((width, 1), "tanh", loss, output=output)
    assert (kernel_for(model), kernel_for(replace(model, layers=(width, 2)))) == (linear_model, networks.network)
    value, grad, units = evaluated(model, theta, data)
    second = np.concatenate((theta[:width], np.zeros(width), theta[width:], [0.0]))
    wide = np.hstack((data, np.zeros((count, 1))))
    half, halves, others = evaluated(replace(model, layers=(width, 2)), second, wide)
    assert value == 2 * half
    np.testing.assert_array_equal(grad, 2 * halves[[*range(width), 2 * width]])
    last = (count - 1) % networks.TILE + 1
    for what, layer in KEPT:
        shown = 1 if layer else width
        np.testing.assert_array_equal(units[what, layer, :shown, :last], others[what, layer, :shown, :last])
    np.testing.assert_array_equal(units[layers.D, 1, 0, :last], 2 * others[layers.D, 1, 0, :last])
