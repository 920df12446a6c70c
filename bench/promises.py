"""What the composer promises, measured over primers of held-out songs: `python -m bench.promises`.

Every figure is a plain count over notes; `tests/composer/test_promises.py` holds the same figures to their bounds.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, groupby, pairwise
from pathlib import Path

from bridge.beats.encoding import encode_clip
from bridge.beats.metre import clip_beats
from bridge.composer import Composer
from bridge.composer.manner import divisions_of, longest_run, longest_silence
from bridge.config import DEFAULT_MODEL
from bridge.errors import MacNetError
from bridge.music.midifile import read_song
from bridge.music.note import VOICES, Clip, Note, Role, Ticks, bar_lines, slice_clip
from bridge.music.roles import voices_of
from bridge.network.checkpoint import default_shelf
from bridge.request import OPTIONS, Kind, OptionValue, Request, Variation

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
CORPORA = ("nottingham", "lieder")
PRIMER_BARS = 4
ANSWER_BARS = 4

Clips = dict[Role, Clip]


@dataclass(frozen=True, slots=True)
class Primer:
    """Four bars of a held-out song, and what really follows them.

    Attributes:
        name: of the file.
        clips: the voices that the four bars have.
        real: the same voices in the next four bars.
    """

    name: str
    clips: Clips
    real: Clips

    @property
    def length(self) -> Ticks:
        """Of an answer of as many bars."""
        return ANSWER_BARS * next(iter(self.clips.values())).end_meter.bar


def primers(data: Path = DATA, *, each: int = 110, corpora: Sequence[str] = CORPORA) -> tuple[Primer, ...]:
    """Primers of the held-out songs of each corpus: one a song, in the order of their names."""
    return tuple(primer for corpus in corpora for primer in _corpus(data / corpus / "valid", each))


@cache
def _corpus(folder: Path, count: int) -> tuple[Primer, ...]:
    found: list[Primer] = []
    for path in sorted(folder.glob("*.mid")):
        primer = _read_primer(path)
        if primer is not None:
            found.append(primer)
        if len(found) == count:
            break
    return tuple(found)


def _read_primer(path: Path) -> Primer | None:
    try:
        voices = voices_of(read_song(path))
    except MacNetError:
        return None
    clips = {
        r: c for r, c in zip(VOICES, (voices.melody, voices.accompaniment), strict=True) if c is not None
    }
    if Role.MELODY not in clips:
        return None
    whole = clips[Role.MELODY]
    lines = [at for at, _ in bar_lines(whole.meters, whole.length)] + [whole.length]
    for first in range(len(lines) - PRIMER_BARS - ANSWER_BARS):
        start, middle, end = (lines[first + bars] for bars in (0, PRIMER_BARS, PRIMER_BARS + ANSWER_BARS))
        primer = _part(clips, start, middle)
        if len(primer.get(Role.MELODY, whole).notes) >= 6 and Role.MELODY in primer:
            return Primer(path.stem, primer, _part(clips, middle, end))
    return None


def _part(clips: Clips, start: Ticks, end: Ticks) -> Clips:
    parts = {role: slice_clip(clip, start, end) for role, clip in clips.items()}
    return {role: clip for role, clip in parts.items() if clip.notes}


class Bench:
    """Asks one model for answers and remembers them."""

    def __init__(self, model: str = DEFAULT_MODEL) -> None:
        self.model = model
        self._composer = _composer()
        self._known: dict[tuple[object, ...], tuple[Variation, ...]] = {}

    def ask(
        self,
        primer: Primer,
        kind: Kind = Kind.CONTINUE,
        *,
        clips: Clips | None = None,
        variations: int = 1,
        rng_seed: int = 1,
        avoid: tuple[Clips, ...] = (),
        **options: OptionValue,
    ) -> tuple[Variation, ...]:
        """The answers to a primer."""
        given = primer.clips if clips is None else clips
        request = Request(kind, given, primer.length, variations, rng_seed, self.model, options, avoid=avoid)
        if clips is not None or avoid:
            return self._composer.compose(request)
        key = _key(primer, request)
        if len(self._known.get(key, ())) < variations:
            self._known[key] = self._composer.compose(request)
        return self._known[key][:variations]

    def prepare(
        self,
        primers: Sequence[Primer],
        kind: Kind = Kind.CONTINUE,
        *,
        variations: int = 1,
        rng_seed: int = 1,
        **options: OptionValue,
    ) -> None:
        """Compose what will be asked for, on all cores."""
        requests = {
            _key(p, request): request
            for p in primers
            for request in [Request(kind, p.clips, p.length, variations, rng_seed, self.model, options)]
        }
        missing = [key for key in requests if len(self._known.get(key, ())) < variations]
        answers = _workers().map(_compose, [requests[key] for key in missing], chunksize=4)
        self._known |= dict(zip(missing, answers, strict=True))


def _key(primer: Primer, request: Request) -> tuple[object, ...]:
    """What an answer depends on: not how many variations there are, up to four, nor defaults that are spelled out."""
    said = sorted((name, value) for name, value in request.options.items() if value != OPTIONS[name].default)
    return (primer.name, request.kind, request.rng_seed, *said)


@cache
def _workers() -> ProcessPoolExecutor:
    # Spawned, as what a process has loaded before need not survive a fork.
    return ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"))


@cache
def _composer() -> Composer:
    return Composer(default_shelf(Path("/nonexistent")))


def _compose(request: Request) -> tuple[Variation, ...]:
    return _composer().compose(request)


# What is counted.


def pitches(clip: Clip) -> list[int]:
    """In order of onset and pitch."""
    return [note.pitch for note in clip.notes]


def rate(clip: Clip) -> float:
    """Notes a quarter note."""
    return 960 * len(clip.notes) / clip.length


def silent_bars(clip: Clip) -> int:
    """Bars in which nothing sounds."""
    lines = [at for at, _ in bar_lines(clip.meters, clip.length)] + [clip.length]
    return sum(
        not any(note.onset < end and note.end > start for note in clip.notes)
        for start, end in pairwise(lines)
    )


def quiet(clip: Clip) -> Ticks:
    """Ticks of the longest silence."""
    voice = encode_clip(clip)
    return longest_silence(voice.words, voice.beats)


def divisions(clip: Clip) -> dict[Ticks, frozenset[int]]:
    """Into how many parts the clip's onsets cut its felt beats."""
    voice = encode_clip(clip)
    return divisions_of(voice.words, voice.beats)


