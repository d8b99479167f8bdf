"""What other libraries do, recorded: `python -m tests.record` writes tests/reference/*.json anew.

Needs torch 2.13.0, keras 3.15.1, optax 0.2.8, jax and schedulefree 1.4.1; the tests need none of them, they read
only the files.
"""
