# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""One publisher for each channel."""

from typing import Literal

from topicwire import Delivery, Publisher

from . import channels, models


class ModelsPublisher(Publisher[models.PayloadModel | models.FieldModel]):
    """models: publish to `models/{publishers}/{self}/{class}`.

    Sent by client, class; received by client. QoS 0, live.
    """

    channel = channels.MODELS

    def publish(
        self,
        message: models.PayloadModel | models.FieldModel,
        /,
        *,
        publishers_: str,
        self_: str,
        class_: Literal["a", "b"] = "a",
    ) -> Delivery:
        """Validate `message` and send it to `models/{publishers}/{self}/{class}`.

        - `publishers_`: A module.
        """
        return self._publish(message, {"publishers": publishers_, "self": self_, "class": class_})


class ProtocolPublisher(Publisher[models.List]):
    """protocol: publish to `protocol`.

    Sent by nobody; received by 2nd app. QoS 0, live.
    """

    channel = channels.PROTOCOL_

    def publish(self, message: models.List, /) -> Delivery:
        """Validate `message` and send it to `protocol`."""
        return self._publish(message)


class HTTPServerStatusPublisher(Publisher[models.FieldModel]):
    """HTTPServer-status: publish to `http/status`.

    Sent by class; received by nobody. QoS 0, live.
    """

    channel = channels.HTTP_SERVER_STATUS

    def publish(self, message: models.FieldModel, /) -> Delivery:
        """Validate `message` and send it to `http/status`."""
        return self._publish(message)
