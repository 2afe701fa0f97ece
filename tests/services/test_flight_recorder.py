"""Recordings are what came, to the byte, whatever ends them; and they play with their timing."""

import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from suspension_protocol import models
from suspension_protocol.apps import Gui, Simulator
from suspension_services.flight_recorder.origin import addresses
from suspension_services.flight_recorder.recording import Recording, RecordingInvalid, Run
from topicwire import KeyRing
from topicwire.keys import new_key, write_ring
from topicwire.raw import RawClient, RawMessage, has_identity, is_signed

from tests.inbox import Collection, Inbox
from tests.mosquitto import KEEPING, Mosquitto

COMMAND = [sys.executable, "-m", "suspension_services"]
PROPERTIES = {
    "content_type": "text/x", "response_topic": "answers", "correlation": b"\0\xff",
    "user_properties": (("b", "2"), ("a", "1"), ("b", "é")), "is_text": True, "expiry": 100,
}  # fmt: skip
STRANGE = [
    RawMessage(topic="no/protocol/knows", payload=b"\0\xff not JSON", qos=1),
    RawMessage(topic="suspension/test/status", payload=b"{}", qos=2),
    RawMessage(topic="empty", payload=b"", qos=1),
    RawMessage(topic="kept", payload=b"state", qos=1, retain=True),
    RawMessage(topic="unsure", payload=b"x", qos=0),
    RawMessage(topic="with/properties", payload=bytes(range(256)), qos=1, **PROPERTIES),
    RawMessage(topic="enveloped", payload=b'TW1 {"sid":"a"}\nbody', qos=1),
    RawMessage(topic="large", payload=os.urandom(1_000_000), qos=1),
]


class Received(Collection[RawMessage]):
    def __call__(self, message: RawMessage, acknowledge: Callable[[], None]) -> None:
        self.add(message)
        acknowledge()


def fields(message: RawMessage) -> tuple[object, ...]:
    return tuple(
        getattr(message, name)
        for name in RawMessage.__dataclass_fields__
        if name not in ("timestamp", "duplicate")
    )


def by_topic(messages: list[RawMessage]) -> list[tuple[object, ...]]:
    """Their fields, in an order of their own: one of QoS 2 is overtaken by those behind it."""
    return sorted((fields(message) for message in messages), key=str)


def recorded(file: Path) -> list[RawMessage]:
    recording = Recording(file)
    try:
        return [each.message for each in recording.messages()]
    finally:
        recording.close()


