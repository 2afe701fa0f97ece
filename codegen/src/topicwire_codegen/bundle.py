"""The published document: one file, with the channels of the batches in it."""

from __future__ import annotations

import json
from typing import cast

from topicwire_codegen.document import Json, escape, unescape
from topicwire_codegen.extension import KEY, read_extension
from topicwire_codegen.references import Node, Workspace
from topicwire_codegen.schemas import SchemaNames

Object = dict[str, Json]


def bundle(workspace: Workspace, names: SchemaNames) -> str:
    """Return the document as JSON, without references to other files.

    References inside the document stay; a schema of another file gets its class name and a place
    in `components/schemas`, everything else of another file is put where it is referred to.
    """
    bundler = _Bundler(workspace, names)
    document = bundler.copy(workspace.root)
    assert isinstance(document, dict)  # noqa: S101 - the lint has looked
    if bundler.schemas:
        components = _object(document, "components")
        _object(components, "schemas").update(bundler.schemas)
    _add_batches(workspace, document)
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


class _Bundler:
    def __init__(self, workspace: Workspace, names: SchemaNames) -> None:
        self.schemas: Object = {}
        self._workspace = workspace
        self._names = names

    def copy(self, node: Node) -> Json:
        value = node.value
        if isinstance(value, list):
            return [self.copy(self._below(node, str(i), item)) for i, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        reference = value.get("$ref")
        if isinstance(reference, str):
            return self._reference(node, reference)
        return {key: self.copy(self._below(node, escape(key), item)) for key, item in value.items()}

    def _reference(self, node: Node, reference: str) -> Json:
        root = self._workspace.root.document
        if node.document is root and reference.startswith("#"):
            return {"$ref": reference}
        target = self._workspace.follow(node)
        if target.document is root:
            return {"$ref": target.pointer}
        if not self._names.knows(target):
            return self.copy(target)
        name = self._names.name(target)
        if name not in self.schemas:
            self.schemas[name] = None  # a schema may refer to itself
            self.schemas[name] = self.copy(target)
        return {"$ref": f"#/components/schemas/{name}"}

    def _below(self, node: Node, part: str, value: Json) -> Node:
        return Node(self._workspace, node.document, f"{node.pointer}/{part}", value)


def _add_batches(workspace: Workspace, document: Object) -> None:
    channels = workspace.root.get("channels")
    if channels is None:
        return
    for key, channel in channels.items():
        batch = read_extension(channel.mapping().get(KEY)).batch
        if batch is None:
            continue
        copied = _resolved(document, _object(document, "channels")[key])
        messages = copied.get("messages")
        payloads: list[Json] = [
            {"$ref": _direct(document, f"#/channels/{escape(key)}/messages/{escape(name)}/payload")}
            for name in (messages if isinstance(messages, dict) else {})
        ]
        items: Json = payloads[0] if len(payloads) == 1 else {"anyOf": payloads}
        title = str(copied.get("title") or key)
        extension = {
            name: value
            for name, value in (_object(copied, KEY) if KEY in copied else {}).items()
            if name != "batch"
        }
        _object(document, "channels")[f"{key}Batch"] = {
            **copied,
            "title": f"{title}, in batches",
            "address": f"{channel.text('address')}/batch",
            "messages": {
                "batch": {
                    "name": f"{key}Batch",
                    "title": f"{title}: a batch",
                    "summary": f"Up to {batch.max_messages} messages of {key}, oldest first.",
                    "contentType": "application/json",
                    "payload": {"type": "array", "items": items, "minItems": 1},
                }
            },
            KEY: extension,
        }
        _add_operations(workspace, document, key, channel)


def _add_operations(workspace: Workspace, document: Object, key: str, channel: Node) -> None:
    operations = workspace.root.get("operations")
    for name, operation in operations.items() if operations is not None else ():
        target = operation.get("channel")
        if target is None or target.identity != channel.identity:
            continue
        copied = _resolved(document, _object(document, "operations")[name])
        _object(document, "operations")[f"{name}Batch"] = {
            **{
                field: value
                for field, value in copied.items()
                if field not in ("messages", "reply")
            },
            "summary": f"{copied.get('summary') or name} In batches.",
            "channel": {"$ref": f"#/channels/{escape(key)}Batch"},
        }


def _object(parent: Object, key: str) -> Object:
    value = parent.setdefault(key, {})
    assert isinstance(value, dict)  # noqa: S101 - the lint has looked
    return value


def _direct(document: Object, pointer: str) -> str:
    """Return where a JSON pointer leads to when the references on its way are followed."""
    place, value = "#", cast(Json, document)
    for part in [*pointer.removeprefix("#/").split("/"), None]:
        while isinstance(value, dict) and isinstance(value.get("$ref"), str):
            place = _direct(document, str(value["$ref"]))
            value = _at(document, place)
        if part is not None:
            assert isinstance(value, dict)  # noqa: S101 - references have been checked
            place, value = f"{place}/{part}", value[unescape(part)]
    return place


def _at(document: Object, pointer: str) -> Json:
    value: Json = document
    for part in pointer.removeprefix("#/").split("/"):
        assert isinstance(value, dict)  # noqa: S101 - references have been checked
        value = value[unescape(part)]
    return value


def _resolved(document: Object, value: Json) -> Object:
    while isinstance(value, dict) and isinstance(value.get("$ref"), str):
        value = _at(document, _direct(document, str(value["$ref"])))
    assert isinstance(value, dict)  # noqa: S101 - the lint has looked
    return value
