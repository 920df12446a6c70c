from __future__ import annotations

import numpy as np

from bridge.beats.metre import beats_of
from bridge.music.note import Meter, MeterChange
from bridge.network.features import distance_matrix, lookback_indices, metre_columns, run_matrix


def test_a_run_counts_how_long_the_music_has_gone_along() -> None:
    runs = run_matrix(["a", "b", "c", "a", "b", "c", "x"])
    # Before the second "c" stand "a b", as before the first.
    assert runs[5, 2] == 2
    assert runs[6, 3] == 3
    assert runs[4, 1] == 1
    assert runs[3, 0] == 0


def test_runs_never_look_at_the_beat_itself_or_later() -> None:
    one, other = run_matrix(list("abcabc")), run_matrix(list("abcabz"))
    assert (one[:6] == other[:6]).all()


def test_a_lookback_stands_at_the_same_place_bars_ago() -> None:
    beats = beats_of((MeterChange(0, Meter(3, 4)),), 960 * 15)
    assert lookback_indices(beats)[13].tolist() == [10, 7, 1]
    assert lookback_indices(beats)[1].tolist() == [-1, -1, -1]


def test_metre_columns_tell_jig_from_reel() -> None:
    jig = metre_columns(beats_of((MeterChange(0, Meter(6, 8)),), 2880))
    reel = metre_columns(beats_of((MeterChange(0, Meter(4, 4)),), 3840))
    assert jig.tolist() == [[0, 2, 2, 0], [1, 2, 2, 0]]
    assert reel.tolist() == [[i, 4, 1, 0] for i in range(4)]


def test_distances_are_bars_between_like_places() -> None:
    bars, places = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1] * 3)
    distances = distance_matrix(bars, places)
    assert distances[4, 2] == 1
    assert distances[4, 0] == 2
    assert distances[4, 1] == 0
