"""The parts of a document, for the rules to look at."""

from __future__ import annotations

import re
from collections.abc import Iterator

from topicwire_codegen.document import Json
from topicwire_codegen.references import Node, Workspace
from topicwire_codegen.schemas import children
from topicwire_codegen.traits import with_traits

_SCHEMA_FORMAT = re.compile(
    r"application/(vnd\.aai\.asyncapi(\+json|\+yaml)?;version=3\.\d+\.\d+"
    r"|schema\+(json|yaml);version=draft-07)\Z"
)


def section(workspace: Workspace, name: str) -> Iterator[tuple[str, Node]]:
    """Yield the entries of a section of the document, such as `channels`, and of its components."""
    seen: set[object] = set()
    root = workspace.root
    for parent in (root, root.get("components")):
        entries = parent.get(name) if parent is not None else None
        for key, node in entries.items() if entries is not None else ():
            if node.identity not in seen:
                seen.add(node.identity)
                yield key, node


def channels(workspace: Workspace) -> list[tuple[str, Node]]:
    """Return the document's channels with their keys."""
    found = workspace.root.get("channels")
    return list(found.items()) if found is not None else []


def messages(workspace: Workspace) -> Iterator[tuple[str, Node]]:
    """Yield every message once, those of the channels first; traits are merged in."""
    seen: set[object] = set()
    for _, channel in [*channels(workspace), *section(workspace, "channels")]:
        found = channel.get("messages")
        for key, node in found.items() if found is not None else ():
            if node.identity not in seen:
                seen.add(node.identity)
                yield key, with_traits(node)
    for key, node in section(workspace, "messages"):
        if node.identity not in seen:
            seen.add(node.identity)
            yield key, with_traits(node)


def payload(message: Node) -> Node | None:
    """Return the JSON Schema of a message's payload, without the wrapper that names its format."""
    found = message.get("payload")
    if found is None or "schemaFormat" not in found.mapping():
        return found
    return found.get("schema") if is_json_schema(found.mapping()["schemaFormat"]) else None


def is_json_schema(schema_format: Json) -> bool:
    """Return whether a `schemaFormat` names JSON Schema, in AsyncAPI's dialect or draft 7."""
    return isinstance(schema_format, str) and _SCHEMA_FORMAT.match(schema_format) is not None


def schemas(workspace: Workspace) -> Iterator[Node]:
    """Yield every schema once: of the components, of the payloads, and inside those."""
    pending = [node for _, node in section(workspace, "schemas")]
    for _, message in messages(workspace):
        found = payload(message)
        if found is not None:
            pending.append(found)
    pending.reverse()
    seen: set[object] = set()
    while pending:
        node = pending.pop()
        if node.identity in seen:
            continue
        seen.add(node.identity)
        yield node
        inner = [workspace.follow(child) for _, child in children(node)]
        pending += reversed(inner)
