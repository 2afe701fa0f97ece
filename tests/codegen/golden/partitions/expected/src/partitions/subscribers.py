# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""One subscriber for each channel; use them as decorators of handlers."""

from topicwire import Client, Subscriber

from . import channels, models


class SampleTakenSubscriber(Subscriber[models.Sample]):
    """Sample taken: receive from `lab/{site}/sample`.

    Sent by sampler; received by analyser. QoS 1, durable, 16 partitions by `sampleId` on
    `lab/{site}/sample/partition/{partition}`.
    """

    channel = channels.SAMPLE_TAKEN

    def __init__(self, client: Client, /, *, site: str | None = None) -> None:
        """Receive for these parameters; None stands for every value.

        - `site`: Where.
        """
        super().__init__(client, {"site": site})


class SiteClosedSubscriber(Subscriber[models.Closed]):
    """Site closed: receive from `lab/{site}/closed`.

    Sent by sampler; received by analyser. QoS 0, live, 4 partitions by `site` on
    `lab/{site}/closed/partition/{partition}`.
    """

    channel = channels.SITE_CLOSED

    def __init__(self, client: Client, /, *, site: str | None = None) -> None:
        """Receive for these parameters; None stands for every value.

        - `site`: Where.
        """
        super().__init__(client, {"site": site})
