"""Schemas that are called by an `$id` of their own instead of by where they stand.

JSON Schema Core draft 7, 8.2: an `$id` is an address, relative to that of the schema around it, and
what is inside refers relative to it; `#name` is a name within the schema around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import unquote, urldefrag, urljoin

from topicwire_codegen.document import Document, Json, escape, unescape
from topicwire_codegen.vocabulary import SUBSCHEMA, SUBSCHEMA_MAPS, SUBSCHEMAS

# What a value of a document is: a schema, schemas by their names, or something around them.
_SCHEMA, _MAP, _ANYTHING = "schema", "map", "anything"

Place = tuple[Document, str, Json]


class Identifiers:
    """Finds the schemas of some documents by their `$id`; `is_data` tells what is no schema."""

    def __init__(self, is_data: Callable[[str], bool]) -> None:
        self._is_data = is_data
        self._places: dict[str, Place] = {}
        self._read: dict[int, bool] = {}

    def find(self, document: Document, pointer: str, reference: str) -> Place | None:
        """Return what a `$ref` in a schema refers to by an `$id`; None if by none."""
        if not self._add(document):
            return None
        base = document.path.as_uri() if document.path.is_absolute() else ""
        value = document.data
        for key in [unescape(part) for part in pointer.split("/")[1:]]:
            base = _base(base, value)
            value = value[int(key)] if isinstance(value, list) else _member(value, key)
        address, fragment = urldefrag(_join(base, reference))
        if fragment and not fragment.startswith("/"):
            return self._places.get(f"{address}#{fragment}")
        found = self._places.get(address)
        return _inside(found, fragment) if found is not None else None

    def _add(self, document: Document) -> bool:
        """Return whether a document has any, after looking once."""
        if id(document) not in self._read:
            found = list(self._found(document))
            self._read[id(document)] = bool(found)
            for address, pointer, value in found:
                self._places.setdefault(address, (document, pointer, value))
        return self._read[id(document)]

    def _found(self, document: Document) -> Iterator[tuple[str, str, Json]]:
        base = document.path.as_uri() if document.path.is_absolute() else ""
        pending: list[tuple[str, str, Json, str]] = [(base, "#", document.data, _ANYTHING)]
        while pending:
            around, pointer, value, kind = pending.pop()
            if isinstance(value, list):
                pending += [(around, f"{pointer}/{i}", v, kind) for i, v in enumerate(value)]
            if not isinstance(value, dict) or self._is_data(pointer):
                continue
            inside = around if kind == _MAP else _base(around, value)
            own = value.get("$id")
            if kind != _MAP and isinstance(own, str) and not isinstance(value.get("$ref"), str):
                kind = _SCHEMA
                address = inside if inside != around else _join(around, own)
                yield address.removesuffix("#"), pointer, value
            for key, inner in value.items():
                inner_kind = _kind(kind, key)
                if inner_kind:
                    pending.append((inside, f"{pointer}/{escape(key)}", inner, inner_kind))


def _kind(around: str, key: str) -> str:
    """Return what is under a key; "" for what can be anything, and so no schema of ours."""
    if around == _MAP or key in (*SUBSCHEMA, *SUBSCHEMAS):
        return _SCHEMA
    if key in (*SUBSCHEMA_MAPS, "definitions"):
        return _MAP
    return "" if around == _SCHEMA else _ANYTHING


def _base(around: str, value: Json) -> str:
    """Return what the references inside a value are relative to."""
    own = value.get("$id") if isinstance(value, dict) else None
    if not isinstance(own, str) or own.startswith("#") or not isinstance(value, dict):
        return around
    return around if isinstance(value.get("$ref"), str) else urldefrag(_join(around, own))[0]


def _join(around: str, own: str) -> str:
    # To urljoin a URN is nothing that something can be relative to.
    return f"{around}{own}" if own.startswith("#") else urljoin(around, own)


def _member(value: Json, key: str) -> Json:
    return value.get(key) if isinstance(value, dict) else None


def _inside(place: Place, fragment: str) -> Place | None:
    document, pointer, value = place
    for part in fragment.split("/")[1:]:
        key = unescape(unquote(part))
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isascii() and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
        pointer = f"{pointer}/{escape(key)}"
    return document, pointer, value
