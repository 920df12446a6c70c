"""What a terminal shows: results on stdout, everything said along the way on stderr."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bridge.errors import MacNetError

# Into a file or a pipe, lines are as long as they are.
_WIDE = 10_000


def result_console() -> Console:
    """The console of stdout, as it is now."""
    console = Console(highlight=False, soft_wrap=True)
    return console if console.is_terminal else Console(highlight=False, width=_WIDE, soft_wrap=True)


def note_console() -> Console:
    """The console of stderr, as it is now."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def show(text: str, *, style: str = "") -> None:
    """Print a line of the result; nothing in it is taken for markup."""
    result_console().print(Text(text, style=style))


def remark(text: str) -> None:
    """Print a line that is not the result."""
    note_console().print(Text(text, style="dim"))


def complain(error: MacNetError) -> None:
    """Print an error: what happened, its code, and what to do."""
    console = note_console()
    console.print(Text.assemble((f"{error}", "bold red"), (f"  [{error.code}]", "dim")))
    if error.hint:
        console.print(Text(f"  {error.hint}"))


def show_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object on one line: what a script reads, and the last line of stdout."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Sequence[str] = ()) -> None:
    """Print a table.

    Args:
        columns: the heads.
        rows: the cells, none of which is taken for markup.
        numbers: the heads of columns that are set flush right.
    """
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    result_console().print(table, soft_wrap=False)


def show_facts(facts: Sequence[tuple[str, str]]) -> None:
    """Print names with what they are, the values in one column."""
    indent = max(len(name) for name, _ in facts) + 2
    for name, value in facts:
        show(f"{name:{indent}}{value}")


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[float], None]]:
    """A bar on the terminal, gone when done; the value given is called with 0.0 to 1.0.

    Nothing is drawn where stderr is no terminal.
    """
    from rich.progress import Progress

    console = note_console()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=1.0)
        yield lambda part: progress.update(task, completed=part)
