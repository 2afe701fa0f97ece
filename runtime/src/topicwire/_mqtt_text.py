"""What MQTT takes for a text and for a topic (5.0, sections 1.5.4 and 4.7). Pure."""

from __future__ import annotations

MAX_TEXT = 65_535  # bytes


def is_text(text: str) -> bool:
    """Return whether MQTT can carry a text: Unicode without NUL, and not too long."""
    try:
        return "\0" not in text and len(text.encode()) <= MAX_TEXT
    except UnicodeEncodeError:
        return False


def is_topic(text: str) -> bool:
    """Return whether a text can be published to."""
    return bool(text) and "+" not in text and "#" not in text and is_text(text)
