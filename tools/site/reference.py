"""The pages of the Python reference: one for each public module, from its docstrings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tools.site.sources import ROOT

_PACKAGES = {"topicwire": ROOT / "runtime/src", "suspension_protocol": ROOT / "generated/src"}
_FOLDER = "reference"
# Modules whose attributes are what one looks for, and need not have docstrings.
_OF_ATTRIBUTES = ("suspension_protocol.models", "suspension_protocol.channels")


def reference_pages() -> dict[str, str]:
    """Return the pages by their places in the site."""
    pages: dict[str, str] = {}
    for package, source in _PACKAGES.items():
        for module, path in _modules(source / package, package):
            pages[f"{_FOLDER}/{module}.md"] = _page(module, path)
    return pages


def _modules(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    """Yield the public modules of a package with their files, the package itself first."""
    yield name, folder / "__init__.py"
    for path in sorted(folder.iterdir()):
        if path.name.startswith("_"):
            continue
        if (path / "__init__.py").is_file():
            yield from _modules(path, f"{name}.{path.name}")
        elif path.suffix == ".py":
            yield f"{name}.{path.stem}", path


def _page(module: str, path: Path) -> str:
    lines = [f"# {module}", "", f"::: {module}", "    options:"]
    # Elsewhere attributes that say nothing of themselves are told of by their class.
    told = "true" if module in _OF_ATTRIBUTES else "false"
    lines.append(f"      show_if_no_docstring: {told}")
    members = _members(module, path)
    if members:
        lines += ["      members:", *(f"      - {name}" for name in members)]
    return "\n".join(lines) + "\n"


def _members(module: str, path: Path) -> list[str]:
    """Return the public names of a package without those that have a page with their module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    listed = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    elsewhere = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module and _is_public(node.module, module)
        for alias in node.names
    }
    return [name for names in listed for name in names if name not in elsewhere]


def _is_public(module: str, package: str) -> bool:
    inside = module.removeprefix(f"{package}.")
    return inside != module and not any(part.startswith("_") for part in inside.split("."))
