# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""One publisher for each channel."""

from topicwire import Delivery
from topicwire.aio import Publisher

from .. import channels, models


class MachinePublisher(Publisher[models.ReportPayload]):
    """machine: publish to `machine`.

    QoS 0, live.
    """

    channel = channels.MACHINE

    async def publish(self, message: models.ReportPayload, /) -> Delivery:
        """Validate `message` and send it to `machine`."""
        return await self._publish(message)
