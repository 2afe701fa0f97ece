"""Messages that nobody has thought of, made by hypothesis."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pydantic import BaseModel, ValidationError

from topicwire._strict_json import NotStrict, check_strict
from topicwire.testing._model_schema import Schema, model_schema

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

M = TypeVar("M", bound=BaseModel)
_FromSchema = Callable[[Schema], "SearchStrategy[object]"]


def messages(model: type[M]) -> SearchStrategy[M]:
    """Return a strategy for instances of a generated model; every one fits its schema.

    They are made as the wire makes them, of JSON, so names, formats, patterns and all other
    keywords of the schema count, and properties that may be absent sometimes are. It needs
    hypothesis and hypothesis-jsonschema (`pip install topicwire[testing]`).
    """
    return cast("SearchStrategy[M]", _strategy(model))


@lru_cache(maxsize=256)
def _strategy(model: type[BaseModel]) -> SearchStrategy[Any]:
    try:
        import hypothesis_jsonschema
    except ImportError as error:
        raise ImportError(
            f"messages() needs {error.name}; install it with `pip install topicwire[testing]`"
        ) from None
    # Its own annotations leave out what is in lists.
    module: Any = hypothesis_jsonschema
    from_schema: _FromSchema = module.from_schema
    made = from_schema(model_schema(model)).map(lambda value: _instance(model, value))
    return made.filter(lambda instance: instance is not None)


def _instance(model: type[M], value: object) -> M | None:
    """Return what the value is as a message; None for what the wire, or a keyword, rules out."""
    try:
        body = json.dumps(value, allow_nan=False).encode()
        check_strict(body)
        return model.model_validate_json(body, by_alias=True, by_name=False)
    except (ValueError, NotStrict, ValidationError):
        return None
