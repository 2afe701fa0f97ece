"""The published document of a package, read with its references followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast


class Node:
    """A value of the document; `$ref`s inside the document are followed on the way."""

    def __init__(self, value: object, root: object) -> None:
        self._root = root
        self.name: str | None = None
        """The last part of the reference that led here, such as the name of a schema."""
        self.value: object = value
        for _ in range(64):  # of references to references; a circle is not one that ends
            reference = self.mapping.get("$ref")
            if not isinstance(reference, str):
                break
            self.name = _unescape(reference.rpartition("/")[2])
            self.value = _follow(root, reference)

    def __bool__(self) -> bool:
        return self.value is not None

    def __getitem__(self, key: str) -> Node:
        """Return what is under a key; nothing (which is false) if it is not there."""
        return Node(self.mapping.get(key), self._root)

    def sibling(self, value: object) -> Node:
        """Return another value as one of the same document, under the same name."""
        other = Node(value, self._root)
        other.name = self.name
        return other

    @property
    def mapping(self) -> Mapping[str, object]:
        """The value, if it is an object; else an empty one."""
        value: object = self.value
        return cast("dict[str, object]", value) if isinstance(value, dict) else {}

    @property
    def items(self) -> Iterator[tuple[str, Node]]:
        """The members of an object."""
        return ((key, Node(value, self._root)) for key, value in self.mapping.items())

    @property
    def list(self) -> tuple[Node, ...]:
        """The elements of an array."""
        value: object = self.value
        found = cast("list[object]", value) if isinstance(value, list) else []
        return tuple(Node(value, self._root) for value in found)

    @property
    def text(self) -> str:
        """The value, if it is a text, on one line."""
        return " ".join(self.value.split()) if isinstance(self.value, str) else ""


def _follow(root: object, reference: str) -> object:
    value = root
    for part in reference.removeprefix("#").split("/")[1:]:
        name = _unescape(part)
        if isinstance(value, dict):
            value = cast("dict[str, object]", value).get(name)
        elif isinstance(value, list) and name.isdigit():
            elements = cast("list[object]", value)
            value = elements[int(name)] if int(name) < len(elements) else None
        else:
            return None
    return value


def _unescape(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")
