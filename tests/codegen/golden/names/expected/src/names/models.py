# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""The payloads of the protocol."""

from __future__ import annotations

from typing import Annotated

from pydantic import MISSING, ConfigDict, Field
from topicwire import Payload


class PayloadModel(Payload):
    model_config = ConfigDict(extra="forbid")

    from_: Annotated[str, Field(alias="from")]
    class_: Annotated[str, Field(alias="class")]
    none: Annotated[int | MISSING, Field(alias="None")] = MISSING
    model_config_: Annotated[str | MISSING, Field(alias="model_config")] = MISSING
    copy_: Annotated[str | MISSING, Field(alias="copy")] = MISSING
    json_: Annotated[str | MISSING, Field(alias="json")] = MISSING
    int_: Annotated[str | MISSING, Field(alias="int")] = MISSING
    numbers: list[int] | MISSING = MISSING
    camel_case: Annotated[str | MISSING, Field(alias="camelCase")] = MISSING
    field_private: Annotated[str | MISSING, Field(alias="_private")] = MISSING
    field_2nd: Annotated[str | MISSING, Field(alias="2nd")] = MISSING
    with_space: Annotated[str | MISSING, Field(alias="with space")] = MISSING
    a_b_c_d: Annotated[str | MISSING, Field(alias="a-b.c/d")] = MISSING
    größe: float | MISSING = MISSING
    field_schema: Annotated[str | MISSING, Field(alias="$schema")] = MISSING


class Date(Payload):
    model_config = ConfigDict(extra="forbid")

    date: str | MISSING = MISSING


class FieldModel(Payload):
    model_config = ConfigDict(extra="forbid")

    date: Date
    numbers: list[int] | MISSING = MISSING


class List(Payload):
    model_config = ConfigDict(extra="forbid")

    list_: Annotated[list[List] | MISSING, Field(alias="list")] = MISSING


List.model_rebuild()
