"""The parts of a document, for the rules to look at."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire_codegen.contents import payload_schema, schema_of
from topicwire_codegen.references import Node, Workspace
from topicwire_codegen.schemas import children
from topicwire_codegen.traits import with_traits


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
    """Return the JSON Schema of a message's payload, if it has one that is understood."""
    return _schema(payload_schema(message, message.workspace.root))


def headers(message: Node) -> Node | None:
    """Return the JSON Schema of a message's headers, if it has one that is understood."""
    return _schema(schema_of(message, "headers"))


def _schema(found: Node | None) -> Node | None:
    return found.workspace.follow(found) if found is not None else None


def schemas(workspace: Workspace) -> Iterator[Node]:
    """Yield every schema once: of the components, of the messages, and inside those."""
    pending = [node for _, node in section(workspace, "schemas")]
    for _, message in messages(workspace):
        pending += [found for found in (payload(message), headers(message)) if found is not None]
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
