"""What a library comes to: counts, and what is missing for a good model. Memory does not grow with the library."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.library.parts import Part

if TYPE_CHECKING:
    from bridge.library.verdicts import FileVerdict, SongVerdict

DOUBTFUL = 0.7
"""A role that is guessed with less confidence is worth a look."""

_MOST_EXAMPLES = 25

LENGTHS = ((1, "1"), (2, "2"), (4, "3-4"), (8, "5-8"), (16, "9-16"), (32, "17-32"), (64, "33-64"), (0, "65+"))
"""Groups of songs by their bars: the most bars of each (0: no bound), and what it is called."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A track whose part was guessed with little confidence."""

    file: str
    title: str
    track: int
    name: str
    part: str
    confidence: float
    reason: str


@dataclass(slots=True)
class Report:
    """Counts over a whole library; fed one file at a time.

    Attributes:
        files: that may hold music by their names.
        used: of them, those of which something is used.
        left_out: the others, by reason code. `files == used + left_out.total()`.
        folders: that were not looked into, by reason code.
        formats: files by the end of their names.
        songs: that are used; a file may hold several.
        songs_left_out: songs of used files that are not, by reason code.
        beats: of the songs that are used, in quarter notes.
        notes: of the songs that are used, drums not counted.
        keys, meters, lengths, voices: songs that are used; lengths as in `LENGTHS`, voices as `melody accompaniment`.
        parts: tracks of all songs that could be read, by `Part`.
        doubtful: tracks of used songs whose part is doubtful.
        doubts: the first of them.
        examples: the first files of each reason code, each with the reason.
    """

    files: int = 0
    used: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    folders: Counter[str] = field(default_factory=Counter)
    formats: Counter[str] = field(default_factory=Counter)
    songs: int = 0
    songs_left_out: Counter[str] = field(default_factory=Counter)
    beats: float = 0.0
    notes: int = 0
    keys: Counter[str] = field(default_factory=Counter)
    meters: Counter[str] = field(default_factory=Counter)
    lengths: Counter[str] = field(default_factory=Counter)
    voices: Counter[str] = field(default_factory=Counter)
    parts: Counter[str] = field(default_factory=Counter)
    tracks: int = 0
    doubtful: int = 0
    doubts: list[Doubt] = field(default_factory=list)
    examples: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def add(self, file: FileVerdict) -> None:
        """Count one file, or one folder that was not looked into."""
        if file.code:
            examples = self.examples.setdefault(file.code, [])
            examples += [(file.name, file.reason)] if len(examples) < _MOST_EXAMPLES else []
        if file.is_folder:
            self.folders[file.code] += 1
            return
        self.files += 1
        self.formats["." + file.name.rpartition(".")[2].lower()] += 1
        self.parts.update(track[1] for song in file.songs for track in song.facts["tracks"])
        if file.code:
            self.left_out[file.code] += 1
            return
        self.used += 1
        for song in file.songs:
            if song.code:
                self.songs_left_out[song.code] += 1
            else:
                self._add_song(file.name, song)

    def _add_song(self, file: str, song: SongVerdict) -> None:
        facts = song.facts
        self.songs += 1
        self.beats += facts["beats"]
        self.notes += facts["notes"]
        self.keys[facts["key"]] += 1
        self.meters[facts["meter"]] += 1
        self.lengths[_length_group(facts["bars"])] += 1
        self.voices[facts["voices"]] += 1
        for number, (name, part, confidence, reason, _) in enumerate(facts["tracks"], 1):
            self.tracks += 1
            if confidence < DOUBTFUL and part != Part.DRUMS:
                self.doubtful += 1
                doubt = Doubt(file, song.title, number, name, part, confidence, reason)
                self.doubts += [doubt] if len(self.doubts) < _MOST_EXAMPLES else []

    @property
    def doubles(self) -> int:
        """Files that are left out because another file has the same music."""
        return sum(self.left_out[f"library.{kind}"] for kind in ("same_file", "same_notes", "other_key"))

    @property
    def minor(self) -> int:
        """Songs in keys with a minor third."""
        words = ("minor", "dorian", "phrygian", "locrian", "blues")
        return sum(count for key, count in self.keys.items() if any(word in key for word in words))

    def to_json(self) -> dict[str, object]:
        """What a script reads."""
        return {
            "files": self.files,
            "used": self.used,
            "left_out": dict(sorted(self.left_out.items())),
            "beats": round(self.beats),
            "songs": self.songs,
            "songs_left_out": dict(sorted(self.songs_left_out.items())),
            "folders_left_out": dict(sorted(self.folders.items())),
            "keys": dict(self.keys.most_common()),
            "meters": dict(self.meters.most_common()),
            "lengths_bars": {name: self.lengths[name] for _, name in LENGTHS if self.lengths[name]},
            "voices": dict(self.voices.most_common()),
            "parts": dict(self.parts.most_common()),
            "doubtful_tracks": self.doubtful,
        }


