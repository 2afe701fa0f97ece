"""Requests and their answers: response topics, correlation data, and what errors look like.

An answer goes to the response topic of its request, with its correlation data. An error is an
answer of the content type `ERROR_TYPE` and the JSON `{"code": ..., "message": ...}`; the content
type is part of what is signed, so that nobody can make an error of an answer.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
from collections import OrderedDict
from typing import Any, Generic, TypeVar, cast

from topicwire._channel import Channel
from topicwire._completion import Completion
from topicwire._context import Context
from topicwire._inbound import Inbound
from topicwire._reception import plain_body, receive
from topicwire._stats import Counters
from topicwire.errors import RequestFailed, TopicInvalid, TopicwireError

log = logging.getLogger("topicwire")

R = TypeVar("R")

ERROR_TYPE = "application/vnd.topicwire.error+json"
_REMEMBERED = 10_000


class Reply(Completion, Generic[R]):
    """The answer to one request, once it is there; `value` is the message."""

    __slots__ = ("correlation", "value")

    def __init__(self) -> None:
        super().__init__()
        self.correlation = secrets.token_bytes(16)
        self.value: R | None = None

    def succeed(self, value: R) -> None:
        """End it with an answer."""
        self.value = value
        self._finish()

    def fail(self, error: TopicwireError) -> None:
        """End it with an error."""
        self._finish(error)


class ReplyRoute:
    """Receives the answers on one channel, on the network thread, and gives them to who waits."""

    immediate = True

    def __init__(self, channel: Channel[Any], counters: Counters) -> None:
        self.channel = channel
        self.handler: object = self
        self._counters = counters
        self._waiting: dict[bytes, Reply[Any]] = {}

    def expect(self, reply: Reply[Any]) -> None:
        """Wait for the answer that `reply` stands for."""
        self._waiting[reply.correlation] = reply

        def forget(_: Completion) -> None:
            self._waiting.pop(reply.correlation, None)

        reply.add_done_callback(forget)

    def process(self, inbound: Inbound) -> None:
        """Give an answer to who waits for it; one that comes too late is counted."""
        reply = self._waiting.get(inbound.headers.correlation or b"")
        if reply is None:
            self._counters.add("unrouted")
            return
        try:
            if inbound.headers.content_type == ERROR_TYPE:
                reply.fail(_read_error(plain_body(inbound)))
                return
            for message in receive(self.channel, inbound).elements:
                if isinstance(message, TopicwireError):
                    reply.fail(message)
                else:
                    reply.succeed(message)
        except Exception as error:
            log.exception("error while reading an answer on %r", inbound.topic)
            reply.fail(RequestFailed("internal", f"the answer could not be read: {error!r}"))


class Answers:
    """Decides which requests are to be answered, and how an answer is addressed."""

    def __init__(self, channel: Channel[Any]) -> None:
        self.channel = channel
        self._lock = threading.Lock()
        self._seen: OrderedDict[tuple[str, bytes], None] = OrderedDict()

    def is_new(self, context: Context) -> bool:
        """Note a request; return False for one that is repeated, which is answered already."""
        if context.response_topic is None or context.correlation is None:
            return True
        key = (context.response_topic, context.correlation)
        with self._lock:
            if key in self._seen:
                return False
            self._seen[key] = None
            if len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
            return True

    def topic(self, context: Context) -> str | None:
        """Return where the answer goes, or None when none is wanted.

        Raises `TopicInvalid` for a response topic that is not of the answers' channel: a
        request must not make this side publish anywhere else.
        """
        topic = context.response_topic
        if topic is not None and self.channel.template.match(topic) is None:
            raise TopicInvalid(
                self.channel.name,
                f"the request wants its answer on {topic!r}, which does not fit "
                f"{self.channel.address!r}",
            )
        return topic


def error_body(error: RequestFailed) -> bytes:
    """Return the body of an answer that is an error."""
    fields = {"code": error.code, "message": error.message}
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")


def _read_error(body: bytes) -> RequestFailed:
    try:
        found: object = json.loads(body)
        fields = cast(dict[str, object], found if isinstance(found, dict) else {})
    except (ValueError, RecursionError):
        fields = {}
    return RequestFailed(str(fields.get("code", "unknown")), str(fields.get("message", "")))
