# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""What the spec says of each channel."""

from typing import Final

from topicwire import Channel, Message, Parameter, Protocol, QoS

from . import models

PROTOCOL: Final = Protocol(
    title="Names that are taken",
    version="1",
    keep_alive=60,
    session_expiry=0,
    clean_start=True,
)

MODELS: Final = Channel[models.PayloadModel | models.FieldModel](
    name="models",
    address="models/{publishers}/{self}/{class}",
    messages=(
        Message(name="Payload", payload=models.PayloadModel),
        Message(name="other", payload=models.FieldModel),
    ),
    parameters=(
        Parameter(name="publishers", enum=(), default=None),
        Parameter(name="self", enum=(), default=None),
        Parameter(name="class", enum=("a", "b"), default="a"),
    ),
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
    schema_id="mWyhNVwT4Wc7XEL-",
    categories=("import",),
)
PROTOCOL_: Final = Channel[models.List](
    name="protocol",
    address="protocol",
    messages=(Message(name="list", payload=models.List),),
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
    schema_id="22o1sg-HCUPmivP0",
    categories=(),
)
HTTP_SERVER_STATUS: Final = Channel[models.FieldModel](
    name="HTTPServer-status",
    address="http/status",
    messages=(Message(name="field", payload=models.FieldModel),),
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
    schema_id="x0_lB4voRNIUbkKk",
    categories=(),
)

CHANNELS: Final = (
    MODELS,
    PROTOCOL_,
    HTTP_SERVER_STATUS,
)
