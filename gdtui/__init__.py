"""gdtui: a terminal bench on which optimizers are taken apart one update at a time."""

__version__ = "0.1.0"
