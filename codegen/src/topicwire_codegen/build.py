"""From a linted document to a `Protocol`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from topicwire_codegen.document import Json
from topicwire_codegen.extension import KEY, read_compat, read_extension
from topicwire_codegen.fingerprints import schema_fingerprint
from topicwire_codegen.naming import class_name
from topicwire_codegen.operations import OperationIndex, operations
from topicwire_codegen.protocol import (
    App,
    Channel,
    Compat,
    Message,
    Parameter,
    Protocol,
    SecurityScheme,
    Sending,
    Server,
    merge,
)
from topicwire_codegen.references import Node, Workspace
from topicwire_codegen.schemas import SchemaNames
from topicwire_codegen.traits import with_traits

MQTT_PROTOCOLS = ("mqtt", "mqtts", "mqtt5", "secure-mqtt", "ws", "wss")


@dataclass(frozen=True, slots=True)
class Payload:
    """The schema of a message's payload, the classes that it can be, and the examples given."""

    schema: Node
    models: tuple[str, ...]
    examples: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class Built:
    """What `build` makes of a document."""

    protocol: Protocol
    names: SchemaNames
    payloads: tuple[Payload, ...]

    @property
    def models(self) -> tuple[str, ...]:
        """The classes that payloads can be."""
        return merge(payload.models for payload in self.payloads)


def build(workspace: Workspace) -> Built:
    """Return what the document says, and the schemas of its payloads under their class names.

    Raises `SpecError` for a payload that nothing can be made of.
    """
    return _Builder(workspace).build()


def app_tags(workspace: Workspace) -> list[str]:
    """Return the apps, which are the tags of the operations, in the order they are first named."""
    found = (tags(operation) for _, operation in operations(workspace))
    return list(dict.fromkeys(tag for names in found for tag in names))


def tags(node: Node) -> list[str]:
    """Return the names of an object's tags."""
    listed = node.get("tags")
    return [tag.text("name") for tag in listed.elements()] if listed is not None else []


def server_binding(workspace: Workspace) -> Node | None:
    """Return the MQTT binding of the first server that speaks MQTT, if it has one."""
    for _, server in mqtt_servers(workspace):
        bindings = server.get("bindings")
        if bindings is not None:
            return bindings.get("mqtt")
    return None


def mqtt_servers(workspace: Workspace) -> list[tuple[str, Node]]:
    """Return the servers that speak MQTT, with their keys."""
    servers = _children(workspace.root, "servers")
    return [(key, node) for key, node in servers if node.text("protocol") in MQTT_PROTOCOLS]


