"""Topic filters: which topics they are for (MQTT 5.0, section 4.7). Pure."""

from __future__ import annotations

import re
from functools import cached_property


class TopicFilter:
    """A topic filter such as `suspension/+/status`; raises `ValueError` for what is none."""

    def __init__(self, text: str) -> None:
        levels = text.split("/")
        wild = [level for level in levels if "+" in level or "#" in level]
        misplaced = any(level not in ("+", "#") for level in wild) or "#" in levels[:-1]
        if not text or misplaced or "\0" in text:
            raise ValueError(f"{text!r} is not a topic filter of MQTT")
        self.text = text

    def matches(self, topic: str) -> bool:
        """Return whether a topic belongs to it."""
        return self._compiled.fullmatch(topic) is not None

    def overlaps(self, other: TopicFilter) -> bool:
        """Return whether there can be a topic that belongs to both."""
        mine, theirs = self.text.split("/"), other.text.split("/")
        # Wildcards at the beginning do not match what begins with `$`.
        first = {mine[0], theirs[0]}
        if first & {"+", "#"} and any(level.startswith("$") for level in first):
            return False
        for own, foreign in zip(mine, theirs, strict=False):
            if "#" in (own, foreign):
                return True
            if "+" not in (own, foreign) and own != foreign:
                return False
        shorter, longer = sorted((mine, theirs), key=len)
        # `a/#` is for `a` too.
        return len(shorter) == len(longer) or longer[len(shorter) :] == ["#"]

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"TopicFilter({self.text!r})"

    @property
    def pattern(self) -> str:
        """A regular expression for the topics, to be compiled with `re.DOTALL`."""
        text = self.text
        # A topic that begins with $ is for filters that do, and not for wildcards.
        start = r"(?!\$)" if text[0] in "+#" else ""
        if text == "#":
            return start + ".*"
        tail = ""
        if text.endswith("/#"):
            text, tail = text[:-2], "(?:/.*)?"
        levels = ("[^/]*" if level == "+" else re.escape(level) for level in text.split("/"))
        return start + "/".join(levels) + tail

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.DOTALL)
