# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""The apps: each offers exactly the channels that it sends to and receives."""

from typing import Literal, Unpack

from topicwire import AsyncClient, BrokerAddress, ClientOptions, Delivery
from topicwire.aio import App, CategorySubscriber, Receiver, Sender

from .. import channels, models
from . import publishers, subscribers


class UnitSender(Sender):
    """What `unit` sends."""

    async def status(self, message: models.Status, /, *, unit: str) -> Delivery:
        """status: send to `status/{unit}`."""
        return await self._publisher(publishers.StatusPublisher).publish(message, unit=unit)


class UnitReceiver(Receiver):
    """What `unit` receives; use it as decorators of handlers."""

    channels = ()


class Unit(App):
    """The app `unit`."""

    protocol = channels.PROTOCOL

    def __init__(
        self, client: AsyncClient | BrokerAddress, /, **options: Unpack[ClientOptions]
    ) -> None:
        """Take a broker address with the options of `AsyncClient`, or a client to share."""
        super().__init__(client, **options)
        self.send = UnitSender(self.client)
        self.on = UnitReceiver(self.client)


class DeskSender(Sender):
    """What `desk` sends."""


class DeskReceiver(Receiver):
    """What `desk` receives; use it as decorators of handlers."""

    channels = (channels.STATUS,)

    def status(self, *, unit: str | None = None) -> subscribers.StatusSubscriber:
        """status: receive from `status/{unit}`.

        A parameter that is None stands for every value.
        """
        return subscribers.StatusSubscriber(self._client, unit=unit)

    def category(self, name: Literal["states"], /) -> CategorySubscriber[models.Status]:
        """Receive from every channel of a category."""
        return self._category(name)


class Desk(App):
    """The app `desk`."""

    protocol = channels.PROTOCOL

    def __init__(
        self, client: AsyncClient | BrokerAddress, /, **options: Unpack[ClientOptions]
    ) -> None:
        """Take a broker address with the options of `AsyncClient`, or a client to share."""
        super().__init__(client, **options)
        self.send = DeskSender(self.client)
        self.on = DeskReceiver(self.client)
