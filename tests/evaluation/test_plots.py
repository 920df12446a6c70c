"""Pictures: whole, readable, and the same for the same figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as Tree

import pytest

from bridge.evaluation.likelihood import MATCH_EDGES, ByMatch
from bridge.evaluation.long import Minute
from bridge.evaluation.plots import draw_learning, draw_matches, draw_minutes, draw_rolls
from tests.evaluation.music import SCALE, chords, line, passage

LOG: list[dict[str, float | None]] = [
    {"seconds": 60.0 * at, "train": 3 / at, "valid": 2 + 1 / at} for at in range(1, 9)
]
TUNED: list[dict[str, float | None]] = [{"seconds": 0.0, "train": None, "valid": 3.1}, *LOG]
MATCHES = ByMatch(MATCH_EDGES, (3.0, 2.0, *(1.0,) * 8, float("nan")), (2_500, 20, *(5,) * 8, 0))
PRIMER = passage(line([*SCALE] * 4), chords([(48, 52, 55)] * 4))
ANSWER = passage(line([*reversed(SCALE)] * 8), chords([(43, 47, 50)] * 8))
PIECE = [Minute(0.5, 2.5 + at / 100, 1.0) for at in range(16)]
REAL = [Minute(0.4, 2.4, 0.9), Minute(0.6, 2.8, 1.0)]


def learning(path: Path) -> None:
    draw_learning({"folk": LOG, "songs": TUNED, "piano rolls": LOG}, path)


def matches(path: Path) -> None:
    draw_matches({"plain": MATCHES, "memory": MATCHES}, path, unit="frame")


def rolls(path: Path) -> None:
    draw_rolls(PRIMER, {"what really follows": ANSWER, "the model": ANSWER}, path)


def minutes(path: Path) -> None:
    draw_minutes({"folk": [PIECE, PIECE]}, {"folk": REAL}, path)


PICTURES: dict[Callable[[Path], None], tuple[str, ...]] = {
    learning: ("minutes of training", "songs", "best, 2.125"),
    matches: ("memory", "2.5k", "nats a frame"),
    rolls: ("what really follows", "C5", "12"),
    minutes: ("folk: pitch class entropy, bits", "90 % of real minutes"),
}


@pytest.mark.parametrize("draw", PICTURES, ids=lambda draw: draw.__name__)
def test_a_picture_says_what_it_shows_and_is_the_same_again(
    draw: Callable[[Path], None], tmp_path: Path
) -> None:
    first, again = tmp_path / "images" / "one.svg", tmp_path / "two.svg"
    draw(first)
    draw(again)
    assert first.read_bytes() == again.read_bytes()
    texts = [element.text for element in Tree.parse(first).iter("{http://www.w3.org/2000/svg}text")]
    for said in PICTURES[draw]:
        assert any(said in (text or "") for text in texts), (said, texts)
    assert len(first.read_bytes()) < 300_000
