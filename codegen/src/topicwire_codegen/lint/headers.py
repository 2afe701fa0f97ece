"""Headers of messages, which travel as user properties: what can be carried, and where."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire_codegen.contents import schema_of
from topicwire_codegen.document import escape
from topicwire_codegen.errors import Problem
from topicwire_codegen.extension import KEY, read_extension, validator
from topicwire_codegen.headers import declared_headers
from topicwire_codegen.lint.walk import channels, messages
from topicwire_codegen.references import Node, Workspace
from topicwire_codegen.traits import with_traits

# The user properties of topicwire's own, see docs/wire.md.
RESERVED = frozenset(
    {"sv", "kid", "sid", "ep", "seq", "ts", "n", "sig", "content-encoding", "schema-id"}
)


def check_headers(workspace: Workspace) -> Iterator[Problem]:
    """Check the headers of all messages, and the settings of channels whose messages have them."""
    for _, message in messages(workspace):
        headers = schema_of(message, "headers")
        if headers is not None:
            yield from _check_schema(workspace.follow(headers))
    for _, channel in channels(workspace):
        yield from _check_settings(channel)


def _check_schema(headers: Node) -> Iterator[Problem]:
    fields = headers.mapping()
    if isinstance(headers.value, bool):
        return
    if fields.get("type", "object") != "object":
        yield headers.problem(
            "invalid-headers",
            f"headers of type {fields['type']!r} have no names to travel under",
            "make it an object with a property for each header",
            at="/type",
        )
    for name, schema in declared_headers(headers):
        if name in RESERVED:
            yield headers.problem(
                "reserved-header",
                f"header {name!r} is one of those that topicwire itself sends",
                "give it another name",
                at=f"/properties/{escape(name)}" if "properties" in fields else "",
            )
        elif not name:
            yield schema.problem(
                "invalid-headers", "a header needs a name", "give the property a name"
            )


def _check_settings(channel: Node) -> Iterator[Problem]:
    extension = channel.mapping().get(KEY)
    if extension is None or validator().mismatch(extension) is not None:
        return
    found = channel.get("messages")
    with_headers = [
        key
        for key, message in (found.items() if found is not None else ())
        if (headers := schema_of(with_traits(message), "headers")) is not None
        and any(declared_headers(headers.workspace.follow(headers)))
    ]
    if not with_headers:
        return
    settings = read_extension(extension)
    clashes = (
        (settings.batch is not None, "batch", "a batch has one set of headers for all in it"),
        (settings.signing != "off", "signing", "headers are not covered by the signature"),
        (settings.delivery == "durable", "delivery", "the outbox keeps no headers"),
    )
    for applies, key, reason in clashes:
        if applies:
            yield channel.problem(
                "contradictory-settings",
                f"message {with_headers[0]!r} has headers, and {reason}",
                f"move the headers into the payload, or remove {key!r}",
                at=f"/{KEY}/{key}",
            )
