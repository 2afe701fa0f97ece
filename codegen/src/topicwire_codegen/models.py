"""`models.py` of a generated package."""

from __future__ import annotations

from collections.abc import Iterable

from topicwire_codegen.classes import Classes
from topicwire_codegen.errors import Problem, SpecError
from topicwire_codegen.model_source import statements, write_models
from topicwire_codegen.ordinary import ToolFailed, ordinary_classes
from topicwire_codegen.residue import Residues
from topicwire_codegen.schemas import SchemaNames
from topicwire_codegen.value_types import Recursion


def make_models(names: SchemaNames, wanted: Iterable[str]) -> str:
    """Return the source of the models that are wanted, unformatted.

    datamodel-code-generator writes the ordinary ones, the generator itself the others.

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
                bodies = statements(classes)
                bodies |= ordinary_classes(names, classes, bodies)
                return write_models(classes, bodies, residues.definitions, wanted)
    except RecursionError:
        raise SpecError([unsupported(names, "they are nested too deeply")]) from None
    except ToolFailed as error:
        raise SpecError([unsupported(names, str(error))]) from error


def unsupported(names: SchemaNames, reason: str) -> Problem:
    """Return the problem that the schemas cannot be made classes, which the tools tell of all."""
    first = names.named()[0][1]
    return first.workspace.root.problem(
        "unsupported-schema",
        f"the schemas cannot be made Python classes: {reason}",
        "find the schema it speaks of and write it in another way",
    )
