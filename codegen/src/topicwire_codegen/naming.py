"""Python names for the names of a document. The same name always gives the same result."""

from __future__ import annotations

import keyword
import re
import unicodedata

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
