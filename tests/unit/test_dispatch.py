import threading
from collections import deque
from collections.abc import Callable

import pytest
from topicwire import NotConnected
from topicwire._backlog import Backlog
from topicwire._dispatch import ThreadDispatcher
from topicwire._inbound import Inbound
from topicwire._stats import Counters

from tests.inbox import Collection, Errors


class Route:
    def __init__(self, process: Callable[[Inbound], None]) -> None:
        self.handler = process
        self.immediate = False
        self.pending: deque[Inbound] = deque()
        self.scheduled = False
        self.process = process


def message(number: int = 0, qos: int = 1) -> Inbound:
    inbound = Inbound(str(number), b"", qos=qos, retained=False, duplicate=False, mid=0)
    inbound.expect(1, lambda _: None)
    return inbound


def dispatcher(workers: int = 4, max_pending: int = 1000, on_error: object = None):
    counters = Counters()
    backlog = Backlog(max_pending, 10_000, counters)
    return ThreadDispatcher("t", workers, backlog, on_error), counters  # type: ignore[arg-type]


def test_one_subscription_keeps_the_order():
    made, _ = dispatcher()
    seen: Collection[str] = Collection()
    route = Route(lambda inbound: seen.add(inbound.topic))
    for i in range(500):
        made.submit(message(i), [route])
    assert seen.wait_for(500) == [str(i) for i in range(500)]
    made.stop(5)


def test_a_blocked_subscription_does_not_stall_the_others():
    made, _ = dispatcher()
    release = threading.Event()
    seen: Collection[str] = Collection()
    made.submit(message(), [Route(lambda _: release.wait(10) and None)])
    made.submit(message(1), [Route(lambda inbound: seen.add(inbound.topic))])
    assert seen.wait_for(1) == ["1"]
    assert not made.wait_idle(0)
    release.set()
    assert made.wait_idle(5)
    made.stop(5)


def test_an_error_in_a_route_ends_nothing():
    made, _ = dispatcher(workers=1)
    seen: Collection[str] = Collection()

    def process(inbound: Inbound) -> None:
        seen.add(inbound.topic)
        raise ZeroDivisionError

    route = Route(process)
    made.submit(message(1), [route])
    made.submit(message(2), [route])
    assert seen.wait_for(2) == ["1", "2"]
    made.stop(5)


def test_too_many_qos_0_messages_are_dropped_and_counted_but_never_higher_ones():
    made, counters = dispatcher(workers=1, max_pending=2)
    release = threading.Event()
    seen: Collection[str] = Collection()

    def process(inbound: Inbound) -> None:
        release.wait(10)
        seen.add(inbound.topic)

    route = Route(process)
    for i in range(5):
        made.submit(message(i, qos=0), [route])
    made.submit(message(5, qos=1), [route])
    release.set()
    assert seen.wait_for(3) == ["0", "1", "5"]
    assert counters.snapshot().dropped == 3
    made.stop(5)


def test_no_more_threads_than_workers_and_none_after_stop():
    made, _ = dispatcher(workers=2)
    together = threading.Barrier(2)
    done: Collection[str] = Collection()

    def process(inbound: Inbound) -> None:
        together.wait(10)
        done.add(threading.current_thread().name)

    for i in range(4):
        made.submit(message(i), [Route(process)])
    assert len(set(done.wait_for(4))) == 2
    made.stop(5)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("t-handler")]


def test_errors_are_reported_on_a_worker_and_a_raising_error_handler_is_survived():
    errors = Errors()

    def on_error(error, context):
        errors(error, context)
        raise ZeroDivisionError

    made, _ = dispatcher(on_error=on_error)
    made.report(NotConnected("one"), None)
    made.report(NotConnected("two"), None)
    errors.wait_for(2)
    made.stop(5)


def test_at_least_one_worker():
    with pytest.raises(ValueError, match="workers must be at least 1"):
        dispatcher(workers=0)


def test_the_backlog_is_bounded_by_bytes_too():
    counters = Counters()
    backlog = Backlog(1_000, 1_000, counters)

    def sized(qos: int) -> Inbound:
        return Inbound("t", b"x" * 400, qos=qos, retained=False, duplicate=False, mid=0)

    first = sized(0)
    assert backlog.admit(first, 2)
    assert not backlog.admit(sized(0), 1)
    assert backlog.admit(sized(1), 1), "the broker holds these back itself"
    backlog.finish(first)
    backlog.finish(first)
    assert backlog.admit(sized(0), 1)
    assert (backlog.messages, backlog.bytes) == (2, 800)
    assert counters.snapshot().dropped == 1
