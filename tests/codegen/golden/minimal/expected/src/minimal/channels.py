# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""What the spec says of each channel."""

from typing import Final

from topicwire import Channel, Message, Protocol, QoS

from . import models

PROTOCOL: Final = Protocol(
    title="Minimal",
    version="0.1.0",
    keep_alive=60,
    session_expiry=0,
    clean_start=True,
)

LAMP: Final = Channel[models.LampPayload](
    name="lamp",
    address="lamp",
    messages=(Message(name="lamp", payload=models.LampPayload),),
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
    schema_id="jmdCYF7I5XEhYUxf",
    categories=(),
)

CHANNELS: Final = (LAMP,)
