"""The command line: one file a command, `entry` chooses; nothing heavy is imported before it is needed."""

from gdtui.cli.entry import main

__all__ = ["main"]
