# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""What the spec says of each channel."""

from typing import Final

from topicwire import Channel, Message, Parameter, Protocol, QoS, SecurityScheme, Server

from . import models

PROTOCOL: Final = Protocol(
    title="Parameters",
    version="2.3.4",
    keep_alive=20,
    session_expiry=600,
    clean_start=False,
    servers=(
        Server(
            name="main",
            protocol="mqtt",
            host="localhost",
            security=(
                SecurityScheme(type="apiKey", location="user"),
                SecurityScheme(type="plain"),
            ),
        ),
    ),
)

ROOM_CLIMATE: Final = Channel[models.RoomClimate](
    name="roomClimate",
    address="house/{floor}/room-{room}.{from}",
    messages=(Message(name="climate", payload=models.RoomClimate),),
    parameters=(
        Parameter(name="floor", enum=("0", "1"), default=None),
        Parameter(name="room", enum=(), default=None),
        Parameter(name="from", enum=("indoor", "outdoor"), default="indoor"),
    ),
    qos=QoS.AT_LEAST_ONCE,
    receive_qos=QoS.EXACTLY_ONCE,
    retain=True,
    message_expiry=60,
    content_type="application/json",
    delivery="retained",
    signing="off",
    batch=None,
    compression=None,
    json="strict",
    schema_id="7gVL4adXjA4NZaRn",
    categories=("measurements",),
)

CHANNELS: Final = (ROOM_CLIMATE,)
