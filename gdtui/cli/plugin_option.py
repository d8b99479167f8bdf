"""`--plugin FILE`, and optimizers of installed packages."""

from __future__ import annotations

import argparse
import sys

from gdtui.cli.exits import IO, USAGE, CommandFailure
from gdtui.text import _


def load(options: argparse.Namespace) -> None:
    """Load the files that the options name, and installed packages.

    Raises
    ------
    CommandFailure
        a file that was named cannot be used.
    """
    from gdtui.errors import PluginError
    from gdtui.scenario.read.plugins import load_file, load_installed

    for message in load_installed():
        print(f"gdtui: {message}", file=sys.stderr)
    for name in options.plugin:
        try:
            load_file(name)
        except PluginError as error:
            raise CommandFailure(str(error), USAGE, placed=True) from None
        except OSError as error:
            raise CommandFailure(_("--plugin {}: {}").format(name, error.strerror or error), IO) from None
