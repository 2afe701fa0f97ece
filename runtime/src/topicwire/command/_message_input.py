"""Messages from what is given on the command line: options of fields, JSON, or the example."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from topicwire._channel import Channel
from topicwire._message_headers import WithHeaders
from topicwire.command._catalogue import Entry
from topicwire.command._failures import CommandError
from topicwire.command._schema_fields import Field, fields_of

Given = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A message that fits its channel, ready to be published."""

    topic: str
    message: object
    parameters: dict[str, str]


def prepare(entry: Entry, fields: list[Field], given: Given) -> list[Prepared]:
    """Return the messages; `given` are the options, see `_send`.

    Raises `CommandError` and `PayloadInvalid` before there is anything to send.
    """
    bases = _bases(entry, given)
    return [_prepared(entry.channel, entry, fields, given, base) for base in bases]


def own_fields(entry: Entry) -> list[Field]:
    """Return the fields of a channel's messages; none of bodies that are not described."""
    return [] if _is_opaque(entry) else fields_of(payload for _, payload in entry.payloads)


def dig(value: object, path: tuple[str, ...]) -> object:
    """Return what is at a path in JSON, or None."""
    for key in path:
        value = cast("dict[str, object]", value).get(key) if isinstance(value, dict) else None
    return value


def example_of(entry: Entry) -> object:
    """Return the document's example of a message of a channel, or None."""
    for message in (node for _, node in entry.node["messages"].items):
        for example in message["examples"].list:
            if example["payload"]:
                return example["payload"].value
    for _, payload in entry.payloads:
        for example in payload["examples"].list:
            return example.value
    return None


def _is_opaque(entry: Entry) -> bool:
    return all(message.payload is bytes for message in entry.channel.messages)


def _bases(entry: Entry, given: Given) -> Iterator[object]:
    """Yield what each message is made of before the options of fields."""
    text = cast("str | None", given.get("json_text"))
    if text is None:
        if _is_opaque(entry):
            raise CommandError("--json is missing: TEXT, @FILE, or - for standard input")
        yield example_of(entry) if given.get("example") else {}
        return
    if text == "-":
        body = sys.stdin.buffer.read()
    elif text.startswith("@"):
        body = Path(text[1:]).read_bytes()
    else:
        body = text.encode()
    if _is_opaque(entry):
        yield body
    else:
        yield from _documents(body)


def _documents(body: bytes) -> Iterator[object]:
    text, decoder = body.decode().strip(), json.JSONDecoder()
    if not text:
        raise CommandError("--json: there is no message in it")
    while text:
        try:
            value, end = decoder.raw_decode(text)
        except ValueError as error:
            raise CommandError(f"--json is not JSON: {error}") from None
        yield value
        text = text[end:].lstrip()


def _prepared(
    channel: Channel[Any], entry: Entry, fields: list[Field], given: Given, base: object
) -> Prepared:
    if isinstance(base, bytes):
        message: object = channel.codec.decode(base, topic="")
        raw: object = None
    else:
        raw = _filled(fields, given, base)
        body = json.dumps(raw, ensure_ascii=False).encode("utf-8", "surrogatepass")
        message = _decoded(channel, body, given)
    parameters = channel.complete(_address(entry, given, raw), message)
    missing = [p.name for p in channel.parameters if p.name not in parameters and p.default is None]
    if missing:
        flags = " and ".join(f"--{name.replace('_', '-')}" for name in missing)
        raise CommandError(f"{flags} is missing, which is in the topic {channel.address}")
    return Prepared(channel.topic(parameters, message), message, parameters)


def _filled(fields: list[Field], given: Given, base: object) -> object:
    for index, field in enumerate(fields):
        texts = cast("list[str] | None", given.get(f"field_{index}"))
        only = field.choices if field.required and len(field.choices) == 1 else ()
        if texts:
            _put(base, field, field.read(texts))
        elif only and _is_object(base) and dig(base, field.path) is None:
            _put(base, field, field.read([*only]))
    return base


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _put(base: object, field: Field, value: object) -> None:
    for key in field.path[:-1]:
        if not isinstance(base, dict):
            break
        base = cast("dict[str, object]", base).setdefault(key, {})
    if not isinstance(base, dict):
        raise CommandError(f"--json: {field.name} can only be set in an object")
    cast("dict[str, object]", base)[field.path[-1]] = value


def _address(entry: Entry, given: Given, raw: object) -> dict[str, str | None]:
    """Return what is said of the parameters: by options, and by fields of the same name."""
    found: dict[str, str | None] = {}
    for parameter in entry.channel.parameters:
        value = given.get(f"param_{parameter.name}")
        if value is None and parameter.location is None:
            field = dig(raw, (parameter.name,))
            value = field if isinstance(field, str) else None
        found[parameter.name] = cast("str | None", value)
    return found


def _decoded(channel: Channel[Any], body: bytes, given: Given) -> object:
    codec = channel.header_codec
    if codec is None:
        return channel.codec.decode(body, topic="")
    pairs = [text.partition("=") for text in cast("list[str]", given.get("header") or [])]
    wrong = [name for name, sign, _ in pairs if not sign]
    if wrong:
        raise CommandError(f"--header {wrong[0]}: write NAME=VALUE")
    message, headers = codec.decode(body, {name: value for name, _, value in pairs}, "")
    return WithHeaders(message, headers)
