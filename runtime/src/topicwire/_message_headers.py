"""The headers that the spec gives messages: typed in programs, user properties on the wire.

A header that can only be a text is the value of its user property; every other one is there as
JSON, so that 5 and "5" stay apart.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError

from topicwire._field_errors import field_errors
from topicwire.errors import FieldError, HeadersInvalid, PayloadInvalid

M = TypeVar("M")
_MAX_TEXT = 65_535  # bytes (MQTT 5.0, section 1.5.4)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderFields:
    """The headers of a message in the spec.

    `type` is their model, `json` the names of those that travel as JSON; `other_json` says the
    same of those that are not declared.
    """

    type: type[BaseModel]
    json: tuple[str, ...] = ()
    other_json: bool = False


@dataclass(frozen=True, slots=True)
class WithHeaders(Generic[M]):
    """A message with its headers, such as the answer that a responder's handler returns."""

    message: M
    headers: BaseModel | None = None


def unpack(message: object) -> tuple[object, BaseModel | None]:
    """Return a message and the headers that are with it, if any."""
    if not isinstance(message, WithHeaders):
        return message, None
    both = cast("WithHeaders[object]", message)
    return both.message, both.headers


@dataclass(frozen=True, slots=True)
class Variant:
    """One message of a channel: its payload type, what reads and writes it, and its headers."""

    payload: object
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes, str], Any]
    headers: HeaderFields | None


class HeaderCodec:
    """Encodes and decodes the messages of a channel some of whose messages have headers.

    Which message it is, is decided by the headers first and then by the payload.
    """

    def __init__(self, channel: str, variants: tuple[Variant, ...]) -> None:
        self.channel = channel
        # Those that ask for something are tried before one that takes everything.
        self._variants = sorted(variants, key=lambda variant: variant.headers is None)

    def encode(
        self, message: object, more: Mapping[str, str]
    ) -> tuple[bytes, tuple[tuple[str, str], ...]]:
        """Return the body and the user properties of a message, with `more` texts as headers.

        `message` can be a `WithHeaders`. Raises `PayloadInvalid` and `HeadersInvalid`.
        """
        message, given = unpack(message)
        error: PayloadInvalid | None = None
        for variant in self._candidates(message, given):
            try:
                properties = self._properties(variant, given, more)
                return variant.encode(message), properties
            except PayloadInvalid as found:
                error = error or found
        if error is not None:
            raise error
        raise self._refusal("send", f"{type(given).__name__} is not a class of its headers")

    def decode(
        self, body: bytes, properties: Mapping[str, str], topic: str
    ) -> tuple[Any, BaseModel | None]:
        """Return a message and its headers; raises `PayloadInvalid` and `HeadersInvalid`."""
        errors: list[PayloadInvalid] = []
        for variant in self._variants:
            try:
                headers = self._headers(variant, properties, topic)
                return variant.decode(body, topic), headers
            except PayloadInvalid as found:
                errors.append(found)
        # One whose headers fit is what was meant.
        raise next((e for e in errors if not isinstance(e, HeadersInvalid)), errors[0])

    def _candidates(self, message: object, given: BaseModel | None) -> list[Variant]:
        fitting = [
            variant
            for variant in self._variants
            if given is None
            or (variant.headers is not None and isinstance(given, variant.headers.type))
        ]
        own = [variant for variant in fitting if _is_instance(message, variant.payload)]
        # The codec says best what is wrong with something else.
        return own or fitting

    def _properties(
        self, variant: Variant, given: BaseModel | None, more: Mapping[str, str]
    ) -> tuple[tuple[str, str], ...]:
        fields = variant.headers
        if fields is None:
            return tuple(more.items())
        values: dict[str, object] = {}
        if given is not None:
            try:
                values = json.loads(given.model_dump_json(by_alias=True, exclude_unset=True))
            except (PydanticSerializationError, UnicodeEncodeError, AttributeError) as error:
                raise self._refusal("send", f"cannot be written as JSON: {error}") from None
        declared = _declared(fields.type)
        forbids_others = fields.type.model_config.get("extra") == "forbid"
        texts = {name: text for name, text in more.items() if name not in declared}
        values |= {name: text for name, text in more.items() if name in declared}
        if not forbids_others:
            values |= texts
        self._validate(fields, values, "send", None)
        written = {
            name: self._text(fields, declared, name, value) for name, value in values.items()
        }
        return tuple({**texts, **written}.items())

    def _text(
        self, fields: HeaderFields, declared: frozenset[str], name: str, value: object
    ) -> str:
        if name in fields.json or (fields.other_json and name not in declared):
            text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        elif isinstance(value, str):
            text = value
        else:
            raise self._refusal("send", "a header that is not declared has to be a text", name)
        encoded = text.encode("utf-8", "surrogatepass")
        if "\0" in text or len(encoded) > _MAX_TEXT or encoded != text.encode("utf-8", "replace"):
            raise self._refusal("send", "MQTT has no such text: NUL, surrogate or too long", name)
        return text

    def _headers(
        self, variant: Variant, properties: Mapping[str, str], topic: str
    ) -> BaseModel | None:
        fields = variant.headers
        if fields is None:
            return None
        declared = _declared(fields.type)
        # Brokers, bridges and tracers add user properties of their own.
        ignored = fields.type.model_config.get("extra") == "forbid"
        values: dict[str, object] = {}
        for name, text in properties.items():
            if name not in declared and ignored:
                continue
            if name in fields.json or (fields.other_json and name not in declared):
                try:
                    values[name] = json.loads(text, parse_constant=_refuse_constant)
                except (ValueError, RecursionError):
                    raise self._refusal("receive", "not JSON", name, topic) from None
            else:
                values[name] = text
        return self._validate(fields, values, "receive", topic)

    def _validate(
        self, fields: HeaderFields, values: dict[str, object], direction: str, topic: str | None
    ) -> BaseModel:
        body = json.dumps(values).encode()
        try:
            return fields.type.model_validate_json(body, by_alias=True, by_name=False)
        except ValidationError as error:
            reasons = field_errors(error, body)
        raise HeadersInvalid(self.channel, direction, reasons, topic=topic)

    def _refusal(
        self, direction: str, reason: str, name: str = "", topic: str | None = None
    ) -> HeadersInvalid:
        pointer = f"/{name}" if name else ""
        return HeadersInvalid(
            self.channel, direction, [FieldError(pointer, reason, "header")], topic=topic
        )


def _declared(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(field.alias or name for name, field in model.model_fields.items())


def _is_instance(message: object, payload: object) -> bool:
    try:
        return isinstance(message, cast(type, payload))
    except TypeError:  # a type that cannot be asked, such as a list of something
        return True


def _refuse_constant(text: str) -> object:
    raise ValueError(text)