class _Builder:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._operations = [operation for _, operation in operations(workspace)]
        self._index = OperationIndex(self._operations)
        self._names = SchemaNames()
        self._payloads: list[Payload] = []

    def build(self) -> Built:
        root = self._workspace.root
        nodes = [channel for _, channel in _children(root, "channels")]
        channels = [self._channel(node, key) for key, node in _children(root, "channels")]
        info = root.get("info") or root
        binding = server_binding(self._workspace)
        protocol = Protocol(
            title=info.text("title"),
            version=info.text("version"),
            description=info.text("description"),
            keep_alive=_integer(binding, "keepAlive", 60),
            session_expiry=_integer(binding, "sessionExpiryInterval", 0),
            clean_start=binding is None or binding.mapping().get("cleanSession") is not False,
            servers=tuple(_server(key, node) for key, node in mqtt_servers(self._workspace)),
            channels=tuple(channels),
            apps=tuple(self._apps(list(zip(nodes, channels, strict=True)))),
            compat=self._compat(),
        )
        return Built(protocol, self._names, tuple(self._payloads))

    def _compat(self) -> Compat | None:
        """Return what the document says of an older surface; the channels have been built."""
        settings = read_compat(self._workspace.root.mapping().get(KEY))
        if settings is None:
            return None
        components = self._workspace.root.get("components")
        schemas = dict(_children(components, "schemas")) if components is not None else {}
        return Compat(
            renamed=tuple(
                (self._names.name(schemas[key]), dict(names))
                for key, names in settings.renamed.items()
                # Others are for the lint to tell of.
                if key in schemas and self._names.knows(schemas[key])
            ),
            timestamp=settings.timestamp,
        )

    def _channel(self, node: Node, key: str) -> Channel:
        sends, receives = self._index.on(node, "send"), self._index.on(node, "receive")
        sending = _mqtt(sends[0]) if sends else None
        receiving = _mqtt(receives[0]) if receives else None
        qos = _integer(sending, "qos", _integer(receiving, "qos", 0))
        expiry = sending.mapping().get("messageExpiryInterval") if sending is not None else None
        return Channel(
            key=key,
            address=node.text("address"),
            title=node.text("title") or node.text("summary"),
            description=node.text("description"),
            messages=tuple(self._message(key, each) for key, each in _children(node, "messages")),
            parameters=tuple(_parameters(node)),
            qos=qos,
            receive_qos=_integer(receiving, "qos", qos),
            retain=sending is not None and sending.mapping().get("retain") is True,
            message_expiry=expiry if isinstance(expiry, int) else None,
            content_type=_content_type(node, self._workspace.root),
            extension=read_extension(node.mapping().get(KEY)),
            categories=tuple(tags(node)),
            senders=merge(tuple(tags(operation)) for operation in sends),
            receivers=merge(tuple(tags(operation)) for operation in receives),
        )

    def _message(self, key: str, node: Node) -> Message:
        message = with_traits(node)
        payload = message.raw("payload")
        if payload is not None and payload.raw("schemaFormat") is not None:
            payload = payload.raw("schema")
        name = message.text("name") or key
        if payload is None:
            return Message(name=name, models=(), fingerprint="")
        models = self._names.payload_models(payload, f"{class_name(name)} payload")
        schema = self._workspace.follow(payload)
        self._payloads.append(Payload(schema, models, tuple(_examples(message))))
        return Message(name=name, models=models, fingerprint=schema_fingerprint(schema))

    def _apps(self, channels: list[tuple[Node, Channel]]) -> Iterator[App]:
        for tag in app_tags(self._workspace):
            yield App(
                tag=tag,
                description=self._description(tag),
                sends=tuple(
                    Sending(channel=channel, models=models)
                    for node, channel in channels
                    if (models := self._sent(node, channel, tag))
                ),
                receives=tuple(channel for _, channel in channels if tag in channel.receivers),
            )

    def _sent(self, node: Node, channel: Channel, tag: str) -> tuple[str, ...]:
        """Return the classes that an app sends to a channel: those its operations list, or all."""
        if tag not in channel.senders:
            return ()
        messages = zip(_children(node, "messages"), channel.messages, strict=True)
        models = {each.identity: message.models for (_, each), message in messages}
        sent: list[tuple[str, ...]] = []
        for operation in self._index.on(node, "send"):
            listed = operation.get("messages")
            if tag not in tags(operation):
                continue
            if listed is None:
                return channel.models
            sent += [models[each.identity] for each in listed.elements()]
        return merge(sent)

    def _description(self, tag: str) -> str:
        for operation in self._operations:
            listed = operation.get("tags")
            for node in listed.elements() if listed is not None else ():
                if node.text("name") == tag and node.text("description"):
                    return node.text("description")
        return ""


def _server(key: str, server: Node) -> Server:
    listed = server.get("security")
    return Server(
        name=key,
        protocol=server.text("protocol"),
        host=server.text("host"),
        security=tuple(
            _security_scheme(scheme) for scheme in (listed.elements() if listed is not None else ())
        ),
    )


def _security_scheme(node: Node) -> SecurityScheme:
    kind = node.text("type")
    # Other types can have an `in` with another meaning.
    return SecurityScheme(type=kind, location=node.text("in") if kind == "apiKey" else "password")


def _parameters(channel: Node) -> Iterator[Parameter]:
    """Yield the parameters in the order of the address."""
    address = channel.text("address")
    for name, parameter in sorted(
        _children(channel, "parameters"), key=lambda entry: address.find("{" + entry[0] + "}")
    ):
        enum = parameter.mapping().get("enum")
        default = parameter.mapping().get("default")
        yield Parameter(
            name=name,
            enum=tuple(map(str, enum)) if isinstance(enum, list) else (),
            default=str(default) if default is not None else None,
            description=parameter.text("description"),
        )


def _content_type(channel: Node, root: Node) -> str:
    for _, message in _children(channel, "messages"):
        found = with_traits(message).text("contentType")
        if found:
            return found
    return root.text("defaultContentType") or "application/json"


def _examples(message: Node) -> Iterator[Json]:
    listed = message.get("examples")
    for example in listed.elements() if listed is not None else ():
        if "payload" in example.mapping():
            yield example.mapping()["payload"]


def _mqtt(operation: Node) -> Node | None:
    bindings = operation.get("bindings")
    return bindings.get("mqtt") if bindings is not None else None


def _integer(node: Node | None, key: str, default: int) -> int:
    value = node.mapping().get(key) if node is not None else None
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def _children(node: Node, key: str) -> Iterator[tuple[str, Node]]:
    child = node.get(key)
    return child.items() if child is not None else iter(())
