# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""One subscriber for each channel; use them as decorators of handlers."""

from topicwire import Subscriber

from . import channels, models


class UpdateSubscriber(Subscriber[models.Value | models.Failure]):
    """update: receive from `update`.

    Sent by plant; received by viewer. QoS 0, live, signature required, batches of up to 10 on
    `update/batch`, zstd from 1024 bytes.
    """

    channel = channels.UPDATE


class ChoiceSubscriber(Subscriber[models.Value | models.Failure]):
    """choice: receive from `choice`.

    Sent by nobody; received by viewer. QoS 0, live.
    """

    channel = channels.CHOICE
