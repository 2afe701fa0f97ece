# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""One subscriber for each channel; use them as decorators of handlers."""

from topicwire import AsyncClient
from topicwire.aio import Subscriber

from .. import channels, models


class StatusSubscriber(Subscriber[models.Status]):
    """status: receive from `status/{unit}`.

    Sent by unit; received by desk. QoS 0, live.
    """

    channel = channels.STATUS

    def __init__(self, client: AsyncClient, /, *, unit: str | None = None) -> None:
        """Receive for these parameters; None stands for every value."""
        super().__init__(client, {"unit": unit})
