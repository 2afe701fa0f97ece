# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""What the spec says of each channel."""

from typing import Final

from topicwire import Channel, Message, Parameter, Partitions, Protocol, QoS

from . import models

PROTOCOL: Final = Protocol(
    title="Laboratory",
    version="1.0.0",
    keep_alive=60,
    session_expiry=0,
    clean_start=True,
)

SAMPLE_TAKEN: Final = Channel[models.Sample](
    name="sampleTaken",
    address="lab/{site}/sample",
    messages=(Message(name="sample", payload=models.Sample),),
    parameters=(Parameter(name="site", enum=(), default=None),),
    qos=QoS.AT_LEAST_ONCE,
    receive_qos=QoS.AT_LEAST_ONCE,
    retain=False,
    message_expiry=None,
    content_type="application/json",
    delivery="durable",
    signing="off",
    batch=None,
    compression=None,
    partitions=Partitions(count=16, by="sampleId"),
    json="strict",
    schema_id="xr2pmQwajNt7YAS8",
    categories=("samples",),
)
SITE_CLOSED: Final = Channel[models.Closed](
    name="siteClosed",
    address="lab/{site}/closed",
    messages=(Message(name="closed", payload=models.Closed),),
    parameters=(Parameter(name="site", enum=(), default=None),),
    qos=QoS.AT_MOST_ONCE,
    receive_qos=QoS.AT_MOST_ONCE,
    retain=False,
    message_expiry=None,
    content_type="application/json",
    delivery="live",
    signing="off",
    batch=None,
    compression=None,
    partitions=Partitions(count=4, by="site"),
    json="strict",
    schema_id="4pNrOhn5hcgEQl6Q",
    categories=("sites",),
)

CHANNELS: Final = (
    SAMPLE_TAKEN,
    SITE_CLOSED,
)
