# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""One subscriber for each channel; use them as decorators of handlers."""

from topicwire.aio import Subscriber

from .. import channels, models


class JobSubscriber(Subscriber[models.Job]):
    """job: receive from `job`.

    QoS 1, live.
    """

    channel = channels.JOB
