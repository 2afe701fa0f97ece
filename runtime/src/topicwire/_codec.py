"""Between typed messages and the JSON on the wire."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import Generic, TypeVar, Union, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, SchemaValidator

from topicwire._field_errors import field_errors
from topicwire._instance_check import Encoder
from topicwire._instance_rules import instance_checks
from topicwire._strict_json import NotStrict, check_strict, split_array
from topicwire.errors import FieldError, PayloadInvalid, TopicwireError

M = TypeVar("M")


class Codec(Generic[M]):
    """Encode and decode the messages of one channel, validating in both directions.

    `payloads` are the types of the channel's messages; a message must fit one of them. `strict`
    refuses received JSON that not every reader understands alike.
    """

    def __init__(self, channel: str, payloads: tuple[object, ...], *, strict: bool = True) -> None:
        self.channel = channel
        self._payloads = payloads
        self._strict = strict

    @cached_property
    def _type(self) -> type[M]:
        # The generated annotations know the type; this tuple, filled at run time, does not.
        return cast(type[M], Union[self._payloads])  # noqa: UP007

    @cached_property
    def _adapter(self) -> TypeAdapter[M]:
        return TypeAdapter(self._type)

    @cached_property
    def _batch_adapter(self) -> TypeAdapter[list[M]]:
        element = self._type
        return TypeAdapter(list[element])  # type: ignore[valid-type]

    @cached_property
    def encode(self) -> Callable[[M], bytes]:
        """Return a message as JSON; raises `PayloadInvalid` when it does not fit the schema.

        Properties that were not set are left out. What is validated is what is written, so that
        a model altered behind pydantic's back (`model_construct`, a changed list) cannot get out:
        the JSON itself, unless a quick look at a message that cannot change finds it right.
        """
        to_json = cast(Callable[..., bytes], self._adapter.serializer.to_json)
        without_unset = partial(to_json, by_alias=True, exclude_unset=True, warnings=False)
        checks = instance_checks(self._payloads)
        return Encoder(
            checks,
            # Without options it is faster; the models say by themselves which names to write.
            to_json if checks else without_unset,
            without_unset,
            partial(self._encode_validated, without_unset),
        ).encode

    def _encode_validated(self, to_json: Callable[[M], bytes], message: M) -> bytes:
        try:
            body = to_json(message)
        except (PydanticSerializationError, UnicodeEncodeError, AttributeError) as error:
            reason = FieldError("", f"cannot be written as JSON: {error}", "serialization")
            raise PayloadInvalid(self.channel, "send", [reason]) from None
        try:
            self._validate(body)
        except ValidationError as error:
            raise PayloadInvalid(self.channel, "send", field_errors(error, body)) from None
        return body

    def decode(self, body: bytes, *, topic: str, index: int | None = None) -> M:
        """Return the message in `body`; raises `PayloadInvalid` when it does not fit."""
        try:
            if self._strict:
                check_strict(body)
            return self._validate(body)
        except NotStrict as error:
            errors = [FieldError("", str(error), f"json_{error.kind}")]
        except ValidationError as error:
            errors = field_errors(error, body)
        raise PayloadInvalid(self.channel, "receive", errors, topic=topic, index=index)

    def decode_batch(self, body: bytes, *, topic: str) -> list[M | TopicwireError]:
        """Return the messages of a JSON array in order; a bad element is its error instead.

        Raises `PayloadInvalid` when `body` is not a JSON array.
        """
        try:
            if self._strict:
                check_strict(body)
            return self._validate_all(body)
        except (NotStrict, ValidationError):
            elements = split_array(body)
        if elements is None:
            reason = FieldError("", "not a JSON array", "json_array")
            raise PayloadInvalid(self.channel, "receive", [reason], topic=topic)
        return [self._element(text, topic, index) for index, text in enumerate(elements)]

    # Python names are for programs; on the wire only the names of the spec count.

    @cached_property
    def _validate(self) -> Callable[[bytes], M]:
        validate = cast(SchemaValidator, self._adapter.validator).validate_json
        return partial(validate, by_alias=True, by_name=False)

    @cached_property
    def _validate_all(self) -> Callable[[bytes], list[M | TopicwireError]]:
        validate = cast(SchemaValidator, self._batch_adapter.validator).validate_json
        return partial(validate, by_alias=True, by_name=False)

    def _element(self, body: bytes, topic: str, index: int) -> M | PayloadInvalid:
        try:
            return self.decode(body, topic=topic, index=index)
        except PayloadInvalid as error:
            return error
