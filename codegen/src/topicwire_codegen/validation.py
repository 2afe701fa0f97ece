"""JSON Schema validation (draft 7), by jsonschema; the only module that touches it."""

# jsonschema's stubs leave much unknown; what comes out of this module is typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry
from referencing.jsonschema import DRAFT7

from topicwire_codegen.document import Document, Json, escape

_SHOWN = 200
META_SCHEMA = cast("dict[str, Json]", Draft7Validator.META_SCHEMA)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One reason why a value does not fit: `pointer` is the place below the value."""

    message: str
    pointer: str
    keyword: str
    expected: Json
    schema: dict[str, Json]
    value: Json


class Validator:
    """Holds values against a schema; `documents` are those that it may refer to."""

    def __init__(self, schema: Json, documents: Iterable[Document] = ()) -> None:
        resources = [
            (document_uri(document), DRAFT7.create_resource(cast(Any, document.data)))
            for document in documents
        ]
        registry: Registry[bool | Mapping[str, Any]] = Registry().with_resources(resources)
        self._registry = registry
        self._validator = Draft7Validator(cast(Any, schema), registry=registry)

    def at(self, document: Document, pointer: str) -> Validator:
        """Return the validator of a schema inside one of the documents."""
        # Through a reference, so that references inside the schema are relative to its own file.
        inner = Validator.__new__(Validator)
        inner._registry = self._registry
        inner._validator = Draft7Validator(
            {"$ref": f"{document_uri(document)}{pointer}"}, registry=self._registry
        )
        return inner

    def fits(self, value: Json) -> bool:
        """Return whether `value` fits."""
        try:
            return bool(self._validator.is_valid(cast(Any, value)))
        except RecursionError:
            return False  # what cannot be looked at is not let through

    def mismatches(self, value: Json) -> list[Mismatch]:
        """Return all reasons why `value` does not fit."""
        return [_mismatch(error) for error in self._validator.iter_errors(cast(Any, value))]

    def mismatch(self, value: Json) -> Mismatch | None:
        """Return the reason that says most, or None when `value` fits."""
        try:
            error = best_match(self._validator.iter_errors(cast(Any, value)))
        except RecursionError:
            # A deep value in schemas of many layers each; the lint limits both.
            return Mismatch("it and its schema are nested too deeply", "", "", None, {}, value)
        return _mismatch(error) if error is not None else None


def document_uri(document: Document) -> str:
    """Return the address under which the schemas of a document refer to each other."""
    return document.path.resolve().as_uri()


def _mismatch(error: ValidationError) -> Mismatch:
    message = error.message
    return Mismatch(
        message if len(message) <= _SHOWN else f"{message[:_SHOWN]} ...",
        "".join(f"/{escape(str(part))}" for part in error.absolute_path),
        str(error.validator),
        cast(Json, error.validator_value),
        cast("dict[str, Json]", error.schema) if isinstance(error.schema, dict) else {},
        cast(Json, error.instance),
    )
