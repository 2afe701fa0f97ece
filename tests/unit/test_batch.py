"""The batching core without a network, in both builds."""

import threading
from dataclasses import dataclass

import pytest
from topicwire import Context, Delivery, NotConnected, PayloadInvalid, QueueFull

from tests import builds

EACH = builds.each("_batch")


@dataclass
class Sent:
    topic: str
    body: bytes
    delivery: Delivery


class Desk:
    """A collector with everything around it; what it sends is in `sent`."""

    def __init__(self, build, *, messages=3, size=1000, linger=1.0, room=(100, 10_000)):
        self.sent: list[Sent] = []
        self.refusal: Exception | None = None
        self.made_room: list[tuple[int, bool]] = []
        self.room = build.Room(*room)
        self._build, self._size = build, size
        self.collector = build.Collector(
            max_messages=messages,
            linger=linger,
            room=self.room,
            lock=threading.Lock(),
            encode=str.encode,
            topic_of=lambda parameters: "/".join(["t", *parameters.values()]),
            begin=self._begin,
            finish=lambda batch: self.sent.append(Sent(batch.topic, batch.join(), batch.delivery)),
            make_room=self._make_room,
            refuse=self._refuse,
        )

    def _begin(self, topic):
        if self.refusal is not None:
            raise self.refusal
        return self._build.OpenBatch(topic, self._size, Delivery(topic, 1))

    def _make_room(self, size, may_wait):
        self.made_room.append((size, may_wait))
        raise QueueFull(1, 1, "no room")

    def _refuse(self):
        raise NotConnected("closed")

    @property
    def bodies(self):
        return [sent.body for sent in self.sent]


@EACH
def test_a_batch_is_sent_when_it_has_enough_messages(build):
    desk = Desk(build)
    deliveries = [desk.collector.publish(text) for text in "1234"]
    assert desk.bodies == [b"[1,2,3]"]
    assert deliveries[0] is deliveries[1] is deliveries[2] is desk.sent[0].delivery
    assert deliveries[3] is not deliveries[0]
    assert desk.collector.messages == 1
    assert (desk.room.open, desk.room.collected) == (1, 2)


@EACH
def test_a_batch_is_sent_before_a_message_for_which_there_is_no_room(build):
    desk = Desk(build, size=9)
    for text in ("111", "222", "333"):
        desk.collector.publish(text)
    assert desk.bodies == [b"[111,222]"]
    assert len(desk.bodies[0]) == 9
    desk.collector.flush()
    assert desk.bodies[1:] == [b"[333]"]


@EACH
def test_a_message_that_is_larger_than_a_batch_may_be_goes_alone(build):
    desk = Desk(build, size=10)
    for text in ("1", "2" * 20, "3"):
        desk.collector.publish(text)
    desk.collector.flush()
    assert desk.bodies == [b"[1]", b"[" + b"2" * 20 + b"]", b"[3]"]


@EACH
def test_each_topic_has_a_batch_of_its_own_and_its_order(build):
    desk = Desk(build)
    for number in range(9):
        desk.collector.publish(str(number), {"name": "ab"[number % 2]})
    desk.collector.flush()
    assert [(sent.topic, sent.body) for sent in desk.sent] == [
        ("t/a", b"[0,2,4]"), ("t/b", b"[1,3,5]"), ("t/a", b"[6,8]"), ("t/b", b"[7]"),
    ]  # fmt: skip
    assert (desk.collector.messages, desk.room.open, desk.room.collected) == (0, 0, 0)


@EACH
def test_what_is_due_is_sent_and_nothing_else(build):
    desk = Desk(build, linger=5.0)
    assert desk.collector.due() is None
    desk.collector.publish("1", {"name": "a"})
    due = desk.collector.due()
    desk.collector.publish("2", {"name": "b"})
    assert desk.collector.due() == due
    desk.collector.flush_before(due - 0.001)
    assert desk.sent == []
    desk.collector.flush_before(due)
    assert desk.sent[0].topic == "t/a"
    assert desk.collector.due() > due or len(desk.sent) == 2


