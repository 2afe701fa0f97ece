"""Messages of channels: what is said of them, and whether those of one channel go together."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire_codegen.contents import content_type_of, is_json, is_other_json_schema
from topicwire_codegen.errors import Problem
from topicwire_codegen.lint.walk import channels, messages
from topicwire_codegen.references import Node, Workspace


def check_messages(workspace: Workspace) -> Iterator[Problem]:
    """Check the messages of all channels."""
    for _, channel in channels(workspace):
        found = channel.get("messages")
        if found is None or not found.mapping():
            yield channel.problem(
                "channel-without-message",
                "the channel has no message, so whatever is sent over it is bytes",
                "add a message under 'messages'",
            )
        else:
            yield from _check_agreement(found, workspace.root)
    for _, message in messages(workspace):
        yield from _check_message(message, workspace.root)


def _check_agreement(found: Node, root: Node) -> Iterator[Problem]:
    listed = list(found.items())
    for key, message in listed[1:]:
        first_key, first = listed[0]
        content_type, other = content_type_of(message, root), content_type_of(first, root)
        if content_type != other:
            yield message.problem(
                "conflicting-content-types",
                f"message {key!r} is {content_type!r}, but {first_key!r} on the same channel is "
                f"{other!r}",
                "give both the same content type, or each a channel of its own",
                at="/contentType" if message.text("contentType") else "",
            )


def _check_message(message: Node, root: Node) -> Iterator[Problem]:
    if not is_json(content_type_of(message, root)):
        return
    payload = message.get("payload")
    if payload is None:
        yield message.problem(
            "message-without-payload",
            "nothing is said of the message's payload, so it is bytes",
            "add the JSON Schema of its payload under 'payload'",
        )
        return
    for key in ("payload", "headers"):
        yield from _check_format(message.get(key))


def _check_format(schema: Node | None) -> Iterator[Problem]:
    schema_format = schema.mapping().get("schemaFormat") if schema is not None else None
    if schema is None or schema_format is None:
        return
    if is_other_json_schema(schema_format):
        yield schema.problem(
            "unsupported-schema-format",
            f"schema format {schema_format!r} is a JSON Schema of another draft than 7",
            "write it as an AsyncAPI schema, without 'schemaFormat'",
            at="/schemaFormat",
        )
    elif schema.get("schema") is None:
        yield schema.problem(
            "schema-format-without-schema",
            "there is a 'schemaFormat', but no 'schema'",
            "add the schema under 'schema'",
        )
