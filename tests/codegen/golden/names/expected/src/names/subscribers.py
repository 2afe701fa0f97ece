# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""One subscriber for each channel; use them as decorators of handlers."""

from typing import Literal

from topicwire import Client, Subscriber

from . import channels, models


class ModelsSubscriber(Subscriber[models.PayloadModel | models.FieldModel]):
    """models: receive from `models/{publishers}/{self}/{class}`.

    Sent by client, class; received by client. QoS 0, live.
    """

    channel = channels.MODELS

    def __init__(
        self,
        client: Client,
        /,
        *,
        publishers_: str | None = None,
        self_: str | None = None,
        class_: Literal["a", "b"] | None = None,
    ) -> None:
        """Receive for these parameters; None stands for every value.

        - `publishers_`: A module.
        """
        super().__init__(client, {"publishers": publishers_, "self": self_, "class": class_})


class ProtocolSubscriber(Subscriber[models.List]):
    """protocol: receive from `protocol`.

    Sent by nobody; received by 2nd app. QoS 0, live.
    """

    channel = channels.PROTOCOL_


class HTTPServerStatusSubscriber(Subscriber[models.FieldModel]):
    """HTTPServer-status: receive from `http/status`.

    Sent by class; received by nobody. QoS 0, live.
    """

    channel = channels.HTTP_SERVER_STATUS
