"""Runtime expressions, which say where in a message a value stands.

See https://www.asyncapi.com/docs/reference/specification/v3.1.0#runtimeExpression
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from topicwire_codegen.document import unescape

_EXPRESSION = re.compile(r"\$message\.(header|payload)#((?:/[^/]*)+)")


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a message: `path` are the keys that lead to it, in the headers or the payload."""

    source: Literal["header", "payload"]
    path: tuple[str, ...]


def read_location(text: str) -> Location | None:
    """Return the place that an expression names, or None if it is none."""
    found = _EXPRESSION.fullmatch(text)
    if found is None:
        return None
    source: Literal["header", "payload"] = "header" if found[1] == "header" else "payload"
    path = tuple(unescape(part) for part in found[2].split("/")[1:])
    # User properties have no parts.
    return Location(source, path) if source == "payload" or len(path) == 1 else None
