import json
import resource
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from topicwire import OutboxFailed, OutboxFull
from topicwire._outbox_store import OutboxStore, StoredMessage
from topicwire.outbox import main

MESSAGE = StoredMessage(
    channel="durable", topic="durable/ü", payload=b'{"number":1}', qos=1, retain=False,
    content_type="application/json", created=1_000.0, expires=None,
)  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.sqlite"


def opened(path: Path, **options: object) -> OutboxStore:
    options = {"sender": "a", "max_bytes": 10_000, **options}
    return OutboxStore(path, **options)  # type: ignore[arg-type]


def sequences(store: OutboxStore, after: int = 0, limit: int = 100, size: int = 10_000):
    return [message.sequence for message in store.pending(after, limit, size)]


def test_messages_come_out_as_they_went_in_and_over_a_restart(path):
    store = opened(path)
    assert [store.add(MESSAGE) for _ in range(3)] == [1, 2, 3]
    epoch = store.epoch
    store.close()
    again = opened(path)
    assert again.epoch == epoch
    assert list(again.all())[1] == replace(MESSAGE, sequence=2)
    assert (len(again), again.size) == (3, 3 * MESSAGE.size)
    assert again.size == 3 * (len("durable/ü".encode()) + len(MESSAGE.payload))


def test_numbers_are_never_given_twice(path):
    store = opened(path)
    store.add(MESSAGE)
    last = store.add(MESSAGE)
    store.remove([1, 2])
    assert (len(store), store.size) == (0, 0)
    store.close()
    assert opened(path).add(MESSAGE) == last + 1


def test_loading_is_bounded_by_count_and_size_but_gives_at_least_one(path):
    store = opened(path)
    for _ in range(5):
        store.add(MESSAGE)
    assert sequences(store) == [1, 2, 3, 4, 5]
    assert sequences(store, after=3) == [4, 5]
    assert sequences(store, limit=2) == [1, 2]
    assert sequences(store, size=1) == [1]
    assert sequences(store, size=2 * MESSAGE.size) == [1, 2]


def test_refused_messages_wait_apart_and_come_last_when_retried(path):
    store = opened(path)
    for _ in range(3):
        store.add(MESSAGE)
    store.refuse(2, "too large")
    store.refuse(2, "told twice")
    assert sequences(store) == [1, 3]
    assert (len(store), store.waiting) == (3, 2)
    assert [message.refused for message in store.all()] == [None, "too large", None]
    store.retry([1, 2])
    assert sequences(store) == [1, 3, 4]
    assert store.waiting == 3
    assert store.add(MESSAGE) == 5, "the number that the retried message took is taken"
    store.remove([4, 4711])
    assert (len(store), store.waiting) == (3, 3)


def test_messages_whose_time_is_over(path):
    store = opened(path)
    store.add(replace(MESSAGE, created=100.0))
    store.add(replace(MESSAGE, created=300.0, expires=310.0))
    store.add(replace(MESSAGE, created=300.0))
    assert [found[0] for found in store.expired(now=250.0, max_age=100.0)] == [1]
    assert [found[0] for found in store.expired(now=310.0, max_age=1000.0)] == [2]


def test_the_limit_counts_what_is_there_not_what_was(path):
    store = opened(path, max_bytes=2 * MESSAGE.size)
    store.add(MESSAGE)
    store.add(MESSAGE)
    with pytest.raises(OutboxFull):
        store.add(MESSAGE)
    store.remove([1])
    store.add(MESSAGE)


def test_a_full_disk_is_a_typed_error_and_ends_when_there_is_room(path):
    # In a process of its own: the limit on the size of files holds for all of them.
    program = f"""
import resource, signal
from topicwire._outbox_store import OutboxStore, StoredMessage
from topicwire import OutboxFailed
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = OutboxStore({str(path)!r}, sender="a", max_bytes=10**9)
message = StoredMessage(channel="c", topic="t", payload=b"x" * 20_000, qos=1, retain=False,
                        content_type="", created=0.0, expires=None)
stored = 0
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
try:
    while stored < 1000:
        store.add(message)
        stored += 1
except OutboxFailed as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
assert len(store) == stored == len(list(store.all())), (stored, len(store))
store.add(message)
store.remove(range(1, stored + 2))
assert len(store) == store.size == 0
print(stored)
"""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    ).stdout.splitlines()
    assert told[0].startswith(f"outbox {path}: ")
    assert 0 < int(told[1]) < 1000


def test_command_line(path, capsys):
    assert main(["status", str(path)]) == 1
    assert capsys.readouterr().err == f"error: {path} is no file\n"
    store = opened(path)
    for _ in range(3):
        store.add(MESSAGE)
    store.refuse(2, "too large")
    assert main(["status", "--json", str(path)]) == 0, "while a client has it"
    assert json.loads(capsys.readouterr().out) == {
        "client": "a", "waiting": 2, "refused": 1, "bytes": store.size, "oldest": 1000.0,
    }  # fmt: skip
    assert main(["drop", str(path)]) == 1
    assert "another client has it" in capsys.readouterr().err
    store.close()

    assert main(["list", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[1].endswith("durable/ü  refused: too large")
    assert main(["list", "--json", str(path)]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[1])["refused"] == "too large"
    assert main(["show", str(path), "3"]) == 0
    assert capsys.readouterr().out == '{"number":1}\n'
    assert main(["show", str(path), "4"]) == 1
    assert capsys.readouterr().err == f"error: there is no message 4 in {path}\n"
    assert main(["retry", str(path), "1"]) == 1
    assert "message 1 has not been refused" in capsys.readouterr().err
    assert main(["retry", str(path)]) == 0
    assert capsys.readouterr().out == "1 messages to be sent again\n"
    assert main(["drop", str(path), "1", "4"]) == 0
    assert capsys.readouterr().out == "2 messages dropped\n"
    assert main(["status", str(path)]) == 0
    assert capsys.readouterr().out.splitlines()[:3] == ["client   a", "waiting  1", "refused  0"]


def test_a_second_client_cannot_have_it(path):
    store = opened(path)
    with pytest.raises(OutboxFailed, match="another client has it"):
        opened(path)
    store.close()
    store.close()
    opened(path).close()


@pytest.mark.parametrize(
    ("version", "later"), [(2, ["schema_id", "traceparent"]), (3, ["traceparent"])]
)
def test_files_of_before_are_read_on(path, version, later):
    store = opened(path)
    store.add(MESSAGE)
    store.close()
    file = sqlite3.connect(path)
    for column in later:
        file.execute(f"ALTER TABLE message DROP COLUMN {column}")
    file.execute(f"PRAGMA user_version = {version}")
    file.commit()
    file.close()
    again = opened(path)
    again.add(replace(MESSAGE, schema_id="abc", traceparent="00-1-2-01"))
    found = [(message.schema_id, message.traceparent) for message in again.all()]
    assert found == [(None, None), ("abc", "00-1-2-01")]
