"""What is remembered of signed messages, in memory and on a disk."""

import random
import sqlite3
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from topicwire import ReplayStateFailed
from topicwire._claims import Signed
from topicwire._marks import Marks, add_to_run, add_to_topic
from topicwire._replay_store import ReplayStore
from topicwire._signing import WINDOW

from tests.builds import each

NOW = 1_800_000_000.0
MAX_AGE = 7 * 86_400.0
NONCES = each("_nonces")


def made(
    number: int, *, sender: str = "a", epoch: int = 1, ts: float = NOW, signature: str = "s"
) -> Signed:
    return Signed(sender, epoch, number, ts, number.to_bytes(16), signature)


# ---- nonces ------------------------------------------------------------------------------------


@NONCES
def test_a_nonce_comes_once(build):
    cache = build.NonceCache()
    assert cache.check(made(1), "", NOW) is None
    assert cache.check(made(1), "", NOW) == "repeated"
    assert cache.check(made(1, sender="b"), "", NOW) is None
    assert cache.check(made(1), "$share/g/t", NOW) is None, "the copy for a group"
    assert cache.check(made(1), "$share/g/t", NOW) == "repeated"
    assert cache.check(made(1, signature="other"), "", NOW) == "nonce_reused"


@NONCES
def test_nonces_are_kept_until_their_time_would_be_refused(build):
    cache = build.NonceCache()
    cache.check(made(1, ts=NOW + 250), "", NOW)
    cache.check(made(2, ts=NOW), "", NOW)
    assert cache.check(made(1, ts=NOW + 250), "", NOW + 500) == "repeated"
    assert len(cache) == 1
    cache.check(made(3, ts=NOW + 600), "", NOW + 600)
    assert len(cache) == 1


@NONCES
@settings(max_examples=50)
@given(seed=st.integers(0, 2**32))
def test_whatever_is_forgotten_is_not_taken_again(build, seed):
    chance = random.Random(seed)
    cache = build.NonceCache(per_sender=20, total=30)
    accepted: set[tuple[str, int]] = set()
    messages = [
        made(n, sender=chance.choice("abc"), ts=NOW + chance.uniform(-300, 300)) for n in range(200)
    ]
    for message in chance.choices(messages, k=600):
        if cache.check(message, "", NOW) is None:
            assert (message.sender, message.sequence) not in accepted
            accepted.add((message.sender, message.sequence))
        assert len(cache) <= 30


@NONCES
def test_a_sender_of_too_many_messages_has_a_shorter_window_and_harms_no_other(build):
    cache = build.NonceCache(per_sender=100, total=150)
    for number in range(1000):
        assert cache.check(made(number, ts=NOW - 200 + number / 10), "", NOW) is None
        assert cache.check(made(number, sender="b", ts=NOW + number / 10), "", NOW) is None
    assert cache.check(made(2000, ts=NOW - 150), "", NOW) == "too_old"
    assert cache.check(made(2001, ts=NOW), "", NOW) is None
    quiet = build.NonceCache(per_sender=100, total=150)
    assert quiet.check(made(1, sender="quiet"), "", NOW) is None
    for number in range(1000):
        quiet.check(made(number, ts=NOW + number / 10), "", NOW)
    assert quiet.check(made(1, sender="quiet"), "", NOW) == "repeated"


# ---- marks -------------------------------------------------------------------------------------


def test_a_durable_message_is_new_once_whatever_the_order():
    marks = Marks()
    numbers = list(range(1, 1001))
    random.Random(1).shuffle(numbers)
    assert [add_to_run(marks, made(n), "") for n in numbers] == [None] * 1000
    assert {add_to_run(marks, made(n), "") for n in numbers} == {"repeated"}
    assert add_to_run(marks, made(5000), "") is None
    assert add_to_run(marks, made(5000 - 1024), "") == "too_old"
    assert add_to_run(marks, made(1, epoch=2), "") is None


def test_a_retained_message_is_not_set_back():
    marks = Marks()
    assert add_to_topic(marks, made(5), "t") is None
    assert add_to_topic(marks, made(5), "t") is None, "each new subscription gets it"
    assert add_to_topic(marks, made(4), "t") == "superseded"
    assert add_to_topic(marks, made(4), "other") is None
    assert add_to_topic(marks, made(1, epoch=2), "t") is None
    assert add_to_topic(marks, made(9), "t") == "superseded"


