"""Following `$ref`, inside a document and into other files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

from topicwire_codegen.conversion import read_converted
from topicwire_codegen.document import Document, Json, escape, read_document, unescape
from topicwire_codegen.errors import Location, Problem, SpecError
from topicwire_codegen.identifiers import Identifiers

_NAMING = (
    "#", "properties", "schemas", "definitions", "channels", "operations", "messages", "servers",
    "parameters", "variables", "replies", "tags", "bindings",
)  # fmt: skip

# Longer chains are no one's intention; each link is followed for every value that refers to it.
_LONGEST = 64


class ReferenceProblem(Exception):
    """A `$ref` that leads nowhere; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a document; stepping to a child follows the child's `$ref`.

    `identity` tells values apart: the same value reached over different references has the
    same identity. `elsewhere` are the children that stand in another place, which traits bring.
    """

    workspace: Workspace = field(repr=False, compare=False)
    document: Document = field(repr=False)
    pointer: str
    value: Json = field(compare=False)
    elsewhere: Mapping[str, Node] | None = field(default=None, repr=False, compare=False)

    @property
    def identity(self) -> tuple[Path, str]:
        """File and JSON pointer of the value."""
        return self.document.path, self.pointer

    @property
    def location(self) -> Location:
        """Where the value stands."""
        return self.document.location(self.pointer)

    @property
    def key(self) -> str:
        """The key under which the value stands in its document."""
        return unescape(self.pointer.rpartition("/")[2])

    def mapping(self) -> dict[str, Json]:
        """Return the value if it is an object, else an empty one."""
        return self.value if isinstance(self.value, dict) else {}

    def raw(self, key: str) -> Node | None:
        """Return a child as it stands, without following its `$ref`."""
        found = self.mapping()
        if key not in found:
            return None
        if self.elsewhere is not None and key in self.elsewhere:
            return self.elsewhere[key]
        return Node(self.workspace, self.document, f"{self.pointer}/{escape(key)}", found[key])

    def get(self, key: str) -> Node | None:
        """Return a child of an object, or None."""
        child = self.raw(key)
        return self.workspace.follow(child) if child is not None else None

    def items(self) -> Iterator[tuple[str, Node]]:
        """Yield the children of an object with their keys."""
        for key in self.mapping():
            child = self.get(key)
            if child is not None:
                yield key, child

    def elements(self) -> Iterator[Node]:
        """Yield the elements of an array."""
        if isinstance(self.value, list):
            for i, value in enumerate(self.value):
                child = Node(self.workspace, self.document, f"{self.pointer}/{i}", value)
                yield self.workspace.follow(child)

    def text(self, key: str) -> str:
        """Return a child that is a text, else ""."""
        value = self.mapping().get(key)
        return value if isinstance(value, str) else ""

    def problem(self, rule: str, message: str, remedy: str, *, at: str = "") -> Problem:
        """Return a problem of this value, or of its child `at` (a JSON pointer below it)."""
        return Problem(self.document.location(self.pointer + at), rule, message, remedy)


class Workspace:
    """A document and the files that it refers to, each read once; `warnings` are of its check."""

    def __init__(self, root: Document) -> None:
        self.root = Node(self, root, "#", root.data)
        self._documents = {root.path.resolve(): root}
        self.warnings: tuple[Problem, ...] = ()
        self._identifiers = Identifiers(is_data)

    @classmethod
    def open(cls, path: Path, *, convert: bool = False) -> Workspace:
        """Read a document; raises `SpecError` when it cannot be read.

        With `convert` one of AsyncAPI 2 becomes one of AsyncAPI 3.
        """
        return cls(read_converted(path) if convert else read_document(path))

    def add(self, document: Document) -> None:
        """Take in a document that is in no file, under its path."""
        self._documents[document.path] = document

    @property
    def documents(self) -> tuple[Document, ...]:
        """The files read so far, the document itself first."""
        return tuple(self._documents.values())

    def follow(self, node: Node) -> Node:
        """Return what a node stands for: itself, or the end of its `$ref`s.

        Raises `ReferenceProblem` where there is none.
        """
        return self._follow(node, [])

    def _follow(self, node: Node, seen: list[tuple[Path, str]]) -> Node:
        """Follow a node; `seen` are the references that led to it."""
        while (
            isinstance(node.value, dict)
            and isinstance(node.value.get("$ref"), str)
            and not is_data(node.pointer)
        ):
            if node.identity in seen or len(seen) > _LONGEST:
                raise ReferenceProblem(
                    node.problem(
                        "cyclic-reference",
                        f"this is the end of more than {_LONGEST} $refs, one leading to the next"
                        if node.identity not in seen
                        else "this $ref leads back to itself: "
                        + " -> ".join(pointer for _, pointer in [*seen, node.identity]),
                        "let one of them be a value instead of a $ref",
                        at="/$ref",
                    )
                )
            seen = [*seen, node.identity]
            node = self._target(node, str(node.value["$ref"]), seen)
        return node

    def _target(self, node: Node, reference: str, seen: list[tuple[Path, str]]) -> Node:
        identified = self._identifiers.find(node.document, node.pointer, reference)
        if identified is not None:
            return Node(self, *identified)
        file, _, fragment = reference.partition("#")
        if "://" in file:
            raise ReferenceProblem(
                node.problem(
                    "remote-reference",
                    f"$ref {reference!r} is on the network; nothing is fetched from there",
                    "save it beside this document and refer to the file",
                    at="/$ref",
                )
            )
        document = self._document(node, file, reference) if file else node.document
        found = Node(self, document, "#", document.data)
        for part in fragment.split("/")[1:] if fragment.startswith("/") else []:
            key = unescape(unquote(part))
            inner = _inside(found, key)
            if inner is None and "$ref" in found.mapping():
                # The way may lead over what is itself only referred to.
                found = self._follow(found, seen)
                inner = _inside(found, key)
            if inner is None:
                raise ReferenceProblem(
                    node.problem(
                        "dangling-reference",
                        f"$ref {reference!r} leads nowhere: there is no {key!r} in {found.pointer}",
                        _suggestion(found.value, key),
                        at="/$ref",
                    )
                )
            found = inner
        return found

    def _document(self, node: Node, file: str, reference: str) -> Document:
        path = _find(node.document.path.parent / unquote(file))
        if path not in self._documents:
            if path is None:
                raise ReferenceProblem(
                    node.problem(
                        "dangling-reference",
                        f"$ref {reference!r} leads nowhere: there is no file {file!r}",
                        "write the path relative to the file that the $ref stands in",
                        at="/$ref",
                    )
                )
            name = os.path.relpath(path, self.root.document.path.resolve().parent)
            self._documents[path] = read_document(path, name)
        return self._documents[path]


def _find(path: Path) -> Path | None:
    """Return the file at a path, or None; some paths are too long, or none at all."""
    try:
        found = path.resolve()
        return found if found.is_file() else None
    except (OSError, ValueError, RuntimeError):
        return None


def _inside(node: Node, key: str) -> Node | None:
    value = node.value
    if isinstance(value, dict) and key in value:
        return node.raw(key)
    if isinstance(value, list) and _is_index(key, len(value)):
        return Node(node.workspace, node.document, f"{node.pointer}/{key}", value[int(key)])
    return None


def _is_index(key: str, length: int) -> bool:
    # Other scripts have digits that int() does not take.
    return key.isascii() and key.isdigit() and len(key) < 10 and int(key) < length


def check_references(workspace: Workspace) -> list[Problem]:
    """Return a problem for every `$ref` that leads nowhere, in all files that are referred to."""
    problems: dict[tuple[Location, str], Problem] = {}
    pending: list[tuple[Document, str, Json]] = []
    visited: set[Path] = set()

    def visit_new() -> None:
        for document in workspace.documents:
            if document.path.resolve() not in visited:
                visited.add(document.path.resolve())
                pending.append((document, "#", document.data))

    visit_new()
    while pending:
        document, pointer, value = pending.pop()
        if isinstance(value, list):
            pending += [(document, f"{pointer}/{i}", item) for i, item in enumerate(value)]
        if not isinstance(value, dict):
            continue
        if isinstance(value.get("$ref"), str):
            try:
                workspace.follow(Node(workspace, document, pointer, value))
            except ReferenceProblem as error:
                found = error.problem
                problems.setdefault((found.location, found.rule), found)
            except SpecError as error:
                problems |= {(found.location, found.rule): found for found in error.problems}
            visit_new()
        pending += [(document, f"{pointer}/{escape(key)}", item) for key, item in value.items()]
    return list(problems.values())


def is_data(pointer: str) -> bool:
    """Return whether a value is data of a payload, in which "$ref" is a property like any other."""
    parts = pointer.split("/")
    # Under these keys the next one is a name, which can be anything.
    return any(
        part in ("examples", "default", "const", "enum") and before not in _NAMING
        for before, part in pairwise(parts)
    )


def _suggestion(value: Json, key: str) -> str:
    if isinstance(value, dict) and value:
        near = [name for name in value if name.lower() == key.lower()]
        names = near or sorted(value)[:8]
        return f"use one of those there: {', '.join(names)}"
    return "correct the reference, or write what it refers to"
