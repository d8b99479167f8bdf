"""Scripts that record what other libraries do; run by hand where those are installed.

`python -m tests.record.schedules` and so on write tests/reference/*.json; the tests read only those files.
"""
