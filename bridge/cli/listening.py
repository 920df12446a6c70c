"""What training lets be heard: samples along the way, and how original the finished model is."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from bridge.cli.printing import remark
from bridge.errors import MacNetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bridge.beats.playlist import Score
    from bridge.evaluation.originality import Originality
    from bridge.music.note import Clip, Role
    from bridge.network.recipe import Listen, Trained

    Player = Callable[[Mapping[Role, Clip], int, int, int], list[Mapping[Role, Clip]]]

PRIMER_BARS: Final = 4
ANSWER_BARS: Final = 8
RNG_SEED: Final = 1
ANSWERS: Final = 24
"""How many answers, and as many passages of real songs, originality is told from."""
_VARIATIONS: Final = 2
_SAMPLES: Final = "[0-9][0-9][0-9] *.mid"
_STEP_BARS: Final = 4
_BAR: Final = 3_840
_MOST_SONGS: Final = 2_000
"""Songs that answers are compared to at most."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Four bars of a song in one meter, and the eight that follow."""

    song: str
    primer: Mapping[Role, Clip]
    real: Mapping[Role, Clip]

    @property
    def bar(self) -> int:
        """Ticks of a bar."""
        return next(iter(self.primer.values())).meter.bar


def openings(score: Score, answer_bars: int = ANSWER_BARS) -> Iterator[Opening]:
    """Places of a song to go on from, at every fourth bar: something must sound in the primer's first voice."""
    from bridge.beats.excerpt import bar_starts, excerpt

    bars = bar_starts(score)
    for at in range(0, len(bars) - PRIMER_BARS - answer_bars, _STEP_BARS):
        start, middle, end = (bars[at + count] for count in (0, PRIMER_BARS, PRIMER_BARS + answer_bars))
        primer, real = excerpt(score, start, middle), excerpt(score, middle, end)
        clips = (*primer.values(), *real.values())
        if (
            len({change.meter for clip in clips for change in clip.meters}) == 1
            and next(iter(primer.values())).notes
        ):
            yield Opening(score.name, primer, real)


class Samples:
    """Writes what a model makes of the same four bars, again and again while it learns.

    Args:
        folder: where the samples go; those of an earlier run go when the first new one comes.
        base: what the model is called that the run starts from.
        resume: the samples of the earlier run stay, and are counted on from.
    """

    def __init__(self, folder: Path, base: str, *, resume: bool = False) -> None:
        self._folder, self._base = folder, base
        self._count = len(list(folder.glob(_SAMPLES))) if resume else 0

    def __call__(self, listen: Listen) -> None:
        """Make one sample; what a model cannot play is no reason to stop training."""
        try:
            self._write(listen)
        except MacNetError as error:
            remark(f"no sample this time: {error}")

    def _write(self, listen: Listen) -> None:
        from bridge.cli.songs import Primer, primed_song, song_of
        from bridge.music.midifile import write_song
        from bridge.request import Variation

        opening = _first_opening(listen.held_out)
        if opening is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        if not self._count:
            for old in self._folder.glob(_SAMPLES):
                old.unlink()
        what = _after(listen.seconds) if listen.seconds else f"before, {self._base}"
        path = self._folder / f"{self._count:03d} {what}.mid"
        (clips,) = _player(listen.model)(opening.primer, ANSWER_BARS * opening.bar, 1, RNG_SEED)
        primer = Primer(opening.primer, song_of(opening.primer), ())
        write_song(path, primed_song(primer, Variation(0, clips), name=what))
        remark(f"to listen to: {path}")
        self._count += 1


def _after(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"after {minutes} min {rest:02d} s"


def _first_opening(songs: Sequence[Score]) -> Opening | None:
    found = (opening for score in songs for opening in openings(score))
    short = (opening for score in songs for opening in openings(score, 1))
    return next(found, None) or next(short, None)


def _player(model: Path) -> Player:
    """Answers with a model that is on no shelf yet, or just on one."""
    from bridge.composer import Composer
    from bridge.network.checkpoint import Shelf
    from bridge.request import Kind, Request

    composer = Composer(Shelf([model.parent]))

    def play(
        primer: Mapping[Role, Clip], length: int, variations: int, rng_seed: int
    ) -> list[Mapping[Role, Clip]]:
        kind = Kind.CONTINUE if primer else Kind.GENERATE
        request = Request(kind, primer, length, variations, rng_seed, model.name)
        return [variation.clips for variation in composer.compose(request)]

    return play


def originality_of(
    trained: Trained, *, until: float, on_progress: Callable[[float], None] = lambda _: None
) -> Originality | None:
    """How much of what a model plays stands in the songs that it learned from.

    Args:
        trained: the model, and the songs.
        until: when to have done, by `time.monotonic`; what could not be composed until then is not looked at.
        on_progress: told the share of the answers that is composed, 0 to 1.

    Returns:
        None where there was no time, or no song is long enough to go on from.
    """
    from bridge.evaluation.originality import originality

    learned = trained.learned[:_MOST_SONGS]
    voice = _voice_of(learned)
    answers = []
    for clips in _answers(trained, until):
        answers.append(_steps_of(clips, voice))
        on_progress(len(answers) / ANSWERS)
    if not answers or time.monotonic() >= until:
        return None
    songs = {score.name: _steps_of_score(score, voice) for score in learned}
    real = [
        (o.song, _steps_of(o.real, voice)) for o in islice(_in_turn([*_unheard(trained), *learned]), ANSWERS)
    ]
    return originality(answers, songs, real or list(songs.items())[:ANSWERS])


def _answers(trained: Trained, until: float) -> Iterator[Mapping[Role, Clip]]:
    """Answers to songs that it has not learned from; from nothing, where there is none to go on from."""
    play = _player(trained.folder)
    found = [
        (o.primer, ANSWER_BARS * o.bar) for o in islice(_in_turn(_unheard(trained)), ANSWERS // _VARIATIONS)
    ]
    for number, (primer, length) in enumerate(found or [({}, ANSWER_BARS * _BAR)] * (ANSWERS // _VARIATIONS)):
        if time.monotonic() >= until:
            return
        yield from play(primer, length, _VARIATIONS, number)


def _unheard(trained: Trained) -> Sequence[Score]:
    """Songs that it has not learned from."""
    return () if trained.folds else trained.held_out


def _in_turn(songs: Sequence[Score]) -> Iterator[Opening]:
    """The first opening of each song, then the second of each, and so on."""
    waiting = [openings(score) for score in songs]
    while waiting:
        still = []
        for each in waiting:
            opening = next(each, None)
            if opening is not None:
                yield opening
                still.append(each)
        waiting = still


def _voice_of(songs: Sequence[Score]) -> int:
    """The melody, where any song has one; else the accompaniment."""
    return 0 if any(score.known[0] for score in songs) else 1


def _steps_of(clips: Mapping[Role, Clip], voice: int) -> tuple[tuple[int, int, int], ...]:
    from bridge.evaluation.copying import steps_of
    from bridge.evaluation.passage import line_of_clip
    from bridge.music.note import VOICES

    clip = clips.get(VOICES[voice])
    return steps_of(line_of_clip(clip)) if clip is not None else ()


def _steps_of_score(score: Score, voice: int) -> tuple[tuple[int, int, int], ...]:
    from bridge.beats.excerpt import excerpt

    return _steps_of(excerpt(score, 0, len(score)), voice)
