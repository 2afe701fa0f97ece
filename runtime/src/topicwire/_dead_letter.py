"""Messages that could not be handled, passed on with the reasons instead of being forgotten."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable, Sequence

from topicwire import _log_fields
from topicwire._context import Context
from topicwire._delivery import Delivery
from topicwire._inbound import Inbound
from topicwire.errors import TopicwireError

log = logging.getLogger("topicwire")

Failure = tuple[TopicwireError, Context]


class DeadLetters:
    """Publishes what could not be handled to one topic, as JSON that any client can read.

    The fields: `topic`, `channel` and `client` (who could not), `received` (seconds since the
    epoch), `headers`, `failures` (each with `error`, `reason` and, in a batch, `index`), and the
    body as `payload` if it is UTF-8, else as `payload_base64`.
    """

    def __init__(self, topic: str, client_id: str, send: Callable[[str, bytes], Delivery]) -> None:
        self._topic = topic
        self._client_id = client_id
        self._send = send

    def add(self, inbound: Inbound, failures: Sequence[Failure]) -> bool:
        """Publish a message with its failures; return whether it could be queued.

        The message is acknowledged only after its dead letter was.
        """
        if inbound.topic == self._topic:
            return False  # it would come back, and again
        fields: dict[str, object] = {
            "topic": inbound.topic,
            "channel": failures[0][1].channel,
            "client": self._client_id,
            "received": inbound.timestamp,
            "headers": dict(inbound.headers.properties),
            "failures": [_describe(error, context) for error, context in failures],
        }
        try:
            fields["payload"] = inbound.payload.decode()
        except UnicodeDecodeError:
            fields["payload_base64"] = base64.b64encode(inbound.payload).decode()
        body = json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")
        try:
            delivery = self._send(self._topic, body)
        except TopicwireError as error:
            log.error(
                "dead letter of a message on %r is lost: %s", inbound.topic, error,
                extra=_log_fields.fields("dead_letter_lost", error, topic=inbound.topic),
            )  # fmt: skip
            return False
        inbound.hold()
        delivery.add_done_callback(lambda _: inbound.done())
        return True


def _describe(error: TopicwireError, context: Context) -> dict[str, object]:
    told: dict[str, object] = {"error": type(error).__name__, "reason": str(error)}
    if error.__cause__ is not None:
        told["cause"] = repr(error.__cause__)
    if context.batch_index is not None:
        told["index"] = context.batch_index
    return told
