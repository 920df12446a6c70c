"""The table of what each addition costs is still about the composer as it is."""

from __future__ import annotations

from bench.additions import LEFT_OUT, PUT_IN, rows


def test_every_addition_can_be_left_out_and_put_in() -> None:
    """A row that patches what has changed its shape raises: so it did, unseen, once silences were minded anew."""
    times = rows("folk", rounds=1)
    assert set(times) > set(LEFT_OUT) | set(PUT_IN)
    assert all(len(each) == 1 and each[0] > 0 for each in times.values())
