"""Python names for the names of a document. The same names always give the same results."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

_BOUNDARY = re.compile(
    r"""
    (?<=[a-z0-9])(?=[A-Z])        # sensorData -> sensor Data
    | (?<=[A-Z])(?=[A-Z][a-z])    # HTTPServer -> HTTP Server
    """,
    re.VERBOSE,
)


def words(text: str) -> list[str]:
    """Split a name into its words, leaving out everything that cannot be in an identifier.

    Unicode compatibility forms are folded (NFKC), as Python does with identifiers.
    """
    folded = unicodedata.normalize("NFKC", text)
    clean = "".join(character if f"a{character}".isidentifier() else " " for character in folded)
    return _BOUNDARY.sub(" ", clean.replace("_", " ")).split()


def class_name(text: str) -> str:
    """Return a class name (`measurementsLive` -> `MeasurementsLive`), "" when nothing is left."""
    return _usable("".join(word[0].upper() + word[1:] for word in words(text)), "N")


def snake_name(text: str) -> str:
    """Return an attribute or argument name (`measurementsLive` -> `measurements_live`)."""
    return _usable("_".join(word.lower() for word in words(text)), "n_")


def constant_name(text: str) -> str:
    """Return the name of a constant (`measurementsLive` -> `MEASUREMENTS_LIVE`)."""
    return _usable("_".join(word.upper() for word in words(text)), "N_")


def _usable(name: str, prefix: str) -> str:
    if not name:
        return ""
    if name[0].isdigit():
        name = prefix + name
    return name + "_" if keyword.iskeyword(name) else name


def distinct(
    texts: Iterable[str], naming: Callable[[str], tuple[str, ...]], *, otherwise: str
) -> dict[str, tuple[str, ...]]:
    """Return the Python names of texts, no two alike: later ones get a number behind.

    `naming` makes the names of one text; `otherwise` is used for one of which nothing is left.
    """
    used: set[str] = set()
    found: dict[str, tuple[str, ...]] = {}
    texts = dict.fromkeys(texts)
    # A number must not take away the name of one that is written so.
    for text in texts:
        names = naming(text)
        if all(names) and used.isdisjoint(names):
            used.update(names)
            found[text] = names
    for text in texts:
        if text not in found:
            candidates = _candidates(text, naming, otherwise)
            found[text] = next(names for names in candidates if used.isdisjoint(names))
            used.update(found[text])
    return {text: found[text] for text in texts}


def attribute_names(keys: Iterable[str]) -> dict[str, str]:
    """Return the attributes of properties whose names differ too little for Python.

    All others are left to the generator of the models.
    """
    owners: dict[str, list[str]] = {}
    for key in keys:
        owners.setdefault(snake_name(key), []).append(key)
    groups = [group for group in owners.values() if len(group) > 1]
    reserved = {name for name in owners if name}
    found: dict[str, str] = {}
    for group in groups:
        # One that is spelled like the attribute keeps its name.
        ordered = sorted(group, key=lambda key: key != snake_name(key))
        for number, key in enumerate(ordered, 1):
            name = base = snake_name(key) or "empty"
            while number > 1 and (name in reserved or name in found.values()):
                name, number = f"{base}_{number}", number + 1  # noqa: PLW2901
            found[key] = name
    return found


def member_names(values: Iterable[str]) -> list[str]:
    """Return the names of an enumeration's members."""
    return [names[0] for names in distinct(values, _member_name, otherwise="VALUE").values()]


def _member_name(value: str) -> tuple[str, ...]:
    if not value:
        return ("EMPTY",)
    if not words(value):
        # Signs are called by their names in Unicode, such as PLUS_SIGN.
        signs = " ".join(unicodedata.name(character, "") for character in value[:4])
        return (constant_name(signs),)
    return (re.sub(r"\AN_(?=\d)", "VALUE_", constant_name(value)),)


def _candidates(
    text: str, naming: Callable[[str], tuple[str, ...]], otherwise: str
) -> Iterator[tuple[str, ...]]:
    base = text if all(naming(text)) else otherwise
    yield naming(base)
    number = 2
    while True:
        yield naming(f"{base} {number}")
        number += 1
