"""Servers, their variables and what they ask of clients."""

from __future__ import annotations

import re
from collections.abc import Iterator

from topicwire_codegen.errors import Problem
from topicwire_codegen.lint.walk import section
from topicwire_codegen.references import Node, Workspace
from topicwire_codegen.servers import mqtt_servers

# What a client can give with the user name, the password and the certificate that MQTT has.
_SECURITY = ("userPassword", "plain", "X509", "apiKey", "oauth2", "openIdConnect")
_VARIABLE = re.compile(r"\{([^{}]*)\}")


def check_servers(workspace: Workspace) -> Iterator[Problem]:
    """Check every server, and that clients can get into those for MQTT."""
    for _, server in section(workspace, "servers"):
        yield from _check_variables(server)
    for name, server in mqtt_servers(workspace):
        yield from _check_security(name, server)


def _check_variables(server: Node) -> Iterator[Problem]:
    used = set(_VARIABLE.findall(server.text("host") + server.text("pathname")))
    declared = server.get("variables")
    names = set(declared.mapping()) if declared is not None else set[str]()
    for name in sorted(used - names):
        yield server.problem(
            "undefined-variable",
            f"variable {{{name}}} is used, but not declared",
            f"add {name!r} under 'variables'",
            at="/host" if f"{{{name}}}" in server.text("host") else "/pathname",
        )
    if declared is None:
        return
    for name, variable in declared.items():
        if name not in used:
            yield server.problem(
                "unused-variable",
                f"variable {name!r} is declared, but neither host nor pathname uses it",
                f"use {{{name}}} there, or remove the variable",
                at=f"/variables/{name}",
            )
        enum, default = variable.mapping().get("enum"), variable.mapping().get("default")
        if isinstance(enum, list) and default is not None and default not in enum:
            yield variable.problem(
                "default-not-in-enum",
                f"default {default!r} is not one of {', '.join(map(repr, enum))}",
                "use one of them, or add it to 'enum'",
                at="/default",
            )


def _check_security(name: str, server: Node) -> Iterator[Problem]:
    listed = server.get("security")
    for i, scheme in enumerate(listed.elements() if listed is not None else ()):
        kind, place = scheme.text("type"), scheme.text("in")
        # Said where the server lists it: a server of another protocol may well want it.
        if kind not in _SECURITY:
            yield server.problem(
                "impossible-security",
                f"server {name!r} asks for {kind!r}, which no MQTT client can give",
                f"use a scheme of type {', '.join(_SECURITY[:-1])} or {_SECURITY[-1]}",
                at=f"/security/{i}",
            )
        elif kind == "apiKey" and place not in ("user", "password"):
            yield server.problem(
                "impossible-security",
                f"server {name!r} asks for an apiKey, but not in the user name or the password",
                "set 'in' of the scheme to user or password",
                at=f"/security/{i}",
            )
