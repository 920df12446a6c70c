"""`macnet demo`: an example clip through the real port of a running bridge, to see and to hear that it works."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.cli.parameters import DEFAULT_PORT, AsJson, DataDir, Port, data_folder
from bridge.cli.printing import result_console, show, show_json
from bridge.errors import MidiUnwritable
from bridge.music.note import TICKS_PER_BEAT

if TYPE_CHECKING:
    from bridge.cli.songs import Primer
    from bridge.wire.gathering import ReceivedTake

EXAMPLE = Path(__file__).parents[1] / "examples" / "morning.mid"
BARS = 8
RNG_SEED = 4


def demo(*, port: Port = DEFAULT_PORT, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Continue an example clip through a running bridge, draw it, and write it as MIDI and WAV."""
    from bridge.cli.songs import read_primer

    primer = read_primer(EXAMPLE)
    take, took_ms = _continue(primer, port)
    if not as_json:
        _show(primer, take, took_ms)
    midi, sound = _write(primer, take, data_folder(data_dir) / "demo")
    if as_json:
        show_json({"took_ms": took_ms, "take": take.take_id, "file": str(midi), "sound": str(sound)})
    else:
        show(f"  written as {midi}")
        show(f"         and {sound}")


def _continue(primer: Primer, port: int) -> tuple[ReceivedTake, float]:
    """The continuation, and the milliseconds from the first packet sent to the last one received."""
    from bridge.wire.client import Client

    with Client(port, name="demo") as client:
        client.hello()
        began = time.perf_counter()
        answer = client.continue_(primer.clips, length=BARS * primer.last_bar, rng_seed=RNG_SEED)
    return answer.takes[0], (time.perf_counter() - began) * 1000


def _show(primer: Primer, take: ReceivedTake, took_ms: float) -> None:
    from bridge.cli.roll import show_roll

    beats = primer.length / TICKS_PER_BEAT
    show(
        f"{EXAMPLE.name}, {beats:g} beats, went through the port and came back {BARS} bars longer",
        style="bold",
    )
    colours = "; what was given is blue, what is new is yellow" if result_console().color_system else ""
    show(f"  in {took_ms:.0f} ms, as take {take.take_id}{colours}:")
    show_roll(take.clips, primer=primer.clips)


def _write(primer: Primer, take: ReceivedTake, folder: Path) -> tuple[Path, Path]:
    from bridge.cli.compose import write_songs
    from bridge.cli.songs import primed_song
    from bridge.request import Variation

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MidiUnwritable(
            f"{folder} cannot be made: {error}", hint="Choose another --data-dir."
        ) from error
    midi = folder / "morning-continued.mid"
    (sound,) = write_songs([primed_song(primer, Variation(0, take.clips), name="Morning")], [midi], wav=True)
    return midi, sound
