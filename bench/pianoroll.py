"""The field's published benchmark: nats a frame on the Nottingham piano rolls.

    python bench/pianoroll.py train plain  --minutes 22 --out runs/pianoroll-plain
    python bench/pianoroll.py train memory --minutes 26 --out runs/pianoroll-memory
    python bench/pianoroll.py measure runs/pianoroll-memory

Eighth-note frames of 88 keys; every song starts fresh; the first frame is not scored; nats are summed over keys and
frames and divided by all scored frames. The best state is chosen on songs held out of the training file; the
validation file is only measured.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from bridge.beats.pianoroll import read_pianorolls
from bridge.beats.playlist import Score
from bridge.beats.vocabulary import SIZE
from bridge.config import NetworkConfig, TrainSettings
from bridge.network.batch import collate, prepare
from bridge.network.features import METRE
from bridge.network.model import MacNet
from bridge.network.recipe import split_by_song
from bridge.network.tensors import read_tensors
from bridge.network.training import Fit, TrainProgress, to_inputs

CONTEXT = 4
"""A frame is new when the frames just before it, this many, have not stood together in the song before."""


def main() -> None:
    """Train or measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data/pianoroll"))
    commands = parser.add_subparsers(required=True, dest="command")
    training = commands.add_parser("train")
    training.add_argument("kind", choices=("plain", "memory"))
    training.add_argument("--minutes", type=float, default=25.0)
    training.add_argument("--out", type=Path, required=True)
    measuring = commands.add_parser("measure")
    measuring.add_argument("out", type=Path)
    options = parser.parse_args()
    if options.command == "train":
        _train(options.kind, options.minutes, options.data, options.out)
    _measure(options.out, options.data)


def _train(kind: str, minutes: float, data: Path, out: Path) -> None:
    learned, held_out = split_by_song(read_pianorolls(data / "train.npz"))
    config = NetworkConfig(1, SIZE, METRE, memory=kind == "memory", dropout=0.35)
    settings = TrainSettings(epochs=200, minutes=minutes, batch_beats=2048, weight_decay=1e-2)
    out.mkdir(parents=True, exist_ok=True)
    (out / "config.json").write_text(json.dumps(asdict(config)), "utf-8")
    Fit(learned, held_out, config, settings, folder=out).run(_print_progress)


def _measure(out: Path, data: Path) -> None:
    content = json.loads((out / "config.json").read_text("utf-8"))
    model = MacNet(NetworkConfig(**{**content, "metre": tuple(content["metre"])}))
    model.load_state_dict(read_tensors(out / "best.safetensors")[0])
    figures = frame_nats(model, read_pianorolls(data / "valid.npz"))
    print(json.dumps(figures))


def frame_nats(model: MacNet, songs: list[Score]) -> dict[str, float]:
    """Nats a scored frame: of all, and of those whose context is new in the song."""
    model.eval()
    every: list[float] = []
    new: list[float] = []
    for song in songs:
        with torch.inference_mode():
            nats = -model(to_inputs(collate([prepare(song)])))[0, 0].numpy()
        is_new = _is_new(song)
        every += nats[1:].tolist()
        new += nats[1:][is_new[1:]].tolist()
    return {
        "nats_a_frame": float(np.mean(every)),
        "frames": len(every),
        "new_context": float(np.mean(new)),
        "new_frames": len(new),
    }


def _is_new(song: Score) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    words = song.voices[0]
    seen: set[object] = set()
    flags = []
    for at in range(len(words)):
        context = words[max(0, at - CONTEXT) : at]
        flags.append(at < CONTEXT or context not in seen)
        seen.add(context)
    return np.array(flags)


def _print_progress(progress: TrainProgress) -> None:
    if progress.iteration % 100 == 0:
        train, held_out = progress.train_nats / 2, progress.valid_nats / 2  # a frame is half a quarter note
        left = f"{progress.iteration:6d}  {progress.seconds_left / 60:5.1f} min left"
        print(f"{left}  train {train:.4f}  held out {held_out:.4f} nats a frame", flush=True)


if __name__ == "__main__":
    main()