def overlaps(clip: Clip) -> bool:
    """Whether a note sounds into the next one of its pitch, or out of the clip."""
    free: dict[int, int] = {}
    for note in clip.notes:
        if free.get(note.pitch, 0) > note.onset or note.end > clip.length:
            return True
        free[note.pitch] = note.end
    return False


def distance(one: Clip, other: Clip) -> float:
    """0 where both strike the same pitches at the same times, 1 where they have no such note in common."""
    a, b = ({(note.onset, note.pitch) for note in clip.notes} for clip in (one, other))
    return 1 - len(a & b) / max(len(a), len(b), 1)


def come_back(answer: Clip, primer: Clip) -> float:
    """The share of an answer's beats with notes that the primer has somewhere, as they are."""
    known = {_strikes(word) for word in encode_clip(primer).words}
    words = [_strikes(word) for word in encode_clip(answer).words]
    struck = [word for word in words if word]
    return sum(word in known for word in struck) / max(1, len(struck))


def _strikes(word: object) -> tuple[tuple[int, int], ...]:
    return tuple((note.onset, note.pitch) for note in word.notes if note.articulated)  # type: ignore[attr-defined]


def chord_tones(melody: Clip, accompaniment: Clip) -> tuple[int, int]:
    """Of the melody's notes that start on a beat while something accompanies: those that it plays too, and all."""
    starts = {beat.start for beat in clip_beats(melody)}
    agree = total = 0
    for note in melody.notes:
        sounding = {n.pitch % 12 for n in accompaniment.notes if n.onset <= note.onset < n.end}
        if note.onset in starts and sounding:
            total += 1
            agree += note.pitch % 12 in sounding
    return agree, total


