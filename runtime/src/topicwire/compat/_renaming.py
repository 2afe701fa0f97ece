"""Properties that had other names: to the present ones on sending, and both on receipt. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast, get_args

from pydantic import JsonValue

from topicwire._payload import Payload

Names = Mapping[str, str]
Object = dict[str, JsonValue]


class Renaming:
    """The former names of the properties of models, wherever these are within a payload.

    `renamed` has for each model its former names, each with the present one.
    """

    def __init__(self, renamed: Mapping[type[Payload], Names]) -> None:
        self._renamed = renamed
        # For each model the properties that hold models with former names, themselves or deeper.
        self._nested: dict[type[Payload], dict[str, type[Payload]]] = {}

    def concerns(self, model: type[Payload]) -> bool:
        """Return whether a payload of this model can hold any former name."""
        return bool(self._renamed.get(model) or self._properties(model))

    def to_present(self, model: type[Payload], value: JsonValue) -> JsonValue:
        """Return a payload with the present names only.

        Raises `ValueError` for a former name whose value is not that of the present one.
        """
        if not isinstance(value, dict):
            return value
        found: Object = dict(value)
        for former, present in self._renamed.get(model, {}).items():
            if former not in found:
                continue
            given = found.pop(former)
            if found.setdefault(present, given) != given:
                raise ValueError(
                    f"{former!r} is {given!r}, and {present!r}, which it is called now, "
                    f"{found[present]!r}; give one of them"
                )
        for name, inner in self._properties(model).items():
            if name in found:
                found[name] = self._each(inner, found[name], present=True)
        return found

    def to_former(self, model: type[Payload], value: JsonValue) -> JsonValue:
        """Return a payload with the former names besides the present ones."""
        if not isinstance(value, dict):
            return value
        found: Object = dict(value)
        for name, inner in self._properties(model).items():
            if name in found:
                found[name] = self._each(inner, found[name], present=False)
        for former, present in self._renamed.get(model, {}).items():
            if present in found:
                found[former] = found[present]
        return found

    def _each(self, model: type[Payload], value: JsonValue, *, present: bool) -> JsonValue:
        if isinstance(value, list):
            return [self._each(model, item, present=present) for item in value]
        return self.to_present(model, value) if present else self.to_former(model, value)

    def _properties(self, model: type[Payload]) -> dict[str, type[Payload]]:
        found = self._nested.get(model)
        if found is None:
            # A model may hold itself; the inner one is looked into when it is met.
            found = self._nested[model] = {}
            for name, declared in model.model_fields.items():
                for inner in _models(declared.annotation):
                    if inner is not model and self.concerns(inner):
                        found[declared.alias or name] = inner
        return found


def _models(annotation: object) -> Iterator[type[Payload]]:
    """Yield the models in a type such as `list[Model] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, Payload):
        yield annotation
    for argument in cast(tuple[object, ...], get_args(annotation)):
        yield from _models(argument)
