"""`models.py` of a generated package, by datamodel-code-generator."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from topicwire_codegen.errors import Problem, SpecError
from topicwire_codegen.schemas import SchemaNames

_OPTIONS = (
    "--input-file-type", "asyncapi",
    "--output-model-type", "pydantic_v2.BaseModel",
    "--target-python-version", "3.11",
    "--target-pydantic-version", "2.14",
    "--base-class", "topicwire.Payload",
    "--strict-refs", "--strict-nullable", "--use-annotated", "--snake-case-field",
    "--use-missing-sentinel", "--use-specialized-enum", "--capitalise-enum-members",
    "--set-default-enum-member", "--naming-strategy", "full-path", "--collapse-root-models",
    "--use-schema-description", "--use-field-description", "--use-double-quotes",
    "--use-single-line-docstring", "--disable-timestamp", "--disable-warnings",
    "--ignore-pyproject", "--no-formatters",
)  # fmt: skip


def make_models(names: SchemaNames, folder: Path) -> str:
    """Return the source of the models; `folder` is a temporary folder to work in.

    Raises `SpecError` when the schemas cannot be made classes of just these names.
    """
    if not names.owners:
        return ""
    with tempfile.TemporaryDirectory(dir=folder) as work:
        source, target = Path(work, "schemas.json"), Path(work, "models.py")
        source.write_text(json.dumps(names.document()), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "datamodel_code_generator", "--input", source.name,
             "--output", target.name, *_OPTIONS],
            cwd=work, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0 or not target.exists():
            raise SpecError([_failure(names, done.stderr or done.stdout)])
        text = target.read_text(encoding="utf-8")
    text = _without_any(text.partition("\n\n")[2] if text.startswith("#") else text)
    _check(text, names)
    return text


def _without_any(text: str) -> str:
    # A free-form value is a JSON value, which type checkers can work with, unlike Any.
    if not re.search(r"\bAny\b", text):
        return text
    text = re.sub(r"(from typing import .*?)\bAny\b(, )?", r"\1", text, count=1)
    text = re.sub(r"^from typing import *\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"(from typing import .*), *$", r"\1", text, flags=re.MULTILINE)
    head, marker, body = text.partition("\n\n\n")
    return (
        head + "\nfrom pydantic import JsonValue" + marker + re.sub(r"\bAny\b", "JsonValue", body)
    )


def _check(text: str, names: SchemaNames) -> None:
    """Make sure that each schema became the class of its name, and no other class has been bent."""
    classes = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        | {base.value.id for base in node.bases
           if isinstance(base, ast.Subscript) and isinstance(base.value, ast.Name)}
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef)
    }  # fmt: skip
    problems: list[Problem] = []
    for name, nodes in names.owners.items():
        kind = nodes[0].mapping().get("type")
        if name not in classes and (kind == "object" or nodes[0].raw("properties") is not None):
            problems.append(
                nodes[0].problem(
                    "unsupported-schema",
                    f"this schema did not become a class {name!r} of its own",
                    "give it properties, or another name, or write it in another way",
                )
            )
    problems += [
        names.owners[re.sub(r"\d+\Z", "", name)][0].problem(
            "unsupported-schema",
            f"a second class {name!r} had to be made besides that of this schema",
            "give the schemas inside it names of their own in components/schemas",
        )
        for name in classes
        if name not in names.owners and re.sub(r"\d+\Z", "", name) in names.owners
    ]
    if problems:
        raise SpecError(problems)


def _failure(names: SchemaNames, output: str) -> Problem:
    lines = [line for line in output.splitlines() if line.strip()]
    first = next(iter(names.owners.values()))[0]
    return first.workspace.root.problem(
        "unsupported-schema",
        f"the schemas cannot be made Python classes: {lines[-1] if lines else 'no reason given'}",
        "find the schema it speaks of and write it in another way",
    )
