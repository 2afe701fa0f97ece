"""`x-topicwire`, and whether it agrees with the bindings."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire_codegen.contents import payload_schema
from topicwire_codegen.document import Document, Json, escape
from topicwire_codegen.errors import Problem
from topicwire_codegen.extension import (
    KEY,
    ChannelExtension,
    document_validator,
    read_extension,
    validator,
)
from topicwire_codegen.lint.partitions import check_partitions
from topicwire_codegen.lint.walk import channels
from topicwire_codegen.operations import OperationIndex, operations
from topicwire_codegen.references import Node, Workspace
from topicwire_codegen.traits import with_traits
from topicwire_codegen.validation import Validator


def check_settings(workspace: Workspace) -> Iterator[Problem]:
    """Check every `x-topicwire`."""
    index = OperationIndex(operation for _, operation in operations(workspace))
    places: set[object] = set()
    for _, channel in channels(workspace):
        extension = channel.raw(KEY)
        if extension is None:
            continue
        places.add(extension.identity)
        wrong = list(_check_fields(extension, validator()))
        yield from wrong
        if not wrong:
            sends = index.on(channel, "send")
            settings = read_extension(extension.value)
            yield from _check_agreement(extension, settings, sends)
            if settings.batch is not None:
                yield from _check_batch(extension, channel, workspace.root)
            if settings.partitions is not None:
                yield from check_partitions(extension, channel, settings)
    own = workspace.root.raw(KEY)
    if own is not None:
        places.add(own.identity)
        yield from _check_fields(own, document_validator())
    for document in workspace.documents:
        yield from _check_places(workspace, document, places)


def _check_fields(extension: Node, validator: Validator) -> Iterator[Problem]:
    for found in validator.mismatches(extension.value):
        if found.keyword == "additionalProperties" and isinstance(found.value, dict):
            allowed = found.schema["properties"]
            assert isinstance(allowed, dict)  # noqa: S101 - so it stands in the extension's schema
            for name in sorted(set(found.value) - set(allowed)):
                yield extension.problem(
                    "invalid-extension",
                    f"x-topicwire has no setting {name!r} here",
                    f"use one of {', '.join(sorted(allowed))}",
                    at=f"{found.pointer}/{escape(name)}",
                )
            continue
        remedy = "see the x-topicwire section of the documentation"
        if found.keyword == "enum" and isinstance(found.expected, list):
            remedy = f"use one of {', '.join(map(str, found.expected))}"
        yield extension.problem("invalid-extension", found.message, remedy, at=found.pointer)


def _check_agreement(
    extension: Node, settings: ChannelExtension, sends: list[Node]
) -> Iterator[Problem]:
    bindings = sends[0].get("bindings") if sends else None
    mqtt = bindings.get("mqtt") if bindings is not None else None
    binding = mqtt.mapping() if mqtt is not None else {}
    retain, qos = binding.get("retain") is True, binding.get("qos", 0)
    if not sends:
        return
    if (settings.delivery == "retained") != retain:
        yield extension.problem(
            "contradictory-settings",
            f"delivery is {settings.delivery!r}, but the send operation "
            f"{'is' if retain else 'is not'} retained",
            "set both `delivery: retained` here and `retain: true` in its MQTT binding, or neither",
            at="/delivery" if "delivery" in extension.mapping() else "",
        )
    if settings.delivery == "durable" and qos == 0:
        yield extension.problem(
            "contradictory-settings",
            "delivery is 'durable', but the send operation has QoS 0, which may lose messages",
            "set `qos: 1` or 2 in its MQTT binding",
            at="/delivery",
        )
    if settings.batch is not None and retain:
        yield extension.problem(
            "contradictory-settings",
            "a retained channel cannot be batched: only the last batch would be kept",
            "remove 'batch'",
            at="/batch",
        )


def _check_batch(extension: Node, channel: Node, root: Node) -> Iterator[Problem]:
    found = channel.get("messages")
    nodes = dict(found.items()) if found is not None else {}
    if not nodes or any(payload_schema(with_traits(node), root) is None for node in nodes.values()):
        yield extension.problem(
            "contradictory-settings",
            "a channel whose messages are bytes cannot be batched: a batch is an array of JSON",
            "remove 'batch', or write the JSON Schema of all payloads",
            at="/batch",
        )


def _check_places(
    workspace: Workspace, document: Document, places: set[object]
) -> Iterator[Problem]:
    pending: list[tuple[str, Json]] = [("#", document.data)]
    while pending:
        pointer, value = pending.pop()
        if isinstance(value, list):
            pending += [(f"{pointer}/{i}", item) for i, item in enumerate(value)]
        if not isinstance(value, dict):
            continue
        for key, item in value.items():
            node = Node(workspace, document, f"{pointer}/{escape(key)}", item)
            if key == KEY and node.identity not in places and "/channels/" not in pointer:
                yield node.problem(
                    "misplaced-extension",
                    "x-topicwire says something only on a channel, or on the document itself",
                    "move it there",
                )
            pending.append((node.pointer, item))
