# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""One subscriber for each channel; use them as decorators of handlers."""

from typing import Literal

from topicwire import AsyncClient
from topicwire.aio import Subscriber

from .. import channels, models


class RoomClimateSubscriber(Subscriber[models.RoomClimate]):
    """Climate of a room: receive from `house/{floor}/room-{room}.{from}`.

    Ends with "quotes".

    Sent by sensor; received by display. QoS 1, received with QoS 2, retained, expires after 60 s.
    """

    channel = channels.ROOM_CLIMATE

    def __init__(
        self,
        client: AsyncClient,
        /,
        *,
        floor: Literal["0", "1"] | None = None,
        room: str | None = None,
        from_: Literal["indoor", "outdoor"] | None = None,
    ) -> None:
        """Receive for these parameters; None stands for every value.

        - `floor`: Number of the floor.
        - `room`: Name of the room.
        """
        super().__init__(client, {"floor": floor, "room": room, "from": from_})
