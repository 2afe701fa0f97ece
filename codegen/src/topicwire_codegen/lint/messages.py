"""Messages of channels: there has to be one, and this version has to understand it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from topicwire_codegen.errors import Problem
from topicwire_codegen.lint.walk import channels, is_json_schema, messages
from topicwire_codegen.references import Node, Workspace
from topicwire_codegen.traits import with_traits

_JSON = re.compile(r"application/(json|[\w.+-]+\+json)\s*(;.*)?\Z", re.IGNORECASE)


def check_messages(workspace: Workspace) -> Iterator[Problem]:
    """Check the messages of all channels."""
    for _, channel in channels(workspace):
        found = channel.get("messages")
        if found is None or not found.mapping():
            yield channel.problem(
                "channel-without-message",
                "the channel has no message, so nothing typed can be sent over it",
                "add a message under 'messages'",
            )
        else:
            yield from _check_agreement(found, workspace.root)
    for _, message in messages(workspace):
        yield from _check_message(message, workspace.root)


def content_type_of(message: Node, root: Node) -> str:
    """Return the content type of a message, which may be the document's."""
    own = with_traits(message).text("contentType")
    return own or root.text("defaultContentType") or "application/json"


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
    own = message.text("contentType")
    content_type = content_type_of(message, root)
    if not _JSON.match(content_type):
        yield message.problem(
            "unsupported-content-type",
            f"content type {content_type!r} is not JSON, and this version writes only JSON",
            "use application/json, or leave the message out",
            at="/contentType" if own else "",
        )
    if message.get("payload") is None:
        yield message.problem(
            "message-without-payload",
            "the message has no payload",
            "add the JSON Schema of its payload under 'payload'",
        )
    if message.get("headers") is not None:
        yield message.problem(
            "unsupported-headers",
            "the message declares headers, which this version does not carry",
            "move them into the payload, or remove 'headers'",
            at="/headers",
        )
    payload = message.get("payload")
    schema_format = payload.mapping().get("schemaFormat") if payload is not None else None
    if payload is not None and schema_format is not None:
        if not is_json_schema(schema_format):
            yield payload.problem(
                "unsupported-schema-format",
                f"schema format {schema_format!r} is not JSON Schema",
                "write the payload as an AsyncAPI schema, without 'schemaFormat'",
                at="/schemaFormat",
            )
        elif payload.get("schema") is None:
            yield payload.problem(
                "message-without-payload",
                "there is a 'schemaFormat', but no 'schema'",
                "add the schema under 'schema'",
            )
