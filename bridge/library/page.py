"""The report as one HTML page that needs nothing but itself: to look at, to keep, to send to a friend."""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import TYPE_CHECKING

from bridge.library.plots import Row, bars, columns, stacked, wheel
from bridge.library.report import LENGTHS, advice
from bridge.library.style import STYLE
from bridge.library.verdicts import LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bridge.library.report import Doubt, Report

_VOICES = {
    "melody accompaniment": "both voices",
    "melody": "melody alone",
    "accompaniment": "accompaniment alone",
}
_PARTS = ("melody", "accompaniment", "bass", "drums")
_MOST_METERS = 8


def draw_page(report: Report, *, folder: str, manifest: str, when: str) -> str:
    """The whole page.

    Args:
        report: what to show.
        folder: the library's name.
        manifest: where every file is named.
        when: the day, as text.
    """
    body = [
        _head(report, folder, when),
        _advice(report),
        '<div class="grid">',
        _card("Keys", _keys(report), "Songs by key. Training brings every song to C major or A minor."),
        _card("Lengths", _lengths(report), "Songs by their bars."),
        _card("Meters", bars(_top(report.meters, _MOST_METERS), title="songs by meter")),
        _card("Voices", bars(_voices(report), title="songs by voices"), "What the songs that are used have."),
        _card(
            "Tracks",
            bars(_parts(report), title="tracks by part"),
            "Bass counts as accompaniment; drums rest.",
        ),
        _card("Formats", bars(_top(report.formats, 8), title="files by format")),
        "</div>",
        _left_out(report),
        _doubts(report),
        f"<footer>Every file with what became of it: <code>{escape(manifest)}</code></footer>",
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(folder)}: a library for MAC-Net</title><style>{STYLE}</style></head>"
        f"<body><main>{''.join(body)}</main></body></html>\n"
    )


def _head(report: Report, folder: str, when: str) -> str:
    minutes = report.beats / 120
    music = f"{minutes / 60:,.1f} h" if minutes >= 90 else f"{minutes:,.0f} min"
    figures = (
        (f"{report.used:,}", f"of {report.files:,} files used"),
        (f"{report.songs:,}", "songs"),
        (f"{report.beats:,.0f}", "beats (quarter notes)"),
        (music, "of music at 120 beats a minute"),
    )
    cells = "".join(f"<div><b>{value}</b><span>{escape(name)}</span></div>" for value, name in figures)
    whole = [Row("used", report.used, "used"), *_reason_rows(report.left_out)]
    legend = (
        f'<p class="legend"><i class="used"></i>used {report.used:,}'
        f'<i class="double"></i>doubles {report.doubles:,}'
        f'<i class="left"></i>left out {report.left_out.total() - report.doubles:,}</p>'
    )
    bar = stacked(whole, title="files used and left out")
    title = f"<h1>{escape(folder)}</h1><p class='when'>Your music, as MAC-Net reads it · {escape(when)}</p>"
    return f'<header>{title}<div class="figures">{cells}</div>{bar}{legend}</header>'


def _reason_rows(reasons: Mapping[str, int]) -> list[Row]:
    """The reasons, doubles first, each group the most frequent first."""
    rows = [Row(LEFT_OUT.get(code, code), count, _kind(code)) for code, count in reasons.items()]
    return sorted(rows, key=lambda row: (row.kind, -row.amount, row.label))


def _kind(code: str) -> str:
    return "double" if code in {"library.same_file", "library.same_notes", "library.other_key"} else "left"


def _advice(report: Report) -> str:
    said = advice(report)
    if not said:
        return (
            '<section class="advice good"><h2>Ready</h2><p>Nothing is missing for a good model.</p></section>'
        )
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in said)
    return f'<section class="advice"><h2>What is missing for a good model</h2><ul>{items}</ul></section>'


def _card(title: str, plot: str, note: str = "") -> str:
    small = f"<p>{escape(note)}</p>" if note else ""
    return f"<section><h2>{escape(title)}</h2>{small}{plot}</section>"


def _keys(report: Report) -> str:
    """Modes count with the key that shares their third: what a glance should tell is bright or dark."""
    major: Counter[str] = Counter()
    minor: Counter[str] = Counter()
    for key, count in report.keys.items():
        root, _, scale = key.partition(" ")
        dark = any(word in scale for word in ("minor", "dorian", "phrygian", "locrian", "blues"))
        if dark:
            minor[_FLAT.get(root, root)] += count
        else:
            major[root] += count
    return f'<div class="wheel">{wheel(major, minor, title="songs by key")}</div>'


_FLAT = {"Db": "C#", "Ab": "G#"}
"""How the wheel spells minor roots."""


def _lengths(report: Report) -> str:
    rows = [Row(name, report.lengths[name]) for _, name in LENGTHS]
    return columns(rows, title="songs by length", unit="bars")


def _top(counts: Counter[str], most: int) -> list[Row]:
    rows = [Row(name, count) for name, count in counts.most_common(most)]
    rest = counts.total() - sum(row.amount for row in rows)
    return [*rows, Row("others", rest)] if rest else rows


def _voices(report: Report) -> list[Row]:
    return [Row(name, report.voices[voices]) for voices, name in _VOICES.items()]


def _parts(report: Report) -> list[Row]:
    return [Row(part, report.parts[part], "left" if part == "drums" else "bar") for part in _PARTS]


def _left_out(report: Report) -> str:
    counts = report.left_out + report.folders
    if not counts:
        return '<section class="wide"><h2>Left out</h2><p>Nothing: every file is used.</p></section>'
    groups = [_group(report, code, count) for code, count in counts.most_common()]
    return f'<section class="wide"><h2>Left out, and why</h2>{"".join(groups)}</section>'


def _group(report: Report, code: str, count: int) -> str:
    examples = report.examples.get(code, [])
    rows = "".join(f"<tr><td>{escape(name)}</td><td>{escape(why)}</td></tr>" for name, why in examples)
    more = count - len(examples)
    rest = f"<p>and {more:,} more, in the manifest</p>" if more > 0 else ""
    head = f"<b>{count:,}</b> {escape(LEFT_OUT.get(code, code))} <code>{escape(code)}</code>"
    return f'<details class="{_kind(code)}"><summary>{head}</summary><table>{rows}</table>{rest}</details>'


def _doubts(report: Report) -> str:
    if not report.doubts:
        return ""
    rows = "".join(_doubt(doubt) for doubt in report.doubts)
    lines = "\n".join(_override_lines(report.doubts))
    more = report.doubtful - len(report.doubts)
    rest = f"<p>and {more:,} more, in the manifest</p>" if more > 0 else ""
    return (
        '<section class="wide"><h2>Doubtful parts</h2><p>What these tracks play was guessed, and may be wrong. '
        "To say it, put the lines that are wrong into <code>macnet-roles.txt</code> in the library, with the right "
        "part behind the = sign: melody, accompaniment, bass, drums or skip.</p>"
        f"<table><tr><th>file</th><th>track</th><th>taken for</th><th>sure</th><th>because</th></tr>{rows}</table>"
        f"{rest}<pre>{escape(lines)}</pre></section>"
    )


def _doubt(doubt: Doubt) -> str:
    file = f"{doubt.file} ({doubt.title})" if doubt.title else doubt.file
    track = f"{doubt.track} {doubt.name}".strip()
    cells = (file, track, doubt.part, f"{doubt.confidence:.0%}", doubt.reason)
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _override_lines(doubts: Iterable[Doubt]) -> Iterable[str]:
    return (f"{doubt.file} : {doubt.track} = {doubt.part}" for doubt in doubts)
