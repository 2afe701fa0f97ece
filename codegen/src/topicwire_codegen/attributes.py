"""Names of attributes and of members of enumerations, whatever the document calls them."""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Callable, Iterable

from pydantic import BaseModel, RootModel

from topicwire_codegen.naming import constant_name, snake_name

# What a class has already, and what its annotations are made of.
_TAKEN = frozenset({
    *dir(BaseModel), *dir(RootModel), "bool", "dict", "float", "int", "list", "str",
    "model_computed_fields", "model_config", "model_extra", "model_fields", "model_fields_set",
})  # fmt: skip


def attribute_names(properties: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Return the attributes of properties, by property; `taken` are those of the bases."""
    return _unique(properties, _attribute, {*_TAKEN, *taken}, "_")


def member_names(values: Iterable[str]) -> dict[str, str]:
    """Return the members of an enumeration of texts, by text."""
    return _unique(values, _member, set(), "_")


def _unique(
    texts: Iterable[str], naming: Callable[[str], str], taken: set[str], mark: str
) -> dict[str, str]:
    found: dict[str, str] = {}
    listed = list(texts)
    # Who is called so by the document keeps the name.
    for text in sorted(listed, key=lambda text: naming(text) != text):
        name = wanted = naming(text)
        if name in taken:
            name, number = f"{wanted}{mark}", 2
            while name in taken:
                name, number = f"{wanted}_{number}", number + 1
        taken.add(name)
        found[text] = name
    return {text: found[text] for text in listed}


def _attribute(text: str) -> str:
    name = snake_name(text) or snake_name(_spelled_out(text)) or "empty"
    if not text[:1].isidentifier() or text[:1] == "_":
        name = f"field_{name.removeprefix('n_')}"
    return f"{name}_" if keyword.iskeyword(name) and not name.endswith("_") else name


def _member(text: str) -> str:
    name = constant_name(text) or constant_name(_spelled_out(text)) or "EMPTY"
    return name.replace("N_", "VALUE_", 1) if name.startswith("N_") else name


def _spelled_out(text: str) -> str:
    """Return the names of characters that cannot be in a name themselves."""
    return " ".join(unicodedata.name(c, f"u{ord(c):04x}").replace("-", " ") for c in text)
