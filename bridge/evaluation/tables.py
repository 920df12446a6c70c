"""What was measured as rows of text, for the terminal and for docs alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.evaluation.continuations import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bridge.evaluation.continuations import Continuations
    from bridge.evaluation.telling import Giveaway

_KINDS: Final = {
    Kind.REAL: "real",
    Kind.MODEL: "model",
    Kind.FREE: "key off",
    Kind.HELD: "real, held to the key",
    Kind.COUNTING: "counting model",
    Kind.LOOPED: "primer looped",
    Kind.SHUFFLED: "shuffled bars",
    Kind.DEALT: "bars of other songs",
}
_MEASURES: Final = {
    "in_key": "notes in the primer's key, %",
    "chord_tones": "chord tones on beats, %",
    "pitch_class_entropy": "pitch class entropy, bits",
    "groove_consistency": "groove consistency, 0 to 1",
    "self_similarity": "self-similarity by bar, 0 to 1",
    "repeat_rate": "melody bars repeated exactly, %",
    "empty_bars": "bars with a silent voice, %",
    "stuck_notes": "one pitch in a row",
}
_PERCENT: Final = ("in_key", "chord_tones", "repeat_rate", "empty_bars")

GIVEAWAY_HEADS: Final = ("feature", "tells", "real", "model", "spread of real")


def kind_heads(found: Continuations) -> tuple[str, ...]:
    """The heads of `kind_rows`."""
    return ("", *(name for kind, name in _KINDS.items() if kind in found.distances))


def kind_rows(found: Continuations) -> list[tuple[str, ...]]:
    """One row a figure, one column a kind."""
    kinds = [kind for kind in _KINDS if kind in found.distances]

    def row(what: str, cell: Callable[[Kind], str]) -> tuple[str, ...]:
        return (what, *map(cell, kinds))

    rows = [
        row("told from real, %", lambda k: f"{100 * found.told[k].accuracy:.1f}" if k in found.told else ""),
        row("its 95 % interval", lambda k: _interval(found, k)),
    ]
    if found.copied:
        rows += [
            row("longest run heard in training, notes: median", lambda k: f"{found.copied[k].median:.0f}"),
            row("95th percentile", lambda k: f"{found.copied[k].p95:.0f}"),
            row("longest of all", lambda k: f"{found.copied[k].longest}"),
        ]
    rows += [row(_MEASURES[name], _cell_of(found, name)) for name in found.measures]
    return [
        *rows,
        row("distance of all features, standard deviations", lambda k: f"{found.distances[k]:.3f}"),
    ]


def _interval(found: Continuations, kind: Kind) -> str:
    told = found.told.get(kind)
    return f"{100 * told.low:.1f} to {100 * told.high:.1f}" if told else ""


def _cell_of(found: Continuations, name: str) -> Callable[[Kind], str]:
    scale, digits = (100, 1) if name in _PERCENT else (1, 2)
    return lambda kind: f"{scale * found.measures[name][kind]:.{digits}f}"


def giveaway_rows(found: Sequence[Giveaway]) -> list[tuple[str, ...]]:
    """One row a feature; `tells` is the chance of ordering a real and a made passage by it, in percent."""
    return [
        (one.name, f"{100 * one.alone:.1f}", f"{one.real:.3f}", f"{one.made:.3f}", f"{one.spread:.3f}")
        for one in found
    ]


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table as Markdown, its first column flush left and the others flush right."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
