"""From a linted document to a `Protocol`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from topicwire_codegen.apps import make_apps, tags
from topicwire_codegen.contents import content_type_of, payload_schema, schema_of
from topicwire_codegen.document import Json
from topicwire_codegen.exchanges import make_exchanges
from topicwire_codegen.extension import KEY, read_compat, read_extension
from topicwire_codegen.fingerprints import schema_fingerprint
from topicwire_codegen.headers import has_headers, json_headers
from topicwire_codegen.locations import read_location
from topicwire_codegen.naming import class_name, distinct
from topicwire_codegen.operations import OperationIndex, operations
from topicwire_codegen.parameters import make_parameters, reply_parameter
from topicwire_codegen.protocol import (
    BYTES,
    Channel,
    Compat,
    Headers,
    Message,
    Protocol,
    channel_names,
    merge,
)
from topicwire_codegen.references import Node, Workspace
from topicwire_codegen.schemas import SchemaNames
from topicwire_codegen.servers import make_server, mqtt_servers, other_protocols, server_binding
from topicwire_codegen.traits import with_traits


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
        """The classes that payloads and headers can be."""
        messages = [each for channel in self.protocol.channels for each in channel.messages]
        headers = tuple(each.headers.model for each in messages if each.headers is not None)
        return merge([*(payload.models for payload in self.payloads), headers])


def build(workspace: Workspace) -> Built:
    """Return what the document says, and the schemas of its messages under their class names.

    Raises `SpecError` for a payload that nothing can be made of.
    """
    return _Builder(workspace).build()


class _Builder:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._operations = operations(workspace)
        self._index = OperationIndex(operation for _, operation in self._operations)
        self._names = SchemaNames()
        self._payloads: list[Payload] = []

    def build(self) -> Built:
        root = self._workspace.root
        nodes = dict(_children(root, "channels"))
        names = distinct(nodes, channel_names, otherwise="channel")
        channels = [(node, self._channel(node, key, *names[key])) for key, node in nodes.items()]
        info = root.get("info") or root
        binding = server_binding(self._workspace)
        exchanges = make_exchanges(self._operations, channels)
        protocol = Protocol(
            title=info.text("title"),
            version=info.text("version"),
            description=info.text("description"),
            keep_alive=_integer(binding, "keepAlive", 60),
            session_expiry=_integer(binding, "sessionExpiryInterval", 0),
            clean_start=binding is None or binding.mapping().get("cleanSession") is not False,
            servers=tuple(make_server(key, node) for key, node in mqtt_servers(self._workspace)),
            channels=tuple(channel for _, channel in channels),
            exchanges=exchanges,
            apps=make_apps(self._workspace, channels, exchanges),
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

    def _channel(self, node: Node, key: str, attribute: str, stem: str, constant: str) -> Channel:
        sends, receives = self._index.on(node, "send"), self._index.on(node, "receive")
        sending = _mqtt(sends[0]) if sends else None
        receiving = _mqtt(receives[0]) if receives else None
        qos = _integer(sending, "qos", _integer(receiving, "qos", 0))
        expiry = sending.mapping().get("messageExpiryInterval") if sending is not None else None
        dynamic = not node.text("address")
        return Channel(
            key=key,
            attribute=attribute,
            stem=stem,
            constant=constant,
            # Which app asks is the one thing that has to be in it.
            address=f"reply/{attribute}/{{requester}}" if dynamic else node.text("address"),
            title=node.text("title") or node.text("summary"),
            description=node.text("description"),
            messages=tuple(self._messages(node)),
            parameters=(reply_parameter(),) if dynamic else make_parameters(node),
            qos=qos,
            receive_qos=_integer(receiving, "qos", qos),
            retain=sending is not None and sending.mapping().get("retain") is True,
            message_expiry=expiry if isinstance(expiry, int) else None,
            content_type=_content_type(node, self._workspace.root),
            extension=read_extension(node.mapping().get(KEY)),
            categories=tuple(tags(node)),
            senders=merge(tuple(tags(operation)) for operation in sends),
            receivers=merge(tuple(tags(operation)) for operation in receives),
            protocols=other_protocols(self._workspace, node),
            dynamic=dynamic,
        )

    def _messages(self, channel: Node) -> Iterator[Message]:
        """Yield the messages of a channel; one without any has one of which nothing is known."""
        nodes = {key: with_traits(node) for key, node in _children(channel, "messages")}
        names = [node.text("name") or key for key, node in nodes.items()]
        for (key, node), name in zip(nodes.items(), names, strict=True):
            yield self._message(key if names.count(name) > 1 else name, node)
        if not nodes:
            yield Message(
                name=channel.key, models=(BYTES,), fingerprint="", headers=None, correlation=None
            )

    def _message(self, name: str, node: Node) -> Message:
        payload = payload_schema(node, self._workspace.root)
        models: tuple[str, ...] = (BYTES,)
        fingerprint = ""
        if payload is not None:
            models = self._names.payload_models(payload, f"{class_name(name)} payload")
            schema = self._workspace.follow(payload)
            self._payloads.append(Payload(schema, models, tuple(_examples(node))))
            fingerprint = schema_fingerprint(schema)
        correlation = node.get("correlationId")
        return Message(
            name=name,
            models=models,
            fingerprint=fingerprint,
            headers=self._headers(node, f"{class_name(name)} headers"),
            correlation=read_location(correlation.text("location")) if correlation else None,
        )

    def _headers(self, message: Node, wanted: str) -> Headers | None:
        given = schema_of(message, "headers")
        schema = self._workspace.follow(given) if given is not None else None
        if given is None or schema is None or not has_headers(schema):
            return None
        other = schema.get("additionalProperties")
        return Headers(
            model=self._names.collect(schema, wanted if schema is given else None),
            json=json_headers(schema),
            other_json=other is not None
            and isinstance(other.value, dict)
            and other.value.get("type", "string") != "string",
            required=bool(schema.mapping().get("required")),
        )


def _content_type(channel: Node, root: Node) -> str:
    for _, message in _children(channel, "messages"):
        return content_type_of(message, root)
    return root.text("defaultContentType") or "application/octet-stream"


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
