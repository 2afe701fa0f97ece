"""Reading a YAML or JSON document so that every value knows its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import yaml

from topicwire_codegen.errors import Location, Problem, SpecError

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Aliases make a small file large; a document with more values than this is not meant to be read.
_MAX_VALUES = 500_000
# What looks into values does so recursively, schemas with many calls a level.
_MAX_DEPTH = 64
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
# What JSON has in its texts and YAML has not: a character escaped as two surrogates (behind no
# backslash that is itself escaped), and those that YAML takes for line breaks, or refuses.
_FOREIGN = re.compile(
    r"(?<!\\)((?:\\\\)*)\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})"
    r"|(?!\A)[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]",
    re.IGNORECASE,
)
_PLAIN = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Document:
    """A file that was read: `data` is what is in it, as JSON values."""

    path: Path
    name: str
    data: Json
    positions: dict[str, tuple[int, int]]

    def location(self, pointer: str) -> Location:
        """Return where a JSON pointer points to, or the nearest place above it that is there."""
        known = pointer
        while known not in self.positions and known != "#":
            known = known.rpartition("/")[0]
        line, column = self.positions.get(known, (1, 1))
        return Location(self.name, line, column, pointer)


def read_document(path: Path, name: str | None = None) -> Document:
    """Read a file; `name` is what messages call it.

    Values are those of JSON: unlike in YAML 1.1, dates, `yes` and `on` are texts. Raises
    `SpecError` when the file cannot be read.
    """
    name = name or path.name
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise _unreadable(
            name, 1, 1, f"cannot be read: {error.strerror}", "give an existing file"
        ) from error
    except UnicodeDecodeError as error:
        raise _unreadable(
            name, 1, 1, f"is not UTF-8 (byte {error.start})", "save it in the UTF-8 encoding"
        ) from error
    return parse_document(text, path, name)


def parse_document(text: str, path: Path, name: str) -> Document:
    """Read the text of a document as if it stood in the file `path`.

    Raises `SpecError` as `read_document`.
    """
    escapes = _Escapes()
    if path.suffix == ".json":
        # A tab cannot be inside a JSON string, and the YAML parser does not take it outside.
        text = escapes.translate(text.replace("\t", " "))
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = escapes.position(mark) if mark else (1, 1)
        what = " ".join(filter(None, (error.context, error.problem)))
        raise _unreadable(
            name, line, column, f"is not valid YAML: {what}", "mend the syntax there"
        ) from error
    except yaml.YAMLError as error:
        raise _unreadable(name, 1, 1, f"is not valid YAML: {error}", "mend the syntax") from error
    except RecursionError:
        raise _unreadable(name, 1, 1, "is nested too deeply", "nest it less") from None
    if root is None:
        raise _unreadable(name, 1, 1, "is empty", "write an AsyncAPI document")
    builder = _Builder(name, escapes)
    data = builder.build(root, "#")
    if builder.problems:
        raise SpecError(builder.problems)
    return Document(path, name, data, builder.positions)


def escape(key: str) -> str:
    """Return a key as a part of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def unescape(part: str) -> str:
    """Return the key that a part of a JSON pointer stands for."""
    return part.replace("~1", "/").replace("~0", "~")


class _Escapes:
    """The characters of a JSON text that YAML writes otherwise, and the places of all others."""

    def __init__(self) -> None:
        # By line, where something was replaced, and how many characters were lost by it.
        self._shifts: dict[int, list[tuple[int, int]]] = {}

    def translate(self, text: str) -> str:
        """Return a JSON text with YAML's escapes."""
        lines = text.split("\n")
        for number, line in enumerate(lines):
            lost = 0
            for match in _FOREIGN.finditer(line):
                lost += len(match[0]) - len(_escaped(match))
                self._shifts.setdefault(number, []).append((match.end() - lost, lost))
            if number in self._shifts:
                lines[number] = _FOREIGN.sub(_escaped, line)
        return "\n".join(lines)

    def position(self, mark: yaml.Mark) -> tuple[int, int]:
        """Return line and column of a mark, from 1 on, as they are in the text that was given."""
        shifts = self._shifts.get(mark.line, ())
        lost = next((lost for end, lost in reversed(shifts) if end <= mark.column), 0)
        return mark.line + 1, mark.column + lost + 1


def _escaped(match: re.Match[str]) -> str:
    backslashes, high, low = match.groups()
    if high is None:
        return f"\\u{ord(match[0]):04x}"
    code = 0x10000 + (int(high, 16) - 0xD800) * 0x400 + int(low, 16) - 0xDC00
    return f"{backslashes}\\U{code:08x}"


