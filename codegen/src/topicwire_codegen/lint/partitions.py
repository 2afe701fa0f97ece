"""The partitions of a channel: what messages are put in by has to be in each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from topicwire_codegen.document import Json
from topicwire_codegen.errors import Problem
from topicwire_codegen.extension import ChannelExtension
from topicwire_codegen.lint.walk import payload
from topicwire_codegen.operations import reply_channels
from topicwire_codegen.references import Node
from topicwire_codegen.traits import with_traits

_PARAMETER = re.compile(r"\{([^{}]*)\}")


def check_partitions(
    extension: Node, channel: Node, settings: ChannelExtension
) -> Iterator[Problem]:
    """Check the `partitions` of a channel, whose extension is valid by itself."""
    partitions = settings.partitions
    if partitions is None:
        return
    clashes = (
        (settings.batch is not None, "batch", "a batch has messages of several partitions"),
        (settings.delivery == "retained", "delivery", "each partition would keep a state"),
    )  # fmt: skip
    for applies, key, reason in clashes:
        if applies:
            yield extension.problem(
                "contradictory-settings",
                f"a channel with partitions cannot have this {key!r}: {reason}",
                f"remove 'partitions' or {key!r}",
                at=f"/{key}",
            )
    if channel.identity in reply_channels(channel.workspace):
        yield extension.problem(
            "contradictory-settings",
            "answers to requests go to who asked, and cannot be put in partitions",
            "remove 'partitions'",
            at="/partitions",
        )
    parameters = _PARAMETER.findall(channel.text("address"))
    if "partition" in parameters:
        yield extension.problem(
            "contradictory-settings",
            "the address has a parameter 'partition' already, which is that of the partitions",
            "give the parameter another name",
            at="/partitions",
        )
    if partitions.by in parameters:
        return
    found = channel.get("messages")
    messages = dict(found.items()) if found is not None else {}
    without = [key for key, message in messages.items() if not _has_key(message, partitions.by)]
    if without or not messages:
        which = f"message {without[0]!r} has" if without else "the channel has no message with"
        yield extension.problem(
            "partition-key",
            f"{partitions.by!r} is no parameter of the address, and {which} no such required "
            "property that is a text or a whole number",
            "name one that every message has, so that its partition is known",
            at="/partitions/by",
        )


def _has_key(message: Node, name: str) -> bool:
    schema = payload(with_traits(message))
    if schema is None or name not in _texts(schema.mapping().get("required")):
        return False
    properties = schema.get("properties")
    found = properties.get(name) if properties is not None else None
    if found is None:
        return False
    fields = found.mapping()
    values = fields.get("enum", [fields["const"]] if "const" in fields else None)
    if isinstance(values, list):
        return all(
            isinstance(value, (str, int)) and not isinstance(value, bool) for value in values
        )
    return fields.get("type") in ("string", "integer")


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