def rhythm_at(clip: Clip, at: Ticks, length: Ticks) -> set[tuple[Ticks, Ticks]]:
    """The onsets (from `at`) and durations of a stretch, cut at its end."""
    return {
        (note.onset - at, min(note.duration, at + length - note.onset))
        for note in clip.notes
        if at <= note.onset < at + length
    }


def mean(values: Iterable[float]) -> float:
    """The mean; not a number where there is nothing."""
    found = list(values)
    return sum(found) / len(found) if found else math.nan


def quantile(values: Iterable[float], share: float) -> float:
    """The value below which `share` of all lie."""
    found = sorted(values)
    return found[min(len(found) - 1, int(share * len(found)))] if found else math.nan


def by_place(clip: Clip) -> dict[Ticks, float]:
    """The mean velocity of each felt beat of the bar."""
    groups: dict[Ticks, list[int]] = defaultdict(list)
    beats = {beat.start: beat.index for beat in clip_beats(clip)}
    starts = sorted(beats)
    for note in clip.notes:
        start = max((s for s in starts if s <= note.onset + 40), default=0)
        on = abs(note.onset - start) <= 40
        groups[2 * beats[start] + (not on)].append(note.velocity)
    return {place: mean(values) for place, values in groups.items()}


def correlation(pairs: Sequence[tuple[float, float]]) -> float:
    """Pearson's; not a number where one side does not vary."""
    if len(pairs) < 3:
        return math.nan
    xs, ys = zip(*pairs, strict=True)
    mx, my = mean(xs), mean(ys)
    sx, sy = (math.sqrt(sum((v - m) ** 2 for v in vs)) for vs, m in ((xs, mx), (ys, my)))
    return sum((x - mx) * (y - my) for x, y in pairs) / (sx * sy) if sx and sy else math.nan


def spread(values: Sequence[float]) -> float:
    """The standard deviation."""
    m = mean(values)
    return math.sqrt(mean((v - m) ** 2 for v in values))


def played(primer: Primer, rng_seed: int) -> Clips:
    """The primer as a hand might play it: accents where the metre has them, and everything a little off."""
    rng = random.Random(f"{primer.name} {rng_seed}")
    clips = {}
    for role, clip in primer.clips.items():
        notes = []
        beats = clip_beats(clip)
        for note in clip.notes:
            beat = [b for b in beats if b.start <= note.onset][-1]
            on = note.onset == beat.start
            loud = 70 + 24 * (on and beat.index == 0) + 10 * on + rng.gauss(0, 4)
            late = round(max(-40, min(40, (6 if on else 18) + rng.gauss(0, 8))))
            onset = max(0, note.onset + late)
            notes.append(
                Note(min(onset, clip.length - 1), note.pitch, note.duration, min(127, max(1, round(loud))))
            )
        kept = replace(clip, notes=tuple(sorted(notes)))
        clips[role] = kept
    return clips


# The promises, one function each: a line or several of what, figure and over how many.

Row = tuple[str, str]
TEMPERATURES = (0.0, 0.5, 1.0, 1.5, 2.0)


def in_key(bench: Bench, found: Sequence[Primer]) -> Iterator[Row]:
    """Every note of a locked key, at the highest temperature, in every kind."""
    from bridge.music.key import find_scale  # noqa: PLC0415

    for kind in (Kind.CONTINUE, Kind.ACCOMPANY, Kind.VARY):
        inside = total = 0
        for primer in found:
            given = _for_kind(kind, primer)
            notes = [note for clip in given.values() for note in clip.notes]
            classes = find_scale(notes).pitch_classes | {note.pitch % 12 for note in notes}
            for answer in bench.ask(primer, kind, clips=given, temperature=2.0, voices="both"):
                for role, clip in answer.clips.items():
                    if kind is Kind.VARY and role is not Role.MELODY:
                        continue
                    inside += sum(pitch % 12 in classes for pitch in pitches(clip))
                    total += len(clip.notes)
        yield (
            f"key auto, {kind}, temperature 2: notes in the clip's scale, or that it plays",
            f"{inside} of {total}",
        )


