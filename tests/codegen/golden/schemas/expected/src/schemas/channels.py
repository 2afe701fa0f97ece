# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""What the spec says of each channel."""

from typing import Final

from topicwire import Channel, Message, Protocol, QoS

from . import models

PROTOCOL: Final = Protocol(
    title="Schemas of all kinds",
    version="2.0.0-beta.1",
    keep_alive=60,
    session_expiry=0,
    clean_start=True,
)

MACHINE: Final = Channel[models.ReportPayload](
    name="machine",
    address="machine",
    messages=(Message(name="report", payload=models.ReportPayload),),
    qos=QoS.AT_MOST_ONCE,
    receive_qos=QoS.AT_MOST_ONCE,
    retain=False,
    message_expiry=None,
    content_type="application/json",
    delivery="live",
    signing="off",
    batch=None,
    compression=None,
    json="strict",
    schema_id="L89BYYoJXpu0AYMl",
    categories=(),
)

CHANNELS: Final = (MACHINE,)
