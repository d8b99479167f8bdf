"""A budget in milliseconds is judged by what the machine takes for other work in the same run."""

import pytest

from tests.benchmarks.verdicts import Line
from tests.benchmarks.yardstick import Yardstick


@pytest.mark.parametrize(
    ("seconds", "figure", "counted", "met"),
    [(0.16, 150.0, 75.0, True), (0.16, 210.0, 105.0, False), (0.04, 75.0, 75.0, True), (0.04, 101.0, 101.0, False)],
)
def test_a_slow_machine_is_judged_by_its_own_time_and_a_fast_one_by_the_plain_target(
    seconds: float, figure: float, counted: float, met: bool
) -> None:
    measured: list[float] = []
    work = Yardstick("some work", 0.08, lambda: measured.append(seconds) or seconds)
    lines = [work.line("a step", 100, figure, "ms", "more") for _twice in range(2)]
    assert measured == [seconds], "once in a run"
    assert (lines[0].figure, lines[0].met) == (pytest.approx(counted), met)
    shown = str(lines[0])
    assert "≤ 100 ms" in shown and f"{figure:g} ms here" in shown and shown.endswith("more")
    assert isinstance(lines[0], Line) and str(lines[1]) == shown
