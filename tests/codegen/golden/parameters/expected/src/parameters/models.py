# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""The payloads of the protocol."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import MISSING, ConfigDict, Field, JsonValue
from topicwire import Payload


class Mode(StrEnum):
    AUTO = "auto"
    MANUAL = "manual"
    OFF = "off"


class RoomClimate(Payload):
    """\"\"\"Docstring" with \\ everything."""

    model_config = ConfigDict(extra="forbid")

    class_: Annotated[Literal["climate"], Field(alias="class")]
    temperature: Annotated[float, Field(ge=-273.15)]
    """In degrees Celsius."""
    relative_humidity: Annotated[
        float | None | MISSING, Field(alias="relativeHumidity", ge=0.0, le=1.0)
    ] = MISSING
    field_2nd_sensor: Annotated[int, Field(alias="2nd-sensor")] = 0
    mode: Mode | MISSING = MISSING
    details: dict[str, JsonValue] | MISSING = MISSING
    history: Annotated[list[float] | MISSING, Field(max_length=3, min_length=1)] = MISSING
