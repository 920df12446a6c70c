"""What is said of training, in words that a musician understands."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.cli.training import Job
    from bridge.evaluation.originality import Originality
    from bridge.network.recipe import Trained
    from bridge.network.training import TrainProgress


def how_it_ended(trained: Trained, job: Job) -> str:
    """Why it learned no longer, in a musician's words."""
    songs = trained.reading.songs
    these = f"{'this song' if songs == 1 else f'these {songs:,} songs'}"
    time_taken = how_long(trained.seconds)
    go_on = f"`{job.go_on}` goes on"
    said = {
        "learned": f"{job.name} has learned what it can from {these} after {time_taken}; "
        "more would only learn them by heart",
        "passes": f"{job.name} has learned from {these} for {time_taken}, as many passes as were planned",
        "time": f"{job.name} has learned from {these} for {time_taken}, then its {job.settings.minutes:g} minutes "
        f"were over; {go_on}",
        "stopped": f"{job.name} was stopped after {time_taken} and is what was best until then; {go_on}",
    }
    return said[trained.ending]


def how_long(seconds: float) -> str:
    """A time as people say it."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{minutes} minutes"


def what_it_brought(trained: Trained, base: str) -> str:
    """What training was good for, by the songs that it did not learn from."""
    figure, tried = trained.figures.sum, _tried(trained)
    if trained.base is None:
        return f"on {tried}, it is surprised by {figure:.2f} nats a beat"
    if not trained.is_better:
        return (
            f"on {tried}, nothing it learned was better than {base} ({figure:.2f} nats a beat): the model is {base} "
            "as it was, under a new name. More songs, or songs more alike, would help."
        )
    share = 1 - figure / trained.base.sum
    after = f" The model itself then learned from all of {_these(trained)}." if trained.folds else ""
    return (
        f"on {tried}, what comes next surprises it {share:.0%} less than {base}: {figure:.2f} nats a beat, "
        f"{trained.base.sum:.2f} before{'.' if after else ''}{after}"
    )


def _tried(trained: Trained) -> str:
    """The songs that it did not learn from; where each was left out once, they are all of them."""
    count = len(trained.held_out)
    if trained.folds:
        songs = len(trained.reading.scores)
        parts = f"each of your {songs:,} songs" if songs > 1 else "each part of your song"
        return f"{parts}, tried in turn without learning from it ({trained.folds} trials)"
    is_passages = len(trained.reading.scores) < len(trained.learned) + count
    one, many = ("passage", "passages") if is_passages else ("song", "songs")
    return f"{count} {one if count == 1 else many} of yours that it did not learn from"


def _these(trained: Trained) -> str:
    songs = len(trained.reading.scores)
    return "it" if songs == 1 else "them"


def how_original(original: Originality | None) -> str:
    """How much of what it plays is copied, beside what real songs have in common."""
    if original is None:
        return "originality: not looked at; there was no time, or every song is too short"
    longest = (
        f"; the longest has {original.longest} notes, from {original.source}" if original.longest >= 3 else ""
    )
    return (
        f"originality: {original.copied:.0%} of the notes it plays stand in runs of 8 or more that one of your songs "
        f"has{longest}. Your own songs share {original.shared:.0%} with each other, {original.longest_shared} notes "
        "at the longest."
    )


def describe(progress: TrainProgress) -> str:
    """Time left, and the figure that matters with where it started, in the width of a terminal."""
    left = (
        "" if math.isinf(progress.seconds_left) else f"{timedelta(seconds=int(progress.seconds_left))} left, "
    )
    if math.isinf(progress.best_nats):
        return f"{left}pass {progress.epoch + 1}"
    share = 1 - progress.best_nats / progress.start_nats
    less = f", {share:.0%} less" if share >= 0.005 else ""
    surprise = f"{progress.start_nats:.2f} -> {progress.best_nats:.2f} nats a beat{less}"
    return f"{left}pass {progress.epoch + 1}, surprise {surprise}"