@EACH
def test_what_is_refused_leaves_nothing_behind(build):
    desk = Desk(build)
    desk.refusal = NotConnected("no key")
    with pytest.raises(NotConnected, match="no key"):
        desk.collector.publish("1")
    assert (desk.collector.messages, desk.room.open, desk.room.collected) == (0, 0, 0)
    desk.refusal = None
    desk.collector.publish("2")
    desk.collector.flush()
    assert desk.bodies == [b"[2]"]


@EACH
@pytest.mark.parametrize(("room", "fits"), [((1, 1000), 1), ((9, 6), 3)])
def test_room_is_asked_for_when_there_is_none(build, room, fits):
    desk = Desk(build, messages=100, room=room)
    topics = iter("abcdefgh") if room[0] == 1 else iter("aaaaaaaa")
    for _ in range(fits):
        desk.collector.publish("1", {"name": next(topics)})
    with pytest.raises(QueueFull):
        desk.collector.publish("1", {"name": next(topics)}, False)
    assert desk.made_room == [(2, False)]
    desk.collector.flush()
    assert sum(body.count(b"1") for body in desk.bodies) == fits


@EACH
def test_a_full_room_of_messages_takes_more_for_a_batch_that_is_open(build):
    desk = Desk(build, room=(1, 1000))
    assert desk.collector.publish("1") is desk.collector.publish("2")


@EACH
def test_nothing_is_taken_when_it_is_closed(build):
    desk = Desk(build)
    desk.collector.publish("1")
    desk.collector.closed = True
    with pytest.raises(NotConnected, match="closed"):
        desk.collector.publish("2")
    desk.collector.flush()
    assert desk.bodies == [b"[1]"]


@EACH
def test_threads_lose_nothing_and_keep_their_order(build):
    desk = Desk(build, messages=7, room=(10**6, 10**9))
    threads = 4

    def work(name):
        for number in range(3000):
            desk.collector.publish(f'"{name}{number}"', {"name": "ab"[number % 2]})
            if number % 500 == 0:
                desk.collector.flush()

    workers = [threading.Thread(target=work, args=(name,)) for name in "wxyz"[:threads]]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    desk.collector.flush()
    for topic in ("t/a", "t/b"):
        found = [
            text
            for sent in desk.sent
            if sent.topic == topic
            for text in sent.body.decode().strip("[]").replace('"', "").split(",")
        ]
        for name in "wxyz"[:threads]:
            numbers = [int(text[1:]) for text in found if text[0] == name]
            assert numbers == list(range(0 if topic == "t/a" else 1, 3000, 2))
    assert (desk.collector.messages, desk.room.open, desk.room.collected) == (0, 0, 0)


def context():
    return Context(
        channel="c", topic="t", parameters={}, headers={}, timestamp=0.0, qos=0, retained=False,
        duplicate=False,
    )  # fmt: skip


@EACH
@pytest.mark.parametrize("batched", [True, False])
def test_each_element_is_handled_and_one_that_fails_stops_no_other(build, batched):
    invalid = PayloadInvalid("c", "receive", [])
    handled, rejected, failed = [], [], []

    def handler(message, own):
        if message == "bad":
            raise ValueError(message)
        handled.append((message, own.batch_index))

    build.hand_out(
        ["a", invalid, "bad", "b"], context(), batched, handler, PayloadInvalid,
        lambda error, own: rejected.append((error, own.batch_index)),
        lambda error, own: failed.append((str(error), own.batch_index)),
    )  # fmt: skip
    index = [0, 1, 2, 3] if batched else [None] * 4
    assert handled == [("a", index[0]), ("b", index[3])]
    assert rejected == [(invalid, index[1])]
    assert failed == [("bad", index[2])]


@EACH
def test_what_ends_the_program_ends_it(build):
    def handler(message, own):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build.hand_out(["a"], context(), True, handler, PayloadInvalid, print, print)
