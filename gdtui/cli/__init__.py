"""The command line: one file a command, `main` chooses; nothing heavy is imported before it is needed."""

from gdtui.cli.main import main

__all__ = ["main"]
