# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""The payloads of the protocol."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import MISSING, ConfigDict, Field
from topicwire import Payload


class SampleKind(StrEnum):
    SOIL = "soil"
    WATER = "water"


class Sample(Payload):
    """One sample."""

    model_config = ConfigDict(extra="forbid")

    sample_id: Annotated[str, Field(alias="sampleId")]
    kind: SampleKind


class Closed(Payload):
    model_config = ConfigDict(extra="forbid")

    why: str | MISSING = MISSING
