"""Names in Python: there has to be one for everything, and no two may be the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from topicwire_codegen.build import app_tags, tags
from topicwire_codegen.errors import Problem
from topicwire_codegen.lint.walk import channels
from topicwire_codegen.naming import class_name, snake_name
from topicwire_codegen.operations import operations
from topicwire_codegen.references import Node, Workspace

Naming = Callable[[str], tuple[str, ...]]


def check_names(workspace: Workspace) -> Iterator[Problem]:
    """Check the names made of channels, parameters and apps."""
    entries = [(key, channel) for key, channel in channels(workspace)]
    yield from _check_group("channel", entries, lambda key: (snake_name(key), class_name(key)))
    for _, channel in entries:
        parameters = channel.get("parameters")
        if parameters is not None:
            yield from _check_group("parameter", parameters.items(), _snake_name)
    yield from _check_apps(workspace)


def _snake_name(key: str) -> tuple[str, ...]:
    return (snake_name(key),)


def _check_group(
    what: str, entries: Iterable[tuple[str, Node]], naming: Naming
) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for key, node in entries:
        names = naming(key)
        taken = next((name for name in names if name in owners), None)
        if not all(names):
            yield node.problem(
                "unusable-name",
                f"no Python name can be made of {what} {key!r}",
                "use letters or digits in it",
            )
        elif taken is not None:
            yield node.problem(
                "colliding-names",
                f"{what} {key!r} and {what} {owners[taken]!r} would both be {taken!r} in Python",
                "rename one of them",
            )
        for name in names:
            owners.setdefault(name, key)


def _check_apps(workspace: Workspace) -> Iterator[Problem]:
    first: dict[str, Node] = {}
    for _, operation in operations(workspace):
        for tag in tags(operation):
            first.setdefault(tag, operation)
    entries = [(tag, first[tag]) for tag in app_tags(workspace)]
    yield from _check_group("app", entries, lambda tag: (class_name(tag),))
