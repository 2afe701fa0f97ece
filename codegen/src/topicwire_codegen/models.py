"""`models.py` of a generated package, by datamodel-code-generator."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from topicwire_codegen.errors import Problem, SpecError
from topicwire_codegen.model_source import UnexpectedSource, class_names, tidy
from topicwire_codegen.schemas import SchemaNames, children, needs_class

_OPTIONS = (
    "--input-file-type", "asyncapi",
    "--output-model-type", "pydantic_v2.BaseModel",
    "--target-python-version", "3.11",
    "--target-pydantic-version", "2.14",
    "--base-class", "topicwire.Payload",
    "--strict-refs", "--strict-nullable", "--use-annotated", "--snake-case-field",
    "--use-missing-sentinel", "--use-specialized-enum", "--capitalise-enum-members",
    "--empty-enum-field-name", "EMPTY",
    "--deserialize-default-values", "enum", "--naming-strategy", "full-path",
    "--collapse-root-models", "--use-schema-description", "--use-field-description",
    "--intersect-allof-keywords", "--use-site-models-for-constrained-refs",
    "--disable-timestamp", "--disable-warnings", "--ignore-pyproject", "--no-formatters",
)  # fmt: skip


def make_models(names: SchemaNames, folder: Path) -> str:
    """Return the source of the models, unformatted; `folder` is a temporary folder to work in.

    Raises `SpecError` when the schemas cannot be made classes of just these names.
    """
    if not names.owners:
        return ""
    problems = list(_check_recursion(names))
    if problems:
        raise SpecError(problems)
    source = _run(names, folder)
    try:
        text = tidy(source, names.owners)
    except UnexpectedSource as error:
        raise SpecError([unsupported(names, str(error))]) from error
    problems = list(_check_classes(names, class_names(text)))
    if problems:
        raise SpecError(problems)
    return text


def _run(names: SchemaNames, folder: Path) -> str:
    with tempfile.TemporaryDirectory(dir=folder) as work:
        source, target = Path(work, "schemas.json"), Path(work, "models.py")
        source.write_text(json.dumps(names.document()), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "datamodel_code_generator", "--input", source.name,
             "--output", target.name, *_OPTIONS],
            cwd=work, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0 or not target.exists():
            lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
            raise SpecError([unsupported(names, lines[-1] if lines else "no reason given")])
        return target.read_text(encoding="utf-8")


def _check_recursion(names: SchemaNames) -> Iterator[Problem]:
    """Yield the schemas that contain themselves without a class in between to refer to."""
    plain = {node.identity: node for _, node in names.classes() if not needs_class(node)}
    for _, start in names.classes():
        pending, seen = [start] if start.identity in plain else [], {start.identity}
        while pending:
            node = pending.pop()
            inside = [node.workspace.follow(child) for _, child in children(node)]
            if any(each.identity == start.identity for each in inside):
                yield start.problem(
                    "unsupported-schema",
                    "this schema contains itself with no object of declared properties in between",
                    "put it into a property of such an object",
                )
                break
            fresh = [n for n in inside if n.identity not in seen and not needs_class(n)]
            seen |= {each.identity for each in fresh}
            pending += fresh


def _check_classes(names: SchemaNames, made: list[str]) -> list[Problem]:
    """Make sure that each schema became the class of its name, and that there is no other."""
    problems = [
        node.problem(
            "unsupported-schema",
            f"this schema did not become a class {name!r} of its own",
            "write it in another way, as an object with properties",
        )
        for name, node in names.classes()
        if name not in made and needs_class(node)
    ]
    for name in made:
        if name not in names.owners:
            problems.append(unsupported(names, f"there would be a class {name!r} for no schema"))
    return problems


def unsupported(names: SchemaNames, reason: str) -> Problem:
    """Return the problem that the schemas cannot be made classes, which the tools tell of all."""
    first = names.classes()[0][1]
    return first.workspace.root.problem(
        "unsupported-schema",
        f"the schemas cannot be made Python classes: {reason}",
        "find the schema it speaks of and write it in another way",
    )
