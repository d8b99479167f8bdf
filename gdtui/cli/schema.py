"""`gdtui schema`: the JSON Schema of scenario files, for editors."""

from __future__ import annotations

import argparse
import sys

from gdtui.cli.exits import PASSED


def command(_options: argparse.Namespace) -> int:
    """Print the schema."""
    from gdtui.scenario.read.json_schema import schema_text  # late: this imports pydantic

    sys.stdout.write(schema_text())
    return PASSED