def test_marks_are_bounded_and_what_is_forgotten_is_not_taken_again():
    marks = Marks(per_sender=20, total=50)
    messages = [made(1, sender=s, epoch=n, ts=NOW + n) for n in range(100) for s in "abcd"]
    accepted = [m for m in messages if add_to_run(marks, m, "") is None]
    assert len(accepted) == len(messages)
    assert len(marks) <= 50
    assert [m for m in messages if add_to_run(marks, m, "") is None] == []
    marks.forget_before(NOW + 1000)
    assert len(marks) == 0
    assert marks.floors == {}


# ---- on a disk ---------------------------------------------------------------------------------


def note(store: ReplayStore, signed: Signed, name: str = "", kind: str = "durable") -> None:
    """Note a message and wait until it is on the disk."""
    written = threading.Event()
    store.note(kind, signed, name, written.set)  # type: ignore[arg-type]
    assert written.wait(10)


def test_what_was_noted_is_known_after_a_restart(tmp_path):
    store = ReplayStore(tmp_path / "state", MAX_AGE)
    for number in (1, 2, 5):
        note(store, made(number))
    note(store, made(7), "some/topic", "retained")
    store.close(5)
    again = ReplayStore(tmp_path / "state", MAX_AGE)
    runs, topics = again.marks("durable"), again.marks("retained")
    again.close(5)
    assert [add_to_run(runs, made(n), "") for n in (1, 2, 3, 4, 5, 6)] == [
        "repeated", "repeated", None, None, "repeated", None,
    ]  # fmt: skip
    assert add_to_topic(topics, made(6), "some/topic") == "superseded"


def test_floors_outlive_a_restart(tmp_path, monkeypatch):
    monkeypatch.setattr("topicwire._marks._PER_SENDER", 10)
    monkeypatch.setattr(Marks.__init__, "__defaults__", (10, 100))
    store = ReplayStore(tmp_path / "state", 1e12)
    for epoch in range(30):
        note(store, made(1, epoch=epoch, ts=NOW + epoch))
    store.close(5)
    again = ReplayStore(tmp_path / "state", 1e12)
    marks = again.marks("durable")
    again.close(5)
    assert len(marks) <= 10
    assert {add_to_run(marks, made(1, epoch=e, ts=NOW + e), "") for e in range(20)} == {"too_old"}


def test_runs_that_would_be_refused_for_their_age_are_forgotten(tmp_path):
    store = ReplayStore(tmp_path / "state", MAX_AGE)
    note(store, made(1, ts=1000.0))
    store._next_sweep = 0.0
    note(store, made(2, sender="b", ts=4e9))
    store.close(5)
    again = ReplayStore(tmp_path / "state", MAX_AGE)
    assert [key for key, _ in again.marks("durable")] == [("b", "1 ")]
    again.close(5)


def test_nothing_is_released_that_could_not_be_written(tmp_path, caplog):
    store = ReplayStore(tmp_path / "state", MAX_AGE)
    store._connection.execute("PRAGMA query_only = 1")
    released = threading.Event()
    store.note("durable", made(1), "", released.set)
    assert not released.wait(0.5)
    assert "messages stay unacknowledged until it can be written" in caplog.text
    store._connection.execute("PRAGMA query_only = 0")
    assert released.wait(10)
    assert not store.is_behind
    store.close(5)


def test_one_client_has_a_state_at_a_time(tmp_path):
    store = ReplayStore(tmp_path / "state", MAX_AGE)
    with pytest.raises(ReplayStateFailed, match="another client has it"):
        ReplayStore(tmp_path / "state", MAX_AGE)
    store.close(5)
    ReplayStore(tmp_path / "state", MAX_AGE).close(5)


def test_a_file_that_is_no_state_is_refused(tmp_path):
    path = tmp_path / "state"
    path.write_bytes(b"not a database, but long enough to be looked at " * 100)
    with pytest.raises(ReplayStateFailed, match="file is not a database"):
        ReplayStore(path, MAX_AGE)
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 99")
    with pytest.raises(ReplayStateFailed, match="is of version 99, this topicwire reads 1"):
        ReplayStore(path, MAX_AGE)
    with pytest.raises(ReplayStateFailed, match="unable to open"):
        ReplayStore(tmp_path / "no" / "folder", MAX_AGE)


def test_the_window_of_live_messages_is_that_of_the_wire_format():
    assert WINDOW == 300
