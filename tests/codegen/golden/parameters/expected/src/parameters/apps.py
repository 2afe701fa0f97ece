# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""The apps: each offers exactly the channels that it sends to and receives."""

from typing import Literal, Unpack

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


class SensorSender(Sender):
    """What `sensor` sends."""

    def room_climate(
        self,
        message: models.RoomClimate,
        /,
        *,
        floor: Literal["0", "1"],
        room: str,
        from_: Literal["indoor", "outdoor"] = "indoor",
    ) -> Delivery:
        """Climate of a room: send to `house/{floor}/room-{room}.{from}`."""
        return self._publisher(publishers.RoomClimatePublisher).publish(
            message, floor=floor, room=room, from_=from_
        )


class SensorReceiver(Receiver):
    """What `sensor` receives; use it as decorators of handlers."""

    channels = ()


class Sensor(App):
    """The app `sensor`."""

    protocol = channels.PROTOCOL

    def __init__(self, client: Client | BrokerAddress, /, **options: Unpack[ClientOptions]) -> None:
        """Take a broker address with the options of `Client`, or a client to share."""
        super().__init__(client, **options)
        self.send = SensorSender(self.client)
        self.on = SensorReceiver(self.client)


class DisplaySender(Sender):
    """What `display` sends."""


class DisplayReceiver(Receiver):
    """What `display` receives; use it as decorators of handlers."""

    channels = (channels.ROOM_CLIMATE,)

    def room_climate(
        self,
        *,
        floor: Literal["0", "1"] | None = None,
        room: str | None = None,
        from_: Literal["indoor", "outdoor"] | None = None,
    ) -> subscribers.RoomClimateSubscriber:
        """Climate of a room: receive from `house/{floor}/room-{room}.{from}`.

        A parameter that is None stands for every value.
        """
        return subscribers.RoomClimateSubscriber(self._client, floor=floor, room=room, from_=from_)

    def category(self, name: Literal["measurements"], /) -> CategorySubscriber[models.RoomClimate]:
        """Receive from every channel of a category."""
        return self._category(name)


class Display(App):
    """The app `display`."""

    protocol = channels.PROTOCOL

    def __init__(self, client: Client | BrokerAddress, /, **options: Unpack[ClientOptions]) -> None:
        """Take a broker address with the options of `Client`, or a client to share."""
        super().__init__(client, **options)
        self.send = DisplaySender(self.client)
        self.on = DisplayReceiver(self.client)
