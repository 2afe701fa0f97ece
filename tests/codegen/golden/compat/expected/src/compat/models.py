# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""The payloads of the protocol."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field
from topicwire import Payload


class Status(Payload):
    model_config = ConfigDict(extra="forbid")

    name: str
    is_: Annotated[str, Field(alias="is")]
    at: float
