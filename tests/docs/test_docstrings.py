"""Every public item of the runtime and of the generated package says what it is."""

from collections.abc import Iterator

import griffe
import pytest

from tests.docs.blocks import ROOT

# What these are is said by their class, or is what the document says.
_SILENT = ("suspension_protocol.channels", "suspension_protocol.models")


def public(item: griffe.Object, path: str) -> Iterator[tuple[str, griffe.Object]]:
    """Yield what a package offers, under the names that it is imported by."""
    exported = {str(name) for name in item.exports or ()} if item.is_module else set()
    for name, member in item.members.items():
        if name.startswith("_") or (member.is_alias and name not in exported):
            continue
        target = member.final_target if member.is_alias else member
        if item.is_module and exported and not target.is_module and name not in exported:
            continue
        yield f"{path}.{name}", target
        if target.is_module or target.is_class:
            yield from public(target, f"{path}.{name}")


@pytest.mark.parametrize(
    ("package", "source"), [("topicwire", "runtime/src"), ("suspension_protocol", "generated/src")]
)
def test_every_public_item_has_a_docstring(package, source):
    loader = griffe.GriffeLoader(search_paths=[ROOT / source])
    module = loader.load(package)
    loader.resolve_aliases(implicit=False)
    items = list(public(module, package))
    assert len(items) > 300
    without = [
        path
        for path, item in items
        if not item.docstring
        # Attributes of a class are described in its docstring.
        and not (item.is_attribute and item.parent.is_class)
        and not (item.is_attribute and path.startswith(_SILENT))
    ]
    assert without == []


def test_every_first_line_is_a_sentence():
    loader = griffe.GriffeLoader(search_paths=[ROOT / "runtime/src"])
    module = loader.load("topicwire")
    loader.resolve_aliases(implicit=False)
    wrong = [
        path
        for path, item in public(module, "topicwire")
        if item.docstring and item.docstring.value.split("\n\n")[0].rstrip()[-1:] not in ".:?"
    ]
    assert wrong == []
