# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""One publisher for each channel."""

from typing import Literal

from topicwire import Delivery, Publisher

from . import channels, models


class RoomClimatePublisher(Publisher[models.RoomClimate]):
    """Climate of a room: publish to `house/{floor}/room-{room}.{from}`.

    Ends with "quotes".

    Sent by sensor; received by display. QoS 1, received with QoS 2, retained, expires after 60 s.
    """

    channel = channels.ROOM_CLIMATE

    def publish(
        self,
        message: models.RoomClimate,
        /,
        *,
        floor: Literal["0", "1"],
        room: str,
        from_: Literal["indoor", "outdoor"] = "indoor",
    ) -> Delivery:
        """Validate `message` and send it to `house/{floor}/room-{room}.{from}`.

        - `floor`: Number of the floor.
        - `room`: Name of the room.
        """
        return self._publish(message, {"floor": floor, "room": room, "from": from_})
