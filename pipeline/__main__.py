"""Where the process begins and ends: it says one line where it stops early, and never a traceback.

Nothing is imported before signals are handled.
"""

from typing import NoReturn

from pipeline.signals import leaving_at_once


def main() -> NoReturn:
    """Run the command line."""
    with leaving_at_once():
        from pipeline.cli import main as run_command_line

        run_command_line()


if __name__ == "__main__":
    main()
