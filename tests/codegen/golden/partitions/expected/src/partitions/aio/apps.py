# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""The apps: each offers exactly the channels that it sends to and receives."""

from typing import Any, Literal, Unpack, overload

from topicwire import AsyncClient, BrokerAddress, ClientOptions, Delivery
from topicwire.aio import App, CategorySubscriber, Receiver, Sender

from .. import channels, models
from . import publishers, subscribers


class SamplerSender(Sender):
    """What `sampler` sends."""

    async def sample_taken(self, message: models.Sample, /, *, site: str) -> Delivery:
        """Sample taken: send to `lab/{site}/sample`."""
        return await self._publisher(publishers.SampleTakenPublisher).publish(message, site=site)

    async def site_closed(self, message: models.Closed, /, *, site: str) -> Delivery:
        """Site closed: send to `lab/{site}/closed`."""
        return await self._publisher(publishers.SiteClosedPublisher).publish(message, site=site)


class SamplerReceiver(Receiver):
    """What `sampler` receives; use it as decorators of handlers."""

    channels = ()


class Sampler(App):
    """The app `sampler`."""

    protocol = channels.PROTOCOL

    def __init__(
        self, client: AsyncClient | BrokerAddress, /, **options: Unpack[ClientOptions]
    ) -> None:
        """Take a broker address with the options of `AsyncClient`, or a client to share."""
        super().__init__(client, **options)
        self.send = SamplerSender(self.client)
        self.on = SamplerReceiver(self.client)


class AnalyserSender(Sender):
    """What `analyser` sends."""


class AnalyserReceiver(Receiver):
    """What `analyser` receives; use it as decorators of handlers."""

    channels = (
        channels.SAMPLE_TAKEN,
        channels.SITE_CLOSED,
    )

    def sample_taken(self, *, site: str | None = None) -> subscribers.SampleTakenSubscriber:
        """Sample taken: receive from `lab/{site}/sample`.

        A parameter that is None stands for every value.
        """
        return subscribers.SampleTakenSubscriber(self._client, site=site)

    def site_closed(self, *, site: str | None = None) -> subscribers.SiteClosedSubscriber:
        """Site closed: receive from `lab/{site}/closed`.

        A parameter that is None stands for every value.
        """
        return subscribers.SiteClosedSubscriber(self._client, site=site)

    @overload
    def category(self, name: Literal["samples"], /) -> CategorySubscriber[models.Sample]: ...
    @overload
    def category(self, name: Literal["sites"], /) -> CategorySubscriber[models.Closed]: ...
    def category(self, name: str, /) -> CategorySubscriber[Any]:
        """Receive from every channel of a category."""
        return self._category(name)


class Analyser(App):
    """The app `analyser`."""

    protocol = channels.PROTOCOL

    def __init__(
        self, client: AsyncClient | BrokerAddress, /, **options: Unpack[ClientOptions]
    ) -> None:
        """Take a broker address with the options of `AsyncClient`, or a client to share."""
        super().__init__(client, **options)
        self.send = AnalyserSender(self.client)
        self.on = AnalyserReceiver(self.client)