def _for_kind(kind: Kind, primer: Primer) -> Clips:
    return {Role.MELODY: primer.clips[Role.MELODY]} if kind is Kind.ACCOMPANY else primer.clips


def never_stuck(bench: Bench, found: Sequence[Primer]) -> Iterator[Row]:
    """Voices that are empty, stuck or silent, by temperature."""
    for temperature in TEMPERATURES:
        empty = stuck = silent = late = bad = total = 0
        bench.prepare(found, temperature=temperature)
        for primer in found:
            for answer in bench.ask(primer, temperature=temperature):
                starts = [clip.notes[0].onset for clip in answer.clips.values() if clip.notes]
                late += min(starts, default=1) > 0
                for role, clip in answer.clips.items():
                    own = primer.clips.get(role)
                    total += 1
                    empty += not clip.notes
                    stuck += longest_run(pitches(clip)) > max(8, longest_run(pitches(own)) if own else 0)
                    silent += silent_bars(clip) > 0 and (own is None or silent_bars(own) == 0)
                    bad += overlaps(clip)
        yield (
            f"temperature {temperature:g}: voices that are empty, stuck, silent for a bar; answers that start late",
            f"{empty}, {stuck}, {silent} of {total}; {late} of {len(found)}; overlapping {bad}",
        )


def follows_density(bench: Bench, found: Sequence[Primer]) -> Iterator[Row]:
    """Notes a beat against the clip."""
    for density in (0.5, 1.0, 2.0):
        bench.prepare(found, density=density)
        for role in VOICES:
            ratios = [
                rate(answer.clips[role]) / rate(primer.clips[role])
                for primer in found
                if role in primer.clips
                for answer in bench.ask(primer, density=density)
            ]
            yield (
                f"density {density:g}, {role}: notes a beat against the clip's, median (10 %, 90 %)",
                f"{quantile(ratios, 0.5):.2f} ({quantile(ratios, 0.1):.2f}, {quantile(ratios, 0.9):.2f})"
                f" of {len(ratios)}",
            )


def follows_register(bench: Bench, found: Sequence[Primer]) -> Iterator[Row]:
    """Where the melody lies against the clip."""
    for register in (-12, -5, 0, 5, 12):
        moved, outside, total = [], 0, 0
        bench.prepare(found, register=register)
        for primer in found:
            own = pitches(primer.clips[Role.MELODY])
            for answer in bench.ask(primer, register=register):
                made = pitches(answer.clips[Role.MELODY])
                moved.append(mean(made) - mean(own))
                low, high = min(own) + register, max(own) + register
                slack = 5 + (12 - (high - low) + 1) // 2 if high - low < 12 else 5
                outside += sum(not low - slack <= pitch <= high + slack for pitch in made)
                total += len(made)
        yield (
            f"register {register:+}: the melody's middle moves by, median (10 %, 90 %); notes far beyond its range",
            f"{quantile(moved, 0.5):+.1f} ({quantile(moved, 0.1):+.1f}, {quantile(moved, 0.9):+.1f});"
            f" {outside} of {total}",
        )


def follows_similarity(bench: Bench, found: Sequence[Primer]) -> Iterator[Row]:
    """How much of the clip comes back."""
    for similarity in (0.0, 0.25, 0.5, 0.75, 1.0):
        for kind in (Kind.CONTINUE, Kind.VARY):
            bench.prepare(found, kind, similarity=similarity)
            shares = [
                come_back(answer.clips[Role.MELODY], primer.clips[Role.MELODY])
                for primer in found
                for answer in bench.ask(primer, kind, similarity=similarity)
            ]
            yield f"similarity {similarity:g}, {kind}: melody beats that the clip has", f"{mean(shares):.3f}"
    real = [come_back(p.real[Role.MELODY], p.clips[Role.MELODY]) for p in found if Role.MELODY in p.real]
    yield "the same of what really follows", f"{mean(real):.3f}"