def start(file: Path, broker: Mosquitto, *options: str, limit: int | None = None):
    def set_limit() -> None:
        assert limit is not None
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    process = subprocess.Popen(
        [*COMMAND, "record", str(file), "--broker", broker.url, *options],
        stderr=subprocess.PIPE, text=True, preexec_fn=set_limit if limit is not None else None,  # noqa: PLW1509 - no lock here
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("recording "):
            return process
    pytest.fail(f"it ended with status {process.wait(10)}")


def stop(process, number: int = signal.SIGINT) -> str:
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == (0 if number != signal.SIGKILL else -9), said
    return said


@contextmanager
def recorder(file: Path, broker: Mosquitto, *options: str) -> Iterator[subprocess.Popen[str]]:
    process = start(file, broker, *options)
    try:
        yield process
    finally:
        if process.poll() is None:
            stop(process, signal.SIGTERM)
        assert process.stderr is not None
        process.stderr.close()


def wait_for_count(file: Path, count: int) -> None:
    """Wait until the recorder has written so many."""
    recording, deadline = Recording(file), time.monotonic() + 20
    while recording.count() < count:
        assert time.monotonic() < deadline, f"{recording.count()} of {count}"
    recording.close()


def replay(file: Path, *options: str, status: int = 0) -> str:
    done = subprocess.run(
        [*COMMAND, "replay", str(file), *options],
        capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture
def other(start_mosquitto) -> Mosquitto:
    """A broker that nothing was recorded from."""
    return start_mosquitto()


def make(
    file: Path, messages: list[tuple[float, RawMessage]], broker: str = "mqtt://else:1"
) -> int:
    """Make a recording with times in seconds after its beginning; return that in seconds."""
    began = 1_764_000_000
    recording = Recording(file, write=True)
    recording.begin(
        Run(
            began=began * 1_000_000, ended=None, broker=broker, addresses=addresses(broker),
            filters=("#",), client_id="recorder-x",
        )
    )  # fmt: skip
    for at, message in messages:
        named = {name: getattr(message, name) for name in RawMessage.__dataclass_fields__}
        recording.add([RawMessage(**{**named, "timestamp": began + at})])
    recording.close()
    return began


def test_all_that_comes_is_recorded_to_the_byte(start_mosquitto, tmp_path: Path):
    broker, file = start_mosquitto(), tmp_path / "flight.db"
    broker.pub("-t", "before", "-m", "kept already", "-q", "1", "-r")
    began = time.time()
    with recorder(file, broker) as process, RawClient(broker.url) as client:
        wait_for_count(file, 1)
        for message in STRANGE:
            client.publish(message).wait(10)
        wait_for_count(file, 1 + len(STRANGE))
        said = stop(process)
    size = len("kept already") + sum(len(message.payload) for message in STRANGE)
    assert said.endswith(f"9 messages, {size} bytes recorded\n")
    before, *rest = recorded(file)
    assert (before.topic, before.payload, before.retain) == ("before", b"kept already", True)
    assert by_topic(rest) == by_topic(STRANGE)
    times = [message.timestamp for message in rest]
    assert times == sorted(times)
    assert began < times[0] <= times[-1] < time.time()
    [run] = Recording(file).runs()
    assert run.broker == broker.url
    assert run.ended is not None
    assert run.filters == ("#",)


def test_what_is_recorded_from_one_broker_plays_onto_another(
    start_mosquitto, other: Mosquitto, tmp_path: Path
):
    broker, file, received = start_mosquitto(), tmp_path / "flight.db", Received()
    with recorder(file, broker), RawClient(broker.url) as client:
        for message in STRANGE:
            client.publish(message).wait(10)
        wait_for_count(file, len(STRANGE))
    with RawClient(other.url) as client:
        client.subscribe("#", received)
        said = replay(file, "--broker", other.url, "--speed", "inf")
        assert "8 of 8 messages delivered" in said
        assert "1 are retained, and stay at the broker" in said
        received.wait_for(len(STRANGE))
    assert by_topic(received.items) == by_topic(STRANGE)


def test_a_recorder_that_is_killed_loses_nothing_that_has_to_be_acknowledged(
    start_mosquitto, tmp_path: Path
):
    broker, file = start_mosquitto(*KEEPING, "max_queued_messages 0"), tmp_path / "flight.db"
    total = 2_000
    process = start(file, broker)
    with RawClient(broker.url, max_queued_messages=100_000) as client:
        for number in range(total):
            client.publish(RawMessage(topic="n", payload=b"%d" % number, qos=1))
            if number == total // 4:
                wait_for_count(file, 200)
                stop(process, signal.SIGKILL)
        again = start(file, broker)
        client.publish(RawMessage(topic="n", payload=b"last", qos=1)).wait(20)
        deadline = time.monotonic() + 30
        recording = Recording(file)
        while recording.count() <= total or {
            each.message.payload for each in recording.messages()
        } != {
            *(b"%d" % number for number in range(total)), b"last",
        }:  # fmt: skip
            assert time.monotonic() < deadline
        stop(again)
    runs, events = recording.runs(), [text for _, text in recording.events()]
    assert [run.ended is not None for run in runs] == [False, True]
    assert runs[0].client_id == runs[1].client_id
    assert any("the recorder before had no time to end" in text for text in events)
    order = [each.message.payload for each in recording.messages() if not each.message.duplicate]
    assert order.index(b"0") < order.index(b"100") < order.index(b"last")
    recording.close()


def test_what_is_lost_is_told(start_mosquitto, tmp_path: Path):
    broker, file = start_mosquitto(), tmp_path / "flight.db"
    with recorder(file, broker) as process:
        broker.restart()
        recording, deadline = Recording(file), time.monotonic() + 20
        while "connected again" not in [text for _, text in recording.events()]:
            assert time.monotonic() < deadline
        recording.close()
        said = stop(process)
    said += replay(file, "--dry-run")
    assert "connection lost" in said
    assert "the broker has lost the session; messages meanwhile may be lost" in said


def test_a_broker_that_refuses_it_ends_it(start_mosquitto, tmp_path: Path):
    passwords = tmp_path / "passwords"
    passwords.write_text("")
    broker = start_mosquitto(f"password_file {passwords}", anonymous=False)
    done = subprocess.run(
        [*COMMAND, "record", str(tmp_path / "x.db"), "--broker", broker.url],
        capture_output=True, text=True, check=False, timeout=20,
    )  # fmt: skip
    assert done.returncode == 1
    assert "not authorized; check user name, password" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_disk_ends_it_and_says_so(start_mosquitto, tmp_path: Path):
    broker, file = start_mosquitto(), tmp_path / "flight.db"
    process = start(file, broker, limit=400_000)
    with RawClient(broker.url) as client:
        for number in range(40):
            client.publish(RawMessage(topic=f"n/{number}", payload=os.urandom(20_000), qos=1))
            if number < 8:
                wait_for_count(file, number + 1)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert f"{file}: " in said
    assert re.search(r"full|disk I/O", said), said
    assert "Traceback" not in said
    topics = [message.topic for message in recorded(file)]
    assert topics == [f"n/{number}" for number in range(len(topics))]
    assert 8 <= len(topics) < 40


def test_the_oldest_make_room(start_mosquitto, tmp_path: Path):
    broker, file = start_mosquitto(), tmp_path / "flight.db"
    with recorder(file, broker, "--max-size", "2") as process, RawClient(broker.url) as client:
        for number in range(200):
            message = RawMessage(topic="n", payload=b"%06d" % number + b"x" * 50_000, qos=1)
            client.publish(message).wait(10)
        deadline = time.monotonic() + 10
        while not any(message.payload[:6] == b"000199" for message in recorded(file)):
            assert time.monotonic() < deadline
        said = stop(process)
    numbers = [int(message.payload[:6]) for message in recorded(file)]
    assert numbers == list(range(200 - len(numbers), 200))
    assert 15 <= len(numbers) <= 40
    # The limit, and a group that was not there yet when the oldest made room.
    assert file.stat().st_size < 2_500_000
    assert f"{200 - len(numbers)} of the oldest removed" in said


def test_filters_limit_what_is_recorded(start_mosquitto, tmp_path: Path):
    broker, file = start_mosquitto(), tmp_path / "flight.db"
    options = ["--filter", "a/+", "--filter", "b/#"]
    with recorder(file, broker, *options), RawClient(broker.url) as client:
        for topic in ("a/1", "a/1/2", "b", "c", "b/1/2"):
            client.publish(RawMessage(topic=topic, payload=b"", qos=1)).wait(10)
        wait_for_count(file, 3)
    assert [message.topic for message in recorded(file)] == ["a/1", "b", "b/1/2"]


def test_one_file_has_one_recorder(start_mosquitto, tmp_path: Path):
    broker, file = start_mosquitto(), tmp_path / "flight.db"
    with recorder(file, broker):
        done = subprocess.run(
            [*COMMAND, "record", str(file), "--broker", broker.url],
            capture_output=True, text=True, check=False, timeout=20,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (
        1, f"{file}: another recorder writes it; each needs a file of its own\n",
    )  # fmt: skip


TIMES = [0.0, 0.3, 0.31, 0.31, 0.8]


def timed(file: Path) -> int:
    return make(
        file,
        [(at, RawMessage(topic=f"t/{i}", payload=b"", qos=1)) for i, at in enumerate(TIMES)],
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), TIMES),
        (("--speed", "2"), [at / 2 for at in TIMES]),
        (("--speed", "0.5"), [at * 2 for at in TIMES]),
        (("--max-gap", "0.1"), [0.0, 0.1, 0.11, 0.11, 0.21]),
        (("--speed", "inf"), [0.0] * 5),
    ],
)
def test_the_intervals_are_those_of_the_recording(
    other: Mosquitto, tmp_path: Path, options, expected
):
    file, received = tmp_path / "flight.db", Received()
    timed(file)
    with RawClient(other.url) as client:
        client.subscribe("#", received)
        said = replay(file, "--broker", other.url, *options)
        received.wait_for(len(TIMES))
    assert [message.topic for message in received.items] == [f"t/{i}" for i in range(len(TIMES))]
    begin = received.items[0].timestamp
    for message, at in zip(received.items, expected, strict=True):
        # A busy machine may be late, by seconds if it must, but nothing may come early.
        assert at - 0.05 < message.timestamp - begin < at + 5
    late = re.search(r"none later than ([\d.]+) ms", said)
    assert late is not None
    assert float(late[1]) < 5_000


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--filter", "t/1", "--filter", "t/4"), [1, 4]),
        (("--from", "+0.305"), [2, 3, 4]),
        (("--to", "+0.305"), [0, 1]),
        (("--from", "2025-11-24T16:00:00.300+00:00", "--to", "2025-11-24T17:00:00.5+01:00"),
         [1, 2, 3]),
    ],
)  # fmt: skip
def test_parts_are_played(other: Mosquitto, tmp_path: Path, options, expected):
    file, received = tmp_path / "flight.db", Received()
    timed(file)
    with RawClient(other.url) as client:
        client.subscribe("#", received)
        replay(file, "--broker", other.url, "--speed", "inf", *options)
        assert [message.topic for message in received.wait_for(len(expected))] == [
            f"t/{i}" for i in expected
        ]


