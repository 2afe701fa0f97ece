"""Types as they are written in Python."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from topicwire_codegen.document import Json
from topicwire_codegen.residue import Schema

ANYTHING = "JsonValue"


@dataclass(frozen=True, slots=True)
class ValueType:
    """A type in Python's words: the `base`, the limits of `Field`, and the `residue`."""

    base: str
    limits: dict[str, Json] = field(default_factory=lambda: {})
    residue: Schema | bool = True

    def __str__(self) -> str:
        return self.written()

    def written(self, *, optional: bool = False, alias: str | None = None) -> str:
        """Return it as source; `optional` for a property that may be absent."""
        base = f"{self.base} | MISSING" if optional else self.base
        named: dict[str, Json] = {} if alias is None else {"alias": alias}
        arguments = {**named, **dict(sorted(self.limits.items()))}
        notes: list[str] = []
        if arguments:
            notes.append(f"Field({', '.join(f'{k}={v!r}' for k, v in arguments.items())})")
        if self.residue is not True and self.residue != {}:
            notes.append(json_schema(self.residue))
        return f"Annotated[{', '.join([base, *notes])}]" if notes else base


def json_schema(residue: Schema | bool) -> str:
    """Return the source of a `JsonSchema`."""
    return f"JsonSchema({residue!r}{', _DEFINITIONS' if _refers(residue) else ''})"


def _refers(value: Json) -> bool:
    if isinstance(value, dict):
        return "$ref" in value or any(map(_refers, value.values()))
    return isinstance(value, list) and any(map(_refers, value))


def union(choices: Iterable[str]) -> str:
    """Return the source of a type that is any of some."""
    found = list(dict.fromkeys(choices))
    if ANYTHING in found:
        return ANYTHING
    return " | ".join(
        [*(each for each in found if each != "None"), *(["None"] * ("None" in found))]
    )
