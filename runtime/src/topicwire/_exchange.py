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
import uuid
from collections import OrderedDict
from typing import Any, Generic, TypeVar, cast

from topicwire._channel import Channel
from topicwire._completion import Completion
from topicwire._context import Context
from topicwire._inbound import Inbound
from topicwire._locations import Location
from topicwire._log_fields import fields
from topicwire._mqtt_text import is_topic
from topicwire._reception import plain_body, receive
from topicwire._reply_places import NOWHERE_ELSE, ReplyPlaces
from topicwire._stats import Counters
from topicwire.errors import RequestFailed, TopicInvalid, TopicwireError

log = logging.getLogger("topicwire")

R = TypeVar("R")

ERROR_TYPE = "application/vnd.topicwire.error+json"
_REMEMBERED = 10_000


class Reply(Completion, Generic[R]):
    """The answer to one request, once it is there; `value` is the message."""

    __slots__ = ("correlation", "value")

    def __init__(self, *, as_text: bool = False) -> None:
        super().__init__()
        # A UUID is a text that the spec can ask for where it has a place for it.
        self.correlation = str(uuid.uuid4()).encode() if as_text else secrets.token_bytes(16)
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
        self._places: set[Location] = set()

    def expect(self, reply: Reply[Any], place: Location | None = None) -> None:
        """Wait for the answer that `reply` stands for; `place` is where it says so."""
        if place is not None:
            self._places.add(place)
        self._waiting[reply.correlation] = reply

        def forget(_: Completion) -> None:
            self._waiting.pop(reply.correlation, None)

        reply.add_done_callback(forget)

    def process(self, inbound: Inbound) -> None:
        """Give an answer to who waits for it; one that comes too late is counted."""
        reply = self._waiting.get(inbound.headers.correlation or b"")
        try:
            if reply is None and self._waiting:
                reply = self._placed(inbound)
            if reply is None:
                self._counters.add("unrouted")
                return
            if inbound.headers.content_type == ERROR_TYPE:
                reply.fail(_read_error(plain_body(inbound)))
                return
            for message in receive(self.channel, inbound).elements:
                if isinstance(message, TopicwireError):
                    reply.fail(message)
                else:
                    reply.succeed(message)
        except Exception as error:
            log.exception(
                "error while reading an answer on %r", inbound.topic,
                extra=fields("answer_unreadable", error, topic=inbound.topic),
            )  # fmt: skip
            if reply is not None:
                reply.fail(RequestFailed("internal", f"the answer could not be read: {error!r}"))

    def _placed(self, inbound: Inbound) -> Reply[Any] | None:
        """Return who waits for an answer that says in itself to what it is one."""
        for place in self._places:
            body = plain_body(inbound) if place.source == "payload" else b""
            text = place.read(body, inbound.headers.own)
            if text is not None and text.encode() in self._waiting:
                return self._waiting[text.encode()]
        return None


class Answers:
    """Decides which requests are to be answered, and how an answer is addressed."""

    def __init__(self, channel: Channel[Any], places: ReplyPlaces = NOWHERE_ELSE) -> None:
        self.channel = channel
        self.places = places
        self._lock = threading.Lock()
        self._seen: OrderedDict[tuple[str, bytes], None] = OrderedDict()

    def is_new(self, context: Context, request: object) -> bool:
        """Note a request; return False for one that is repeated, which is answered already."""
        topic = self._wanted(context, request) or ""
        correlation = self.correlation(context, request)
        if correlation is None:
            return True
        key = (topic, correlation)
        with self._lock:
            if key in self._seen:
                return False
            self._seen[key] = None
            if len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
            return True

    def correlation(self, context: Context, request: object) -> bytes | None:
        """Return by what the answer is known to who asked."""
        place = self.places.correlation
        if context.correlation is not None or place is None:
            return context.correlation
        text = place.read(request, context.headers)
        return text.encode("utf-8", "replace") if text is not None else None

    def topic(self, context: Context, request: object) -> str | None:
        """Return where the answer goes, or None when none is wanted.

        Without a word about it that is the address of the answers' channel, if there is just one
        for the parameters of the request. Raises `TopicInvalid` for a response topic that is not
        of the answers' channel: a request must not make this side publish anywhere else, unless
        the spec leaves the address to it.
        """
        topic = self._wanted(context, request)
        channel = self.channel
        if topic is None:
            names = [parameter.name for parameter in channel.parameters]
            if self.places.anywhere or not context.parameters.keys() >= set(names):
                return None
            return channel.template.topic({name: context.parameters[name] for name in names})
        own = channel.template.match(topic) is not None
        if not own and not (self.places.anywhere and is_topic(topic) and topic[0] != "$"):
            raise TopicInvalid(
                channel.name,
                f"the request wants its answer on {topic!r}, which does not fit "
                f"{channel.address!r}",
            )
        return topic

    def _wanted(self, context: Context, request: object) -> str | None:
        place = self.places.reply_to
        if context.response_topic is not None or place is None:
            return context.response_topic
        return place.read(request, context.headers)


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
