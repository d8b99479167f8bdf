"""The loss surfaces that come with gdtui: each one line of mathematics."""
