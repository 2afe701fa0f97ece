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


def _candidates(
    text: str, naming: Callable[[str], tuple[str, ...]], otherwise: str
) -> Iterator[tuple[str, ...]]:
    base = text if all(naming(text)) else otherwise
    yield naming(base)
    number = 2
    while True:
        yield naming(f"{base} {number}")
        number += 1
