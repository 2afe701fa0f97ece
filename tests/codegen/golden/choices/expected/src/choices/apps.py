# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""The apps: each offers exactly the channels that it sends to and receives."""

from typing import Any, Literal, Unpack, overload

from topicwire import (
    App,
    BrokerAddress,
    CategorySubscriber,
    Client,
    ClientOptions,
    Delivery,
    Receiver,
    Sender,
)

from . import channels, models, publishers, subscribers


class PlantSender(Sender):
    """What `plant` sends."""

    def update(self, message: models.Value | models.Failure, /) -> Delivery:
        """update: send to `update`."""
        return self._publisher(publishers.UpdatePublisher).publish(message)


class PlantReceiver(Receiver):
    """What `plant` receives; use it as decorators of handlers."""

    channels = ()


class Plant(App):
    """The app `plant`."""

    protocol = channels.PROTOCOL

    def __init__(self, client: Client | BrokerAddress, /, **options: Unpack[ClientOptions]) -> None:
        """Take a broker address with the options of `Client`, or a client to share."""
        super().__init__(client, **options)
        self.send = PlantSender(self.client)
        self.on = PlantReceiver(self.client)


class ViewerSender(Sender):
    """What `viewer` sends."""


class ViewerReceiver(Receiver):
    """What `viewer` receives; use it as decorators of handlers."""

    channels = (
        channels.UPDATE,
        channels.CHOICE,
    )

    @property
    def update(self) -> subscribers.UpdateSubscriber:
        """update: receive from `update`."""
        return subscribers.UpdateSubscriber(self._client)

    @property
    def choice(self) -> subscribers.ChoiceSubscriber:
        """choice: receive from `choice`."""
        return subscribers.ChoiceSubscriber(self._client)

    @overload
    def category(
        self, name: Literal["live"], /
    ) -> CategorySubscriber[models.Value | models.Failure]: ...
    @overload
    def category(
        self, name: Literal["state"], /
    ) -> CategorySubscriber[models.Value | models.Failure]: ...
    def category(self, name: str, /) -> CategorySubscriber[Any]:
        """Receive from every channel of a category."""
        return self._category(name)


class Viewer(App):
    """The app `viewer`."""

    protocol = channels.PROTOCOL

    def __init__(self, client: Client | BrokerAddress, /, **options: Unpack[ClientOptions]) -> None:
        """Take a broker address with the options of `Client`, or a client to share."""
        super().__init__(client, **options)
        self.send = ViewerSender(self.client)
        self.on = ViewerReceiver(self.client)
