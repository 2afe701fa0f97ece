# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""What the spec says of each channel."""

from typing import Final

from topicwire import Batch, Channel, Compression, Message, Protocol, QoS

from . import models

PROTOCOL: Final = Protocol(
    title="Choices",
    version="1.0.0",
    keep_alive=60,
    session_expiry=0,
    clean_start=True,
)

UPDATE: Final = Channel[models.Value | models.Failure](
    name="update",
    address="update",
    messages=(
        Message(name="value", payload=models.Value),
        Message(name="failure", payload=models.Failure),
    ),
    qos=QoS.AT_MOST_ONCE,
    receive_qos=QoS.AT_MOST_ONCE,
    retain=False,
    message_expiry=None,
    content_type="application/json",
    delivery="live",
    signing="required",
    batch=Batch(max_messages=10, max_bytes=65536, linger=0.5),
    compression=Compression(codec="zstd", threshold=1024),
    json="lenient",
    schema_id="lrK4LYm33Iss6Qqh",
    categories=("live",),
)
CHOICE: Final = Channel[models.Value | models.Failure](
    name="choice",
    address="choice",
    messages=(Message(name="either", payload=models.Value | models.Failure),),
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
    schema_id="7z_8mOF8bctubAo3",
    categories=("live", "state"),
)

CHANNELS: Final = (
    UPDATE,
    CHOICE,
)
