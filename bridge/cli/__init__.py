"""The command line: parse, one call, print.

`macnet --help` must answer at once: whatever is heavy (models, MIDI, the network) is imported by the command
that needs it, inside of the command.
"""

from __future__ import annotations

import os
import sys

# numpy's products are small here: more threads would wait for each other and take cores from the DAW. The
# libraries read this when they are loaded, so it stands before all of them; who sets it otherwise is obeyed.
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def main() -> None:
    """Run `macnet` with the arguments of this process."""
    for name in _ONE_THREAD:
        os.environ.setdefault(name, "1")
    try:
        from bridge.cli.edge import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
