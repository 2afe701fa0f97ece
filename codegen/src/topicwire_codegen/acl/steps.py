"""What is left to do when the files are written."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from topicwire_codegen.acl.access import (
    ACL,
    CONFIGURATION,
    CREDENTIALS,
    DEFINITIONS,
    PASSWORDS,
    BrokerKind,
)


def next_steps(output: Path, brokers: Collection[BrokerKind]) -> Iterator[str]:
    """Yield what only who runs the broker can do."""
    yield (
        f"give each app its password from {output / CREDENTIALS} (username= and password=, or "
        "TOPICWIRE_USERNAME and TOPICWIRE_PASSWORD), and keep this folder out of version control"
    )
    if BrokerKind.MOSQUITTO in brokers:
        yield (
            f"mosquitto: fill in TLS in {CONFIGURATION}; let the broker read {ACL} and {PASSWORDS} "
            "(chgrp mosquitto ...); start it, or make a running one read them again with SIGHUP"
        )
    if BrokerKind.RABBITMQ in brokers:
        yield (
            f"RabbitMQ: rabbitmqctl import_definitions {output / DEFINITIONS}; set "
            "mqtt.allow_anonymous = false, and remove the user guest and users whose app is gone"
        )
