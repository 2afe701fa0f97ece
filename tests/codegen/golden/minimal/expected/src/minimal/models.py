# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""The payloads of the protocol."""

from __future__ import annotations

from pydantic import MISSING, ConfigDict
from topicwire import Payload


class LampPayload(Payload):
    model_config = ConfigDict(extra="allow")

    on: bool | MISSING = MISSING
