# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""One publisher for each channel."""

from topicwire import Delivery, Publisher

from . import channels, models


class LampPublisher(Publisher[models.LampPayload]):
    """lamp: publish to `lamp`.

    QoS 0, live.
    """

    channel = channels.LAMP

    def publish(self, message: models.LampPayload, /) -> Delivery:
        """Validate `message` and send it to `lamp`."""
        return self._publish(message)
