"""Messages of channels: there has to be one, and this version has to understand it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from topicwire_codegen.errors import Problem
from topicwire_codegen.lint.walk import channels, is_json_schema, messages
from topicwire_codegen.references import Node, Workspace

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
    for _, message in messages(workspace):
        yield from _check_message(message, workspace.root)


def _check_message(message: Node, root: Node) -> Iterator[Problem]:
    own = message.text("contentType")
    content_type = own or root.text("defaultContentType") or "application/json"
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
