"""Takes are kept exactly, all or nothing, and survive whatever ends the process."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.errors import BadArgument, TakeMissing, TakesUnavailable
from bridge.music.note import Clip, Meter, MeterChange, Note, Role, make_clip
from bridge.request import Kind, Request, Variation
from bridge.takes import Takes, database
from bridge.takes import store as store_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TUNE = make_clip(
    [Note(0, 72, 960, 90), Note(960, 69, 641, 77), Note(1601, 60, 319)], length=3840, name="Tune"
)
CHORD = make_clip([Note(0, 48, 3840), Note(0, 55, 3840)], length=3840)
MORNING = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


def ask(**changes: object) -> Request:
    given_values: dict[str, object] = {
        "kind": Kind.CONTINUE,
        "clips": {Role.MELODY: TUNE},
        "length": 7680,
        "variations": 2,
        "rng_seed": 7,
        "model": "folk",
        "options": {"temperature": 0.1 + 0.2, "key": 5, "voices": "both"},
        "tempo_bpm": 118.3,
    }
    return Request(**{**given_values, **changes})  # type: ignore[arg-type]  # a test's shorthand


def answer(count: int = 2) -> tuple[Variation, ...]:
    return tuple(Variation(i, {Role.MELODY: TUNE, Role.ACCOMPANIMENT: CHORD}) for i in range(count))


class Days:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "takes.sqlite"


@pytest.fixture
def clock() -> Days:
    return Days()


@pytest.fixture
def takes(path: Path, clock: Days) -> Iterator[Takes]:
    with Takes(path, clock=clock) as opened:
        yield opened


notes = st.builds(
    Note, st.integers(0, 9_999), st.integers(0, 127), st.integers(1, 2_000_000), st.integers(1, 127)
)
meters = st.builds(Meter, st.integers(1, 64), st.sampled_from([1, 2, 4, 8, 16, 32, 64]))


@st.composite
def clips(draw: st.DrawFn) -> Clip:
    played = tuple(sorted(draw(st.lists(notes, max_size=8))))
    later = sorted(draw(st.sets(st.integers(1, 9_999), max_size=3)))
    changes = tuple(MeterChange(at, draw(meters)) for at in [0, *later])
    return Clip(played, draw(st.integers(10_000, 2_000_000)), changes, draw(st.text(max_size=12)))


voices = st.dictionaries(st.sampled_from([Role.MELODY, Role.ACCOMPANIMENT]), clips())
options = st.fixed_dictionaries(
    {},
    optional={
        "temperature": st.floats(0, 2),
        "key": st.one_of(st.integers(0, 11), st.sampled_from(["auto", "off"])),
        "scale": st.just("101011010101"),
    },
)
requests = st.builds(
    Request,
    kind=st.just(Kind.GENERATE),
    clips=voices,
    length=st.integers(1, 7_000_000),
    variations=st.integers(1, 16),
    rng_seed=st.integers(0, 2**31 - 1),
    model=st.sampled_from(["folk", "mine"]),
    options=options,
    tempo_bpm=st.floats(0, 999),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(request_=requests, made=st.lists(voices, min_size=1, max_size=3))
def test_a_take_comes_back_exactly_as_it_was_kept(
    takes: Takes, request_: Request, made: list[dict[Role, Clip]]
) -> None:
    variations = [Variation(index, each) for index, each in enumerate(made)]
    ids = takes.keep(request_, variations, client="reaper")
    for take_id, variation in zip(ids, variations, strict=True):
        take = takes.find(take_id)
        assert (take.request, take.variation) == (request_, variation)
        assert (take.id, take.client, take.model_version, take.starred) == (take_id, "reaper", "", False)


def test_whole_options_come_back_as_whole_numbers(takes: Takes) -> None:
    (take_id,) = takes.keep(ask(options={"key": 5, "temperature": 1.0}), answer(1))
    stored = takes.request_of(take_id).options
    assert [type(value) for value in stored.values()] == [int, float]


def test_a_clip_that_was_answered_is_answered_otherwise_whatever_it_is_called(takes: Takes) -> None:
    assert takes.informed(ask(), is_new=True).avoid == ()
    takes.keep(ask(), answer(2))
    renamed = ask(clips={Role.MELODY: replace(TUNE, name="other")}, rng_seed=9, options={})
    assert takes.informed(renamed, is_new=True).avoid == tuple(v.clips for v in answer(2))


@pytest.mark.parametrize(
    "changes",
    [{"clips": {Role.ACCOMPANIMENT: CHORD}}, {"kind": Kind.VARY}, {"kind": Kind.GENERATE, "clips": {}}],
    ids=["another clip", "another use case", "no clip"],
)
def test_what_was_not_asked_before_has_nothing_to_avoid(takes: Takes, changes: dict[str, object]) -> None:
    takes.keep(ask(), answer(2))
    takes.keep(ask(kind=Kind.GENERATE, clips={}), answer(2))
    assert takes.informed(ask(**changes), is_new=True).avoid == ()


def test_an_answer_that_shall_be_repeated_avoids_what_it_avoided_then(takes: Takes) -> None:
    first = takes.informed(ask(), is_new=True)
    takes.keep(first, answer(1))
    second = takes.informed(ask(rng_seed=8), is_new=True)
    takes.keep(second, answer(1))
    assert takes.informed(ask(), is_new=False) == first
    assert takes.informed(ask(rng_seed=8), is_new=False) == second != first
    assert takes.informed(ask(rng_seed=9), is_new=False).avoid == ()


def test_only_the_last_answers_are_avoided_and_none_that_were_pruned(takes: Takes) -> None:
    for number in range(10):
        takes.keep(ask(rng_seed=number), answer(2))
    assert len(takes.informed(ask(), is_new=True).avoid) == store_file.AVOIDED
    takes.prune(keep_last=3)
    assert len(takes.informed(ask(), is_new=True).avoid) == 3


def test_what_was_avoided_is_kept_with_the_take(path: Path) -> None:
    with Takes(path) as takes:
        takes.keep(ask(), answer(2))
        asked = takes.informed(ask(rng_seed=8), is_new=True)
        (take_id,) = takes.keep(asked, answer(1))
    with Takes(path) as takes:
        assert takes.request_of(take_id) == asked


def test_a_file_of_before_is_brought_up_and_its_takes_are_read(path: Path) -> None:
    body = {"kind": "generate", "clips": {}, "length": 960, "variations": 1, "rng_seed": 1, "model": "folk"}
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as db, db:
        for statement in store_file.MIGRATIONS[0]:
            db.execute(statement)
        db.execute(
            "INSERT INTO requests VALUES (1, '2026-05-01T08:00:00.000000+00:00', '', '', ?)",
            (json.dumps({**body, "options": {}, "tempo_bpm": 0.0}),),
        )
        db.execute("INSERT INTO takes VALUES (1, 1, 0, ?)", (json.dumps({"index": 0, "clips": {}}),))
        db.execute("PRAGMA user_version = 1")
    with Takes(path) as takes:
        assert takes.find(1).request.avoid == ()
        assert takes.keep(ask(), answer(1)) == (2,)


def test_takes_are_there_after_opening_the_file_again(path: Path) -> None:
    with Takes(path) as first:
        ids = first.keep(ask(), answer(2))
    with Takes(path) as second:
        assert second.request_of(ids[0]) == ask()
        assert [take.id for take in second.list()] == [ids[1], ids[0]]


def test_takes_carry_the_time_at_which_they_were_kept(takes: Takes) -> None:
    (take_id,) = takes.keep(ask(), answer(1))
    assert takes.find(take_id).created == MORNING


def test_takes_carry_the_version_of_the_model_that_made_them(path: Path) -> None:
    versions = {"folk": "3"}
    with Takes(path, version_of=versions.__getitem__) as takes:
        (before,) = takes.keep(ask(), answer(1))
        versions["folk"] = "4"
        (after,) = takes.keep(ask(), answer(1))
        assert [takes.find(take_id).model_version for take_id in (before, after)] == ["3", "4"]


def test_a_request_is_stored_once_for_all_its_variations(takes: Takes, path: Path) -> None:
    takes.keep(ask(), answer(8))
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM requests").fetchone() == (1,)


def test_an_answer_that_cannot_be_stored_whole_is_not_stored_at_all(takes: Takes) -> None:
    class Fault(Exception):
        pass

    class FaultyClips(dict[Role, Clip]):
        def items(self) -> object:  # type: ignore[override]  # breaks on purpose, after the first variation
            raise Fault

    with pytest.raises(Fault):
        takes.keep(ask(), [*answer(1), Variation(1, FaultyClips())])
    assert takes.count() == 0
    assert takes.keep(ask(), answer(1))


def test_the_newest_takes_are_listed_first_and_no_more_than_asked_for(takes: Takes) -> None:
    ids = [takes.keep(ask(rng_seed=n), answer(1))[0] for n in range(5)]
    assert [take.id for take in takes.list(limit=3)] == ids[:1:-1]


def test_stars_are_set_listed_and_taken_away(takes: Takes) -> None:
    first, second = takes.keep(ask(), answer(2))
    takes.star(first, starred=True)
    takes.star(second, starred=True)
    takes.star(second, starred=False)
    assert [take.id for take in takes.list(starred=True)] == [first]
    assert takes.find(first).starred


@pytest.mark.parametrize(
    "look",
    [
        lambda takes: takes.find(99),
        lambda takes: takes.request_of(99),
        lambda takes: takes.star(99, starred=True),
    ],
)
def test_a_take_that_does_not_exist_is_named(takes: Takes, look: Callable[[Takes], object]) -> None:
    with pytest.raises(TakeMissing, match="99") as caught:
        look(takes)
    assert "macnet takes list" in caught.value.hint


def keep_one_a_day(takes: Takes, clock: Days, days: int) -> list[int]:
    ids: list[int] = []
    for day in range(days):
        clock.now = MORNING + timedelta(days=day)
        ids += takes.keep(ask(rng_seed=day), answer(1))
    return ids


def ids_left(takes: Takes) -> list[int]:
    return sorted(take.id for take in takes.list(limit=99))


def test_pruning_by_age_forgets_the_old_and_keeps_the_starred(takes: Takes, clock: Days) -> None:
    ids = keep_one_a_day(takes, clock, 6)
    takes.star(ids[0], starred=True)
    assert takes.prune(keep_days=2) == 2
    assert ids_left(takes) == [ids[0], *ids[3:]]


def test_pruning_by_count_keeps_the_newest_and_the_starred(takes: Takes, clock: Days) -> None:
    ids = keep_one_a_day(takes, clock, 6)
    takes.star(ids[1], starred=True)
    assert takes.prune(keep_last=2) == 3
    assert ids_left(takes) == [ids[1], ids[4], ids[5]]


def test_pruning_by_both_keeps_what_either_bound_keeps(takes: Takes, clock: Days) -> None:
    ids = keep_one_a_day(takes, clock, 6)
    assert takes.prune(keep_days=0.5, keep_last=3) == 3
    assert ids_left(takes) == ids[3:]


def test_pruning_forgets_requests_that_no_take_is_left_of(takes: Takes, path: Path) -> None:
    kept, _ = takes.keep(ask(), answer(2))
    takes.star(kept, starred=True)
    takes.keep(ask(rng_seed=1), answer(2))
    takes.prune(keep_last=0)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM requests").fetchone() == (1,)


def test_the_id_of_a_pruned_take_is_never_given_again(takes: Takes) -> None:
    (last,) = takes.keep(ask(), answer(1))
    takes.prune(keep_last=0)
    assert takes.keep(ask(), answer(1))[0] > last


def test_pruning_without_a_bound_or_below_zero_is_refused(takes: Takes) -> None:
    takes.keep(ask(), answer(1))
    for bounds in ({}, {"keep_days": -1.0}, {"keep_last": -1}):
        with pytest.raises(BadArgument):
            takes.prune(**bounds)
    assert takes.count() == 1


def test_pruning_to_any_age_however_old_is_possible(takes: Takes) -> None:
    takes.keep(ask(), answer(1))
    assert takes.prune(keep_days=1e12) == 0


def test_a_file_that_is_no_database_is_named_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"MThd this is something else, and of some length" * 40)
    before = path.read_bytes()
    with pytest.raises(TakesUnavailable, match=r"takes\.sqlite is damaged") as caught:
        Takes(path)
    assert path.read_bytes() == before
    assert "Move it" in caught.value.hint


def test_a_damaged_page_is_found_by_the_check(path: Path) -> None:
    with Takes(path) as takes:
        for n in range(40):
            takes.keep(ask(rng_seed=n), answer(2))
    damaged = bytearray(path.read_bytes())
    damaged[4096 * 5 : 4096 * 6] = b"\xff" * 4096
    path.write_bytes(damaged)
    with pytest.raises(TakesUnavailable, match="damaged"), Takes(path) as again:
        again.check()


def test_a_row_that_was_tampered_with_is_named_when_it_is_read(takes: Takes, path: Path) -> None:
    whole, broken = takes.keep(ask(), answer(2))
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE takes SET body = '{\"index\": 0' WHERE id = ?", (broken,))
        db.commit()
    assert takes.find(whole).variation == answer(1)[0]
    with pytest.raises(TakesUnavailable, match=f"take {broken}"):
        takes.find(broken)


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE recipes (name TEXT)")
        db.commit()
    with pytest.raises(TakesUnavailable, match="another program"):
        Takes(path)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]


def test_a_file_from_a_newer_version_is_refused_with_what_to_do(path: Path) -> None:
    Takes(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {len(store_file.MIGRATIONS) + 1}")
    with pytest.raises(TakesUnavailable, match="newer") as caught:
        Takes(path)
    assert "Update" in caught.value.hint


def test_an_older_file_is_brought_up_to_date_with_its_takes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Takes(path) as old:
        (take_id,) = old.keep(ask(), answer(1))
    later = (*store_file.MIGRATIONS, ("ALTER TABLE takes ADD COLUMN note TEXT NOT NULL DEFAULT ''",))
    monkeypatch.setattr(store_file, "MIGRATIONS", later)
    with Takes(path) as new:
        assert new.find(take_id).variation == answer(1)[0]
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(later),)
        assert db.execute("SELECT note FROM takes").fetchone() == ("",)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for path in (tmp_path / "file" / "takes.sqlite", tmp_path):
        with pytest.raises(TakesUnavailable) as caught:
            Takes(path)
        assert str(path) in str(caught.value)
        assert "--data-dir" in caught.value.hint


def test_a_file_that_someone_else_holds_is_said_to_be_held(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Takes(path).close()
    monkeypatch.setattr(database, "WAIT_S", 0.0)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TakesUnavailable, match="held by another program"):
            Takes(path)


def test_many_threads_may_keep_takes_in_one_store(takes: Takes) -> None:
    ids: list[int] = []

    def work() -> None:
        for n in range(10):
            ids.extend(takes.keep(ask(rng_seed=n), answer(2)))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == takes.count() == 120


def test_the_file_is_written_through_to_the_disk_at_every_commit(takes: Takes, path: Path) -> None:
    connection = takes._db
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,), "2 is FULL"
    assert path.with_name("takes.sqlite-wal").exists()


KEEPER = """
import sys
from pathlib import Path
from bridge.music.note import Note, Role, make_clip
from bridge.request import Kind, Request, Variation
from bridge.takes import Takes

