"""The command line: parse, one call, print.

`macnet --help` must answer at once: whatever is heavy (models, MIDI, the network) is imported by the command
that needs it, inside of the command.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run `macnet` with the arguments of this process."""
    try:
        from bridge.cli.edge import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