def keeps_rhythm(bench: Bench, found: Sequence[Primer]) -> Iterator[Row]:
    """Whether a kept rhythm is the clip exactly."""
    same = total = moved = notes = 0
    bench.prepare(found, rhythm="keep", temperature=1.5)
    for primer in found:
        for answer in bench.ask(primer, rhythm="keep", temperature=1.5):
            for role in primer.clips:
                if len(primer.clips[role].meters) > 1:
                    continue
                clip, own = answer.clips[role], primer.clips[role]
                same += rhythm_at(clip, 0, primer.length) == rhythm_at(own, 0, own.length)
                total += 1
                moved += sum(a.pitch != b.pitch for a, b in zip(clip.notes, own.notes, strict=False))
                notes += len(own.notes)
    yield (
        "rhythm keep: voices with the clip's rhythm exactly; notes with a new pitch",
        (f"{same} of {total}; {moved} of {notes}"),
    )


def carries_feel(bench: Bench, found: Sequence[Primer]) -> Iterator[Row]:
    """Accents, spread and timing of answers to clips that are played."""
    pairs: list[tuple[float, float]] = []
    spreads, late, straight = [], [], []
    for primer in found:
        given = played(primer, 1)
        for answer in bench.ask(primer, clips=given):
            for role, own in given.items():
                clip = answer.clips[role]
                if len(own.notes) < 8:
                    continue
                mine, theirs = by_place(own), by_place(clip)
                centre = mean(n.velocity for n in own.notes)
                pairs += [(mine[p] - centre, theirs[p] - centre) for p in mine if p in theirs]
                spreads.append(
                    spread([n.velocity for n in clip.notes])
                    / max(1e-9, spread([n.velocity for n in own.notes]))
                )
                late.append((_off(own), _off(clip)))
        for answer in bench.ask(primer, clips=given, feel=0.0):
            straight += [abs(_off(answer.clips[role])) for role in given]
    yield (
        "feel: velocity by place of the bar, answers against primers, correlation",
        (f"{correlation(pairs):.3f} of {len(pairs)}"),
    )
    yield (
        "feel: spread of velocities against the primer's, median (10 %, 90 %)",
        (f"{quantile(spreads, 0.5):.2f} ({quantile(spreads, 0.1):.2f}, {quantile(spreads, 0.9):.2f})"),
    )
    yield (
        "feel: ticks behind the grid, primers and answers",
        (f"{mean(a for a, _ in late):.1f} and {mean(b for _, b in late):.1f}"),
    )
    yield "feel 0: ticks off the grid", f"{mean(straight):.2f}"
    flat = [
        len({n.velocity for n in answer.clips[role].notes}) == 1
        for primer in found
        for role in primer.clips
        if len({n.velocity for n in primer.clips[role].notes}) == 1
        for answer in bench.ask(primer)
    ]
    yield "feel: flat voices whose answers are flat", f"{sum(flat)} of {len(flat)}"


def _off(clip: Clip) -> float:
    """How far the onsets are behind the nearest sixteenth or triplet, on average."""
    from bridge.beats.grid import division, nearest, parts_of, tick_of  # noqa: PLC0415

    beats = clip_beats(clip)
    grid = sorted({*division(4), *division(6)})
    offs = []
    for note in clip.notes:
        beat = [b for b in beats if b.start <= note.onset][-1]
        offs.append(note.onset - tick_of(nearest(parts_of(note.onset, beat), grid), beat))
    return mean(offs)


