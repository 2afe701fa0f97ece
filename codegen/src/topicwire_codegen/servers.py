"""The servers of a document: which of them speak MQTT, and what they say."""

from __future__ import annotations

from topicwire_codegen.protocol import SecurityScheme, Server, Variable
from topicwire_codegen.references import Node, Workspace

MQTT_PROTOCOLS = ("mqtt", "mqtts", "mqtt5", "secure-mqtt", "ws", "wss")


def mqtt_servers(workspace: Workspace) -> list[tuple[str, Node]]:
    """Return the servers that speak MQTT, with their keys."""
    servers = workspace.root.get("servers")
    listed = servers.items() if servers is not None else ()
    return [(key, node) for key, node in listed if _speaks_mqtt(node)]


def server_binding(workspace: Workspace) -> Node | None:
    """Return the MQTT binding of the first server that speaks MQTT, if it has one."""
    for _, server in mqtt_servers(workspace):
        bindings = server.get("bindings")
        if bindings is not None:
            return bindings.get("mqtt")
    return None


def other_protocols(workspace: Workspace, channel: Node) -> tuple[str, ...]:
    """Return the protocols of a channel's servers if there are some and none is MQTT.

    A channel without servers of its own is on all of them.
    """
    own = channel.get("servers")
    servers = list(own.elements()) if own is not None else []
    if not servers:
        listed = workspace.root.get("servers")
        servers = [node for _, node in listed.items()] if listed is not None else []
    if any(_speaks_mqtt(node) for node in servers):
        return ()
    return tuple(dict.fromkeys(node.text("protocol") for node in servers))


def make_server(key: str, server: Node) -> Server:
    """Return what a server says."""
    listed = server.get("security")
    variables = server.get("variables")
    return Server(
        name=key,
        protocol=server.text("protocol"),
        host=server.text("host"),
        pathname=server.text("pathname"),
        variables=tuple(
            _variable(name, node)
            for name, node in (variables.items() if variables is not None else ())
        ),
        security=tuple(
            _security_scheme(scheme) for scheme in (listed.elements() if listed is not None else ())
        ),
    )


def _speaks_mqtt(server: Node) -> bool:
    return server.text("protocol").lower() in MQTT_PROTOCOLS


def _variable(name: str, node: Node) -> Variable:
    enum, default = node.mapping().get("enum"), node.mapping().get("default")
    return Variable(
        name=name,
        enum=tuple(map(str, enum)) if isinstance(enum, list) else (),
        default=str(default) if default is not None else None,
    )


def _security_scheme(node: Node) -> SecurityScheme:
    kind = node.text("type")
    # Other types can have an `in` with another meaning.
    return SecurityScheme(type=kind, location=node.text("in") if kind == "apiKey" else "password")
