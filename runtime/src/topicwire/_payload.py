"""The base classes of every generated payload model."""

from __future__ import annotations

from typing import ClassVar, TypeVar, cast

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, RootModel
from pydantic_core import core_schema

from topicwire._json_schema import JsonSchema
from topicwire._whole_numbers import take_whole_numbers

T = TypeVar("T")


class Payload(BaseModel):
    """Base of the generated models: strict, immutable, and true to the names on the wire.

    Strict means that nothing is converted: the text "1" is not the number 1. In JSON, 1.0 is the
    integer 1, as JSON Schema has it. A property that may be absent has the type `T | MISSING` and
    is left out of the JSON until it is set; one that may be null has the type `T | None`.
    Pydantic's own restriction on attribute names that begin with `model_` is lifted, because the
    spec decides the names.
    """

    # Specs name payloads as they like; pytest must not take a TestCommand for a test.
    __test__: ClassVar[bool] = False

    # What the types of a class do not say of its schema; most say all.
    __json_schema__: ClassVar[JsonSchema | None] = None

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        regex_engine="python-re",
        protected_namespaces=(),
    )

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[BaseModel], handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Return pydantic's schema, with what JSON Schema has besides."""
        schema = handler(source)
        take_whole_numbers(schema)
        # A subclass keeps to what its bases ask for, too.
        for each in reversed(cls.__mro__):
            own: JsonSchema | None = each.__dict__.get("__json_schema__")
            if own is not None:
                # By its name a class finds itself, which has to be with the check.
                ref = cast(dict[str, str], schema).pop("ref", None)
                schema = core_schema.no_info_after_validator_function(own.validate, schema, ref=ref)
        return schema


class RootPayload(RootModel[T], Payload):  # pyright: ignore[reportIncompatibleMethodOverride]
    """Base of the models of values that are no object of their own: a number, an array, a choice.

    The value is `root`; on the wire there is nothing around it.
    """
