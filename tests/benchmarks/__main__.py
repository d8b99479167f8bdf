"""Print every measurement of the budgets, with ratios: `python -m tests.benchmarks [compute|terminal]`."""

from __future__ import annotations

import sys
import tempfile

from tests.benchmarks import compute, terminal


def show_compute() -> None:
    """Print the engine's speed and memory."""
    print("microseconds an update")
    for what, ours, others in compute.rows():
        beside = "   ".join(f"{name} {value:.3g} ({value / ours:.3g}× ours)" for name, value in others.items())
        print(f"  {what:28} {ours:8.3g}   {beside}")
    print("milliseconds for a field of 4096 starts × 1 000 updates, Adam on rosenbrock")
    timed = compute.field_rows()
    for what, seconds in timed:
        print(f"  {what:28} {seconds * 1e3:8.1f}   {seconds / timed[0][1]:.3g}× the first")
    print(f"memory, 4 lanes × 1 000 000 recorded updates: {compute.memory():.0f} MiB in all")


def show_terminal() -> None:
    """Print how long the screen takes, and how much it sends."""
    bare = terminal.first_frame(terminal.BARE, b"bare")
    first = terminal.first_frame(terminal.GDTUI, b"opening the bench")
    warm = terminal.first_frame(terminal.GDTUI, b"paused")
    with tempfile.TemporaryDirectory() as cache:
        cold = terminal.first_frame(terminal.GDTUI, b"paused", tries=1, extra={"NUMBA_CACHE_DIR": cache})
    print("seconds from start (120×36)")
    print(f"  bare Textual app, first frame {bare:.2f}")
    print(f"  gdtui, first frame            {first:.2f} ({first / bare:.2f}× bare)")
    print(f"  gdtui, ready to step          {warm:.2f} kernels cached, {cold:.2f} never compiled")
    print("one step, from key to the frame's last byte, after 1 000 updates")
    for columns, rows in ((80, 24), (120, 36), (200, 50)):
        milliseconds, size = terminal.steps(columns, rows, 1_000)
        print(f"  {columns}×{rows:<3} {milliseconds:6.1f} ms  {size / 1000:6.1f} kB")


if __name__ == "__main__":
    wanted = sys.argv[1:] or ["compute", "terminal"]
    if "compute" in wanted:
        show_compute()
    if "terminal" in wanted:
        show_terminal()
