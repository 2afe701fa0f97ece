"""The examples that the spec gives, as messages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TypeVar, cast

from pydantic import MISSING, BaseModel, TypeAdapter, ValidationError

from topicwire.command._node import Node
from topicwire.errors import TopicwireError
from topicwire.testing._package import GeneratedPackage, generated_package

M = TypeVar("M", bound=BaseModel)


def example(model: type[M], name: str | None = None) -> M:
    """Return the first example that the spec has of a model, or the one with a name.

    It may stand at a message, at a schema, or inside the example of another model. Raises
    `LookupError` when there is none.
    """
    try:
        examples = _examples(model)
    except LookupError as error:
        raise LookupError(f"{error}, so there are no examples; messages() makes some up") from None
    found = [each for label, each in examples if name in (None, label)]
    if not found:
        which = "no example" if name is None else f"no example called {name!r}"
        known = ", ".join(sorted({label for label, _ in examples if label}))
        remedy = f"; there are {known}" if known else "; messages() makes some up"
        raise LookupError(f"the spec has {which} of {model.__name__}{remedy}")
    return cast(M, found[0])


def build(model: type[M], /, **changes: object) -> M:
    """Return the spec's first example of a model with other values for some of its properties.

    Properties go by their names in Python or in the spec. Values are those of the model, or as
    they are in JSON (`build(SensorReading, quantity="force")`); `MISSING` leaves one out. Raises
    `ValidationError` for what does not fit the schema, and `LookupError` as `example` does.
    """
    names = {name: field.alias or name for name, field in model.model_fields.items()}
    values: dict[str, object] = json.loads(
        example(model).model_dump_json(by_alias=True, exclude_unset=True)
    )
    values |= {names.get(name, name): value for name, value in changes.items()}
    # What is MISSING has no JSON, and is left out of it.
    given = {name: value for name, value in values.items() if value is not MISSING}
    body = TypeAdapter(dict[str, object]).dump_json(given, by_alias=True, exclude_unset=True)
    return model.model_validate_json(body, by_alias=True, by_name=False)


@lru_cache(maxsize=256)
def _examples(model: type[BaseModel]) -> tuple[tuple[str, BaseModel], ...]:
    """Return all examples of a model with the names they have."""
    package = generated_package(model.__module__.rpartition(".")[0])
    found: list[tuple[str, BaseModel]] = []
    for label, message in _messages(package):
        found += [(label, each) for each in _inside(message) if type(each) is model]
    for value in package.document["components"]["schemas"][model.__name__]["examples"].list:
        try:
            instance = model.model_validate_json(
                json.dumps(value.value), by_alias=True, by_name=False
            )
        except ValidationError:
            continue  # a schema of the same name that is of another class
        found.append(("", instance))
    return tuple(found)


@lru_cache(maxsize=16)
def _messages(package: GeneratedPackage) -> tuple[tuple[str, object], ...]:
    """Return the examples of all messages of a package."""
    found: list[tuple[str, object]] = []
    for name, channel in package.channels.items():
        for _, message in package.messages(name):
            for label, value in _given(message):
                try:
                    decoded = channel.codec.decode(json.dumps(value).encode(), topic="")
                except TopicwireError:
                    continue  # a message that is not JSON
                found.append((label, decoded))
    return tuple(found)


def _given(message: Node) -> Iterator[tuple[str, object]]:
    for given in message["examples"].list:
        if "payload" in given.mapping:
            yield given["name"].text, given.mapping["payload"]
    for value in message["payload"]["examples"].list:
        yield "", value.value


def _inside(value: object) -> Iterator[BaseModel]:
    """Yield the models in a message, itself first."""
    if isinstance(value, BaseModel):
        yield value
        for name in type(value).model_fields:
            yield from _inside(getattr(value, name))
    elif isinstance(value, list | tuple):
        for each in cast("list[object]", value):
            yield from _inside(each)
    elif isinstance(value, Mapping):
        for each in cast("Mapping[str, object]", value).values():
            yield from _inside(each)
