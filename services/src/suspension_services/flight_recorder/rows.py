"""Between messages and the rows of a recording. Pure."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from topicwire.raw import RawMessage

_MICROSECONDS = 1_000_000


def to_fields(message: RawMessage) -> tuple[object, ...]:
    """Return a message as the columns of its row: `arrived` to `checksum`."""
    fields = (
        round(message.timestamp * _MICROSECONDS), message.topic, message.payload, message.qos,
        int(message.retain), int(message.duplicate), _properties_text(message),
    )  # fmt: skip
    return (*fields, _checksum(fields))


def from_fields(fields: Sequence[object]) -> RawMessage:
    """Return the message of a row; raises `ValueError`, `TypeError` or `KeyError` for damage."""
    arrived, topic, payload, qos, retain, duplicate, properties, checksum = fields
    if checksum != _checksum(fields[:-1]):
        raise ValueError("its checksum is another")
    message = RawMessage(
        topic=cast(str, topic), payload=cast(bytes, payload), qos=cast(int, qos),
        retain=bool(retain), duplicate=bool(duplicate),
        timestamp=cast(int, arrived) / _MICROSECONDS,
    )  # fmt: skip
    return _with_properties(message, cast("str | None", properties))


def _properties_text(message: RawMessage) -> str | None:
    if not message.has_properties:
        return None
    found: dict[str, object] = {
        "content_type": message.content_type,
        "response_topic": message.response_topic,
        "correlation": base64.b64encode(message.correlation).decode()
        if message.correlation is not None
        else None,
        "user_properties": message.user_properties or None,
        "is_text": message.is_text or None,
        "expiry": message.expiry,
    }
    return json.dumps({name: value for name, value in found.items() if value is not None})


def _with_properties(message: RawMessage, text: str | None) -> RawMessage:
    if text is None:
        return message
    found = cast(dict[str, object], json.loads(text))
    correlation = cast("str | None", found.get("correlation"))
    pairs = cast(list[tuple[str, str]], found.get("user_properties", []))
    return replace(
        message,
        content_type=cast("str | None", found.get("content_type")),
        response_topic=cast("str | None", found.get("response_topic")),
        correlation=base64.b64decode(correlation, validate=True)
        if correlation is not None
        else None,
        user_properties=tuple((name, value) for name, value in pairs),
        is_text=found.get("is_text") is True,
        expiry=cast("int | None", found.get("expiry")),
    )


def _checksum(parts: Sequence[object]) -> int:
    checksum = 0
    for part in parts:
        data = part if isinstance(part, bytes) else repr(part).encode()
        checksum = zlib.crc32(data, checksum)
    return checksum
