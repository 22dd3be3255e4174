import os
import signal
import threading
from unittest import mock
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefen.core import ids
from kefen.core.errors import InvalidInput
from kefen.core.ids import is_code, parse_public_id, public_id, uuid7


def test_ids_rise_and_are_well_formed():
    made = [uuid7() for _ in range(20_000)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {one.version for one in made} == {7}
    assert {one.variant for one in made} == {"specified in RFC 4122"}


def test_ids_rise_also_when_the_clock_is_set_back():
    before = uuid7()
    with mock.patch.object(ids.time, "time_ns", return_value=0):
        later = [uuid7() for _ in range(3)]

    assert [before, *later] == sorted([before, *later])


def test_a_full_counter_borrows_the_next_millisecond():
    sequence = ids._Sequence()
    with mock.patch.object(ids.time, "time_ns", return_value=5_000_000):
        sequence.milliseconds = 5
        sequence.counter = (1 << 42) - 1

        assert sequence.next() == (6, 0)
        assert sequence.next() == (6, 1)


def test_threads_never_share_an_id_and_each_sees_them_rise():
    rows: list[list[UUID]] = [[] for _ in range(8)]
    barrier = threading.Barrier(len(rows))

    def make(row):
        barrier.wait()
        row.extend(uuid7() for _ in range(3_000))

    threads = [threading.Thread(target=make, args=(row,)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(row == sorted(row) for row in rows)
    assert len({one for row in rows for one in row}) == 24_000


def test_a_forked_child_starts_anew():
    uuid7()
    read, write = os.pipe()
    ids._sequence.lock.acquire()  # a fork while another thread holds the lock
    child = os.fork()
    if child == 0:
        signal.alarm(10)  # a child that waits for its parent's lock dies instead of hanging
        try:
            os.write(write, b"".join(uuid7().bytes for _ in range(50)))
        finally:
            os._exit(0)
    ids._sequence.lock.release()
    os.close(write)
    with os.fdopen(read, "rb") as stream:
        content = stream.read()
    os.waitpid(child, 0)
    theirs = {content[i : i + 16] for i in range(0, len(content), 16)}
    ours = {uuid7().bytes for _ in range(50)}

    assert len(theirs) == 50
    assert not theirs & ours


@given(st.uuids(), st.sampled_from(["ord", "prm", "cms"]))
def test_a_public_id_survives(value, prefix):
    text = public_id(prefix, value)

    assert len(text) == len(prefix) + 27
    assert text == text.lower()
    assert parse_public_id(prefix, text) == value


@given(st.uuids(), st.uuids())
def test_public_ids_sort_like_their_uuids(one, other):
    assert (public_id("a", one) < public_id("a", other)) == (one < other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ord",
        "ord_",
        "prm_" + "0" * 26,
        "ord_" + "0" * 25,
        "ord_" + "0" * 27,
        "ord_" + "0" * 25 + "u",
        "ord_" + "0" * 25 + "A",
        "ord_8" + "0" * 25,
    ],
)
def test_what_is_no_public_id(text):
    with pytest.raises(InvalidInput):
        parse_public_id("ord", text)


@pytest.mark.parametrize("text", ["a", "A-1_b.c", "...", "x" * 64, "-"])
def test_codes(text):
    assert is_code(text)


@pytest.mark.parametrize("text", ["", ".", "..", "x" * 65, "a b", "a/b", "课", "a\n", "a:b"])
def test_what_is_no_code(text):
    assert not is_code(text)
