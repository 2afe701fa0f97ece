"""A program for the experiments: it publishes through an outbox until it is killed."""

from __future__ import annotations

import itertools
import sys

from topicwire import Client, Outbox

from tests.channels import DurablePublisher, Reading


def main(url: str, path: str, first: int) -> None:
    """Publish numbers from `first` on, and say each one after it was accepted."""
    with Client(url, client_id="killed", outbox=Outbox(path=path)) as client:
        publisher = DurablePublisher(client)
        for number in itertools.count(first):
            publisher.publish(Reading(number=number), rig="r")
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
