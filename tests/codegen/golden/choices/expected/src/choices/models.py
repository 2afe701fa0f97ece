# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""The payloads of the protocol."""

from __future__ import annotations

from typing import Literal

from pydantic import MISSING, ConfigDict
from topicwire import Payload


class Value(Payload):
    model_config = ConfigDict(extra="forbid")

    event: Literal["value"]
    value: float


class Cause(Payload):
    """May have a cause itself."""

    model_config = ConfigDict(extra="forbid")

    text: str
    cause: Cause | MISSING = MISSING


class Failure(Payload):
    model_config = ConfigDict(extra="forbid")

    event: Literal["failure"]
    cause: Cause


Cause.model_rebuild()