def test_a_dry_run_tells_what_would_be_played_and_needs_no_broker(tmp_path: Path):
    file = tmp_path / "flight.db"
    timed(file)
    said = replay(file, "--dry-run", "--speed", "2", "--broker", "mqtt://127.0.0.1:1")
    assert "5 messages, 0 bytes, 0.800 s, longest silence 0.490 s; 0.400 s at this speed" in said
    assert re.search(r"t/4\s+│ 1", said)


def test_it_is_not_played_onto_the_broker_it_came_from_by_mistake(other: Mosquitto, tmp_path: Path):
    file, received = tmp_path / "flight.db", Received()
    make(file, [(0.0, RawMessage(topic="t", payload=b"", qos=1))], broker=other.url)
    names = ["localhost", "127.0.0.1"]
    names += [
        address.address
        for network in psutil.net_if_addrs().values()
        for address in network
        if address.family.name == "AF_INET"
    ]
    for name in names:
        said = replay(
            file, "--broker", f"mqtt://{name}:{other.port}", "--allow-anonymous", status=1
        )
        assert "is where this was recorded from" in said
        assert "say --onto-origin" in said
    with RawClient(other.url) as client:
        client.subscribe("#", received)
        said = replay(file, "--broker", other.url, "--onto-origin")
        assert "playing onto the broker that it was recorded from" in said
        received.wait_for(1)


