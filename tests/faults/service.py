"""A service for the experiments: it queues messages, and ends in good order at SIGTERM."""

from __future__ import annotations

import signal
import sys
import threading

from topicwire import Client

from tests.channels import PlainPublisher, Reading


def main(url: str, messages: int) -> None:
    """Queue messages while nothing is sent, say so, and deliver them when told to end."""
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: stopped.set())
    with_queue = Client(url, max_in_flight=1)
    with_queue.connect()
    publisher = PlainPublisher(with_queue)
    for number in range(messages):
        publisher.publish(Reading(number=number))
    print(with_queue.stats().queued_messages, flush=True)
    stopped.wait()
    print(len(with_queue.close(drain=20)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
