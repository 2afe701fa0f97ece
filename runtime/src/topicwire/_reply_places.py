"""Where requests and answers say what MQTT 5 has properties for, if the spec has them say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from topicwire._channel import Channel
from topicwire._envelope import Headers
from topicwire._locations import Location
from topicwire.errors import FieldError, PayloadInvalid


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyPlaces:
    """Where the topic for the answer and the correlation ids of request and answer are.

    They are there besides the response topic and the correlation data. With `anywhere` an answer
    goes wherever its request asks for, because the spec leaves the address to it.
    """

    reply_to: Location | None = None
    correlation: Location | None = None
    reply_correlation: Location | None = None
    anywhere: bool = False


NOWHERE_ELSE = ReplyPlaces()


def encode_at(
    channel: Channel[Any], message: object, texts: Mapping[Location | None, str]
) -> tuple[bytes, Headers]:
    """Return the body and the headers of a message with texts at places of it.

    Raises `PayloadInvalid` and `HeadersInvalid`.
    """
    in_headers = {p.path[0]: t for p, t in texts.items() if p is not None and p.source == "header"}
    in_payload = [(p, t) for p, t in texts.items() if p is not None and p.source == "payload"]
    body, headers = channel.encode_all(message, in_headers)
    if not in_payload:
        return body, headers
    for place, text in in_payload:
        try:
            body = place.write(body, text)
        except ValueError as error:
            reason = FieldError("", str(error), "location")
            raise PayloadInvalid(channel.name, "send", [reason]) from None
    try:
        channel.codec.decode(body, topic="")
    except PayloadInvalid as error:
        raise PayloadInvalid(channel.name, "send", error.errors) from None
    return body, headers
