"""While kernels are being compiled plain Python makes the first updates; in the end every number is the kernels'."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context

import numpy as np
import pytest

from gdtui import kernel
from gdtui.kernel import Array, Kernel, be_impatient
from gdtui.objectives.specs import DatasetSpec, ExpressionSpec, Specification, SurfaceSpec
from gdtui.simulation.experiment import Lane
from gdtui.simulation.lane import LaneRun

pytestmark = pytest.mark.jit

#: Formulas that no other test compiles; sin and exp are not the same in Python and in machine code, to the last bit.
FRESH = {"algebra": "(x - {})**2 + 3*y**2 + x*y", "sines": "sin(x - {}) + exp(x*y/3) + 0.1*(x**2 + y**2)"}


def impatiently(act: Callable[[], None]) -> None:
    """Do something as the bench does it."""

    def work() -> None:
        be_impatient()
        act()

    copy_context().run(work)


def run_on(objective: Specification, optimizer: str = "adam") -> LaneRun:
    return LaneRun(Lane("a", optimizer, settings={"lr": 0.05}), objective.build(), 0)


def formula(kind: str, number: float) -> ExpressionSpec:
    return ExpressionSpec(FRESH[kind].format(number), domain=((-2.0, 2.0), (-2.0, 2.0)), start=(1.0, -0.7))


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Let nothing be compiled before the event."""
    may = threading.Event()
    build = Kernel._build

    def patient(self: Kernel) -> object:
        assert threading.current_thread().name == "kernels", "somebody waits for a compiler"
        may.wait(60)
        return build(self)

    monkeypatch.setattr(Kernel, "_build", patient)
    return may


def compiled() -> None:
    for thread in threading.enumerate():
        if thread.name == "kernels":
            thread.join(60)
    assert not kernel._behind


def rows(run: LaneRun) -> Array:
    return run.trace.view().rows.copy()


@pytest.mark.parametrize("kind", FRESH)
@pytest.mark.parametrize("optimizer", ["adam", "bfgs"])
def test_updates_are_made_before_anything_is_compiled_and_again_once_it_is(
    held: threading.Event, monkeypatch: pytest.MonkeyPatch, kind: str, optimizer: str
) -> None:
    spec = formula(kind, 0.25 if optimizer == "adam" else 0.75)

    def act() -> None:
        run = run_on(spec, optimizer)
        run.advance(3)
        run.edit("lr", 0.02)
        run.advance(4)
        run.back(2)
        assert run.update == 5
        assert np.isfinite(rows(run)[:, 2]).all()
        assert run.hurried()
        early = rows(run)
        held.set()
        compiled()
        monkeypatch.undo()
        run.advance(30)
        assert not run.hurried()
        sure = run_on(spec, optimizer)
        sure.advance(3)
        sure.edit("lr", 0.02)
        sure.advance(32)
        np.testing.assert_array_equal(rows(run), rows(sure))
        np.testing.assert_allclose(early, rows(sure)[: len(early)], rtol=1e-9)
        run.back(30)
        np.testing.assert_array_equal(rows(run), rows(sure)[: len(early)])

    impatiently(act)


def test_kernels_take_over_in_the_middle_of_a_long_step(held: threading.Event) -> None:
    spec = formula("sines", 0.5)

    def act() -> None:
        run = run_on(spec)
        threading.Timer(0.05, held.set).start()
        run.advance(60_000)
        assert not run.hurried(), "the step ended before the kernels came"
        assert not run._stood_in_for
        sure = run_on(spec)
        sure.advance(60_000)
        np.testing.assert_array_equal(run.theta, sure.theta)
        np.testing.assert_array_equal(rows(run)[-100:], rows(sure)[-100:])

    impatiently(act)


def test_a_lane_that_diverged_early_is_made_sure_too(held: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    def act() -> None:
        run = LaneRun(Lane("a", "gd", settings={"lr": 9.0}), formula("algebra", 1.25).build(), 0)
        run.advance(1_000)
        stopped, early = run.update, rows(run)
        assert stopped < 1_000
        held.set()
        compiled()
        monkeypatch.undo()
        run.advance(1)
        assert not run._stood_in_for
        assert (run.update, run.position) == (stopped, 1_001)
        np.testing.assert_array_equal(rows(run), early)  # sums and products are the same to the last bit

    impatiently(act)


def test_only_formulas_of_few_parameters_are_light() -> None:
    assert SurfaceSpec("rosenbrock").build().light
    assert not DatasetSpec("linear-4-3").build().light


def test_without_impatience_kernels_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_kernels: tuple[Kernel, ...]) -> bool:
        raise AssertionError("plain Python has stood in")

    monkeypatch.setattr("gdtui.simulation.lane_updates.compile_behind", refused)
    run = run_on(formula("algebra", 1.5))
    run.advance(2)
    assert not run._stood_in_for
    assert run.objective.kernel.ready


def test_a_kernel_that_cannot_be_compiled_says_so_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: Kernel) -> object:
        raise ValueError("no such machine")

    def act() -> None:
        run = run_on(formula("algebra", 1.75))
        with monkeypatch.context() as patch:
            patch.setattr(Kernel, "_build", broken)
            while run.hurried():
                run.advance(1)
            run.advance(1)
        assert "no such machine" in run.fault
        kernel._behind.clear()

    impatiently(act)
