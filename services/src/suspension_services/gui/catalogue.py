"""The languages that there are, and which of them a browser wants."""

from __future__ import annotations

from suspension_services.gui.english import ENGLISH
from suspension_services.gui.german import GERMAN
from suspension_services.gui.texts import Texts

CATALOGUE = {texts.language: texts for texts in (ENGLISH, GERMAN)}


def preferred(accept_language: str) -> Texts:
    """Return the texts for the header `Accept-Language`, see RFC 9110, 12.5.4; else English."""
    wanted: list[tuple[float, str]] = []
    for entry in accept_language.split(","):
        name, _, quality = entry.partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        wanted.append((weight, name.strip().lower().partition("-")[0]))
    for _, language in sorted(wanted, key=lambda entry: -entry[0]):
        if language in CATALOGUE:
            return CATALOGUE[language]
    return ENGLISH
