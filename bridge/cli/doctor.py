"""`macnet doctor`: tries every part, and says of each that fails what to do."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import typer

from bridge.cli.parameters import DEFAULT_PORT, AsJson, DataDir, Port, data_folder
from bridge.cli.printing import show, show_json
from bridge.errors import MacNetError, SettingError
from bridge.music.note import TICKS_PER_BEAT, Note, Role, make_clip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bridge.composer import Composer
BAR = 4 * TICKS_PER_BEAT


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one check.

    Attributes:
        part: what was tried.
        text: what was found.
        code, hint: of the error, where it failed; else empty.
    """

    part: str
    text: str
    code: str = ""
    hint: str = ""


def doctor(*, port: Port = DEFAULT_PORT, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Try every part of the bridge; exit code 1 if one fails."""
    folder = data_folder(data_dir)
    findings: list[Finding] = []
    for finding in _examine(folder, port):
        findings.append(finding)
        if not as_json:
            _tell(finding)
    if as_json:
        show_json({"ok": not any(f.code for f in findings), "checks": [_as_json(f) for f in findings]})
    raise typer.Exit(int(any(finding.code for finding in findings)))


def _as_json(finding: Finding) -> dict[str, str | bool]:
    return {
        "part": finding.part,
        "ok": not finding.code,
        "text": finding.text,
        "code": finding.code,
        "hint": finding.hint,
    }


def _tell(finding: Finding) -> None:
    mark, style = ("FAIL", "bold red") if finding.code else ("ok", "")
    show(f"{mark:4}  {finding.part:12} {finding.text}", style=style)
    if finding.hint:
        show(f"{'':18} {finding.hint}")


def _examine(folder: Path, port: int) -> Iterator[Finding]:
    yield _try("data folder", lambda: _write_into(folder))
    yield _try("takes", lambda: _read_takes(folder))
    yield from _open_models(folder)
    server = _try("server", lambda: _greet(port))
    yield server
    if not server.code:
        yield _try("round trip", lambda: _ask(port))


def _try(part: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(part, check())
    except MacNetError as error:
        return Finding(part, str(error), error.code, error.hint)


def _write_into(folder: Path) -> str:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"macnet")
    except OSError as error:
        raise SettingError(
            f"{folder} cannot be written: {error.strerror}", hint="Choose another folder with --data-dir."
        ) from error
    return f"{folder} can be written"


def _read_takes(folder: Path) -> str:
    from bridge.takes import FILE_NAME, Takes

    path = folder / FILE_NAME
    if not path.exists():
        return "none yet"
    with Takes(path) as takes:
        takes.check()
        return f"{takes.count()} in {path}, the file is whole"


def _open_models(folder: Path) -> Iterator[Finding]:
    from bridge.cli.compose import open_composer

    composer = open_composer(folder)
    names = composer.shelf.names()
    if not names:
        yield Finding("models", "there are none", "model.missing", "Install macnet-bridge again.")
    for name in names:
        yield _try(f"model {name}", partial(_open_model, composer, name))


def _open_model(composer: Composer, name: str) -> str:
    began = time.perf_counter()
    composer.runtime(name)
    return f"version {composer.shelf.card(name).version} loads in {_ms_since(began)}"


def _greet(port: int) -> str:
    from bridge.wire.client import Client

    with Client(port, name="doctor") as client:
        welcome = client.hello()
    return (
        f"macnet {welcome.version} answers on port {port}: protocol {welcome.protocol}, model {welcome.model}"
    )


def _ask(port: int) -> str:
    from bridge.wire.client import Client

    bar = make_clip(
        [Note(beat * TICKS_PER_BEAT, 60 + 4 * beat, TICKS_PER_BEAT) for beat in range(4)], length=BAR
    )
    with Client(port, name="doctor") as client:
        client.hello()
        began = time.perf_counter()
        answer = client.continue_({Role.MELODY: bar}, length=BAR, rng_seed=1)
    take = answer.takes[0]
    return f"a bar came back through the port in {_ms_since(began)}, kept as take {take.take_id}"


def _ms_since(began: float) -> str:
    return f"{(time.perf_counter() - began) * 1000:.0f} ms"
