"""`python -m bench`: how fast the bridge answers, what it starts in and what it weighs.

Absolute times move from machine to machine; the ratios between the rows of one run are what to compare.
"""

from __future__ import annotations

import argparse
import os
import platform
from pathlib import Path

# One thread: the second core belongs to the DAW, and to the other side of the port.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from rich.console import Console
from rich.table import Table

from bench import speed


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="requests of each kind")
    parser.add_argument("--starts", type=int, default=5, help="fresh processes")
    options = parser.parse_args()
    console = Console(width=110)
    console.print(f"On {processor()}:")
    table = Table(
        f"4-bar primer, 8 bars of both voices, model {speed.MODEL}", "median", "95th percentile", "unit"
    )
    for column in table.columns[1:3]:
        column.justify = "right"
    for row in speed.rows(rounds=options.rounds, starts=options.starts):
        table.add_row(row.what, f"{row.median:.1f}", "" if row.p95 is None else f"{row.p95:.1f}", row.unit)
    console.print(table)


def processor() -> str:
    """What measures: the processor, as far as the system tells, and its widest products on x86."""
    about = Path("/proc/cpuinfo")
    if not about.exists():
        return platform.processor() or platform.machine()
    pairs = (line.partition(":") for line in about.read_text("utf-8").splitlines())
    told = {name.strip(): value.split() for name, _, value in pairs}
    widest = [flag for flag in ("avx2", "avx512f", "avx512_vnni") if flag in told.get("flags", [])]
    return " ".join([*told.get("model name", [platform.machine()]), *widest[-1:]])


if __name__ == "__main__":
    main()
