# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""The payloads of the protocol."""

from __future__ import annotations

from pydantic import MISSING, ConfigDict
from topicwire import Payload


class Step(Payload):
    model_config = ConfigDict(extra="forbid")

    name: str
    then: Step | MISSING = MISSING


class Job(Payload):
    model_config = ConfigDict(extra="forbid")

    id: str
    steps: list[Step]


Step.model_rebuild()