def tune(n):
    return make_clip([Note(i * 240, 40 + (n * 7 + i) % 60, 240) for i in range(120)], length=120 * 240)

takes = Takes(Path(sys.argv[1]))
print("open", flush=True)
for n in range(int(sys.argv[2])):
    request = Request(Kind.CONTINUE, {Role.MELODY: tune(n)}, 3840, 4, n, "folk")
    ids = takes.keep(request, [Variation(i, {Role.MELODY: tune(n + i)}) for i in range(4)])
    print(n, *ids, flush=True)
"""


def start_keeper(path: Path, rounds: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", KEEPER, str(path), str(rounds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def kept_lines(output: str) -> list[list[int]]:
    """The whole lines of a keeper's output; a line that was cut by the kill promises nothing."""
    return [[int(word) for word in line.split()] for line in output.split("\n")[:-1] if line != "open"]


def assert_whole(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        halves = "SELECT request_id FROM takes GROUP BY request_id HAVING count(*) != 4"
        assert db.execute(halves).fetchall() == []
        orphans = "SELECT id FROM requests WHERE id NOT IN (SELECT request_id FROM takes)"
        assert db.execute(orphans).fetchall() == []


@pytest.mark.parametrize("rng_seed", range(6))
def test_killed_at_any_moment_nothing_that_was_answered_is_lost(path: Path, rng_seed: int) -> None:
    rng = random.Random(rng_seed)
    promised: list[list[int]] = []
    for _ in range(2):
        keeper = start_keeper(path, 100_000)
        assert keeper.stdout is not None
        # Killed after a number of lines, or a little into the next keep: spinning, not the clock, decides.
        lines = [keeper.stdout.readline() for _ in range(2 + rng.randrange(12))]
        for _ in range(rng.randrange(60_000)):
            pass
        keeper.kill()
        rest, _ = keeper.communicate()
        promised += kept_lines("".join(lines) + rest)
        assert_whole(path)
    with Takes(path) as takes:
        takes.check()
        for n, *ids in promised:
            assert [takes.find(take_id).request.rng_seed for take_id in ids] == [n] * 4, f"seed {rng_seed}"
            assert [takes.find(take_id).variation.index for take_id in ids] == [0, 1, 2, 3]


def test_several_processes_may_start_and_write_at_once(path: Path) -> None:
    keepers = [start_keeper(path, 15) for _ in range(3)]
    outputs = [keeper.communicate()[0] for keeper in keepers]
    assert [keeper.returncode for keeper in keepers] == [0, 0, 0]
    ids = [take_id for output in outputs for _, *row in kept_lines(output) for take_id in row]
    assert len(ids) == len(set(ids)) == 3 * 15 * 4
    with Takes(path) as takes:
        assert takes.count() == len(ids)
    assert_whole(path)
