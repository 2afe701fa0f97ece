"""Many clients in one process, for the experiments: when did each come back?"""

from __future__ import annotations

import sys
import threading
import time

from topicwire import Client, SessionLost

from tests.channels import PlainSubscriber


def main(url: str, count: int) -> None:
    """Connect clients, say so, and after the broker's restart say when each was back."""
    times: list[float] = []
    changed = threading.Condition()

    def came_back(error: object, _: object) -> None:
        if isinstance(error, SessionLost):
            with changed:
                times.append(time.monotonic())
                changed.notify()

    clients = [
        Client(url, client_id=f"member-{number}", on_error=came_back) for number in range(count)
    ]
    for client in clients:
        PlainSubscriber(client)(lambda message, context: None)
        client.start()
    while not all(client.is_connected for client in clients):
        time.sleep(0.01)
    print("ready", flush=True)
    with changed:
        changed.wait_for(lambda: len(times) == count)
    while not all(client.is_connected for client in clients):
        time.sleep(0.01)
    print(*times, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
