"""Everything in a document that could break a user, found before anything is generated."""

from topicwire_codegen.errors import Problem
from topicwire_codegen.references import Workspace, check_references


def lint(workspace: Workspace, *, conventions: bool) -> list[Problem]:
    """Return all problems of a document."""
    return check_references(workspace)
