"""The published document: one file, with the channels of batches and of partitions in it."""

from __future__ import annotations

import json
from collections.abc import Container
from pathlib import Path

from topicwire_codegen.document import Json, escape
from topicwire_codegen.extension import KEY, BatchLimits, PartitionSettings, read_extension
from topicwire_codegen.operations import OperationIndex
from topicwire_codegen.references import Node, Workspace, is_data
from topicwire_codegen.schemas import SchemaNames

Object = dict[str, Json]

# What refers to channels and their messages.
_OPERATIONS = ("#/operations/", "#/components/operations/", "#/components/replies/")


def bundle(workspace: Workspace, names: SchemaNames) -> str:
    """Return the document as JSON, without references to other files.

    References inside the document stay; a schema of another file gets its class name and a place
    in `components/schemas`, everything else of another file is put where it is referred to. A
    channel with batches is followed by the channel of its batches, with its operations, and one
    with partitions by that of its partitions.
    """
    return json.dumps(_Bundler(workspace, names).bundle(), indent=2, ensure_ascii=False) + "\n"


class _Bundler:
    def __init__(self, workspace: Workspace, names: SchemaNames) -> None:
        self._workspace = workspace
        self._names = names
        self._own_schemas = self._own("components", "schemas")
        self._places: dict[tuple[Path, str], list[str]] = {}
        self._find_places()
        self._schemas: Object = {}
        self._keys: dict[tuple[Path, str], str] = {}
        self._open: set[tuple[Path, str]] = set()
        # While an operation is copied, which may be in another file: its channel.
        self._in_operation = False
        self._channel: str | None = None

    def bundle(self) -> Object:
        root = self._workspace.root
        document: Object = {key: self._copy(self._below(root, key)) for key in root.mapping()}
        channels, operations = self._derived()
        for section, added in (("channels", channels), ("operations", operations)):
            if added:
                document[section] = _with(document.get(section), added)
        if self._schemas:
            components = document.get("components")
            own = components.get("schemas") if isinstance(components, dict) else None
            schemas: Object = {"schemas": _with(own, self._schemas)}
            document["components"] = _with(components, schemas)
        return document

    def _derived(self) -> tuple[Object, Object]:
        """Return the channels of batches and partitions, and the operations on them."""
        channels, operations = self._own("channels"), self._own("operations")
        index = OperationIndex(operations.values())
        new_channels: Object = {}
        new_operations: Object = {}
        for key, channel in channels.items():
            settings = read_extension(channel.mapping().get(KEY))
            if settings.batch is not None:
                what = "Batch", "in batches"
                made = self._batch_channel(key, channel, settings.batch)
            elif settings.partitions is not None:
                what = "Partition", "in partitions"
                made = self._partition_channel(key, channel, settings.partitions)
            else:
                continue
            new_key = _free(f"{key}{what[0]}", channels.keys() | new_channels)
            new_channels[new_key] = made
            on_channel = [*index.on(channel, "send"), *index.on(channel, "receive")]
            identities = {operation.identity for operation in on_channel}
            for name, operation in operations.items():
                if operation.identity in identities:
                    new_name = _free(f"{name}{what[0]}", operations.keys() | new_operations)
                    new_operations[new_name] = self._operation(name, operation, new_key, what[1])
        return new_channels, new_operations

    def _batch_channel(self, key: str, channel: Node, batch: BatchLimits) -> Object:
        copied = self._copied(channel)
        found = channel.get("messages")
        payloads = [self._payload(message) for _, message in found.items()] if found else []
        title = channel.text("title") or key
        extension = channel.mapping().get(KEY)
        settings = dict(extension) if isinstance(extension, dict) else {}
        settings.pop("batch", None)
        return {
            **copied,
            "title": f"{title}, in batches",
            "address": f"{channel.text('address')}/batch",
            "messages": {
                "batch": {
                    "name": f"{key}Batch",
                    "title": f"{title}: a batch",
                    "summary": f"Up to {batch.max_messages} messages of {key}, oldest first.",
                    "contentType": "application/json",
                    "payload": {
                        "type": "array",
                        "items": payloads[0] if len(payloads) == 1 else {"anyOf": payloads},
                        "minItems": 1,
                    },
                }
            },
            KEY: settings,
        }

    def _partition_channel(self, key: str, channel: Node, partitions: PartitionSettings) -> Object:
        copied = self._copied(channel)
        extension = channel.mapping().get(KEY)
        settings = dict(extension) if isinstance(extension, dict) else {}
        settings.pop("partitions", None)
        parameter: Object = {
            "description": f"The first 8 bytes of the SHA-256 of `{partitions.by}`, modulo "
            f"{partitions.count}.",
            "enum": [str(number) for number in range(partitions.count)],
        }
        return {
            **copied,
            "title": f"{channel.text('title') or key}, in partitions",
            "address": f"{channel.text('address')}/partition/{{partition}}",
            "parameters": _with(copied.get("parameters"), {"partition": parameter}),
            KEY: settings,
        }

    def _operation(self, name: str, operation: Node, channel: str, how: str) -> Object:
        copied = self._copied(operation, in_operation=True)
        copied.pop("messages", None)
        summary = operation.text("summary") or name
        return {
            **copied,
            "summary": f"{summary.rstrip('.')}, {how}.",
            "channel": {"$ref": f"#/channels/{escape(channel)}"},
        }

    def _payload(self, message: Node) -> Json:
        payload = message.get("payload")
        if payload is not None and payload.raw("schemaFormat") is not None:
            payload = payload.get("schema")
        return self._refer(payload) if payload is not None else {}

    def _copied(self, node: Node, *, in_operation: bool = False) -> Object:
        self._in_operation = in_operation
        copied = self._copy(node)
        return copied if isinstance(copied, dict) else {}

    def _copy(self, node: Node) -> Json:
        value = node.value
        if isinstance(value, list):
            return [self._copy(self._below(node, str(i), item)) for i, item in enumerate(value)]
        if not isinstance(value, dict) or is_data(node.pointer):
            return value
        if self._is_own(node):
            self._in_operation = node.pointer.startswith(_OPERATIONS)
        reference = value.get("$ref")
        if isinstance(reference, str):
            if self._is_own(node) and reference.startswith("#"):
                return {"$ref": reference}
            target = self._workspace.follow(node)
            # An operation has to refer to its channel, even to one that is in another file.
            place = self._place(target) if self._in_operation else None
            return {"$ref": place} if place is not None else self._refer(target)
        around = self._channel
        channel = node.get("channel") if self._in_operation else None
        self._channel = self._place(channel) if channel is not None else around
        copied: Object = {key: self._copy(self._below(node, key)) for key in value}
        self._channel = around
        return copied

    def _place(self, target: Node) -> str | None:
        """Return where a channel or a message of the current channel gets in the document."""
        places = self._places.get(target.identity, [])
        own = [place for place in places if place.startswith(f"{self._channel}/")]
        return next(iter(own or places), None)

    def _refer(self, target: Node) -> Json:
        """Return a reference to a value, or the value itself if it has no place to refer to."""
        if self._is_own(target):
            return {"$ref": target.pointer}
        name = self._names.name(target) if self._names.knows(target) else None
        if name is None and target.identity in self._open:
            # It is inside itself, so it needs a place; only schemas can be.
            name = target.key if target.pointer != "#" else target.document.path.stem
        if name is None:
            self._open.add(target.identity)
            copied = self._copy(target)
            self._open.discard(target.identity)
            key = self._keys.get(target.identity)
            if key is None:
                return copied
            self._schemas[key] = copied
            return {"$ref": f"#/components/schemas/{escape(key)}"}
        if target.identity not in self._keys:
            key = _free(name, self._own_schemas.keys() | self._schemas)
            self._keys[target.identity] = key
            self._schemas[key] = None  # a schema may refer to itself
            if target.identity not in self._open:
                self._schemas[key] = self._copy(target)
        return {"$ref": f"#/components/schemas/{escape(self._keys[target.identity])}"}

    def _find_places(self) -> None:
        """Note the places that the channels and their messages get in the document."""
        for key, channel in self._own("channels").items():
            place = f"#/channels/{escape(key)}"
            self._places.setdefault(channel.identity, []).append(place)
            messages = channel.get("messages")
            for name, message in messages.items() if messages is not None else ():
                inner = f"{place}/messages/{escape(name)}"
                self._places.setdefault(message.identity, []).append(inner)

    def _own(self, *path: str) -> dict[str, Node]:
        node: Node | None = self._workspace.root
        for key in path:
            node = node.get(key) if node is not None else None
        return dict(node.items()) if node is not None else {}

    def _is_own(self, node: Node) -> bool:
        return node.document is self._workspace.root.document

    def _below(self, node: Node, key: str, value: Json = None) -> Node:
        if value is None:
            value = node.mapping().get(key)
        return Node(node.workspace, node.document, f"{node.pointer}/{escape(key)}", value)


def _with(value: Json, added: Object) -> Object:
    return {**value, **added} if isinstance(value, dict) else added


def _free(name: str, taken: Container[str]) -> str:
    while name in taken:
        name += "_"
    return name
