"""Everything in a document that could break a user, found before anything is generated.

The official validator lets much of this pass. Rules are small functions in the modules of this
package, each about one part of a document; they yield every problem they find.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from topicwire_codegen.errors import Problem
from topicwire_codegen.lint.addresses import check_addresses
from topicwire_codegen.lint.bindings import check_bindings
from topicwire_codegen.lint.compat import check_compat
from topicwire_codegen.lint.composition import check_composition
from topicwire_codegen.lint.conventions import check_conventions
from topicwire_codegen.lint.examples import check_examples
from topicwire_codegen.lint.headers import check_headers
from topicwire_codegen.lint.messages import check_messages
from topicwire_codegen.lint.operations import check_operations
from topicwire_codegen.lint.replies import check_replies
from topicwire_codegen.lint.schemas import check_schemas
from topicwire_codegen.lint.servers import check_servers
from topicwire_codegen.lint.settings import check_settings
from topicwire_codegen.lint.structure import check_structure
from topicwire_codegen.references import Workspace, check_references

Rule = Callable[[Workspace], Iterator[Problem]]

RULES: tuple[Rule, ...] = (
    check_servers,
    check_addresses,
    check_messages,
    check_headers,
    check_operations,
    check_replies,
    check_bindings,
    check_settings,
    check_examples,
)

# What is odd, and does not change what is generated; `--strict` refuses it all the same.
WARNINGS = frozenset({
    "channel-without-message", "message-without-payload", "operation-without-app",
    "reserved-address", "undeclared-parameter", "unused-parameter", "unused-variable",
    "wrong-example",
})  # fmt: skip


def lint(workspace: Workspace, *, conventions: bool) -> list[Problem]:
    """Return all problems of a document; `conventions` asks for the house conventions too.

    Without them some problems are only warnings. Later rules rely on what earlier ones have found
    right: references first, then the shapes of all objects, then whether the schemas end, then
    the schemas, then everything else.
    """
    problems = check_references(workspace)
    if not problems:
        problems = list(check_structure(workspace))
    if not problems:
        problems = list(check_composition(workspace))
    if not problems:
        problems = list(check_schemas(workspace))
        # Examples cannot be held against a schema that is wrong itself.
        rules = [rule for rule in RULES if not (problems and rule is check_examples)]
        for rule in rules:
            problems += rule(workspace)
        if conventions:
            problems += check_conventions(workspace)
    if all(problem.rule in WARNINGS for problem in problems):
        problems += check_compat(workspace)
    if not conventions:
        problems = [replace(p, is_warning=p.rule in WARNINGS) for p in problems]
    return sorted(set(problems))