def _length_group(bars: int) -> str:
    return next(name for most, name in LENGTHS if not most or bars <= most)


def advice(report: Report) -> list[str]:
    """What a musician should know before a model is trained on this library; nothing when all is well."""
    if not report.songs:
        return [
            "There is nothing here to learn from yet: add MIDI files, Live sets or REAPER projects with notes."
        ]
    said = [
        _too_few(report),
        _voices(report),
        _modes(report),
        _meters(report),
        _loops(report),
        _doubts(report),
        _doubles(report),
        _broken(report),
    ]
    return [sentence for sentence in said if sentence]


def _too_few(report: Report) -> str:
    if report.songs >= 50 and report.beats >= 2_000:
        return ""
    amount = f"{report.songs:,} {'song' if report.songs == 1 else 'songs'} of {report.beats:,.0f} beats"
    return (
        f"{amount} are few. A style becomes clear from about 50 songs or 2,000 beats on; hundreds are better."
    )


def _voices(report: Report) -> str:
    both = sum(count for voices, count in report.voices.items() if " " in voices)
    if both >= 0.2 * report.songs:
        return ""
    if both == 0 and len(report.voices) == 1:
        only = next(iter(report.voices))
        other = "an accompaniment" if only == "melody" else "a melody"
        return (
            f"Every song has {_an(only)} alone. What {other} does cannot be learned here, and is not made up."
        )
    return (
        f"Only {both:,} of {report.songs:,} songs have melody and accompaniment together. How the two go together "
        "is learned from those alone."
    )


def _an(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _modes(report: Report) -> str:
    share = report.minor / report.songs
    if report.songs < 10 or 0.08 <= share <= 0.92:
        return ""
    most, least = ("minor", "major") if share > 0.5 else ("major", "minor")
    percent = max(share, 1 - share)
    return f"{percent:.0%} of the songs are in {most}: little is learned of {least}. Keys do not matter otherwise."


def _meters(report: Report) -> str:
    meter, count = report.meters.most_common(1)[0]
    if report.songs < 10 or count < 0.95 * report.songs:
        return ""
    amount = "All songs" if count == report.songs else f"{count / report.songs:.0%} of the songs"
    return f"{amount} are in {meter}: little is learned of other meters."


def _loops(report: Report) -> str:
    loops = sum(report.lengths[name] for most, name in LENGTHS if 0 < most <= 8)
    if loops < 0.8 * report.songs:
        return ""
    return f"{loops / report.songs:.0%} of the songs have 8 bars or less: how a long form unfolds is not in loops."


def _doubts(report: Report) -> str:
    if report.doubtful < max(3, 0.1 * report.tracks):
        return ""
    return (
        f"Of {report.doubtful:,} tracks it is doubtful what they play. The page lists them, with lines for "
        "macnet-roles.txt that say it."
    )


def _doubles(report: Report) -> str:
    if report.doubles < 0.25 * report.files:
        return ""
    return f"{report.doubles:,} files hold music that another file holds, and count once."


def _broken(report: Report) -> str:
    broken = report.left_out["midi.unreadable"] + report.left_out["library.set_unreadable"]
    if broken < max(3, 0.05 * report.files):
        return ""
    return f"{broken:,} files are broken. Where the originals exist, export them again as MIDI files of type 0 or 1."
