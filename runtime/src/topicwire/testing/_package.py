"""A generated package as data: its bundled document and its channels."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any

from topicwire._channel import Channel
from topicwire.command._node import Node


class GeneratedPackage:
    """A package that `topicwire generate` has written, by the name it is imported by.

    `document` is its AsyncAPI document. Raises `LookupError` for a package that is no such one.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        try:
            text = resources.files(name).joinpath("asyncapi.json").read_text("utf-8")
        except (ModuleNotFoundError, FileNotFoundError, ValueError):
            raise LookupError(f"{name or 'the main program'} is no generated package") from None
        root: object = json.loads(text)
        self.document = Node(root, root)

    @cached_property
    def channels(self) -> Mapping[str, Channel[Any]]:
        """The channels by their names in the document."""
        found: tuple[Channel[Any], ...] = importlib.import_module(f"{self.name}.channels").CHANNELS
        return {channel.name: channel for channel in found}

    def messages(self, channel: str) -> Iterator[tuple[str, Node]]:
        """Yield the messages of a channel with their keys."""
        return self.document["channels"][channel]["messages"].items

    def operations(self) -> Iterator[tuple[Node, list[str]]]:
        """Yield the operations with the names of their tags, which may come from traits."""
        for _, operation in self.document["operations"].items:
            given = [each["tags"] for each in (*operation["traits"].list, operation)]
            tags = next((each for each in reversed(given) if each), Node(None, None))
            yield operation, [tag["name"].text or tag.name or "" for tag in tags.list]


@lru_cache(maxsize=16)
def generated_package(name: str) -> GeneratedPackage:
    """Return a package, read once; raises `LookupError`."""
    return GeneratedPackage(name)
