"""Where every error of a command ends: as a message with a hint and an exit code, never as a traceback."""

from __future__ import annotations

import json
import os
import sys
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from typing import TYPE_CHECKING

from bridge.errors import MacNetError, RequestFailed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FAILED = 1
INTERRUPTED = 130


def run(args: Sequence[str]) -> int:
    """Run one command.

    Returns:
        The exit code: 0 done, 1 failed with a message, 2 wrongly used, 130 interrupted.
    """
    _survive_narrow_encodings()
    as_json = "--json" in args
    try:
        _dispatch(args)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except KeyboardInterrupt:
        return INTERRUPTED
    except MacNetError as error:
        return _report(error, as_json=as_json)
    except Exception as error:  #  the one edge: a fault of ours, too, ends in a line and a code
        return _report(_failed(error), as_json=as_json)
    return 0


def _dispatch(args: Sequence[str]) -> None:
    from typer.main import get_command

    from bridge.cli.app import app

    get_command(app).main(args=list(args), prog_name="macnet")


def _survive_narrow_encodings() -> None:
    # A Windows console or pipe may know no arrows and no blocks: a "?" there is better than an end.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _report(error: MacNetError, *, as_json: bool) -> int:
    from bridge.cli.printing import complain

    complain(error)
    if as_json:
        fail = {"code": error.code, "message": str(error), "hint": error.hint}
        sys.stdout.write(json.dumps({"error": fail}) + "\n")
    return FAILED


def _failed(error: Exception) -> RequestFailed:
    if os.environ.get("MACNET_DEBUG") == "1":
        traceback.print_exception(error)
    what = f"{type(error).__name__}: {error}".splitlines()[0]
    hint = "MACNET_DEBUG=1 shows where it happened; please report it."
    with suppress(OSError):
        hint = f"Where it happened is in {_write_log(error)}; please report it."
    return RequestFailed(f"macnet met a fault of its own ({what})", hint=hint)


def _write_log(error: Exception) -> Path:
    from bridge.cli.parameters import data_folder

    path = data_folder(None) / "macnet.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8", errors="replace") as log:
        log.write(f"\n{datetime.now(UTC).isoformat()} macnet {' '.join(sys.argv[1:])}\n")
        traceback.print_exception(error, file=log)
    return path
