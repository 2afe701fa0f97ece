"""From a linted document to a `Protocol`."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire_codegen.extension import KEY, read_extension
from topicwire_codegen.naming import class_name, snake_name
from topicwire_codegen.protocol import App, Channel, Message, Parameter, Protocol
from topicwire_codegen.references import Node, Workspace
from topicwire_codegen.schemas import SchemaNames
from topicwire_codegen.traits import with_traits

MQTT_PROTOCOLS = ("mqtt", "mqtts", "mqtt5", "secure-mqtt", "ws", "wss")


def build(workspace: Workspace) -> tuple[Protocol, SchemaNames]:
    """Return what the document says, and the schemas of its payloads under their class names."""
    names = SchemaNames()
    root = workspace.root
    operations = [with_traits(operation) for _, operation in _children(root, "operations")]
    channels = {
        channel.identity: _channel(key, channel, root, operations, names)
        for key, channel in _children(root, "channels")
    }
    in_order = tuple(channels.values())
    apps = tuple(_app(tag, root, in_order) for tag in app_tags(workspace))
    info = root.get("info") or root
    binding = server_binding(workspace)
    return (
        Protocol(
            title=info.text("title"),
            version=info.text("version"),
            description=info.text("description"),
            keep_alive=_integer(binding, "keepAlive", 60),
            session_expiry=_integer(binding, "sessionExpiryInterval", 0),
            clean_start=binding is None or binding.mapping().get("cleanSession") is not False,
            channels=in_order,
            apps=apps,
        ),
        names,
    )


def app_tags(workspace: Workspace) -> list[str]:
    """Return the apps, which are the tags of the operations, in the order they are first named."""
    found: dict[str, None] = {}
    for _, operation in _children(workspace.root, "operations"):
        found.update(dict.fromkeys(tags(with_traits(operation))))
    return list(found)


def tags(node: Node) -> list[str]:
    """Return the names of an object's tags."""
    listed = node.get("tags")
    return [tag.text("name") for tag in listed.elements()] if listed is not None else []


def server_binding(workspace: Workspace) -> Node | None:
    """Return the MQTT binding of the first server that speaks MQTT, if it has one."""
    for _, server in _children(workspace.root, "servers"):
        bindings = server.get("bindings")
        if server.text("protocol") in MQTT_PROTOCOLS and bindings is not None:
            return bindings.get("mqtt")
    return None


def channel_operations(channel: Node, operations: list[Node], action: str) -> list[Node]:
    """Return the operations on a channel with an action, `send` or `receive`."""
    found: list[Node] = []
    for operation in operations:
        target = operation.get("channel")
        if (
            target is not None
            and target.identity == channel.identity
            and operation.text("action") == action
        ):
            found.append(operation)
    return found


def payload_models(payload: Node, wanted: str, names: SchemaNames) -> tuple[str, ...]:
    """Return the classes that a payload can be; a choice between objects is one of each."""
    for keyword in ("oneOf", "anyOf"):
        if payload.raw(keyword) is None:
            continue
        choices: list[str] = []
        listed = Node(
            payload.workspace, payload.document, f"{payload.pointer}/{keyword}",
            payload.mapping()[keyword],
        )  # fmt: skip
        for i, choice in enumerate(listed.elements()):
            choices += payload_models(choice, f"{wanted} {i + 1}", names)
        return tuple(dict.fromkeys(choices))
    is_component = "/schemas/" in payload.pointer or payload.pointer == "#"
    return (names.collect(payload, None if is_component else wanted),)


def _channel(
    key: str, channel: Node, root: Node, operations: list[Node], names: SchemaNames
) -> Channel:
    sends = channel_operations(channel, operations, "send")
    receives = channel_operations(channel, operations, "receive")
    sending = _mqtt(sends[0]) if sends else None
    receiving = _mqtt(receives[0]) if receives else None
    qos = _integer(sending, "qos", _integer(receiving, "qos", 0))
    expiry = sending.mapping().get("messageExpiryInterval") if sending is not None else None
    extension = channel.mapping().get(KEY)
    return Channel(
        key=key,
        address=channel.text("address"),
        title=channel.text("title") or channel.text("summary"),
        description=channel.text("description"),
        messages=tuple(_messages(channel, names)),
        parameters=tuple(_parameters(channel)),
        qos=qos,
        receive_qos=_integer(receiving, "qos", qos),
        retain=sending is not None and sending.mapping().get("retain") is True,
        message_expiry=expiry if isinstance(expiry, int) else None,
        content_type=_content_type(channel, root),
        extension=read_extension(extension),
        categories=tuple(tags(channel)),
        senders=_tags_of(sends),
        receivers=_tags_of(receives),
    )


def _app(tag: str, root: Node, channels: tuple[Channel, ...]) -> App:
    description = ""
    components = root.get("components")
    declared = components.get("tags") if components is not None else None
    for _, node in declared.items() if declared is not None else ():
        if node.text("name") == tag:
            description = node.text("description")
    return App(
        tag=tag,
        description=description,
        sends=tuple(channel for channel in channels if tag in channel.senders),
        receives=tuple(channel for channel in channels if tag in channel.receivers),
    )


def _messages(channel: Node, names: SchemaNames) -> Iterator[Message]:
    for key, raw in _children(channel, "messages"):
        message = with_traits(raw)
        payload = message.get("payload")
        if payload is None:
            continue
        if payload.raw("schemaFormat") is not None:
            payload = payload.get("schema") or payload
        name = message.text("name") or key
        wanted = f"{class_name(name)} payload"
        yield Message(name=name, models=payload_models(payload, wanted, names))


def _parameters(channel: Node) -> Iterator[Parameter]:
    address = channel.text("address")
    for name, parameter in sorted(
        _children(channel, "parameters"), key=lambda entry: address.find("{" + entry[0] + "}")
    ):
        enum = parameter.mapping().get("enum")
        default = parameter.mapping().get("default")
        yield Parameter(
            name=name,
            keyword=snake_name(name),
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


def _mqtt(operation: Node) -> Node | None:
    bindings = operation.get("bindings")
    return bindings.get("mqtt") if bindings is not None else None


def _integer(node: Node | None, key: str, default: int) -> int:
    value = node.mapping().get(key) if node is not None else None
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def _tags_of(operations: list[Node]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag for operation in operations for tag in tags(operation)))


def _children(node: Node, key: str) -> Iterator[tuple[str, Node]]:
    child = node.get(key)
    return child.items() if child is not None else iter(())
