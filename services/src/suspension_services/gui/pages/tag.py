"""HTML elements that send what has changed of them, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from nicegui.elements.mixins.text_element import TextElement

Attribute = str | bool | int | None


class Tag(TextElement):
    """An element with a text, classes and attributes; `_` in their names stands for `-`.

    An attribute that is None or False is absent.
    """

    def __init__(
        self, tag: str, text: str = "", classes: str = "", **attributes: Attribute
    ) -> None:
        super().__init__(tag=tag, text=text)
        self.classes(classes)
        self._set(attributes)

    def show(
        self, text: str | None = None, *, classes: str | None = None, **attributes: Attribute
    ) -> None:
        """Change what is given, where it differs."""
        if text is not None:
            self.text = text
        if classes is not None and list(self.classes) != classes.split():
            self.classes(replace=classes)
        self._set(attributes)

    def hide(self, hidden: bool) -> None:
        """Take the element out of sight, or bring it back."""
        self._set({"hidden": hidden})

    def _set(self, attributes: Mapping[str, Attribute]) -> None:
        present = cast("dict[str, object]", self.props)
        for key, value in attributes.items():
            name = key.rstrip("_").replace("_", "-")
            kept = None if value is False else value
            if present.get(name) != kept:
                self.props.set_optional(name, kept)


def icon(name: str) -> Tag:
    """Return an icon of the font that NiceGUI brings; it says nothing to a screen reader."""
    return Tag("i", name, "material-icons", aria_hidden="true")
