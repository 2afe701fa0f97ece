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


class ClientAppSender(Sender):
    """What `client` sends."""

    def models_(
        self,
        message: models.FieldModel,
        /,
        *,
        publishers_: str,
        self_: str,
        class_: Literal["a", "b"] = "a",
    ) -> Delivery:
        """models: send to `models/{publishers}/{self}/{class}`."""
        return self._publisher(publishers.ModelsPublisher).publish(
            message, publishers_=publishers_, self_=self_, class_=class_
        )


class ClientAppReceiver(Receiver):
    """What `client` receives; use it as decorators of handlers."""

    channels = (channels.MODELS,)

    def models_(
        self,
        *,
        publishers_: str | None = None,
        self_: str | None = None,
        class_: Literal["a", "b"] | None = None,
    ) -> subscribers.ModelsSubscriber:
        """models: receive from `models/{publishers}/{self}/{class}`.

        A parameter that is None stands for every value.
        """
        return subscribers.ModelsSubscriber(
            self._client, publishers_=publishers_, self_=self_, class_=class_
        )

    def category(
        self, name: Literal["import"], /
    ) -> CategorySubscriber[models.PayloadModel | models.FieldModel]:
        """Receive from every channel of a category."""
        return self._category(name)


class ClientApp(App):
    """The app `client`."""

    protocol = channels.PROTOCOL

    def __init__(self, client: Client | BrokerAddress, /, **options: Unpack[ClientOptions]) -> None:
        """Take a broker address with the options of `Client`, or a client to share."""
        super().__init__(client, **options)
        self.send = ClientAppSender(self.client)
        self.on = ClientAppReceiver(self.client)


class ClassSender(Sender):
    """What `class` sends."""

    def models_(
        self,
        message: models.PayloadModel | models.FieldModel,
        /,
        *,
        publishers_: str,
        self_: str,
        class_: Literal["a", "b"] = "a",
    ) -> Delivery:
        """models: send to `models/{publishers}/{self}/{class}`."""
        return self._publisher(publishers.ModelsPublisher).publish(
            message, publishers_=publishers_, self_=self_, class_=class_
        )

    def http_server_status(self, message: models.FieldModel, /) -> Delivery:
        """HTTPServer-status: send to `http/status`."""
        return self._publisher(publishers.HTTPServerStatusPublisher).publish(message)


class ClassReceiver(Receiver):
    """What `class` receives; use it as decorators of handlers."""

    channels = ()


class Class(App):
    """The app `class`."""

    protocol = channels.PROTOCOL

    def __init__(self, client: Client | BrokerAddress, /, **options: Unpack[ClientOptions]) -> None:
        """Take a broker address with the options of `Client`, or a client to share."""
        super().__init__(client, **options)
        self.send = ClassSender(self.client)
        self.on = ClassReceiver(self.client)


class N2ndAppSender(Sender):
    """What `2nd app` sends."""


class N2ndAppReceiver(Receiver):
    """What `2nd app` receives; use it as decorators of handlers."""

    channels = (channels.PROTOCOL_,)

    @property
    def protocol(self) -> subscribers.ProtocolSubscriber:
        """protocol: receive from `protocol`."""
        return subscribers.ProtocolSubscriber(self._client)


class N2ndApp(App):
    """The app `2nd app`."""

    protocol = channels.PROTOCOL

    def __init__(self, client: Client | BrokerAddress, /, **options: Unpack[ClientOptions]) -> None:
        """Take a broker address with the options of `Client`, or a client to share."""
        super().__init__(client, **options)
        self.send = N2ndAppSender(self.client)
        self.on = N2ndAppReceiver(self.client)
