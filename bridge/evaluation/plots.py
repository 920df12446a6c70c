"""Pictures of what was measured, as SVG that comes out the same whenever the figures are the same."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure

from bridge.evaluation.cases import PRIMER_BARS
from bridge.wholefile import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

    from bridge.evaluation.likelihood import ByMatch
    from bridge.evaluation.long import Minute
    from bridge.evaluation.passage import Passage

_STYLE: Final[dict[Any, Any]] = {
    "svg.hashsalt": "macnet",  # names within the file that do not change from run to run
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e6e6e6",
    "figure.facecolor": "white",
}
_BLUE, _ORANGE, _GREY, _GREEN = "#2b6cb0", "#dd6b20", "#718096", "#2f855a"
_COLOURS: Final = (_BLUE, _ORANGE, _GREEN, _GREY)


@mpl.rc_context(_STYLE)
def draw_learning(curves: Mapping[str, Sequence[Mapping[str, Any]]], path: Path) -> None:
    """Nats a quarter note against the minutes of training, one picture a model.

    Args:
        curves: for each model the lines of its `training.jsonl`.
        path: of the picture.
    """
    figure, axes = _grid(len(curves))
    for ax, (name, lines) in zip(axes, curves.items(), strict=True):
        minutes = [line["seconds"] / 60 for line in lines]
        ax.plot(minutes, [line["train"] for line in lines], color=_GREY, label="training songs")
        ax.plot(minutes, [line["valid"] for line in lines], color=_BLUE, label="held-out songs")
        best = min(lines, key=lambda line: line["valid"])
        ax.plot(best["seconds"] / 60, best["valid"], "o", color=_BLUE, label=f"best, {best['valid']:.3f}")
        ax.set_title(name)
        ax.set_xlabel("minutes of training")
        ax.set_ylabel("nats a quarter note")
        # A run that starts from a model measures it before it has learned anything.
        ax.set_ylim(0.9 * min(line["train"] for line in lines if line["train"] is not None), _upper(lines))
        ax.legend(frameon=False)
    _save(figure, path)


def _upper(lines: Sequence[Mapping[str, Any]]) -> float:
    """Above all but the first passes, whose figures would press the rest down."""
    last = float(lines[-1]["valid"])
    return max(1.6 * last, 1.1 * float(lines[min(len(lines) - 1, 4)]["valid"]))


@mpl.rc_context(_STYLE)
def draw_matches(found: Mapping[str, ByMatch], path: Path, *, unit: str) -> None:
    """Nats against how long the music has run along with an earlier passage.

    Args:
        found: by the name of the network.
        path: of the picture.
        unit: what is matched: frames, or beats.
    """
    figure, (ax,) = _grid(1)
    first = next(iter(found.values()))
    places = [at for at, count in enumerate(first.count) if count]
    for colour, (name, one) in zip(_COLOURS, found.items(), strict=False):
        nats = [one.nats[at] for at in places]
        ax.plot(range(len(places)), nats, "o-", color=colour, label=name, markersize=4)
    labels = [f"{_class_name(first, at)}\n{_thousands(first.count[at])}" for at in places]
    ax.set_xticks(range(len(places)), labels)
    ax.set_xlabel(f"{unit}s that ran along with an earlier passage, and how many {unit}s that is so for")
    ax.set_ylabel(f"nats a {unit}")
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False)
    _save(figure, path)


def _class_name(found: ByMatch, at: int) -> str:
    if at + 1 == len(found.least):
        return f"{found.least[at]}+"
    last = found.least[at + 1] - 1
    return str(last) if last == found.least[at] else f"{found.least[at]}-{last}"


def _thousands(count: int) -> str:
    return f"{count / 1000:.1f}k" if count >= 1000 else str(count)


@mpl.rc_context(_STYLE)
def draw_rolls(primer: Passage, answers: Mapping[str, Passage], path: Path) -> None:
    """A primer and what follows it, one roll below the other: melody above accompaniment.

    Args:
        primer: four bars.
        answers: by what they are called.
        path: of the picture.
    """
    figure = Figure(figsize=(9, 2 * len(answers)), layout="constrained")
    axes = figure.subplots(len(answers), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    for ax, (name, answer) in zip(axes, answers.items(), strict=True):
        _draw_notes(ax, primer, 0, faded=True)
        _draw_notes(ax, answer, PRIMER_BARS, faded=False)
        bars = PRIMER_BARS + answer.bars
        ax.set_xticks(range(bars), [str(bar + 1) for bar in range(bars)])
        ax.set_xlim(0, bars)
        ax.axvline(PRIMER_BARS, color="black", linewidth=1)
        ax.set_title(name, loc="left", fontsize=9)
        ax.grid(visible=True, axis="x", color="#cbd5e0")
        ax.grid(visible=False, axis="y")
    top, bottom = _pitch_range([primer, *answers.values()])
    axes[0].set_ylim(bottom - 2, top + 2)
    octaves = range(12 * math.ceil(bottom / 12), top + 1, 12)
    axes[0].set_yticks(list(octaves), [f"C{pitch // 12 - 1}" for pitch in octaves])
    axes[-1].set_xlabel("bar; melody blue, accompaniment orange, the primer pale")
    _save(figure, path)


def _draw_notes(ax: Axes, passage: Passage, first_bar: int, *, faded: bool) -> None:
    for line, colour in zip(passage.lines, (_BLUE, _ORANGE), strict=True):
        starts = first_bar + line.onset / passage.bar
        widths = line.duration / passage.bar - 0.012
        ax.barh(line.pitch, widths, 1.4, starts, color=colour, alpha=0.45 if faded else 1.0, linewidth=0)


def _pitch_range(passages: Sequence[Passage]) -> tuple[int, int]:
    pitches = [int(pitch) for passage in passages for line in passage.lines for pitch in line.pitch]
    return max(pitches), min(pitches)


_BY_MINUTE: Final = (
    ("self_similarity", "self-similarity by bar"),
    ("entropy", "pitch class entropy, bits"),
    ("in_key", "share of notes in key"),
)


@mpl.rc_context(_STYLE)
def draw_minutes(
    made: Mapping[str, Sequence[Sequence[Minute]]], real: Mapping[str, Sequence[Minute]], path: Path
) -> None:
    """What generated pieces are like minute by minute, beside the range of real songs' minutes.

    Args:
        made: for each model its pieces.
        real: for each model the minutes of held-out songs of its kind.
        path: of the picture.
    """
    figure = Figure(figsize=(9, 0.4 + 2.4 * len(made)), layout="constrained")
    rows = figure.subplots(len(made), len(_BY_MINUTE), squeeze=False)
    for axes, (name, pieces) in zip(rows, made.items(), strict=True):
        for ax, (field, title) in zip(axes, _BY_MINUTE, strict=True):
            heard = sorted(getattr(minute, field) for minute in real[name])
            low, middle, high = (heard[round(share * (len(heard) - 1))] for share in (0.05, 0.5, 0.95))
            minutes = range(1, len(pieces[0]) + 1)
            ax.axhspan(low, high, color=_GREY, alpha=0.15, linewidth=0, label="90 % of real minutes")
            ax.axhline(middle, color=_GREY, linewidth=1, label="their median")
            for number, piece in enumerate(pieces):
                label = "generated" if number == 0 else None
                ax.plot(
                    minutes,
                    [getattr(minute, field) for minute in piece],
                    color=_BLUE,
                    linewidth=1,
                    label=label,
                )
            ax.set_title(f"{name}: {title}", fontsize=9)
            ax.set_xlabel("minute")
    figure.legend(*rows[0][0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    _save(figure, path)


def _grid(count: int) -> tuple[Figure, Sequence[Axes]]:
    across = min(count, 2)
    down = math.ceil(count / across)
    figure = Figure(figsize=(4.5 * max(across, 1.6), 3 * down), layout="constrained")
    axes = figure.subplots(down, across, squeeze=False).ravel()
    for spare in axes[count:]:
        spare.set_visible(False)
    return figure, list(axes[:count])


def _save(figure: Figure, path: Path) -> None:
    drawn = io.BytesIO()
    figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": "macnet"})
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (line.rstrip() for line in drawn.getvalue().decode("utf-8").splitlines())
    write_whole(path, ("\n".join(lines) + "\n").encode())
