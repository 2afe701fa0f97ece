# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""What the spec says of each channel."""

from typing import Final

from topicwire import Channel, Message, Parameter, Protocol, QoS

from . import models

PROTOCOL: Final = Protocol(
    title="A protocol with a past",
    version="1",
    keep_alive=60,
    session_expiry=0,
    clean_start=True,
)

STATUS: Final = Channel[models.Status](
    name="status",
    address="status/{unit}",
    messages=(Message(name="status", payload=models.Status),),
    parameters=(Parameter(name="unit", enum=(), default=None),),
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
    schema_id="3RaxtNTmAQ2GIaTF",
    categories=("states",),
)

CHANNELS: Final = (STATUS,)
