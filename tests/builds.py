"""The two builds of what is compiled: the source as it is, and what was compiled of it.

`make` always compiles it, so a build that is missing is an error, unless TOPICWIRE_PURE_PYTHON
says that it is not wanted.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

import pytest
from topicwire._compiled import WANTED


def modules(name: str) -> dict[str, ModuleType]:
    """Return the builds of a module, such as `_batch`."""
    found = {"pure": import_module(f"topicwire.{name}_py")}
    if WANTED:
        found["compiled"] = import_module(f"topicwire.{name}_c")
    return found


def each(name: str) -> pytest.MarkDecorator:
    """Have a test run with `build` as each of the builds of a module."""
    found = modules(name)
    return pytest.mark.parametrize("build", found.values(), ids=found.keys())
