# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""What the spec says of each channel."""

from typing import Final

from topicwire import Channel, Message, Protocol, QoS

from . import models

PROTOCOL: Final = Protocol(
    title="Several files",
    version="1.0.0",
    keep_alive=60,
    session_expiry=0,
    clean_start=True,
)

JOB: Final = Channel[models.Job](
    name="job",
    address="job",
    messages=(Message(name="job", payload=models.Job),),
    qos=QoS.AT_LEAST_ONCE,
    receive_qos=QoS.AT_LEAST_ONCE,
    retain=False,
    message_expiry=None,
    content_type="application/json",
    delivery="live",
    signing="off",
    batch=None,
    compression=None,
    json="strict",
    schema_id="8qs925hSRxR9YoMm",
    categories=(),
)

CHANNELS: Final = (JOB,)