def test_signatures_are_kept_removed_or_renewed(start_mosquitto, other: Mosquitto, tmp_path: Path):
    broker, file, keys = start_mosquitto(), tmp_path / "flight.db", tmp_path / "keys.json"
    write_ring(keys, KeyRing([new_key("hmac-sha256", "bench")]))
    stop_it = models.TestStop(command="stop", test_id="t", timestamp=1.0)
    with (
        recorder(file, broker),
        Gui(broker.url, client_id="gui-5", signing=keys) as gui,
        Gui(broker.url, client_id="gui-3", signing=keys, mqtt_version="3.1.1") as old,
    ):
        gui.send.test_stop(stop_it).wait(5)
        old.send.test_stop(stop_it).wait(5)
        wait_for_count(file, 2)
    assert [is_signed(message) for message in recorded(file)] == [True, True]
    senders, raw = Inbox(), Received()
    with (
        Simulator(other.url, client_id="sim", signing=keys) as simulator,
        RawClient(other.url) as client,
    ):
        simulator.on.test_stop(senders)
        client.subscribe("#", raw)
        said = replay(file, "--broker", other.url, "--signatures", "renew", "--keys", str(keys))
        assert "2 are signed, 2 have a number. They are signed and numbered anew" in said
        senders.wait_for(2)
        assert [context.sender for _, context in senders.items] == ["replay", "replay"]
        assert [message for message, _ in senders.items] == [stop_it, stop_it]

        said = replay(file, "--broker", other.url, "--signatures", "remove")
        assert "only who takes unsigned messages takes them" in said
        raw.wait_for(4)
        said = replay(file, "--broker", other.url)
        assert "They are played as they were" in said
        raw.wait_for(6)
        simulator.close()
        refusals = simulator.client.stats().refusals
    assert refusals["unsigned"] == 2
    assert [is_signed(message) for message in raw.items] == [True, True, False, False, True, True]
    assert not any(has_identity(message) for message in raw.items[2:4])
    assert [fields(message) for message in raw.items[4:]] == [fields(m) for m in recorded(file)]


