"""What rules state of themselves is what their own steps do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gdtui.optimizers import COMMON, REGISTRY, Rule, Stepping, Task, find
from gdtui.optimizers.language.rule_text import RuleText
from gdtui.optimizers.language.shared_settings import AVERAGING
from gdtui.optimizers.language.solver import Solver, SolverState
from gdtui.optimizers.language.symbols import symbol
from tests.optimizers.cases import RULES, State, blocks_for, matrix_block, rule_id

EVERY = [rule for optimizer in REGISTRY.values() for rule in optimizer.rules]


# Which way the velocity points ------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES, ids=rule_id)
def test_the_velocity_moves_theta_the_way_the_rule_states(rule: Rule) -> None:
    """From one state, the same update with a large velocity and with its opposite: where θ lands differs along it."""
    index = rule.slot_index("velocity")
    if index is None:
        assert rule.velocity_sign == 0
        return
    slope = np.array([2.0, -1.0, 0.5, -3.0])
    for blocks in (blocks_for(rule, 4), *([matrix_block(2, 2)] if len(rule.forms) > 1 else [])):
        state = State.start(rule, [1.0, -2.0, 3.0, 0.5], blocks=blocks)
        for _ in range(2):
            state.update(slope)
        velocity = 1000 * state.slots[index]
        assert np.all(np.abs(velocity) > 0)
        turned = state.copy()
        state.slots[index], turned.slots[index] = velocity, -velocity
        moved = state.update(slope) - turned.update(slope)
        assert np.sign(moved @ velocity) == rule.velocity_sign


@pytest.mark.parametrize("rule", RULES, ids=rule_id)
def test_on_a_slope_the_stated_direction_is_downhill(rule: Rule) -> None:
    """What the arrow on the map shows: the recorded velocity, with the stated sign, points against the gradient."""
    index = rule.slot_index("velocity")
    if index is None:
        return
    slope = np.array([2.0, -1.0, 0.5, -3.0])
    state = State.start(rule, [1.0, -2.0, 3.0, 0.5], {k: 0.0 for k in ("weight_decay",) if k in rule.defaults})
    for _ in range(3):
        state.update(slope)
    np.testing.assert_array_equal(np.sign(rule.velocity_sign * state.slots[index]), -np.sign(slope))


class _Bowl:
    """x² + 10y² + x⁴ + y⁴."""

    def evaluate(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        scale = np.array([1.0, 10.0])
        return float(np.sum(scale * theta**2 + theta**4)), 2 * scale * theta + 4 * theta**3

    def hessian(self, theta: np.ndarray) -> tuple[np.ndarray, int]:
        return np.diag([2.0, 20.0] + 12 * theta**2), 2


@pytest.mark.parametrize("rule", [rule for rule in EVERY if isinstance(rule, Solver)], ids=rule_id)
def test_solvers_move_along_their_direction(rule: Solver) -> None:
    state = SolverState(np.array([3.0, -1.0]))
    for _ in range(2):
        before = state.theta
        update = rule.update(_Bowl(), state, rule.defaults)
        state = update.state
        direction = np.asarray(update.numbers[rule.slots[rule.slot_index("velocity") or 0].name])
        assert rule.velocity_sign * float(direction @ (state.theta - before)) > 0
        assert rule.velocity_sign * float(direction @ update.grad) < 0


def test_a_text_returns_once_and_at_its_end() -> None:
    def early(theta: float, g: float, t: float, lr: float = 0.1) -> float:
        return theta
        theta = theta - lr * g

    def never(theta: float, g: float, t: float, lr: float = 0.1) -> float:
        theta = theta - lr * g

    for function in (early, never):
        with pytest.raises(TypeError, match="one return, in its last line"):
            _ = RuleText(function, (), ("lr",)).statements


# Stability ------------------------------------------------------------------------------------------

CASES = [
    ("gd", "plain", {}, "2/λmax"),
    ("gd", "pytorch", {}, "2/λmax"),
    ("momentum", "classical", {"momentum": 0.9}, "2(1+μ)/λmax"),
    ("momentum", "classical", {"momentum": 0.0}, "2(1+μ)/λmax"),
    ("momentum", "pytorch", {"momentum": 0.5}, "2(1+μ)/λmax"),
    ("momentum", "pytorch", {"momentum": 0.9, "dampening": 0.9}, "2(1+μ)/((1−τ)λmax)"),
    ("momentum", "pytorch", {"momentum": 0.8, "dampening": -0.5}, "2(1+μ)/((1−τ)λmax)"),
    ("momentum", "ema", {"beta": 0.9}, "2(1+β)/((1−β)λmax)"),
    ("nesterov", "classical", {"momentum": 0.9}, "2(1+μ)/((1+2μ)λmax)"),
    ("nesterov", "classical", {"momentum": 0.3}, "2(1+μ)/((1+2μ)λmax)"),
    ("nesterov", "pytorch", {"momentum": 0.9}, "2(1+μ)/((1+2μ)λmax)"),
]


@pytest.mark.parametrize(("name", "dialect", "settings", "formula"), CASES, ids=str)
def test_below_its_limit_it_converges_and_above_it_grows(
    name: str, dialect: str, settings: dict[str, float], formula: str
) -> None:
    curvature = 7.0
    rule = find(name).rule(dialect)
    limit = rule.stability_limit({**rule.defaults, **settings}, curvature)
    assert limit is not None and limit.formula == formula

    def after(lr: float) -> float:
        state = State.start(rule, [1.0], {**settings, "lr": lr})
        for _ in range(4000):
            state.update(curvature * state.theta)
        return abs(float(state.theta[0]))

    assert after(0.99 * limit.lr) < 1e-3
    assert not after(1.01 * limit.lr) < 1e3


def test_every_rule_of_a_family_without_adaptation_states_its_limit() -> None:
    assert {rule.name for rule in EVERY if rule.stable_below} == {"gd", "momentum", "nesterov"}
    assert all(rule.stable_below for name in ("gd", "momentum", "nesterov") for rule in find(name).rules)


def test_a_gradient_that_is_dampened_away_has_no_limit() -> None:
    rule = find("momentum").rule("pytorch")
    for dampening, limit in ((1.0, np.inf), (1.5, None)):
        found = rule.stability_limit({**rule.defaults, "dampening": dampening}, 2.0)
        assert (found and found.lr) == limit


# What every kind answers ------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", EVERY, ids=rule_id)
def test_every_kind_answers_everything(rule: Rule) -> None:
    assert rule.stepping in Stepping
    assert rule.velocity_sign == 0 if rule.slot_index("velocity") is None else rule.velocity_sign in (-1, 1)
    assert rule.symbols[-1] == "effective_lr"
    assert rule.symbols[: len(rule.slots)] == tuple(slot.name for slot in rule.slots)
    assert rule.settings[0] == "lr" and len(set(rule.settings)) == len(rule.settings)
    own = {*rule.defaults, *(AVERAGING if rule.answer else ())}
    assert {*rule.common} == {*rule.shared} - own and {*rule.shared} <= {*COMMON}
    assert rule.answer in ("", *(slot.name for slot in rule.slots))
    for columns in rule.forms:
        assert all(line.symbols and line.value is None for line in rule.lines(columns))
    rule.validate()


def test_solvers_state_what_they_cannot_do() -> None:
    newton = find("newton").rule()
    blocks = np.array([[0, 2, 1]])
    assert newton.refusal(Task("bowl", blocks)) is None
    for task, key, said in (
        (Task("tape", blocks, has_loss=False), "optimizer", "tape has none, only gradients"),
        (Task("rows", blocks, batch="20"), "sampling", "sampling is 20, say full"),
        (Task("rows", blocks, noise=0.1), "noise", "exact gradients"),
        (Task("rows", np.array([[0, 65, 1]])), "optimizer", "at most 64 parameters"),
    ):
        error = newton.refusal(task)
        assert error is not None and error.key == key and said in str(error)
        assert find("adam").rule().refusal(task) is None


@pytest.mark.parametrize(
    ("name", "written"),
    [("beta1", "β₁"), ("m_hat", "m̂"), ("g_bar", "ḡ"), ("theta_norm", "‖θ‖"), ("u_rms", "rms(u)"), ("g_prev", "g₋"),
     ("mu_t", "μₜ"), ("h_hat", "ĥ"), ("q2", "q₂"), ("surprise", "surprise")],
)  # fmt: skip
def test_names_are_written_as_in_papers_without_being_listed(name: str, written: str) -> None:
    assert symbol(name) == written


# One file ---------------------------------------------------------------------------------------------

NEW = '''"""A rule that nobody has heard of."""

from gdtui.optimizers import Decay, Rate, Velocity, optimizer

PLACE = 15


@optimizer("new", title="New", reference="nowhere", teaches="Nothing.", direction="v")
def new(theta: float, g: float, t: float, v: Velocity, lr: Rate = 0.1, keep: Decay = 0.5) -> float:
    v = keep * v + g
    return theta - lr * v
'''


def test_one_file_adds_an_optimizer_at_the_place_it_states(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    shutil.copytree(root / "gdtui", tmp_path / "gdtui")  # with its bytecode, which holds for a copy
    (tmp_path / "gdtui" / "optimizers" / "rules" / "new.py").write_text(NEW)
    code = "from gdtui.optimizers import REGISTRY; print(*REGISTRY)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    names = done.stdout.split()
    assert [name for name in names if name != "new"] == list(REGISTRY)
    assert names[2:5] == ["nesterov", "new", "adagrad"]


def test_the_readme_s_example_is_an_optimizer(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (code,) = (block for block in readme.split("```python\n") if block.startswith("# mine.py"))
    (tmp_path / "mine.py").write_text(code.partition("```")[0], encoding="utf-8")
    words = ["run", "--plugin", "mine.py", "--optimizer", "mine", "--surface", "sphere", "--start", "1,2"]
    done = subprocess.run(
        [sys.executable, "-m", "gdtui", *words, "--updates", "3", "--csv", "-"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120, stdin=subprocess.DEVNULL,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    head, *rows = (line.split(",") for line in done.stdout.splitlines())
    place = head.index("theta_0")
    assert [float(row[place]) for row in rows] == pytest.approx([1.0, 0.99, 0.98, 0.97])
