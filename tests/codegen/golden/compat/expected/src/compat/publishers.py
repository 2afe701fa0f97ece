# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""One publisher for each channel."""

from topicwire import Delivery, Publisher

from . import channels, models


class StatusPublisher(Publisher[models.Status]):
    """status: publish to `status/{unit}`.

    Sent by unit; received by desk. QoS 0, live.
    """

    channel = channels.STATUS

    def publish(self, message: models.Status, /, *, unit: str) -> Delivery:
        """Validate `message` and send it to `status/{unit}`."""
        return self._publish(message, {"unit": unit})
