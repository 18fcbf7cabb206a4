"""Where the process begins and ends: it says one line where it stops early, and never a traceback.

Nothing is imported before signals are handled.
"""

import gc
import os
from typing import NoReturn

from pipeline.signals import leaving_at_once

_OBJECTS = 200_000
"""New objects before Python looks for garbage; imports make many and hardly any garbage."""


def main() -> NoReturn:
    """Run the command line.

    Python's own settings for garbage take a tenth of the time of a short run, and plugins of
    pydantic, of which we have none, are looked for in all installed packages.
    """
    gc.set_threshold(_OBJECTS, 20, 100)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    with leaving_at_once():
        from pipeline.cli import main as run_command_line

        try:
            run_command_line()
        finally:
            gc.freeze()  # the process ends: nothing more is looked at


if __name__ == "__main__":
    main()
