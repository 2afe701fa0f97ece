"""Whether every object has the fields that AsyncAPI gives it, each of the right kind.

This is what the rest of the generator relies on, and stands in for the official validator where
Node is not there. The tables follow the specification: https://www.asyncapi.com/docs/reference
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import NamedTuple

from topicwire_codegen.errors import Problem
from topicwire_codegen.references import Node, Workspace

VERSIONS = ("3.0.0", "3.1.0")


class Field(NamedTuple):
    """A kind (see `_KINDS` and `SHAPES`; `{x}` is a map of x, `[x]` a list), and if it must be."""

    kind: str
    required: bool = False


def _fields(text: str) -> dict[str, Field]:
    """Read `name:kind` entries; an exclamation mark says that the field is required."""
    entries = (entry.split(":") for entry in text.split())
    return {name.rstrip("!"): Field(kind, name.endswith("!")) for name, kind in entries}


_DESCRIBED = "title:text summary:text description:text "
_TAGGED = "tags:[tag] externalDocs:any bindings:{any} "

SHAPES: dict[str, dict[str, Field]] = {
    "document": _fields(
        "asyncapi!:text id:text info!:info defaultContentType:text servers:{server} "
        "channels:{channel} operations:{operation} components:components"
    ),
    "info": _fields(
        "title!:text version!:text description:text termsOfService:text contact:any license:any "
        "tags:[tag] externalDocs:any"
    ),
    "server": _fields(
        "host!:text protocol!:text protocolVersion:text pathname:text variables:{variable} "
        "security:[scheme] " + _DESCRIBED + _TAGGED
    ),
    "scheme": _fields(
        "type!:text description:text name:text in:text scheme:text bearerFormat:text flows:any "
        "openIdConnectUrl:text scopes:[text]"
    ),
    "variable": _fields("enum:[text] default:text description:text examples:[text]"),
    "channel": _fields(
        "address:text? messages:{message} servers:[server] parameters:{parameter} "
        + _DESCRIBED + _TAGGED
    ),
    "parameter": _fields(
        "enum:[text] default:text description:text examples:[text] location:text"
    ),
    "message": _fields(
        "headers:any payload:any correlationId:correlation contentType:text name:text "
        "examples:[example] traits:[messageTrait] " + _DESCRIBED + _TAGGED
    ),
    "example": _fields("headers:any payload:any name:text summary:text"),
    "operation": _fields(
        "action!:text channel!:channel security:[scheme] traits:[operationTrait] "
        "messages:[message] reply:reply " + _DESCRIBED + _TAGGED
    ),
    "messageTrait": _fields(
        "headers:any correlationId:correlation contentType:text name:text examples:[example] "
        + _DESCRIBED + _TAGGED
    ),
    "operationTrait": _fields("security:[scheme] " + _DESCRIBED + _TAGGED),
    "correlation": _fields("location!:text description:text"),
    "reply": _fields("address:replyAddress channel:channel messages:[message]"),
    "replyAddress": _fields("location!:text description:text"),
    "tag": _fields("name!:text description:text externalDocs:any"),
    "components": _fields(
        "schemas:{any} servers:{server} channels:{channel} operations:{operation} "
        "messages:{message} securitySchemes:{scheme} serverVariables:{variable} "
        "parameters:{parameter} correlationIds:{correlation} replies:{reply} "
        "replyAddresses:{replyAddress} externalDocs:{any} tags:{tag} "
        "operationTraits:{operationTrait} messageTraits:{messageTrait} "
        "serverBindings:{any} channelBindings:{any} operationBindings:{any} messageBindings:{any}"
    ),
}  # fmt: skip


def check_structure(workspace: Workspace) -> Iterator[Problem]:
    """Check the shapes of all objects, wherever they stand."""
    root = workspace.root
    if not isinstance(root.value, dict):
        yield root.problem(
            "wrong-type",
            f"the document is {_describe(root.value)}, not an object",
            "begin it with `asyncapi: 3.1.0`",
        )
        return
    if "asyncapi" not in root.mapping():
        yield root.problem(
            "unsupported-version",
            "the document does not say its AsyncAPI version",
            "begin it with `asyncapi: 3.1.0`",
        )
        return
    version = root.mapping()["asyncapi"]
    if version not in VERSIONS:
        yield root.problem(
            "unsupported-version",
            f"AsyncAPI version {version!r} is not supported",
            f"use {' or '.join(VERSIONS)}; documents of version 2 are converted with `--convert`",
            at="/asyncapi",
        )
        return
    yield from _check(root, "document", set())


def _check(node: Node, kind: str, seen: set[tuple[object, str]]) -> Iterator[Problem]:
    if (node.identity, kind) in seen:
        return
    seen.add((node.identity, kind))
    expected = _expected(kind)
    if not _fits(node.value, kind):
        yield node.problem(
            "wrong-type",
            f"{node.key!r} is {_describe(node.value)}, but has to be {expected}",
            f"write {expected} here",
        )
    elif kind.startswith("{"):
        for _, child in node.items():
            yield from _check(child, kind[1:-1], seen)
    elif kind.startswith("["):
        for child in node.elements():
            yield from _check(child, kind[1:-1], seen)
    elif kind in SHAPES:
        yield from _check_fields(node, kind, seen)


def _check_fields(node: Node, kind: str, seen: set[tuple[object, str]]) -> Iterator[Problem]:
    shape = SHAPES[kind]
    for name in node.mapping():
        if name not in shape and not name.startswith("x-"):
            near = difflib.get_close_matches(name, shape, 1)
            yield node.problem(
                "unknown-field",
                f"a {kind} has no field {name!r}",
                f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(sorted(shape))}",
                at=f"/{name.replace('~', '~0').replace('/', '~1')}",
            )
    for name, field in shape.items():
        child = node.get(name)
        if child is not None:
            yield from _check(child, field.kind, seen)
        elif field.required:
            yield node.problem(
                "missing-field",
                f"this {kind} has no {name!r}",
                f"add {name!r}, which is {_expected(field.kind)}",
            )


def _fits(value: object, kind: str) -> bool:
    if kind == "any":
        return True
    if kind in ("text", "text?"):
        return isinstance(value, str) or (kind == "text?" and value is None)
    return isinstance(value, list if kind.startswith("[") else dict)


def _expected(kind: str) -> str:
    if kind in ("text", "text?"):
        return "a text (in quotes if it looks like a number)"
    if kind.startswith("["):
        return "a list"
    if kind.startswith("{"):
        return "an object"
    return f"a {kind} object" if kind != "any" else "any value"


def _describe(value: object) -> str:
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else "null"
