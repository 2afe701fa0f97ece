"""A generated package as data: its bundled document and its channels."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any, cast

from topicwire._channel import Channel

Json = dict[str, Any]


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
        self.document: Json = json.loads(text)

    @cached_property
    def channels(self) -> Mapping[str, Channel[Any]]:
        """The channels by their names in the document."""
        found: tuple[Channel[Any], ...] = importlib.import_module(f"{self.name}.channels").CHANNELS
        return {channel.name: channel for channel in found}

    def resolved(self, value: object) -> Json:
        """Return what a value of the document is, references followed; {} for no object."""
        while isinstance(value, dict) and "$ref" in value:
            value = self._at(cast(str, value["$ref"]))
        return cast(Json, value) if isinstance(value, dict) else {}

    def messages(self, channel: str) -> Iterator[tuple[str, Json]]:
        """Yield the messages of a channel with their keys."""
        described = self.resolved(self.document.get("channels", {}).get(channel))
        for key, message in described.get("messages", {}).items():
            yield key, self.resolved(message)

    def operations(self) -> Iterator[Json]:
        """Yield the operations, with the tags that their traits give them."""
        for operation in self.document.get("operations", {}).values():
            found = self.resolved(operation)
            traits = [self.resolved(trait) for trait in found.get("traits", ())]
            tags = [each["tags"] for each in (*traits, found) if "tags" in each]
            names = [self.resolved(tag).get("name") for tag in (tags[-1] if tags else ())]
            yield {**found, "tags": names}

    def _at(self, reference: str) -> object:
        found: Any = self.document
        for part in reference.removeprefix("#/").split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            if isinstance(found, list):
                found = cast("list[Any]", found)[int(key)]
            else:
                found = cast(Json, found)[key]
        return cast(object, found)


@lru_cache(maxsize=16)
def generated_package(name: str) -> GeneratedPackage:
    """Return a package, read once; raises `LookupError`."""
    return GeneratedPackage(name)
