# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""One subscriber for each channel; use them as decorators of handlers."""

from topicwire import Subscriber

from . import channels, models


class MachineSubscriber(Subscriber[models.ReportPayload]):
    """machine: receive from `machine`.

    QoS 0, live.
    """

    channel = channels.MACHINE
