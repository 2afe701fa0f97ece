"""Between the dictionaries of the older surface and the models."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, cast, get_args

from topicwire._channel import Channel
from topicwire._payload import Payload
from topicwire.compat._binding import Binding
from topicwire.compat._renaming import Object, Renaming
from topicwire.errors import FieldError, PayloadInvalid


class Dictionaries:
    """Makes messages of dictionaries and dictionaries of messages, with the former names."""

    def __init__(self, binding: Binding) -> None:
        self._binding = binding
        self._renaming = Renaming(binding.renamed)

    def message(self, channel: Channel[Any], topic: str, given: Mapping[str, object]) -> Payload:
        """Return the message that a dictionary means; raises `PayloadInvalid`.

        The values are those of JSON. The dictionary stays as it is.
        """
        if not isinstance(given, Mapping):
            raise _invalid(channel, topic, f"a dictionary is wanted, not {type(given).__name__}")
        try:
            plain: object = json.loads(json.dumps(dict(given), allow_nan=False))
        except (TypeError, ValueError, RecursionError) as error:
            raise _invalid(channel, topic, f"cannot be written as JSON: {error}") from None
        problem: PayloadInvalid | None = None
        for model in _models(channel):
            try:
                return self._read(channel, topic, model, cast(Object, plain))
            except PayloadInvalid as error:
                # Of several kinds of messages it may be any; what the first lacks is told.
                problem = problem or error
        assert problem is not None  # noqa: S101 - a channel has messages
        raise problem

    def plain(self, message: Payload) -> Object:
        """Return a message as a dictionary, with former names beside the present ones."""
        found = message.model_dump(mode="json", by_alias=True, exclude_unset=True)
        model = type(message)
        if self._renaming.concerns(model):
            return cast(Object, self._renaming.to_former(model, found))
        return cast(Object, found)

    def _read(
        self, channel: Channel[Any], topic: str, model: type[Payload], given: Object
    ) -> Payload:
        try:
            found = self._renaming.to_present(model, given)
        except ValueError as error:
            raise _invalid(channel, topic, str(error)) from None
        stamped = self._binding.stamped
        if isinstance(found, dict) and stamped in self._properties(model) and stamped not in found:
            found[stamped] = time.time()
        try:
            message: Payload = channel.codec.decode(json.dumps(found).encode(), topic=topic)
            return message
        except PayloadInvalid as error:
            raise PayloadInvalid(channel.name, "send", error.errors, topic=topic) from None

    @cached_property
    def _known(self) -> dict[type[Payload], frozenset[str]]:
        return {}

    def _properties(self, model: type[Payload]) -> frozenset[str]:
        found = self._known.get(model)
        if found is None:
            names = (field.alias or name for name, field in model.model_fields.items())
            found = self._known[model] = frozenset(names)
        return found


def _models(channel: Channel[Any]) -> Iterator[type[Payload]]:
    """Yield the models that the channel's messages can be."""
    for message in channel.messages:
        kinds: tuple[object, ...] = get_args(message.payload) or (message.payload,)
        for kind in kinds:
            if isinstance(kind, type) and issubclass(kind, Payload):
                yield kind


def _invalid(channel: Channel[Any], topic: str, reason: str) -> PayloadInvalid:
    return PayloadInvalid(channel.name, "send", [FieldError("", reason, "dictionary")], topic=topic)
