"""The part of a schema that a model cannot say by its types, held beside them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pydantic import MISSING, BaseModel, GetCoreSchemaHandler, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError, core_schema

T = TypeVar("T")

if TYPE_CHECKING:
    from topicwire._schema_check import Check, Mismatch


class JsonSchema:
    """Check values against a JSON Schema (draft 7, formats asserted), besides their type.

    In `Annotated[list[str], JsonSchema({"uniqueItems": True})]` it is that of a value, as
    `__json_schema__` of a model that of the whole object. `definitions` are what a `$ref` of the
    form `#/definitions/NAME` means. What fits is left as it is; what does not is an error of
    pydantic, `json_schema_` and the keyword, at the place where it is wrong.
    """

    def __init__(
        self,
        schema: Mapping[str, object] | bool,
        definitions: Mapping[str, Mapping[str, object] | bool] | None = None,
    ) -> None:
        self._schema = schema
        self._definitions = definitions or {}

    @property
    def whole(self) -> dict[str, object]:
        """The schema with its definitions in it."""
        allowed: dict[str, object] = {} if self._schema else {"not": {}}
        schema = self._schema if isinstance(self._schema, Mapping) else allowed
        return {**schema, "definitions": dict(self._definitions)}

    @cached_property
    def _check(self) -> Check:
        # Only who has such models, and uses them, has it loaded.
        from topicwire._schema_check import compile_schema

        return compile_schema(self._schema, self._definitions)

    def validate(self, value: T) -> T:
        """Return the value; raises `ValidationError` when it does not fit."""
        if cast(object, value) is MISSING:
            return value
        try:
            found = self._check(plain(value))
        except RecursionError:
            raise _error(value, "depth", "is nested too deeply to be looked at", ()) from None
        if found is not None:
            raise _mismatch(value, found)
        return value

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Return pydantic's schema of the type, with the check behind it."""
        return core_schema.no_info_after_validator_function(self.validate, handler(source))


def plain(value: object) -> object:
    """Return a value of a model as it is in JSON."""
    if isinstance(value, BaseModel):
        dump = value.__pydantic_serializer__.to_python
        return dump(value, mode="json", by_alias=True, exclude_unset=True, warnings=False)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list | tuple):
        return [plain(item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in cast("dict[str, object]", value).items()}
    return value


def _mismatch(value: object, found: Mismatch) -> ValidationError:
    return _error(value, found.keyword, found.message, found.path)


def _error(
    value: object, keyword: str, message: str, path: tuple[str | int, ...]
) -> ValidationError:
    # Braces in the message would be taken for its parameters.
    kind: Any = f"json_schema_{keyword}"
    text = PydanticCustomError(kind, "{message}", {"message": message})
    details = InitErrorDetails(type=text, loc=path, input=value)
    return ValidationError.from_exception_data("JsonSchema", [details])