# The entries of an object by their keys: the nodes of key and value.
_Entries = dict[str, tuple[yaml.Node, yaml.Node]]


class _Builder:
    """Makes values of YAML nodes, and notes where they are and what is wrong."""

    def __init__(self, name: str, escapes: _Escapes) -> None:
        self.name = name
        self._escapes = escapes
        self.positions: dict[str, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        self._open: set[int] = set()
        self._mergeable: dict[int, _Entries] = {}

    def build(self, node: yaml.Node, pointer: str) -> Json:
        self._note(node, pointer)
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        if id(node) in self._open:
            self._problem(node, pointer, "contains itself through an alias", "use $ref instead")
            return None
        if len(self._open) >= _MAX_DEPTH:
            self._problem(node, pointer, f"is nested more than {_MAX_DEPTH} deep", "nest it less")
            return None
        if len(self.positions) > _MAX_VALUES:
            if not self.problems:
                self._problem(node, pointer, "has too many values", "use fewer aliases")
            return None
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.build(item, f"{pointer}/{i}") for i, item in enumerate(node.value)]
            return dict(self._entries(node, pointer))
        finally:
            self._open.discard(id(node))

    def _entries(self, node: yaml.Node, pointer: str) -> Iterator[tuple[str, Json]]:
        first: dict[str, int] = {}
        merged: _Entries = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._problem(key_node, pointer, "has a key that is no text", "use a plain key")
                continue
            key = str(key_node.value)
            inner = f"{pointer}/{escape(key)}"
            if key == "<<" and not key_node.style:
                for merged_key, entry in self._merged(value_node, inner).items():
                    merged.setdefault(merged_key, entry)
                continue
            if key in first:
                self._problem(
                    key_node,
                    inner,
                    f"key {key!r} is there twice, first in line {first[key]}",
                    "keep one of them",
                )
                continue
            first[key] = key_node.start_mark.line + 1
            value = self.build(value_node, inner)
            self._note(key_node, inner)
            yield key, value
        for key, (key_node, value_node) in merged.items():
            if key not in first:
                first[key] = key_node.start_mark.line + 1
                yield key, self.build(value_node, f"{pointer}/{escape(key)}")

    def _merged(self, node: yaml.Node, pointer: str) -> _Entries:
        """Return the entries that a merge key brings; earlier objects win over later ones.

        See https://yaml.org/type/merge.html
        """
        parts = node.value if isinstance(node, yaml.SequenceNode) else [node]
        found: _Entries = {}
        for part in parts:
            if not isinstance(part, yaml.MappingNode) or id(part) in self._open:
                self._problem(
                    part, pointer, "merges what is no object", "merge an alias of an object"
                )
                continue
            if id(part) not in self._mergeable:
                self._open.add(id(part))
                self._mergeable[id(part)] = self._flattened(part, pointer)
                self._open.discard(id(part))
            for key, entry in self._mergeable[id(part)].items():
                found.setdefault(key, entry)
        return found

    def _flattened(self, node: yaml.MappingNode, pointer: str) -> _Entries:
        """Return the entries of an object with those that its own merge keys bring."""
        own: _Entries = {}
        merged: _Entries = {}
        for key_node, value_node in node.value:
            if str(key_node.value) == "<<" and not key_node.style:
                merged = {**self._merged(value_node, pointer), **merged}
            elif isinstance(key_node, yaml.ScalarNode):
                own.setdefault(str(key_node.value), (key_node, value_node))
        return {**merged, **own}

    def _note(self, node: yaml.Node, pointer: str) -> None:
        self.positions[pointer] = self._escapes.position(node.start_mark)

    def _problem(self, node: yaml.Node, pointer: str, message: str, remedy: str) -> None:
        location = Location(self.name, *self._escapes.position(node.start_mark), pointer)
        self.problems.append(Problem(location, "unreadable", message, remedy))


def _scalar(node: yaml.ScalarNode) -> Json:
    text = str(node.value)
    if node.style:  # quoted or a block
        return text
    if text in _PLAIN:
        return _PLAIN[text]
    if _INTEGER.match(text):
        # Python refuses to convert integers of thousands of digits.
        return int(text) if len(text) < 400 else float(text)
    if _FLOAT.match(text):
        return float(text)
    return text


def _unreadable(name: str, line: int, column: int, message: str, remedy: str) -> SpecError:
    return SpecError([Problem(Location(name, line, column, "#"), "unreadable", message, remedy)])
