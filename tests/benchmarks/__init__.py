"""Measurements against the budgets, as ratios in one run: `python -m tests.benchmarks`."""
