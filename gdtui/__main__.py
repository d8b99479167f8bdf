"""`gdtui` and `python -m gdtui`."""

import sys


def main() -> int:
    """Run the command line and return its exit code."""
    try:
        from gdtui import ending

        ending.collect_seldom()
        from gdtui.cli import main as run
    except KeyboardInterrupt:  # pressed while Python was still importing
        return 130
    return run()


if __name__ == "__main__":
    sys.exit(main())
