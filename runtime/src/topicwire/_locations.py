"""Where in a message a value stands: the runtime expressions of AsyncAPI.

See https://www.asyncapi.com/docs/reference/specification/v3.1.0#runtimeExpression
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from pydantic import BaseModel

from topicwire._message_headers import unpack


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a message: `path` are the keys that lead to it, in the headers or the payload."""

    source: Literal["header", "payload"]
    path: tuple[str, ...]

    def __str__(self) -> str:
        return f"$message.{self.source}#/{'/'.join(self.path)}"

    def read(self, message: object, headers: Mapping[str, str]) -> str | None:
        """Return the text (or whole number) in a message; None where there is none.

        `headers` are the user properties; those of a `WithHeaders` come first.
        """
        message, given = unpack(message)
        if self.source == "header" and given is not None:
            return _text(_walk(_fields(given), self.path))
        if self.source == "header":
            return headers.get(self.path[0])
        return _text(_walk(_fields(message), self.path))

    def write(self, body: bytes, text: str) -> bytes:
        """Return the JSON of a payload with `text` in this place of it.

        Raises `ValueError` where there is no object to put it into.
        """
        root: object = json.loads(body)
        target = root
        for key in self.path[:-1]:
            found = cast(dict[str, object], target) if isinstance(target, dict) else {}
            target = found.setdefault(key, {})
        if not isinstance(target, dict):
            raise ValueError(f"there is no object for {self}")
        target[self.path[-1]] = text
        return json.dumps(root, ensure_ascii=False, separators=(",", ":")).encode()


def _fields(message: object) -> object:
    if isinstance(message, BaseModel):
        return json.loads(message.model_dump_json(by_alias=True, exclude_unset=True))
    if isinstance(message, bytes):
        try:
            found: object = json.loads(message)
        except (ValueError, RecursionError):
            return None
        return found
    return None


def _walk(value: object, path: tuple[str, ...]) -> object:
    for key in path:
        if isinstance(value, list) and key.isascii() and key.isdigit():
            items = cast(list[object], value)
            value = items[int(key)] if int(key) < len(items) else None
        else:
            value = cast(dict[str, object], value).get(key) if isinstance(value, dict) else None
    return value


def _text(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None