def stays_apart(bench: Bench, found: Sequence[Primer]) -> Iterator[Row]:
    """How different variations are, and answers to the same question asked again."""
    for temperature in (0.0, 0.5, 1.0):
        bench.prepare(found, variations=4, temperature=temperature)
        near = [
            distance(a.clips[Role.MELODY], b.clips[Role.MELODY])
            for primer in found
            for a, b in combinations(bench.ask(primer, variations=4, temperature=temperature), 2)
        ]
        yield (
            f"4 variations at temperature {temperature:g}: distance of two melodies, least (1 %, median)",
            f"{min(near):.2f} ({quantile(near, 0.01):.2f}, {quantile(near, 0.5):.2f}) of {len(near)}",
        )
    again: list[float] = []
    free: list[float] = []
    for primer in found:
        first = bench.ask(primer, variations=4)
        before = tuple(dict(answer.clips) for answer in first)
        for avoid, into in ((before, again), ((), free)):
            for answer in bench.ask(primer, variations=2, rng_seed=2, avoid=avoid):
                into.append(min(distance(answer.clips[Role.MELODY], old[Role.MELODY]) for old in before))
    for name, found_ in (("avoiding them", again), ("without", free)):
        yield (
            f"asked again, {name}: distance to the nearest of 4 earlier answers, least (1 %, median)",
            f"{min(found_):.2f} ({quantile(found_, 0.01):.2f}, {quantile(found_, 0.5):.2f}) of {len(found_)}",
        )


def keeps_subdivisions(bench: Bench, found: Sequence[Primer]) -> Iterator[Row]:
    """Whether answers cut the beat as the clip does."""
    for name, of in (("answers", None), ("what really follows", "real")):
        inside = total = 0
        for primer in found:
            for role, own in primer.clips.items():
                known = divisions(own)
                follows = [primer.real] if of else [a.clips for a in bench.ask(primer)]
                for clips in follows:
                    if role not in clips:
                        continue
                    for clip_divisions, count in _onset_divisions(clips[role]):
                        total += count
                        felt, d = clip_divisions
                        inside += count * any(k % d == 0 for k in known.get(felt, ()))
        yield f"onsets on subdivisions that the clip uses, {name}", f"{inside / total:.4f} of {total}"


def _onset_divisions(clip: Clip) -> list[tuple[tuple[Ticks, int], int]]:
    from bridge.composer.manner import _least_division  # noqa: PLC0415

    voice = encode_clip(clip)
    seen = [
        (beat.felt, _least_division(onset))
        for word, beat in zip(voice.words, voice.beats, strict=True)
        for onset in {n.onset for n in word.notes if n.articulated}
    ]
    return [(key, len(list(group))) for key, group in groupby(sorted(seen))]


def agrees(bench: Bench, found: Sequence[Primer]) -> Iterator[Row]:
    """Whether an accompaniment has the tones of its melody."""
    made, real = [0, 0], [0, 0]
    for primer in found:
        melody = primer.clips[Role.MELODY]
        if Role.ACCOMPANIMENT not in primer.clips:
            continue
        for answer in bench.ask(primer, Kind.ACCOMPANY, clips={Role.MELODY: melody}):
            for total, clip in (
                (made, answer.clips[Role.ACCOMPANIMENT]),
                (real, primer.clips[Role.ACCOMPANIMENT]),
            ):
                agree, all_ = chord_tones(melody, clip)
                total[0] += agree
                total[1] += all_
    yield "accompany: melody notes on beats that are chord tones", f"{made[0] / made[1]:.3f} of {made[1]}"
    yield "the same under the real accompaniment", f"{real[0] / real[1]:.3f} of {real[1]}"


PROMISES: tuple[Callable[[Bench, Sequence[Primer]], Iterator[Row]], ...] = (
    in_key,
    never_stuck,
    follows_density,
    follows_register,
    follows_similarity,
    keeps_rhythm,
    carries_feel,
    stays_apart,
    keeps_subdivisions,
    agrees,
)


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--each", type=int, default=110, help="primers of each corpus")
    parser.add_argument("--only", default="", help="the names of promises, with commas between")
    parser.add_argument("--corpora", default=",".join(CORPORA))
    parser.add_argument("--data", type=Path, default=DATA)
    chosen = parser.parse_args()
    found = primers(chosen.data, each=chosen.each, corpora=tuple(chosen.corpora.split(",")))
    print(f"{len(found)} primers, model {chosen.model}")
    bench = Bench(chosen.model)
    for promise in PROMISES:
        if not chosen.only or promise.__name__ in chosen.only.split(","):
            for what, figure in promise(bench, found):
                print(f"  {what}: {figure}", flush=True)


if __name__ == "__main__":
    main()
