"""Names in Python: there has to be one for everything, and no two may be the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from topicwire_codegen.build import app_tags, build, tags
from topicwire_codegen.errors import Problem
from topicwire_codegen.lint.walk import channels, schemas
from topicwire_codegen.naming import class_name, snake_name
from topicwire_codegen.operations import operations
from topicwire_codegen.references import Node, Workspace

# What an attribute of a model, or a member of an app's `send` and `on`, must not be called.
_TAKEN_BY_APPS = {"category", "channels"}


def check_names(workspace: Workspace) -> Iterator[Problem]:
    """Check the names made of channels, parameters, schemas, properties and apps."""
    entries = [(key, channel) for key, channel in channels(workspace)]
    yield from _check_group("channel", entries, snake_name, _TAKEN_BY_APPS)
    for _, channel in entries:
        parameters = channel.get("parameters")
        if parameters is not None:
            taken = {"self", "message", "client"}
            yield from _check_group("parameter", parameters.items(), snake_name, taken)
    for schema in schemas(workspace):
        properties = schema.get("properties")
        if properties is not None:
            raw = [(key, schema_property(properties, key)) for key in properties.mapping()]
            yield from _check_group("property", raw, snake_name, set())
    yield from _check_apps(workspace)


def schema_property(properties: Node, key: str) -> Node:
    """Return a property as it stands, so that problems are shown there and not behind a $ref."""
    node = properties.raw(key)
    assert node is not None  # noqa: S101 - the key is one of them
    return node


def _check_group(
    what: str,
    entries: Iterable[tuple[str, Node]],
    naming: Callable[[str], str],
    taken: set[str],
) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for key, node in entries:
        name = naming(key)
        if not name:
            yield node.problem(
                "unusable-name",
                f"no Python name can be made of {what} {key!r}",
                "use letters or digits in it",
            )
        elif name in owners:
            yield node.problem(
                "colliding-names",
                f"{what} {key!r} and {what} {owners[name]!r} would both be {name!r} in Python",
                "rename one of them",
            )
        elif name in taken:
            yield node.problem(
                "colliding-names",
                f"{what} {key!r} would be {name!r} in Python, which is taken",
                "rename it",
            )
        owners.setdefault(name, key)


def _check_apps(workspace: Workspace) -> Iterator[Problem]:
    first: dict[str, Node] = {}
    for _, operation in operations(workspace):
        for tag in tags(operation):
            first.setdefault(tag, operation)
    entries = [(tag, first[tag]) for tag in app_tags(workspace)]
    yield from _check_group("app", entries, class_name, set())


def check_classes(workspace: Workspace) -> Iterator[Problem]:
    """Check the class names of the payloads; only for a document that is right otherwise."""
    for name, owners in build(workspace).names.owners.items():
        for other in owners[1:] if name else owners:
            first = owners[0].location
            yield other.problem(
                "colliding-names" if name else "unusable-name",
                f"this schema and the one in {first.file}, line {first.line}, would both be the "
                f"class {name!r}"
                if name
                else f"no class name can be made of {other.key!r}",
                "rename one of them" if name else "use letters or digits in it",
            )
