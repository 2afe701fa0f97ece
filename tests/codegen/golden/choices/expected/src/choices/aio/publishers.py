# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""One publisher for each channel."""

from topicwire import Delivery
from topicwire.aio import Publisher

from .. import channels, models


class UpdatePublisher(Publisher[models.Value | models.Failure]):
    """update: publish to `update`.

    Sent by plant; received by viewer. QoS 0, live, signature required, batches of up to 10 on
    `update/batch`, zstd from 1024 bytes.
    """

    channel = channels.UPDATE

    async def publish(self, message: models.Value | models.Failure, /) -> Delivery:
        """Validate `message` and send it to `update`."""
        return await self._publish(message)


class ChoicePublisher(Publisher[models.Value | models.Failure]):
    """choice: publish to `choice`.

    Sent by nobody; received by viewer. QoS 0, live.
    """

    channel = channels.CHOICE

    async def publish(self, message: models.Value | models.Failure, /) -> Delivery:
        """Validate `message` and send it to `choice`."""
        return await self._publish(message)
