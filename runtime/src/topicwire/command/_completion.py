"""What the shell offers for arguments."""

from __future__ import annotations

from collections.abc import Callable

from topicwire.command._catalogue import Catalogue

Completion = Callable[[str], list[tuple[str, str]]]


def channels(catalogue: Catalogue) -> Completion:
    """Return what completes names of channels."""

    def complete(incomplete: str) -> list[tuple[str, str]]:
        return [
            (name, entry.title)
            for name, entry in catalogue.entries.items()
            if name.startswith(incomplete)
        ]

    return complete


def channels_and_models(catalogue: Catalogue) -> Completion:
    """Return what completes names of channels and of models."""

    def complete(incomplete: str) -> list[tuple[str, str]]:
        models = [
            (name, schema["title"].text)
            for name, schema in catalogue.schemas.items()
            if name.startswith(incomplete)
        ]
        return [*channels(catalogue)(incomplete), *models]

    return complete


def apps(catalogue: Catalogue) -> Callable[[str], list[str]]:
    """Return what completes names of apps."""

    def complete(incomplete: str) -> list[str]:
        return [name for name in catalogue.apps if name.startswith(incomplete)]

    return complete
