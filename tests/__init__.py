"""The tests; `python -m tests` runs every leg of them."""
