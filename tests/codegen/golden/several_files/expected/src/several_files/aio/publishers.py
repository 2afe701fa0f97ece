# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""One publisher for each channel."""

from topicwire import Delivery
from topicwire.aio import Publisher

from .. import channels, models


class JobPublisher(Publisher[models.Job]):
    """job: publish to `job`.

    QoS 1, live.
    """

    channel = channels.JOB

    async def publish(self, message: models.Job, /) -> Delivery:
        """Validate `message` and send it to `job`."""
        return await self._publish(message)
