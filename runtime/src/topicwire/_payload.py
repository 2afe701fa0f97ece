"""The base class of every generated payload model."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Payload(BaseModel):
    """Base of the generated models: strict, immutable, and true to the names on the wire.

    Strict means that nothing is converted: the text "1" is not the number 1. A property that
    may be absent has the type `T | MISSING` and is left out of the JSON until it is set; one
    that may be null has the type `T | None`. Pydantic's own restriction on attribute names
    that begin with `model_` is lifted, because the spec decides the names.
    """

    # Specs name payloads as they like; pytest must not take a TestCommand for a test.
    __test__: ClassVar[bool] = False

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