def damaged(file: Path, how: str) -> None:
    make(file, [(i, RawMessage(topic="t", payload=b"%03d-" % i * 1000)) for i in range(50)])
    data = bytearray(file.read_bytes())
    if how == "cut off":
        data = data[: len(data) // 2]
    elif how == "payload":
        at = data.index(b"020-020-")
        data[at] ^= 1
    elif how == "pages":
        data[4096:12288] = os.urandom(8192)
    elif how == "text":
        data = bytearray(b"this is no recording\n" * 1000)
    file.write_bytes(data)


@pytest.mark.parametrize(
    ("how", "text"),
    [
        ("cut off", "is damaged or no recording"),
        ("payload", "message 21 is damaged (its checksum is another); those before it are right"),
        ("pages", "is damaged or no recording"),
        ("text", "is damaged or no recording (file is not a database)"),
    ],
)
def test_damage_is_found_and_named(other: Mosquitto, tmp_path: Path, how, text):
    file = tmp_path / "flight.db"
    damaged(file, how)
    received = Received()
    with RawClient(other.url) as client:
        client.subscribe("#", received)
        for options in (["--dry-run"], ["--broker", other.url]):
            said = replay(file, *options, status=1)
            assert str(file) in said
            assert text in said
    assert received.items == [], "nothing of a damaged file is played"


def test_other_files_are_refused(tmp_path: Path):
    database = tmp_path / "other.db"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    assert "is a database, but no recording" in replay(database, "--dry-run", status=1)
    assert "there is no such file" in replay(tmp_path / "none.db", "--dry-run", status=1)
    for path in (database, tmp_path / "nowhere" / "x.db"):
        with pytest.raises(RecordingInvalid, match=re.escape(str(path))):
            Recording(path, write=True)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (("--speed", "0"), "--speed 0.0 is not more than 0"),
        (("--speed", "nan"), "--speed nan is not more than 0"),
        (("--from", "yesterday"), "'yesterday' is no time; write 2026-11-25T14:00:00+01:00"),
        (("--to", "+inf"), "'+inf' is no time"),
        (("--filter", "a/#/b"), "'a/#/b' is not a topic filter"),
        (("--signatures", "renew"), "--signatures renew and --keys go together"),
    ],
)
def test_wrong_options_are_named(tmp_path: Path, options, text):
    file = tmp_path / "flight.db"
    timed(file)
    assert text in replay(file, "--dry-run", *options, status=1)
