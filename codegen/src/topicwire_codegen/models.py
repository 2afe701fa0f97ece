"""`models.py` of a generated package."""

from __future__ import annotations

from collections.abc import Iterable

from topicwire_codegen.classes import Classes
from topicwire_codegen.errors import Problem, SpecError
from topicwire_codegen.model_source import write_models
from topicwire_codegen.residue import Residues
from topicwire_codegen.schemas import SchemaNames
from topicwire_codegen.value_types import Recursion


def make_models(names: SchemaNames, wanted: Iterable[str]) -> str:
    """Return the source of the models that are wanted, unformatted.

    Raises `SpecError` when the schemas cannot be made classes.
    """
    if not names.named():
        return ""
    try:
        while True:
            residues = Residues(names)
            try:
                classes = list(Classes(names, residues).all())
            except Recursion as recursion:
                names.make_root(recursion.node)
            else:
                return write_models(classes, residues.definitions, wanted)
    except RecursionError:
        raise SpecError([unsupported(names, "they are nested too deeply")]) from None


def unsupported(names: SchemaNames, reason: str) -> Problem:
    """Return the problem that the schemas cannot be made classes, which the tools tell of all."""
    first = names.named()[0][1]
    return first.workspace.root.problem(
        "unsupported-schema",
        f"the schemas cannot be made Python classes: {reason}",
        "find the schema it speaks of and write it in another way",
    )
