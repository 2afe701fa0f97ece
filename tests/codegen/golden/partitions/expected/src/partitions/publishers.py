# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""One publisher for each channel."""

from topicwire import Delivery, Publisher

from . import channels, models


class SampleTakenPublisher(Publisher[models.Sample]):
    """Sample taken: publish to `lab/{site}/sample`.

    Sent by sampler; received by analyser. QoS 1, durable, 16 partitions by `sampleId` on
    `lab/{site}/sample/partition/{partition}`.
    """

    channel = channels.SAMPLE_TAKEN

    def publish(self, message: models.Sample, /, *, site: str) -> Delivery:
        """Validate `message` and send it to `lab/{site}/sample`.

        - `site`: Where.
        """
        return self._publish(message, {"site": site})


class SiteClosedPublisher(Publisher[models.Closed]):
    """Site closed: publish to `lab/{site}/closed`.

    Sent by sampler; received by analyser. QoS 0, live, 4 partitions by `site` on
    `lab/{site}/closed/partition/{partition}`.
    """

    channel = channels.SITE_CLOSED

    def publish(self, message: models.Closed, /, *, site: str) -> Delivery:
        """Validate `message` and send it to `lab/{site}/closed`.

        - `site`: Where.
        """
        return self._publish(message, {"site": site})
