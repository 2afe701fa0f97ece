"""MQTT bindings (version 0.2.0), which decide how messages travel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from topicwire_codegen.errors import Problem
from topicwire_codegen.lint.walk import section
from topicwire_codegen.operations import operations
from topicwire_codegen.references import Node, Workspace

_FOUR_BYTES = 4_294_967_295


class Range(NamedTuple):
    """The whole numbers that a field may be."""

    low: int
    high: int


_OPERATION: dict[str, Range | type] = {
    "qos": Range(0, 2),
    "retain": bool,
    "messageExpiryInterval": Range(0, _FOUR_BYTES),
    "bindingVersion": str,
}
_SERVER: dict[str, Range | type] = {
    "clientId": str,
    "cleanSession": bool,
    "lastWill": dict,
    "keepAlive": Range(0, 65_535),
    "sessionExpiryInterval": Range(0, _FOUR_BYTES),
    "maximumPacketSize": Range(1, _FOUR_BYTES),
    "bindingVersion": str,
}
_OR_SCHEMA = frozenset({"messageExpiryInterval", "sessionExpiryInterval", "maximumPacketSize"})
_WORDS = {bool: "true or false", str: "a text", dict: "an object"}


def check_bindings(workspace: Workspace) -> Iterator[Problem]:
    """Check the MQTT bindings of all operations and servers."""
    found = [(node, _OPERATION) for _, node in operations(workspace)]
    found += [(node, _SERVER) for _, node in section(workspace, "servers")]
    for node, fields in found:
        bindings = node.get("bindings")
        mqtt = bindings.get("mqtt") if bindings is not None else None
        if mqtt is not None:
            yield from _check(mqtt, fields)


def _check(binding: Node, fields: dict[str, Range | type]) -> Iterator[Problem]:
    if not isinstance(binding.value, dict):
        yield binding.problem("invalid-binding", "the binding is not an object", "write an object")
    for name, value in binding.mapping().items():
        if name.startswith("x-"):
            continue
        allowed = fields.get(name)
        if allowed is None:
            yield binding.problem(
                "invalid-binding",
                f"an MQTT binding of this kind has no field {name!r}",
                f"use one of {', '.join(sorted(fields))}",
                at=f"/{name}",
            )
        elif isinstance(allowed, Range):
            # A schema says what it may be, and leaves it to the program.
            if isinstance(value, dict) and name in _OR_SCHEMA:
                continue
            if type(value) is not int or not allowed.low <= value <= allowed.high:
                yield binding.problem(
                    "invalid-binding",
                    f"{name} is {value!r}",
                    f"use a whole number from {allowed.low} to {allowed.high}",
                    at=f"/{name}",
                )
        elif not isinstance(value, allowed):
            yield binding.problem(
                "invalid-binding", f"{name} is {value!r}", f"use {_WORDS[allowed]}", at=f"/{name}"
            )
