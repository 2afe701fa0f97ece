"""Addresses of channels and their parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from topicwire_codegen.document import escape
from topicwire_codegen.errors import Location, Problem
from topicwire_codegen.extension import KEY, read_extension, validator
from topicwire_codegen.lint.walk import channels
from topicwire_codegen.locations import read_location
from topicwire_codegen.operations import reply_channels
from topicwire_codegen.references import Node, Workspace

_PARAMETER = re.compile(r"\{([^{}]*)\}")
_LEVEL_BREAKS = re.compile("[/+#\0]")


def check_addresses(workspace: Workspace) -> Iterator[Problem]:
    """Check every address, and that no two channels share one."""
    owners: dict[str, Location] = {}
    replies = reply_channels(workspace)
    for _, channel in channels(workspace):
        address = channel.text("address")
        # Where an answer goes can be left to the request.
        if not address and channel.identity in replies:
            continue
        problems = list(_check_address(channel, address))
        yield from problems
        yield from _check_parameters(channel, address)
        if problems and "reserved-address" not in [problem.rule for problem in problems]:
            continue
        for suffix in _suffixes(channel):
            # Parameters with other names make the same topics.
            topics = _PARAMETER.sub("{}", address + suffix)
            if topics in owners:
                yield channel.problem(
                    "duplicate-address",
                    f"address {address + suffix!r} has the same topics as that of the channel in "
                    f"line {owners[topics].line}",
                    "give each channel an address of its own, or make them one channel with "
                    "several messages",
                    at="/address",
                )
            else:
                owners[topics] = channel.location


def _check_address(channel: Node, address: str) -> Iterator[Problem]:
    if not address:
        yield channel.problem(
            "missing-address",
            "the channel has no address, so nothing can be published to it",
            "add the topic as 'address'; only a channel for replies may leave it to the request",
            at="/address" if "address" in channel.mapping() else "",
        )
        return
    bare = _PARAMETER.sub("", address)
    for character, name in (("+", "wildcard '+'"), ("#", "wildcard '#'"), ("\0", "NUL")):
        if character in bare:
            yield channel.problem(
                "wildcard-in-address",
                f"address {address!r} contains {name}, to which nothing can be published",
                "use a parameter in braces for the part that changes",
                at="/address",
            )
    if "{" in bare or "}" in bare:
        yield channel.problem(
            "unbalanced-braces",
            f"address {address!r} has a brace without its partner",
            "write each parameter as {name}",
            at="/address",
        )
    if address.startswith("$share/"):
        yield channel.problem(
            "wildcard-in-address",
            f"address {address!r} is a shared subscription, to which nothing can be published",
            "leave out '$share' and the group; subscribers join one by `.shared(group)`",
            at="/address",
        )
    elif address.startswith("$"):
        yield channel.problem(
            "reserved-address",
            f"address {address!r} begins with '$', which brokers keep for themselves",
            "begin it with another character, unless your broker has this topic",
            at="/address",
        )


def _check_parameters(channel: Node, address: str) -> Iterator[Problem]:
    used = _PARAMETER.findall(address)
    declared = channel.get("parameters")
    names = declared.mapping() if declared is not None else {}
    for name in dict.fromkeys(used):
        if name not in names:
            yield channel.problem(
                "undeclared-parameter",
                f"parameter {{{name}}} of address {address!r} is not declared",
                f"add {name!r} under 'parameters'",
                at="/address",
            )
        if used.count(name) > 1:
            yield channel.problem(
                "repeated-parameter",
                f"parameter {{{name}}} is used twice in address {address!r}",
                "give each place a parameter of its own",
                at="/address",
            )
    for name, parameter in declared.items() if declared is not None else ():
        if name not in used:
            yield channel.problem(
                "unused-parameter",
                f"parameter {name!r} is declared, but address {address!r} does not use it",
                f"use {{{name}}} in the address, or remove the parameter",
                at=f"/parameters/{escape(name)}",
            )
        yield from _check_values(parameter)
        yield from _check_location(parameter)


def _check_values(parameter: Node) -> Iterator[Problem]:
    fields = parameter.mapping()
    enum, default = fields.get("enum"), fields.get("default")
    values = [(f"/enum/{i}", v) for i, v in enumerate(enum if isinstance(enum, list) else [])]
    if default is not None:
        values.append(("/default", default))
    for at, value in values:
        if not isinstance(value, str) or not value or _LEVEL_BREAKS.search(value):
            yield parameter.problem(
                "unusable-parameter-value",
                f"{value!r} cannot be a part of a topic",
                "use a text that is not empty and has no '/', '+', '#' or NUL in it",
                at=at,
            )
    if isinstance(enum, list) and default is not None and default not in enum:
        yield parameter.problem(
            "default-not-in-enum",
            f"default {default!r} is not one of {', '.join(map(repr, enum))}",
            "use one of them, or add it to 'enum'",
            at="/default",
        )


def _check_location(parameter: Node) -> Iterator[Problem]:
    text = parameter.text("location")
    if text and read_location(text) is None:
        yield parameter.problem(
            "invalid-location",
            f"{text!r} is no place in a message",
            "write '$message.payload#/...' or '$message.header#/...' with a JSON pointer",
            at="/location",
        )


def _suffixes(channel: Node) -> tuple[str, ...]:
    """Return what stands behind the address in the topics of a channel."""
    extension = channel.mapping().get(KEY)
    if extension is None or validator().mismatch(extension) is not None:
        return ("",)
    settings = read_extension(extension)
    if settings.partitions is not None:
        return "", "/partition/{partition}"
    return ("", "/batch") if settings.batch is not None else ("",)
