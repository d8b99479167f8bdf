"""Rules over whole blocks of parameters."""

import numpy as np
import pytest

from gdtui.kernel import Array
from gdtui.optimizers import find, optimizer, same_text
from gdtui.optimizers.language.block_operations import mean, newton_schulz, norm, rms, row_mean
from gdtui.optimizers.language.block_rule import block_optimizer
from gdtui.optimizers.language.parameters import Decay, Falling, Hyper, Rate, Velocities, Velocity
from gdtui.optimizers.language.signature import read_signature
from tests.optimizers.cases import State, matrix_block, refused


def test_operations_are_what_numpy_says():
    x = np.random.default_rng(0).normal(size=(5, 3))
    np.testing.assert_allclose(norm(x), np.linalg.norm(x), rtol=1e-14)
    np.testing.assert_allclose(rms(x), np.sqrt(np.mean(x**2)), rtol=1e-14)
    np.testing.assert_allclose(mean(x), np.mean(x), rtol=1e-12)
    np.testing.assert_allclose(row_mean(x)[:, 0], np.mean(x, axis=1), rtol=1e-12)


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (5, 5), (1, 3)])
def test_five_steps_of_newton_and_schulz_bring_singular_values_near_1(shape):
    x = np.random.default_rng(1).normal(size=shape)
    values = np.linalg.svd(newton_schulz(x / np.linalg.norm(x)), compute_uv=False)
    assert np.all((values > 0.3) & (values < 1.3))


def test_muon_steps_equally_far_along_strong_and_weak_directions():
    g = np.diag([100.0, 1.0]) + 0.0
    state = State.start(find("muon").rule("pytorch"), np.zeros(4), {"weight_decay": 0.0}, matrix_block(2, 2))
    state.update(g.ravel())
    strong, weak = -state.theta[0], -state.theta[3]
    assert 0.5 < weak / strong < 2


def test_muon_refuses_vectors_and_says_so():
    rule = find("muon").rule("pytorch")
    assert refused(rule, [[0, 3, 2]]) == ""
    assert "matrices only" in refused(rule, [[0, 3, 2], [6, 3, 1]])
    assert refused(find("adafactor").rule(), [[0, 3, 2], [6, 3, 1]]) == ""


def test_adafactor_keeps_of_a_matrix_only_rows_and_columns():
    state = State.start(find("adafactor").rule(), np.ones(6), blocks=matrix_block(2, 3))
    g = np.array([1.0, 2.0, 3.0, -1.0, -2.0, -3.0])
    state.update(g)
    v, row, column = (slot.reshape(2, 3) for slot in state.slots)
    np.testing.assert_allclose(row, [[14 / 3] * 3] * 2)
    np.testing.assert_allclose(column, [[1, 4, 9]] * 2)
    np.testing.assert_allclose(v, np.outer([1, 1], [1, 4, 9]), rtol=1e-15)  # this g² is of rank 1


def test_lars_moves_each_block_by_a_part_of_its_own_length():
    blocks = np.array([[0, 2, 1], [2, 2, 1]])
    theta = np.array([3.0, 4.0, 300.0, 400.0])
    state = State.start(find("lars").rule(), theta, {"lr": 1.0}, blocks)
    step = state.update([1.0, 0.0, 0.0, 1e-3]) - theta
    np.testing.assert_allclose(step, [-0.005, 0.0, 0.0, -0.5], atol=1e-12)


def test_what_a_signature_must_say():
    def no_gradient(theta: float, t: float, lr: Rate = 0.1) -> float:
        return theta

    def no_role(theta: float, g: float, t: float, m: float, lr: Rate = 0.1) -> float:
        return theta

    def no_default(theta: float, g: float, t: float, lr: Rate, beta: Decay) -> float:
        return theta

    def no_rate(theta: float, g: float, t: float, m: Velocity, beta: Decay = 0.9) -> float:
        return theta

    for function, complaint in (
        (no_gradient, "begins with"), (no_role, "m has no role"), (no_default, "lr has no default"),
        (no_rate, "first hyperparameter is lr"),
    ):  # fmt: skip
        with pytest.raises(TypeError, match=complaint):
            read_signature(function)


def test_both_texts_of_a_rule_over_blocks_have_one_signature():
    def matrices(theta: Array, g: Array, t: float, lr: Rate = 0.1) -> Array:
        return theta - lr * g

    def vectors(theta: Array, g: Array, t: float, m: Velocities, lr: Rate = 0.1) -> Array:
        return theta - lr * g

    with pytest.raises(TypeError, match="differ in their signatures"):
        block_optimizer("nobody", "paper", title="", reference="", teaches="", matrices=matrices)(vectors)


def test_another_dialect_can_only_change_defaults_that_there_are():
    with pytest.raises(TypeError, match="no hyperparameter 'beta'"):
        same_text(find("gd").rule(), "other", reference="", teaches="", beta=0.9)


def test_a_rule_assigns_and_returns_and_nothing_else(monkeypatch):
    from gdtui.optimizers.language import registry

    monkeypatch.setattr(registry, "REGISTRY", {})

    @optimizer("loopy", title="", reference="")
    def loopy(theta: float, g: float, t: float, lr: Rate = 0.1) -> float:
        for _ in range(3):
            theta = theta - lr * g
        return theta

    with pytest.raises(TypeError, match="a rule assigns and returns; no For"):
        loopy.validate()


def test_ranges_read_as_people_write_them():
    assert Falling.__metadata__[0].describe() == "≤ 0"
    assert Hyper(0, 1, high_open=True).describe() == "in [0, 1)"
    assert Hyper(float("-inf"), 0, high_open=True).describe() == "< 0"
    assert not Falling.__metadata__[0].contains(float("-inf"))
