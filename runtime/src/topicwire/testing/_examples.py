"""The examples that the spec gives, as messages."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources
from typing import Any, TypeVar, cast

from pydantic import MISSING, BaseModel, TypeAdapter, ValidationError

from topicwire._channel import Channel
from topicwire.errors import TopicwireError

M = TypeVar("M", bound=BaseModel)
_Json = dict[str, Any]


def example(model: type[M], name: str | None = None) -> M:
    """Return the first example that the spec has of a model, or the one with a name.

    It may stand at a message, at a schema, or inside the example of another model. Raises
    `LookupError` when there is none.
    """
    found = [each for label, each in _examples(model) if name in (None, label)]
    if not found:
        which = "no example" if name is None else f"no example called {name!r}"
        known = ", ".join(sorted({label for label, _ in _examples(model) if label}))
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
    package = model.__module__.rpartition(".")[0]
    found: list[tuple[str, BaseModel]] = []
    for label, message in _of_package(package):
        found += [(label, each) for each in _inside(message) if type(each) is model]
    for value in _schema_examples(_document(package), model.__name__):
        try:
            instance = model.model_validate_json(json.dumps(value), by_alias=True, by_name=False)
        except ValidationError:
            continue  # a schema of the same name that is of another class
        found.append(("", instance))
    return tuple(found)


@lru_cache(maxsize=16)
def _of_package(package: str) -> tuple[tuple[str, object], ...]:
    """Return the examples of all messages of a generated package."""
    document = _document(package)
    channels: tuple[Channel[Any], ...] = importlib.import_module(f"{package}.channels").CHANNELS
    found: list[tuple[str, object]] = []
    for channel in channels:
        described = _resolved(document, document["channels"].get(channel.name, {}))
        for message in described.get("messages", {}).values():
            for label, value in _message_examples(document, _resolved(document, message)):
                try:
                    decoded = channel.codec.decode(json.dumps(value).encode(), topic="")
                except TopicwireError:
                    continue  # a message that is not JSON
                found.append((label, decoded))
    return tuple(found)


@lru_cache(maxsize=16)
def _document(package: str) -> _Json:
    try:
        text = resources.files(package).joinpath("asyncapi.json").read_text("utf-8")
    except (ModuleNotFoundError, FileNotFoundError, ValueError):
        raise LookupError(
            f"{package or 'the main program'} is no generated package, so there are no examples; "
            "messages() makes some up"
        ) from None
    return cast(_Json, json.loads(text))


def _message_examples(document: _Json, message: _Json) -> Iterator[tuple[str, object]]:
    for given in message.get("examples", ()):
        if "payload" in given:
            yield given.get("name", ""), given["payload"]
    payload = _resolved(document, message.get("payload", {}))
    for value in payload.get("examples", ()):
        yield "", value


def _schema_examples(document: _Json, name: str) -> list[object]:
    schema = _resolved(document, document.get("components", {}).get("schemas", {}).get(name))
    return list(schema.get("examples", ()))


def _resolved(document: _Json, value: object) -> _Json:
    while isinstance(value, dict) and "$ref" in value:
        found: Any = document
        for part in cast(str, value["$ref"]).removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        value = found
    return cast(_Json, value) if isinstance(value, dict) else {}


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
