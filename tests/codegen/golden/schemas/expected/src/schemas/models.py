# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""The payloads of the protocol."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import MISSING, ConfigDict, Field, JsonValue
from topicwire import JsonSchema, Payload


class ReportPayloadKind(StrEnum):
    SMALL = "small"
    LARGE = "Large"
    VALUE_2ND = "2nd"
    EMPTY = ""


class Basic(Payload):
    model_config = ConfigDict(extra="allow")

    id: str
    parent: Basic | MISSING = MISSING


class ExtendedMore(Payload):
    model_config = ConfigDict(extra="allow")

    depth: int | MISSING = MISSING


class Extended(Basic):
    """A list:

    - one
    - "two"

    | quoted | backslash |
    |---|---|
    | \"\"\" | \\ |
    """

    more: ExtendedMore | MISSING = MISSING
    undeclared: JsonValue


class ReportPayloadPlace(Payload):
    """Where it stands, or null when it is on its way."""

    model_config = ConfigDict(extra="forbid")

    row: int | MISSING = MISSING
    column: int | MISSING = MISSING


class ReportPayloadAxesItemState(StrEnum):
    IDLE = "idle"
    MOVING = "moving"


class ReportPayloadAxesItem(Payload):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=8, min_length=1)]
    state: ReportPayloadAxesItemState | None | MISSING = MISSING


class Drill(Payload):
    model_config = ConfigDict(extra="forbid")

    tool: Literal["drill"]
    diameter: float | MISSING = MISSING


class Saw(Payload):
    model_config = ConfigDict(extra="forbid")

    tool: Literal["saw"]
    teeth: int | MISSING = MISSING


class ReportPayload(Payload):
    """Report of a machine"""

    model_config = ConfigDict(extra="forbid")

    numbers: Annotated[list[Annotated[float, Field(ge=0.0, lt=100.0)]], Field(min_length=1)]
    """Items with limits of their own."""
    table: list[list[Annotated[str, Field(pattern="^[a-z]+\\Z")]]] | MISSING = MISSING
    kind: ReportPayloadKind
    gear: Literal[2, 3, -4] | MISSING = MISSING
    single: Literal["only"] | MISSING = MISSING
    flag: bool | MISSING = MISSING
    choice: (
        Annotated[float, Field(ge=1.0)] | Annotated[str, Field(max_length=3)] | None | MISSING
    ) = MISSING
    limits: dict[str, Annotated[int, Field(multiple_of=5)]] | MISSING = MISSING
    place: ReportPayloadPlace | None | MISSING = MISSING
    """Where it stands, or null when it is on its way."""
    axes: list[ReportPayloadAxesItem] | MISSING = MISSING
    tool: Drill | Saw | MISSING = MISSING
    """What it works with."""
    speed: Annotated[float | MISSING, Field(ge=0.0, le=5000.0)] = MISSING
    """In 1/min."""
    extended: Extended | MISSING = MISSING
    any: JsonValue | MISSING = MISSING
    anything: list[JsonValue] | MISSING = MISSING
    day: Annotated[str | MISSING, JsonSchema({"format": "date"})] = MISSING


Basic.model_rebuild()
